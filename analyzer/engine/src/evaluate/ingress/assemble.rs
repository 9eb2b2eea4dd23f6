//! One Ingress becomes a subject: its paths with their evaluated segments.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Backend, PathState, Port, SegmentName};

use crate::checks::entry::routed_elsewhere;
use crate::evaluate::Cluster;
use crate::evaluate::service::{BackendSegments, Backends, Consumer};
use crate::resolve::controllers::{Dials, Product};
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::actions::{Action, Forward};
use crate::resolve::ingress::backend::{self, PortAnswer, Reference, Target};
use crate::resolve::ingress::claims::NGINX;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::front::{Address, Front};
use crate::resolve::ingress::rules::{Declared, declared};
use kubereach_model::evidence::{Dormant, Path, PathKey, Segment, Subject};
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::{Found, Lookup};

use crate::checks::ingress::{
    ADDRESS, CONTROLLER, REFERENCE, RULE, alb_instance_needs_node_port, canary_weight_zero, fallback_backend,
};
use crate::checks::ingress::{external_name_target, no_paths};
use crate::checks::ingress::{passthrough_asked, redirect_only, words};
use crate::evaluate::ingress::certificates::{Certificates, hosts_without_rule};
use crate::evaluate::ingress::hop::Hop;

/// The subject of one Ingress.
pub(crate) fn subject<'s>(
    backends: &Backends<'_, 's>,
    all: &Ingresses<'s>,
    entries: &UnmodelledEntries<'_>,
    front: &Front<'s>,
) -> Subject {
    let cluster = backends.cluster;
    let before = [address(front), controller(front), listener(front)].map(Arc::new);
    let mut certificates = Certificates::new(cluster, front);
    let mut paths = Vec::new();
    let mut known = BTreeSet::new();
    for path in declared(&front.ingress.get().value) {
        for branch in branches(cluster, front, &path) {
            let key = PathKey {
                entry: front.ingress.object(),
                listener: None,
                host: path.host.map(str::to_owned),
                matches: Some(path.matches()),
                backend: Some(branch.reference.backend.clone()),
            };
            if !known.insert(key.clone()) {
                continue;
            }
            let hop = Hop { all, front, path: &path, reference: &branch.reference, action: branch.action };
            let (middle, mut dormant) = behind(backends, entries, &hop);
            if branch.drained {
                dormant = Some(Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()));
            }
            let segments = before.iter().cloned().chain(middle).chain(certificates.of(path.host)).collect();
            paths.push(Path { key, segments, dormant });
        }
    }
    let empty = paths.is_empty().then(|| no_paths::finding(front));
    Subject {
        object: front.ingress.object(),
        origin: front.ingress.origin,
        paths,
        notes: hosts_without_rule(front).into_iter().chain(empty).map(Arc::new).collect(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

fn address(front: &Front<'_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Address, Some(front.ingress.object()));
    segment.evaluated(match &front.address {
        Address::Published(address) => format!("address {} published", words::brief(address)),
        Address::None => "no address published".to_owned(),
        Address::Manifest => "declared; a manifest has no address yet".to_owned(),
        Address::NotCollected => "the status was not collected".to_owned(),
    });
    for check in ADDRESS {
        check(front, &mut segment);
    }
    segment
}

fn controller(front: &Front<'_>) -> Segment {
    let object = match &front.class.class {
        Class::Found(class) => class.object(),
        _ => front.ingress.object(),
    };
    let mut segment = Segment::new(SegmentName::Controller, Some(object));
    segment.evaluated(tier(front));
    for check in CONTROLLER {
        check(front, &mut segment);
    }
    segment
}

/// What shows who serves the Ingress, and not more than that.
fn tier(front: &Front<'_>) -> String {
    let class = match (&front.class.class, front.class.named) {
        (Class::Found(class), Named::Nothing) => format!("default class {}", words::brief(&class.metadata.name)),
        (_, Named::Field(name)) => format!("class {}", words::brief(name)),
        (_, Named::Annotation(word)) => format!("class annotation {}", words::brief(word)),
        (_, Named::Nothing) => "no class".to_owned(),
    };
    let who = front.controller().map_or_else(String::new, |c| format!(", meant for {}", c.name));
    let pods = match front.seen.as_ref().filter(|seen| !seen.pods.is_empty()) {
        Some(seen) if seen.complete.is_ok() => format!(": {} of {} controller pods ready", seen.ready, seen.pods.len()),
        Some(seen) if seen.ready > 0 => ": a ready controller pod was read".to_owned(),
        _ => String::new(),
    };
    let programmed = if front.is_published() { "; an address is published" } else { "" };
    format!("{class}{who}{pods}{programmed}")
}

fn listener(front: &Front<'_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(front.ingress.object()));
    let https = !front.ingress.spec.tls.is_empty() || passthrough_asked(front);
    segment.evaluated(if https {
        "HTTP and HTTPS, on the controller's ports"
    } else {
        "HTTP, on the controller's port"
    });
    segment
}

/// One of the ways a declared path leads on; several only for forwarding actions.
struct Branch<'s> {
    reference: Reference<'s>,
    action: Option<&'s str>,
    drained: bool,
}

fn branches<'s>(cluster: &Cluster<'s>, front: &Front<'s>, path: &Declared<'s>) -> Vec<Branch<'s>> {
    let reference = backend::resolve(cluster, front, path.backend);
    if let Target::Action(name) = reference.target
        && let Some(Action::Forwards { services, .. }) = crate::checks::ingress::action_backend::action(front, name)
        && !services.is_empty()
    {
        return services.iter().map(|forward| forwarded(cluster, front, name, forward)).collect();
    }
    vec![Branch { reference, action: None, drained: false }]
}

fn forwarded<'s>(cluster: &Cluster<'s>, front: &Front<'s>, action: &'s str, forward: &Forward) -> Branch<'s> {
    let namespace = front.ingress.metadata.namespace.as_str();
    let port = forward.port.clone();
    let target = backend::lookup(cluster, namespace, &forward.service, port.as_ref());
    let shown = Backend {
        kind: "Service".to_owned(),
        namespace: namespace.to_owned(),
        name: forward.service.clone(),
        port: port.as_ref().map(|port| match port {
            PortRef::Number(n) => Port::Number(*n),
            PortRef::Name(_) | PortRef::Redacted => Port::Name(port.to_string()),
        }),
    };
    Branch { reference: Reference { target, backend: shown, port }, action: Some(action), drained: forward.drained }
}

/// The segments from the rule to the endpoints.
fn behind<'s>(
    backends: &Backends<'_, 's>,
    entries: &UnmodelledEntries<'_>,
    hop: &Hop<'_, 's>,
) -> (Vec<Arc<Segment>>, Option<Dormant>) {
    let ingress = hop.ingress();
    let mut rule = Segment::new(SegmentName::Rule, Some(ingress.clone()));
    rule.evaluated(format!("takes {}", words::brief(&hop.path.describe())));
    for check in RULE {
        check(hop, &mut rule);
    }
    let target = match &hop.reference.target {
        Target::Service(service, _) => Some((service.metadata.namespace.as_str(), service.metadata.name.as_str())),
        _ => None,
    };
    if let Some(finding) = routed_elsewhere::finding(entries, &ingress, hop.path.host, target) {
        rule.add(finding);
    }
    if redirect_only::redirect(hop.front).is_some() {
        let mut unused = Segment::new(SegmentName::Reference, Some(ingress));
        unused.evaluated("not used: every request is redirected");
        return (vec![Arc::new(rule), Arc::new(unused)], None);
    }
    let mut reference = Segment::new(SegmentName::Reference, Some(ingress));
    reference.evaluated(referred(hop));
    for check in REFERENCE {
        check(hop, &mut reference);
    }
    let stops = reference.state() == PathState::Blocked;
    let drained = canary_weight_zero::drained(hop)
        .then(|| Dormant::NoTraffic("a canary of weight 0 beside its main Ingress".to_owned()));
    let Some(service) = service_of(hop).filter(|_| !stops) else {
        return (vec![Arc::new(rule), Arc::new(reference)], drained);
    };
    let port = port_of(hop);
    let behind = backends.of(service, port.as_ref(), consumer(hop, service), hop.front.proxy.as_ref());
    let behind = fallback(backends, hop, service, behind);
    let followed = behind.segments.iter().any(|segment| segment.name == SegmentName::Endpoints);
    if service.is_external_name() && !followed {
        reference.add(external_name_target::finding(hop, service));
    }
    let mut segments = vec![Arc::new(rule), Arc::new(reference)];
    segments.extend(behind.segments);
    (segments, drained.or(behind.dormant))
}

fn service_of<'s>(hop: &Hop<'_, 's>) -> Option<Found<'s, Service>> {
    match &hop.reference.target {
        Target::Service(service, _) => Some(*service),
        _ => None,
    }
}

/// The port as the Service declares it.
fn port_of(hop: &Hop<'_, '_>) -> Option<Port> {
    let Target::Service(_, PortAnswer::Declared(port) | PortAnswer::ByTarget(port)) = &hop.reference.target else {
        return None;
    };
    let by_name = || (!port.name.is_empty()).then(|| Port::Name(port.name.clone()));
    by_name().or_else(|| port.port.known().map(|n| Port::Number(*n)))
}

/// One clause about what the reference came to.
fn referred(hop: &Hop<'_, '_>) -> String {
    match &hop.reference.target {
        Target::Service(service, answer) => {
            let name = words::brief(&service.metadata.name);
            match answer {
                PortAnswer::Declared(port) => format!("Service {name} declares {}", port.describe()),
                PortAnswer::ByTarget(port) => format!("Service {name} declares {} for it", port.describe()),
                PortAnswer::External => format!("Service {name} stands for a name elsewhere"),
                PortAnswer::Missing | PortAnswer::Masked => format!("Service {name} exists"),
            }
        }
        Target::Action(_) => "the load balancer acts by itself".to_owned(),
        Target::Missing(..) | Target::Unseen(..) | Target::Resource(..) | Target::Incomplete(_) => {
            "the reference was looked up".to_owned()
        }
    }
}

/// How the controller of this path uses the Service's endpoints.
fn consumer(hop: &Hop<'_, '_>, service: Found<'_, Service>) -> Consumer {
    let front = hop.front;
    let by_cluster_address = match front.controller().map(|c| c.product) {
        Some(Product::IngressNginx) => front.says(&format!("{NGINX}service-upstream")) || passthrough_asked(front),
        Some(Product::NginxInc) => front.says("nginx.org/use-cluster-ip"),
        Some(Product::Traefik) => {
            service.metadata.annotation("traefik.ingress.kubernetes.io/service.nativelb") == Some("true")
        }
        Some(Product::Kong) => service.metadata.annotation("ingress.kubernetes.io/service-upstream") == Some("true"),
        // Node ports are served by kube-proxy, by the rules of the cluster address.
        Some(Product::AwsAlb) => {
            let own = service.metadata.annotation(alb_instance_needs_node_port::TARGET_TYPE);
            own.or_else(|| front.annotation(alb_instance_needs_node_port::TARGET_TYPE)) == Some("instance")
        }
        _ => false,
    };
    if by_cluster_address {
        return Consumer::ClusterIp;
    }
    match front.controller().map(|c| c.dials) {
        Some(Dials::ClusterAddress) => Consumer::ClusterIp,
        Some(Dials::ReadyEndpoints) => Consumer::ReadyEndpoints,
        Some(Dials::IngressNginx) => Consumer::IngressNginx,
        Some(Dials::Unknown) | None => Consumer::Unknown,
    }
}

/// Where the Service has no endpoints and a fallback is named that has some, the fallback answers.
fn fallback<'s>(
    backends: &Backends<'_, 's>,
    hop: &Hop<'_, 's>,
    dead: Found<'s, Service>,
    behind: BackendSegments,
) -> BackendSegments {
    let name = hop.nginx(fallback_backend::ANNOTATION).filter(|_| hop.front.is(Product::IngressNginx));
    let blocked: Vec<_> = behind.segments.iter().filter(|s| s.state() == PathState::Blocked).collect();
    let [endpoints] = blocked.as_slice() else { return behind };
    let Some(name) = name.filter(|_| endpoints.name == SegmentName::Endpoints) else { return behind };
    let snapshot = backends.cluster.snapshot;
    let Lookup::Found(other) = snapshot.lookup::<Service>(&dead.metadata.namespace, name) else { return behind };
    let first = other.spec.ports.first().and_then(|port| port.port.known()).map(|n| Port::Number(*n));
    let instead = backends.of(other, first.as_ref(), Consumer::IngressNginx, None);
    let answers = instead.segments.iter().filter(|s| s.is_counted()).all(|s| s.state() == PathState::Open);
    if !answers {
        return behind;
    }
    let why = endpoints.findings().first().map_or("no ready endpoints", |finding| finding.message.as_str());
    let finding = fallback_backend::finding(hop, dead, other, why);
    let segments = instead
        .segments
        .into_iter()
        .map(|segment| {
            if segment.name != SegmentName::Endpoints {
                return segment;
            }
            let mut narrowed = Segment::clone(&segment);
            narrowed.add(finding.clone());
            Arc::new(narrowed)
        })
        .collect();
    BackendSegments { segments, dormant: None }
}
