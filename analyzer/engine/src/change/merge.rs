//! What becomes of one live object when a manifest of the same name is applied.
//!
//! As server-side apply: the manifest decides every field it speaks of, and what it leaves out to the
//! API server or to controllers stays as it is — identity, status, allocated addresses and node ports,
//! the replicas an autoscaler set, the class that admission filled in. Labels and annotations of an object
//! are merged, because others write there too; the labels of a pod template are the manifest's, because
//! a Deployment's owner is the one who writes them. Status that speaks of an older spec is dropped where
//! it would be taken for a judgement of the new one (Gateway API conditions).

use std::collections::BTreeSet;

use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::model::lenient::{Field, List};
use kubereach_model::snapshot::model::{Container, Ingress, Meta, Pod, PodSpec, PodTemplate, Probe, Service, Workload};

/// What came of it.
pub(super) struct Merged {
    /// The object after the change.
    pub(super) object: AnyObject,
    /// Does it differ from the live one in anything the model keeps?
    pub(super) changed: bool,
    /// Is what was known of its state (Gateway API conditions) no longer about it?
    pub(super) unsettled: bool,
}

/// Applies a manifest over the live object of the same kind and name. `stays` are items of the live pod template
/// that are there afterwards although the manifest does not name them.
pub(super) fn merge(live: &AnyObject, declared: AnyObject, stays: Option<&BTreeSet<String>>) -> Merged {
    macro_rules! keep {
        ($live:ident, $new:ident, $variant:ident, $fill:expr) => {{
            meta(&$live.metadata, &mut $new.metadata);
            #[allow(clippy::redundant_closure_call, reason = "one shape for every kind")]
            ($fill)(&**$live, &mut *$new);
            let changed = **$live != *$new;
            Merged { object: AnyObject::$variant($new), changed, unsettled: false }
        }};
    }
    macro_rules! judged {
        ($live:ident, $new:ident, $variant:ident) => {{
            meta(&$live.metadata, &mut $new.metadata);
            let changed = $live.spec != $new.spec;
            // Conditions are a judgement of the spec they were written for.
            $new.status = if changed { None } else { $live.status.clone() };
            let changed = changed || **$live != *$new;
            Merged { unsettled: $live.spec != $new.spec, object: AnyObject::$variant($new), changed }
        }};
    }
    match (live, declared) {
        (AnyObject::Service(live), AnyObject::Service(mut new)) => keep!(live, new, Service, service),
        (AnyObject::Workload(live), AnyObject::Workload(mut new)) => {
            keep!(live, new, Workload, |l: &Workload, n: &mut Workload| workload(l, n, stays))
        }
        (AnyObject::Ingress(live), AnyObject::Ingress(mut new)) => keep!(live, new, Ingress, ingress),
        (AnyObject::Pod(live), AnyObject::Pod(mut new)) => keep!(live, new, Pod, pod),
        (AnyObject::Namespace(live), AnyObject::Namespace(mut new)) => {
            keep!(
                live,
                new,
                Namespace,
                |l: &kubereach_model::snapshot::model::Namespace,
                 n: &mut kubereach_model::snapshot::model::Namespace| {
                    n.status.clone_from(&l.status);
                }
            )
        }
        (AnyObject::Secret(live), AnyObject::Secret(mut new)) => {
            meta(&live.metadata, &mut new.metadata);
            // A Secret without data in a manifest is filled by someone else (an operator, a controller).
            let object = if new.keys.is_empty() { live.clone() } else { new };
            let changed = *live != object;
            Merged { object: AnyObject::Secret(object), changed, unsettled: false }
        }
        (AnyObject::GatewayClass(live), AnyObject::GatewayClass(mut new)) => judged!(live, new, GatewayClass),
        (AnyObject::Gateway(live), AnyObject::Gateway(mut new)) => judged!(live, new, Gateway),
        (AnyObject::ListenerSet(live), AnyObject::ListenerSet(mut new)) => judged!(live, new, ListenerSet),
        (AnyObject::Route(live), AnyObject::Route(mut new)) => judged!(live, new, Route),
        (AnyObject::BackendTlsPolicy(live), AnyObject::BackendTlsPolicy(mut new)) => {
            judged!(live, new, BackendTlsPolicy)
        }
        (AnyObject::NetworkPolicy(live), AnyObject::NetworkPolicy(mut new)) => {
            keep!(live, new, NetworkPolicy, |_, _| ())
        }
        (AnyObject::ReferenceGrant(live), AnyObject::ReferenceGrant(mut new)) => {
            keep!(live, new, ReferenceGrant, |_, _| ())
        }
        (AnyObject::IngressClass(live), AnyObject::IngressClass(mut new)) => keep!(live, new, IngressClass, |_, _| ()),
        (AnyObject::ConfigMap(live), AnyObject::ConfigMap(mut new)) => keep!(live, new, ConfigMap, |_, _| ()),
        (AnyObject::EndpointSlice(live), AnyObject::EndpointSlice(mut new)) => {
            keep!(live, new, EndpointSlice, |_, _| ())
        }
        (AnyObject::Endpoints(live), AnyObject::Endpoints(mut new)) => keep!(live, new, Endpoints, |_, _| ()),
        // Of the other kinds nothing depends on what the API server filled in.
        (_, other) => Merged { object: other, changed: true, unsettled: false },
    }
}

/// An object as a manifest declares it: identity and status are the API server's to write.
pub(super) fn declared(mut object: AnyObject) -> AnyObject {
    match &mut object {
        AnyObject::Service(o) => o.status = None,
        AnyObject::Workload(o) => o.status = None,
        AnyObject::Ingress(o) => o.status = None,
        AnyObject::Pod(o) => o.status = None,
        AnyObject::Gateway(o) => o.status = None,
        AnyObject::GatewayClass(o) => o.status = None,
        AnyObject::ListenerSet(o) => o.status = None,
        AnyObject::Route(o) => o.status = None,
        AnyObject::BackendTlsPolicy(o) => o.status = None,
        _ => {}
    }
    object
}

fn meta(live: &Meta, new: &mut Meta) {
    new.uid.clone_from(&live.uid);
    new.resource_version = live.resource_version.clone();
    new.generation = live.generation.clone();
    new.creation_timestamp = live.creation_timestamp;
    new.deletion_timestamp = live.deletion_timestamp;
    new.generate_name.clone_from(&live.generate_name);
    if new.owner_references.is_empty() {
        new.owner_references = live.owner_references.clone();
    }
    for (key, value) in &live.labels {
        new.labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    for (key, value) in &live.annotations {
        new.annotations.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

#[allow(clippy::ref_option, reason = "both sides are fields of one shape")]
fn or_live<T: Clone>(new: &mut Option<T>, live: &Option<T>) {
    if new.is_none() {
        new.clone_from(live);
    }
}

fn field_or_live<T: Clone>(new: &mut Field<T>, live: &Field<T>) {
    if new.is_absent() {
        *new = live.clone();
    }
}

fn list_or_live<T: Clone>(new: &mut List<T>, live: &List<T>) {
    if new.is_empty() {
        *new = live.clone();
    }
}

/// Allocated by the API server and kept over updates (core/v1 Service: clusterIP, nodePort, ipFamilies,
/// healthCheckNodePort; defaulted policies).
fn service(live: &Service, new: &mut Service) {
    new.status.clone_from(&live.status);
    let (old, spec) = (&live.spec, &mut new.spec);
    if spec.kind == "ExternalName" || old.kind == "ExternalName" {
        return;
    }
    field_or_live(&mut spec.cluster_ip, &old.cluster_ip);
    list_or_live(&mut spec.cluster_ips, &old.cluster_ips);
    list_or_live(&mut spec.ip_families, &old.ip_families);
    or_live(&mut spec.ip_family_policy, &old.ip_family_policy);
    or_live(&mut spec.internal_traffic_policy, &old.internal_traffic_policy);
    or_live(&mut spec.session_affinity, &old.session_affinity);
    if spec.kind != "ClusterIP" {
        field_or_live(&mut spec.health_check_node_port, &old.health_check_node_port);
        or_live(&mut spec.external_traffic_policy, &old.external_traffic_policy);
        or_live(&mut spec.load_balancer_class, &old.load_balancer_class);
        if spec.allocate_load_balancer_node_ports.0.is_none() {
            spec.allocate_load_balancer_node_ports = old.allocate_load_balancer_node_ports;
        }
        let mut ports = spec.ports.to_vec();
        for port in &mut ports {
            let same = old.ports.iter().find(|p| p.port == port.port && p.protocol == port.protocol);
            if let Some(same) = same {
                field_or_live(&mut port.node_port, &same.node_port);
            }
        }
        spec.ports = ports.into();
    }
}

fn workload(live: &Workload, new: &mut Workload, stays: Option<&BTreeSet<String>>) {
    new.kind = live.kind;
    new.status.clone_from(&live.status);
    // Left out of a manifest, the number is an autoscaler's or a person's.
    field_or_live(&mut new.spec.replicas, &live.spec.replicas);
    or_live(&mut new.spec.selector, &live.spec.selector);
    if new.spec.paused.0.is_none() {
        new.spec.paused = live.spec.paused;
    }
    if new.spec.suspend.0.is_none() {
        new.spec.suspend = live.spec.suspend;
    }
    if let (Some(old), Some(template)) = (&live.spec.template, &mut new.spec.template) {
        fill_template(old, template);
        if let Some(stays) = stays {
            keep(&old.spec, &mut template.spec, stays);
        }
    }
}

/// What the API server fills into a pod template, so that a template that was merely defaulted is not
/// taken for a new one.
fn fill_template(live: &PodTemplate, new: &mut PodTemplate) {
    for (key, value) in &live.metadata.annotations {
        new.metadata.annotations.entry(key.clone()).or_insert_with(|| value.clone());
    }
    new.metadata.creation_timestamp = live.metadata.creation_timestamp;
    new.metadata.name.clone_from(&live.metadata.name);
    or_live(&mut new.spec.service_account_name, &live.spec.service_account_name);
    or_live(&mut new.spec.dns_policy, &live.spec.dns_policy);
    if new.spec.host_network.0.is_none() {
        new.spec.host_network = live.spec.host_network;
    }
    new.spec.containers = fill_containers(&live.spec.containers, &new.spec.containers);
    new.spec.init_containers = fill_containers(&live.spec.init_containers, &new.spec.init_containers);
}

/// What nobody takes away is still there, in its place.
fn keep(live: &PodSpec, new: &mut PodSpec, stays: &BTreeSet<String>) {
    keep_items("volumes", &live.volumes, &mut new.volumes, |v| &v.name, stays);
    keep_containers("containers", &live.containers, &mut new.containers, stays);
    keep_containers("initContainers", &live.init_containers, &mut new.init_containers, stays);
}

fn keep_containers(list: &str, live: &[Container], new: &mut List<Container>, stays: &BTreeSet<String>) {
    new.change(|container| {
        let Some(old) = live.iter().find(|c| c.name == container.name) else { return };
        let stays = |field: &str| stays.contains(&format!("{list}/{}/{field}", old.name));
        for (field, probe, old) in [
            ("readinessProbe", &mut container.readiness_probe, &old.readiness_probe),
            ("livenessProbe", &mut container.liveness_probe, &old.liveness_probe),
            ("startupProbe", &mut container.startup_probe, &old.startup_probe),
        ] {
            if stays(field) {
                or_live(probe, old);
            }
        }
        if stays("args") {
            list_or_live(&mut container.args, &old.args);
        }
    });
    keep_items(list, live, new, |c| &c.name, stays);
}

fn keep_items<T: Clone>(list: &str, live: &[T], new: &mut List<T>, name: fn(&T) -> &str, stays: &BTreeSet<String>) {
    let mut all = new.to_vec();
    for (place, item) in live.iter().enumerate().filter(|(_, i)| stays.contains(&format!("{list}/{}", name(i)))) {
        all.insert(place.min(all.len()), item.clone());
    }
    *new = all.into();
}

fn fill_containers(live: &[Container], new: &[Container]) -> List<Container> {
    let mut all = new.to_vec();
    for container in &mut all {
        let Some(old) = live.iter().find(|c| c.name == container.name) else { continue };
        for (probe, old) in [
            (&mut container.readiness_probe, &old.readiness_probe),
            (&mut container.liveness_probe, &old.liveness_probe),
            (&mut container.startup_probe, &old.startup_probe),
        ] {
            if let (Some(probe), Some(old)) = (probe, old) {
                fill_probe(old, probe);
            }
        }
        let mut ports = container.ports.to_vec();
        for port in &mut ports {
            if let Some(same) = old.ports.iter().find(|p| p.container_port == port.container_port) {
                field_or_live(&mut port.host_port, &same.host_port);
            }
        }
        container.ports = ports.into();
    }
    all.into()
}

fn fill_probe(live: &Probe, new: &mut Probe) {
    if let (Some(new), Some(old)) = (&mut new.http_get, &live.http_get) {
        or_live(&mut new.path, &old.path);
        or_live(&mut new.scheme, &old.scheme);
    }
}

/// The class that admission filled in stays where the manifest names none. A published address is the
/// word of the controller of that class: with another class it says nothing any more.
fn ingress(live: &Ingress, new: &mut Ingress) {
    or_live(&mut new.spec.ingress_class_name, &live.spec.ingress_class_name);
    let class = |i: &Ingress| {
        let annotation = i.metadata.annotation("kubernetes.io/ingress.class").map(str::to_owned);
        (i.spec.ingress_class_name.clone(), annotation)
    };
    new.status.clone_from(&live.status);
    if class(live) != class(new)
        && let Some(status) = &mut new.status
    {
        status.load_balancer.ingress = Vec::new().into();
    }
}

fn pod(live: &Pod, new: &mut Pod) {
    new.status.clone_from(&live.status);
    or_live(&mut new.spec.node_name, &live.spec.node_name);
    or_live(&mut new.spec.service_account_name, &live.spec.service_account_name);
}
