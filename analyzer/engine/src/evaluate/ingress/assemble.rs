//! One Ingress becomes a subject: its paths with their evaluated segments.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Backend, PathState, Port, SegmentName};

use crate::evaluate::Cluster;
use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::controllers::Dials;
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::actions::{self, Action, Forward};
use crate::resolve::ingress::backend::{self, PortAnswer, Reference, Target};
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::rules::Declared;
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, Path, PathKey, Segment, SubjectPaths};
use kubereach_model::snapshot::model::lenient::PortRef;

use crate::evaluate::ingress::certificates::Certificates;
use crate::evaluate::ingress::{CheckTable, FollowedPath, IngressPath, fallback};

/// Gives the `listener` segment of a declared path.
pub(crate) type Listener<'l> = dyn Fn(&Declared<'_>) -> Arc<Segment> + 'l;

/// The subject of one Ingress, or of what was modelled after it.
pub(crate) fn subject<'s>(
    backends: &Backends<'_, 's>,
    all: &Ingresses<'s>,
    entries: &UnmodelledEntries<'s>,
    state: &IngressState<'s>,
    listener: &Listener<'_>,
) -> SubjectPaths {
    let (cluster, checks) = (backends.cluster, &backends.checks.ingress);
    let before = [address(checks, state), controller(checks, state)].map(Arc::new);
    let mut certificates = Certificates::new(cluster, checks, state);
    let mut paths = Vec::new();
    let mut known = BTreeSet::new();
    for rule in &state.ingress.declared {
        for branch in branches(cluster, state, rule) {
            let key = PathKey {
                entry: state.ingress.object(),
                listener: None,
                host: rule.host.map(str::to_owned),
                matches: Some(rule.matches()),
                backend: Some(branch.reference.backend.clone()),
            };
            if !known.insert(key.clone()) {
                continue;
            }
            let (declared, reference) = (rule, &branch.reference);
            let cx = IngressPath { all, entries, state, declared, reference, action: branch.action };
            let (middle, mut dormant) = behind(backends, &cx);
            if branch.drained {
                dormant = Some(Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()));
            }
            let segments = before
                .iter()
                .cloned()
                .chain([listener(rule)])
                .chain(middle)
                .chain(certificates.of(rule.host))
                .collect();
            paths.push(Path { key, segments, dormant });
        }
    }
    for (host, minions) in all.owners.held_for_minions(state) {
        let key = PathKey {
            entry: state.ingress.object(),
            listener: None,
            host: Some(host.to_owned()),
            matches: None,
            backend: None,
        };
        let mut rule = Segment::new(SegmentName::Rule, Some(state.ingress.object()));
        let bring =
            if minions == 1 { "1 Ingress that brings".to_owned() } else { format!("{minions} Ingresses that bring") };
        rule.evaluated(format!("holds {} for {bring} its paths", cut(host)));
        let segments = before.iter().cloned().chain([Arc::new(rule)]).chain(certificates.of(Some(host))).collect();
        paths.push(Path { key, segments, dormant: None });
    }
    let notes = checks.notes.iter().flat_map(|check| check(state, &paths)).map(Arc::new).collect();
    SubjectPaths {
        object: state.ingress.object(),
        origin: state.ingress.origin,
        paths,
        notes,
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

pub(crate) fn address(checks: &CheckTable, state: &IngressState<'_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Address, Some(state.ingress.object()));
    segment.evaluated(match &state.address {
        Address::Published(address) => format!("address {} published", cut(address)),
        Address::None => "no address published".to_owned(),
        Address::Manifest => "declared; a manifest has no address yet".to_owned(),
        Address::NotCollected => "the status was not collected".to_owned(),
    });
    for check in checks.address {
        check(state, &mut segment);
    }
    segment
}

fn controller(checks: &CheckTable, state: &IngressState<'_>) -> Segment {
    let object = match &state.class.class {
        Class::Found(class) => class.object(),
        _ => state.ingress.object(),
    };
    let mut segment = Segment::new(SegmentName::Controller, Some(object));
    segment.evaluated(tier(state));
    for check in checks.controller {
        check(state, &mut segment);
    }
    segment
}

/// So many instances that ignore an Ingress are named in its trace.
const LISTED: usize = 4;

/// What shows who serves the Ingress, and not more than that.
fn tier(state: &IngressState<'_>) -> String {
    let class = match (&state.class.class, state.class.named) {
        (Class::Found(class), Named::Nothing) => format!("default class {}", cut(&class.metadata.name)),
        (_, Named::Field(name)) => format!("class {}", cut(name)),
        (_, Named::Annotation(word)) => format!("class annotation {}", cut(word)),
        (_, Named::Nothing) => "no class".to_owned(),
    };
    let who = state.controller().map_or_else(String::new, |c| format!(", meant for {}", c.name));
    let pods = match state.seen.as_ref().filter(|seen| !seen.pods.is_empty()) {
        Some(seen) if seen.complete.is_ok() => format!(": {} of {} controller pods ready", seen.ready, seen.pods.len()),
        Some(seen) if seen.ready > 0 => ": a ready controller pod was read".to_owned(),
        _ => String::new(),
    };
    let programmed = if state.is_published() { "; an address is published" } else { "" };
    let ignoring = state.seen.iter().flat_map(|seen| &seen.ignoring).take(LISTED);
    let ignoring: String =
        ignoring.map(|(pod, why)| format!("; pod {} ignores it: {}", cut(&pod.metadata.name), cut(why))).collect();
    format!("{class}{who}{pods}{programmed}{ignoring}")
}

/// An Ingress is served on the usual ports.
pub(super) fn listener(state: &IngressState<'_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(state.ingress.object()));
    let https = !state.ingress.tls.is_empty() || state.passes_tls_through();
    segment.evaluated(if https {
        "HTTP and HTTPS, on the controller's ports"
    } else {
        "HTTP, on the controller's port"
    });
    segment
}

/// One of the backends that a declared path leads to; several only for forwarding actions.
struct Branch<'s> {
    reference: Reference<'s>,
    action: Option<&'s str>,
    drained: bool,
}

fn branches<'s>(cluster: &Cluster<'s>, state: &IngressState<'s>, path: &Declared<'s>) -> Vec<Branch<'s>> {
    let reference = backend::resolve(cluster, state, path.backend);
    if let Target::Action(name) = reference.target
        && let Some(Action::Forwards { services, .. }) = actions::of(state, name)
        && !services.is_empty()
    {
        return services.iter().map(|forward| forwarded(cluster, state, name, forward)).collect();
    }
    vec![Branch { reference, action: None, drained: false }]
}

fn forwarded<'s>(cluster: &Cluster<'s>, state: &IngressState<'s>, action: &'s str, forward: &Forward) -> Branch<'s> {
    let namespace = state.ingress.metadata.namespace.as_str();
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
fn behind<'s>(backends: &Backends<'_, 's>, cx: &IngressPath<'_, 's>) -> (Vec<Arc<Segment>>, Option<Dormant>) {
    let checks = &backends.checks.ingress;
    let ingress = cx.object();
    let mut rule = Segment::new(SegmentName::Rule, Some(ingress.clone()));
    rule.evaluated(format!("takes {}", cut(&cx.declared.describe())));
    for check in checks.rule {
        check(cx, &mut rule);
    }
    if cx.state.redirect().is_some() {
        let mut unused = Segment::new(SegmentName::Reference, Some(ingress));
        unused.evaluated("not used: every request is redirected");
        return (vec![Arc::new(rule), Arc::new(unused)], None);
    }
    let mut reference = Segment::new(SegmentName::Reference, Some(ingress));
    reference.evaluated(referred(cx));
    for check in checks.reference {
        check(cx, &mut reference);
    }
    let stops = reference.state() == PathState::Blocked;
    let drained =
        cx.is_drained_canary().then(|| Dormant::NoTraffic("a canary of weight 0 beside its main Ingress".to_owned()));
    if stops && let Some(instead) = fallback::of(backends, cx, &reference) {
        let mut passed = Segment::new(SegmentName::Reference, Some(cx.object()));
        passed.evaluated("the Service of the path cannot be used; another is named for that case");
        let before = [Arc::new(rule), Arc::new(passed)];
        return (before.into_iter().chain(instead).collect(), drained);
    }
    let Some(service) = cx.service().filter(|_| !stops) else {
        return (vec![Arc::new(rule), Arc::new(reference)], drained);
    };
    let port = port_of(cx);
    let consumer = consumer(cx.state.dials(&service));
    let behind = backends.of(service, port.as_ref(), consumer, cx.state.proxy.as_ref());
    let behind = fallback::behind(backends, cx, behind);
    let behind = fallback::fails_open(backends, cx, consumer, behind);
    for check in checks.followed {
        check(&FollowedPath { path: cx, behind: &behind }, &mut reference);
    }
    let mut segments = vec![Arc::new(rule), Arc::new(reference)];
    segments.extend(behind.segments);
    (segments, drained.or(behind.dormant))
}

/// The port as the Service declares it.
fn port_of(cx: &IngressPath<'_, '_>) -> Option<Port> {
    let Target::Service(_, PortAnswer::Declared(port) | PortAnswer::ByTarget(port)) = &cx.reference.target else {
        return None;
    };
    let by_name = || (!port.name.is_empty()).then(|| Port::Name(port.name.clone()));
    by_name().or_else(|| port.port.known().map(|n| Port::Number(*n)))
}

/// One clause about what the reference came to.
fn referred(cx: &IngressPath<'_, '_>) -> String {
    match &cx.reference.target {
        Target::Service(service, answer) => {
            let name = cut(&service.metadata.name);
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

/// By how the controller uses the Service.
pub(super) const fn consumer(dials: Dials) -> Consumer {
    match dials {
        Dials::ClusterAddress => Consumer::ClusterIp,
        Dials::ReadyEndpoints => Consumer::ReadyEndpoints,
        Dials::IngressNginx => Consumer::IngressNginx,
        Dials::Unknown => Consumer::Unknown,
    }
}
