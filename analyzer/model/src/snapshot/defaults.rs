//! API-server defaults, applied to every object so that Git and a dump give the same answer.
//!
//! Source of each default: the API reference of the kind (`+default` / "defaults to"). Applying them to
//! an object that an API server already defaulted changes nothing.

use super::builder::AnyObject;
use super::model::lenient::{Field, List, PortRef};
use super::model::{
    AllowedRoutes, Container, Gateway, Ingress, Listener, ListenerSet, NamespacesFrom, NetworkPolicy, PodSpec,
    Resource, Route, Service,
};

/// Applies the defaults of the object's kind.
pub(super) fn apply(object: &mut AnyObject, namespace: &str) {
    match object {
        AnyObject::Service(o) => service(o),
        AnyObject::Pod(o) => pod_spec(&mut o.spec),
        AnyObject::Workload(o) => {
            for template in
                [o.spec.template.as_mut(), o.spec.job_template.as_mut().and_then(|j| j.spec.template.as_mut())]
                    .into_iter()
                    .flatten()
            {
                pod_spec(&mut template.spec);
            }
        }
        AnyObject::Ingress(o) => ingress(o),
        AnyObject::NetworkPolicy(o) => network_policy(o),
        AnyObject::Gateway(o) => gateway(o),
        AnyObject::ListenerSet(o) => listener_set(o),
        AnyObject::Route(o) => route(o),
        // Ports that many slices share stay shared where there is nothing to change.
        AnyObject::EndpointSlice(o) if o.ports.iter().any(|p| p.protocol.is_empty()) => {
            each(&mut o.ports, |p| default_text(&mut p.protocol, "TCP"));
        }
        _ => {}
    }
    fn place<T: Resource>(o: &mut T, namespace: &str) {
        let meta = o.meta_mut();
        if T::NAMESPACED && meta.namespace.is_empty() {
            namespace.clone_into(&mut meta.namespace);
        } else if !T::NAMESPACED {
            meta.namespace.clear();
        }
        if meta.name.is_empty() {
            // `generateName` objects get their suffix only from an API server.
            if let Some(prefix) = &meta.generate_name {
                meta.name = format!("{prefix}(generated)");
            }
        }
    }
    match object {
        AnyObject::Service(o) => place(&mut **o, namespace),
        AnyObject::Pod(o) => place(&mut **o, namespace),
        AnyObject::Node(o) => place(&mut **o, namespace),
        AnyObject::Namespace(o) => place(&mut **o, namespace),
        AnyObject::Endpoints(o) => place(&mut **o, namespace),
        AnyObject::EndpointSlice(o) => place(&mut **o, namespace),
        AnyObject::Secret(o) => place(&mut **o, namespace),
        AnyObject::ConfigMap(o) => place(&mut **o, namespace),
        AnyObject::PersistentVolumeClaim(o) => place(&mut **o, namespace),
        AnyObject::HorizontalPodAutoscaler(o) => place(&mut **o, namespace),
        AnyObject::CustomResourceDefinition(o) => place(&mut **o, namespace),
        AnyObject::Event(o) => place(&mut **o, namespace),
        AnyObject::Ingress(o) => place(&mut **o, namespace),
        AnyObject::IngressClass(o) => place(&mut **o, namespace),
        AnyObject::NetworkPolicy(o) => place(&mut **o, namespace),
        AnyObject::GatewayClass(o) => place(&mut **o, namespace),
        AnyObject::Gateway(o) => place(&mut **o, namespace),
        AnyObject::ListenerSet(o) => place(&mut **o, namespace),
        AnyObject::ReferenceGrant(o) => place(&mut **o, namespace),
        AnyObject::BackendTlsPolicy(o) => place(&mut **o, namespace),
        AnyObject::Workload(o) => place(&mut **o, namespace),
        AnyObject::Route(o) => place(&mut **o, namespace),
        // Unmodelled kinds may be cluster-scoped: their namespace stays as written.
        AnyObject::Unmodelled(_) | AnyObject::Other(..) => {}
    }
}

fn default_text(text: &mut String, default: &str) {
    if text.is_empty() {
        default.clone_into(text);
    }
}

fn default_option(text: &mut Option<String>, default: &str) {
    if text.as_deref().unwrap_or_default().is_empty() {
        *text = Some(default.to_owned());
    }
}

fn each<T: Clone>(list: &mut List<T>, mut change: impl FnMut(&mut T)) {
    if !list.is_empty() {
        let mut items = list.to_vec();
        items.iter_mut().for_each(&mut change);
        *list = items.into();
    }
}

fn service(service: &mut Service) {
    default_text(&mut service.spec.kind, "ClusterIP");
    each(&mut service.spec.ports, |port| {
        default_text(&mut port.protocol, "TCP");
        let unset = match &port.target_port {
            None | Some(PortRef::Number(0)) => true,
            Some(PortRef::Name(name)) => name.is_empty(),
            Some(PortRef::Number(_) | PortRef::Redacted) => false,
        };
        if unset {
            port.target_port = match &port.port {
                Field::Known(n) => Some(PortRef::Number(*n)),
                Field::Redacted => Some(PortRef::Redacted),
                Field::Absent | Field::Invalid(_) => None,
            };
        }
    });
}

fn pod_spec(spec: &mut PodSpec) {
    let container = |c: &mut Container| {
        each(&mut c.ports, |p| default_text(&mut p.protocol, "TCP"));
    };
    // Lists that many pods share stay shared where there is nothing to change.
    for containers in [&mut spec.containers, &mut spec.init_containers] {
        if containers.iter().flat_map(|c| &c.ports).any(|p| p.protocol.is_empty()) {
            each(containers, container);
        }
    }
}

fn ingress(ingress: &mut Ingress) {
    each(&mut ingress.spec.rules, |rule| {
        if let Some(http) = &mut rule.http {
            each(&mut http.paths, |path| default_option(&mut path.path_type, "ImplementationSpecific"));
        }
    });
}

/// `Ingress` always; `Egress` only if the field is there (API reference: `policyTypes`).
fn network_policy(policy: &mut NetworkPolicy) {
    if policy.spec.policy_types.is_empty() {
        let mut types = vec!["Ingress".to_owned()];
        if policy.spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()) {
            types.push("Egress".to_owned());
        }
        policy.spec.policy_types = types.into();
    }
}

fn listener(listener: &mut Listener) {
    let allowed = listener.allowed_routes.get_or_insert_with(AllowedRoutes::default);
    let namespaces = allowed.namespaces.get_or_insert_with(NamespacesFrom::default);
    default_option(&mut namespaces.from, "Same");
    if let Some(tls) = &mut listener.tls {
        default_option(&mut tls.mode, "Terminate");
    }
}

fn gateway(gateway: &mut Gateway) {
    each(&mut gateway.spec.listeners, listener);
}

fn listener_set(set: &mut ListenerSet) {
    each(&mut set.spec.listeners, listener);
}

fn route(route: &mut Route) {
    each(&mut route.spec.parent_refs, |parent| {
        parent.group.get_or_insert_with(|| "gateway.networking.k8s.io".to_owned());
        default_option(&mut parent.kind, "Gateway");
    });
    each(&mut route.spec.rules, |rule| {
        each(&mut rule.backend_refs, |backend| {
            backend.group.get_or_insert_with(String::new);
            default_option(&mut backend.kind, "Service");
            if backend.weight.is_absent() {
                backend.weight = Field::Known(1);
            }
        });
        each(&mut rule.matches, |m| {
            if let Some(path) = &mut m.path {
                default_option(&mut path.kind, "PathPrefix");
                default_option(&mut path.value, "/");
            }
        });
    });
}
