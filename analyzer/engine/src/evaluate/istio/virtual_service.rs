//! One VirtualService becomes a subject: a path for each host, gateway, rule and destination.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Backend, PathState, Port as ReportPort, SegmentName, UncheckedItem};

use super::context::{Binding, BoundContext, DestinationContext, GatewayContext, Port, ServerContext, VirtualContext};
use super::gateway::{address, controller, listener, tls};
use super::rules::{self, Does, For, Rule};
use crate::evaluate::service::{BackendSegments, Backends, Consumer};
use crate::resolve::istio::objects::{Destination, Server, Weighted};
use crate::resolve::istio::{Target, hosts, no_gateway, of_kind, standard_gateway};
use crate::resolve::proxy_pods::{Proxy, TrafficSource};
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, FieldPath, Path, PathKey, Segment, SubjectPaths};
use kubereach_model::snapshot::model::Service;

/// Paths that one VirtualService has in a report.
const MOST: usize = 400;

/// The subject of one VirtualService.
pub(super) fn subject<'s>(backends: &Backends<'_, 's>, cx: &VirtualContext<'_, 's>) -> SubjectPaths {
    let rules = rules::all(cx.all, cx.service);
    let mut made = Made { paths: Vec::new(), known: BTreeSet::new(), left_out: 0 };
    let gateways: Vec<&str> =
        cx.service.spec.iter().flat_map(|spec| spec.gateways.iter()).map(String::as_str).collect();
    let named = if gateways.is_empty() { vec!["mesh"] } else { gateways };
    let hosts: Vec<&str> = cx.service.spec.iter().flat_map(|spec| spec.hosts.iter()).map(String::as_str).collect();
    for (index, named) in named.iter().enumerate() {
        let binding = binding(cx, named);
        for host in &hosts {
            let of =
                BoundContext { of: cx, host, binding: &binding, named, index, servers: servers(cx, &binding, host) };
            bound(backends, &of, &rules, &mut made);
        }
    }
    if hosts.is_empty() {
        delegate(backends, cx, &rules, &mut made);
    }
    not_bound(backends, cx, &rules, &named, &mut made);
    if made.paths.is_empty() {
        let rule = rule_segment(backends, cx, None);
        made.add(key(cx, None, None, None, None), vec![rule], None);
    }
    let mut not_checked = Vec::new();
    if made.left_out > 0 {
        not_checked.push(UncheckedItem {
            what: format!("{} more paths through it", made.left_out),
            why: "it has more hosts, gateways, rules and destinations than are listed".to_owned(),
        });
    }
    SubjectPaths {
        object: cx.object(),
        origin: cx.service.found.get().origin,
        paths: made.paths,
        notes: Vec::new(),
        entries: Vec::new(),
        not_checked,
    }
}

struct Made {
    paths: Vec<Path>,
    known: BTreeSet<PathKey>,
    left_out: usize,
}

impl Made {
    fn add(&mut self, key: PathKey, segments: Vec<Arc<Segment>>, dormant: Option<Dormant>) {
        if self.paths.len() >= MOST {
            self.left_out += usize::from(!self.known.contains(&key));
        } else if self.known.insert(key.clone()) {
            self.paths.push(Path { key, segments, dormant });
        }
    }
}

fn key(
    cx: &VirtualContext<'_, '_>,
    listener: Option<&str>,
    host: Option<&str>,
    matches: Option<String>,
    backend: Option<Backend>,
) -> PathKey {
    let host = host.filter(|host| *host != "*").map(str::to_owned);
    PathKey { entry: cx.object(), listener: listener.map(str::to_owned), host, matches, backend }
}

fn binding<'s>(cx: &VirtualContext<'_, 's>, named: &str) -> Binding<'s> {
    let Some((namespace, name)) = hosts::gateway(named, cx.service.namespace()) else { return Binding::Mesh };
    if let Some(at) = cx.all.gateway(&namespace, &name) {
        return Binding::Gateway(at);
    }
    if let Some(gateway) = standard_gateway(cx.cluster, &namespace, &name) {
        return Binding::Standard(gateway);
    }
    match no_gateway(cx.cluster, &namespace, &name) {
        Ok(absence) => Binding::Missing(absence),
        Err(gap) => Binding::Unseen(gap),
    }
}

fn servers<'a>(cx: &VirtualContext<'a, '_>, binding: &Binding<'_>, host: &str) -> Vec<(usize, &'a Server)> {
    let Binding::Gateway(at) = binding else { return Vec::new() };
    let of = GatewayContext::of(cx.cluster, cx.all, *at);
    of.map(|of| of.serving(host, cx.service.namespace())).unwrap_or_default()
}

/// May a server take what a rule is for?
pub(super) fn fits(server: &Server, is_for: For) -> bool {
    let protocol = server.port.protocol.to_ascii_lowercase();
    let mode = server.tls.as_ref().map_or("", |tls| tls.mode.as_str());
    let passes = matches!(mode, "" | "PASSTHROUGH" | "AUTO_PASSTHROUGH");
    match (&*protocol, is_for) {
        ("http" | "http2" | "grpc" | "grpc-web", For::Requests) => true,
        ("http" | "http2" | "grpc" | "grpc-web", For::Tls | For::Connections) => false,
        ("https", For::Requests) => !passes,
        ("https", For::Tls) => passes,
        ("https", For::Connections) => false,
        ("tls", For::Requests) => false,
        ("tls", For::Tls) => passes,
        ("tls", For::Connections) => !passes,
        (_, For::Requests | For::Tls) => false,
        (_, For::Connections) => true,
    }
}

/// Does a rule apply where the VirtualService is served?
pub(super) fn applies(cx: &BoundContext<'_, '_>, rule: &Rule<'_>) -> bool {
    let own = cx.of.service.namespace();
    let here = hosts::gateway(cx.named, own);
    if !rule.gateways.is_empty() && !rule.gateways.iter().any(|named| hosts::gateway(named, own) == here) {
        return false;
    }
    let Binding::Gateway(at) = cx.binding else { return true };
    if cx.servers.is_empty() {
        return true;
    }
    let tier = cx.of.all.tiers.get(*at);
    let at_port = |server: &Server| match (rule.port, server.port.number.known()) {
        (Some(port), Some(number)) => {
            u16::try_from(port).is_ok_and(|port| tier.is_some_and(|tier| tier.is_port(*number, port)))
        }
        _ => true,
    };
    cx.servers.iter().any(|(_, server)| fits(server, rule.is_for) && at_port(server))
}

/// One host at one gateway.
fn bound<'s>(backends: &Backends<'_, 's>, cx: &BoundContext<'_, 's>, rules: &[Rule<'s>], made: &mut Made) {
    let before = before(backends, cx);
    let tls = server_tls(backends, cx).map(Arc::new);
    let proxy = proxy(cx);
    let mut taken = false;
    let mut any = false;
    for rule in rules.iter().filter(|rule| applies(cx, rule)) {
        any = true;
        let shadowed = taken && rule.is_for == For::Requests;
        let dormant = shadowed.then(|| Dormant::NoTraffic("a rule before it takes every request".to_owned()));
        let host = rule.host.as_deref().unwrap_or(cx.host);
        let of = (cx.of, Some(cx), proxy.as_ref());
        for (backend, segments, resting) in led(backends, of, rule) {
            let all = before.iter().cloned().chain(segments).chain(tls.clone()).collect();
            let key = key(cx.of, Some(cx.named), Some(host), rule.words.clone(), backend);
            made.add(key, all, dormant.clone().or(resting));
        }
        taken |= rule.takes_everything && rule.is_for == For::Requests;
    }
    if !any && !matches!(cx.binding, Binding::Mesh) {
        let mut rule = Segment::new(SegmentName::Rule, Some(cx.of.object()));
        for check in backends.checks.istio.rule {
            check(cx.of, &mut rule);
        }
        rule.evaluated("none of its rules applies here");
        let mut segments = before.clone();
        segments.push(Arc::new(rule));
        if let Some(listener) = segments.iter_mut().find(|segment| segment.name == SegmentName::Listener) {
            let mut without = Segment::clone(listener);
            for check in backends.checks.istio.ruleless {
                check(cx, &mut without);
            }
            *listener = Arc::new(without);
        }
        made.add(key(cx.of, Some(cx.named), Some(cx.host), None, None), segments, None);
    }
}

/// The segments before the rules.
fn before(backends: &Backends<'_, '_>, cx: &BoundContext<'_, '_>) -> Vec<Arc<Segment>> {
    let checks = &backends.checks.istio;
    let object = || Some(cx.of.object());
    let mut segments = Vec::new();
    let mut own = Segment::new(SegmentName::Listener, object());
    match cx.binding {
        Binding::Mesh => {
            let mut address = Segment::new(SegmentName::Address, object());
            address.evaluated("clients in the mesh ask for the host itself");
            let mut sidecars = Segment::new(SegmentName::Controller, object());
            sidecars.evaluated("the sidecars of the clients route it");
            own.evaluated("in the mesh");
            segments.extend([address, sidecars]);
        }
        Binding::Gateway(at) => {
            if let Some(of) = GatewayContext::of(cx.of.cluster, cx.of.all, *at) {
                segments.extend([address(&of), controller(checks, &of)]);
                let at_servers: Vec<Segment> = cx
                    .servers
                    .iter()
                    .map(|(index, server)| listener(checks, &ServerContext { of: &of, index: *index, server }))
                    .collect();
                // It is served where one of them is open.
                if let Some(best) = at_servers.into_iter().max_by_key(Segment::state) {
                    own = best;
                }
            }
        }
        Binding::Standard(gateway) => {
            let mut address = Segment::new(SegmentName::Address, object());
            address.evaluated(format!("that of {}", gateway.object()));
            let mut class = Segment::new(SegmentName::Controller, object());
            class.evaluated(format!("that of {}", gateway.object()));
            own.evaluated(format!("a listener of {}", gateway.object()));
            segments.extend([address, class]);
        }
        Binding::Missing(_) | Binding::Unseen(_) => {}
    }
    for check in checks.bound {
        check(cx, &mut own);
    }
    segments.push(own);
    segments.into_iter().map(Arc::new).collect()
}

/// TLS counts where no server takes the host without it.
fn server_tls(backends: &Backends<'_, '_>, cx: &BoundContext<'_, '_>) -> Option<Segment> {
    let Binding::Gateway(at) = cx.binding else { return None };
    let of = GatewayContext::of(cx.of.cluster, cx.of.all, *at)?;
    let all: Vec<Option<Segment>> = cx
        .servers
        .iter()
        .map(|(index, server)| tls(backends, &ServerContext { of: &of, index: *index, server }))
        .collect();
    if all.iter().any(Option::is_none) {
        return None;
    }
    all.into_iter().flatten().max_by_key(Segment::state)
}

/// Whose pods dial.
fn proxy<'s>(cx: &BoundContext<'_, 's>) -> Option<Arc<Proxy<'s>>> {
    let Binding::Gateway(at) = cx.binding else { return None };
    let pods = &cx.of.all.tiers.get(*at)?.pods;
    if pods.is_empty() {
        return (!cx.of.cluster.is_manifests())
            .then(|| Arc::new(Proxy { name: "Istio", source: TrafficSource::Unseen }));
    }
    Some(Arc::new(Proxy { name: "Istio", source: TrafficSource::Pods(pods.clone()) }))
}

fn rule_segment(backends: &Backends<'_, '_>, cx: &VirtualContext<'_, '_>, words: Option<&str>) -> Arc<Segment> {
    let mut rule = Segment::new(SegmentName::Rule, Some(cx.object()));
    match (&cx.service.spec, words) {
        (Ok(_), Some(words)) => rule.evaluated(format!("takes {}", cut(words))),
        (Ok(_), None) => rule.evaluated("takes everything"),
        (Err(why), _) => rule.evaluated(format!("its spec cannot be read: {}", cut(why))),
    }
    for check in backends.checks.istio.rule {
        check(cx, &mut rule);
    }
    Arc::new(rule)
}

type Behind = (Option<Backend>, Vec<Arc<Segment>>, Option<Dormant>);

/// Whose rule it is, where it is served, and who dials.
type Around<'a, 'b, 's> = (&'a VirtualContext<'b, 's>, Option<&'a BoundContext<'b, 's>>, Option<&'a Arc<Proxy<'s>>>);

/// What a rule leads to, each with its segments.
fn led<'s>(backends: &Backends<'_, 's>, of: Around<'_, '_, 's>, rule: &Rule<'s>) -> Vec<Behind> {
    let own = rule_segment(backends, of.0, rule.words.as_deref());
    let alone = |text: String| {
        let mut reference = Segment::new(SegmentName::Reference, Some(of.0.object()));
        reference.evaluated(text);
        vec![(None, vec![Arc::clone(&own), Arc::new(reference)], None)]
    };
    match &rule.does {
        Does::Redirects(to) => alone(format!("not used: requests are redirected to {}", cut(to))),
        Does::Answers(status) => alone(format!("not used: the proxy answers {status} itself")),
        Does::NoDelegate(namespace, name) => {
            let mut reference = Segment::new(SegmentName::Reference, Some(of.0.object()));
            reference.evaluated("the delegate was looked up");
            for check in backends.checks.istio.delegate {
                check(of.0, (namespace, name), &rule.field, &mut reference);
            }
            vec![(None, vec![own, Arc::new(reference)], None)]
        }
        Does::Leads(routes, field) => {
            let zero = |route: &Weighted| routes.len() > 1 && route.weight.known().copied().unwrap_or_default() == 0;
            let some_carry = routes.iter().any(|route| !zero(route));
            let mut all = Vec::new();
            for (i, route) in routes.iter().enumerate() {
                let mut field = field.clone();
                field.extend([i.into(), "destination".into()]);
                let (backend, segments, resting) = destination(backends, of, rule, route, field);
                let drained = (some_carry && zero(route))
                    .then(|| Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()));
                let segments = std::iter::once(Arc::clone(&own)).chain(segments).collect();
                all.push((Some(backend), segments, drained.or(resting)));
            }
            all
        }
    }
}

fn destination<'s>(
    backends: &Backends<'_, 's>,
    (cx, at, proxy): Around<'_, '_, 's>,
    rule: &Rule<'s>,
    route: &Weighted,
    field: FieldPath,
) -> (Backend, Vec<Arc<Segment>>, Option<Dormant>) {
    let namespace = rule.naming.get().value.metadata.namespace.as_str();
    let destination = &route.destination;
    let subset = cx.all.subset(cx.cluster, destination, namespace);
    let Led { target, port, backend } = led_to(cx, at, namespace, destination);
    let of =
        DestinationContext { of: cx, destination, naming: rule.naming, field, target: &target, port, subset: &subset };
    let mut reference = Segment::new(SegmentName::Reference, Some(rule.naming.object()));
    reference.evaluated(referred(&target, &destination.subset));
    for check in backends.checks.istio.reference {
        check(&of, &mut reference);
    }
    let (Target::Service(service) | Target::NotCompleted(service)) = &target else {
        return (backend, vec![Arc::new(reference)], None);
    };
    if reference.state() == PathState::Blocked {
        return (backend, vec![Arc::new(reference)], None);
    }
    let by = match port {
        Port::Declared(port) if port.name.is_empty() => port.port.known().map(|number| ReportPort::Number(*number)),
        Port::Declared(port) => Some(ReportPort::Name(port.name.clone())),
        _ => None,
    };
    let behind: BackendSegments = backends.of(*service, by.as_ref(), Consumer::ReadyEndpoints, proxy);
    let segments = std::iter::once(Arc::new(reference)).chain(behind.segments).collect();
    (backend, segments, behind.dormant)
}

/// What a destination leads to.
pub(super) struct Led<'s> {
    target: Target<'s>,
    port: Port<'s>,
    /// As paths name it.
    pub(super) backend: Backend,
}

pub(super) fn led_to<'s>(
    cx: &VirtualContext<'_, 's>,
    at: Option<&BoundContext<'_, 's>>,
    namespace: &str,
    destination: &Destination,
) -> Led<'s> {
    let target = cx.all.target(cx.cluster, destination, namespace);
    let wanted = destination.port.as_ref().and_then(|port| port.number.known().copied());
    let port = match &target {
        Target::Service(service) | Target::NotCompleted(service) => port_of(&service.get().value, wanted, at),
        Target::Entry(_, entry) => match (wanted, cx.all.ports_of_entry(*entry)) {
            (Some(number), ports) if ports.contains(&number) => Port::OfEntry(number),
            (Some(number), ports) if !ports.is_empty() => Port::Missing(number),
            _ => Port::Any,
        },
        Target::Missing(_) | Target::Unseen(_) => Port::Any,
    };
    let backend = shown(&target, destination.host.as_str(), namespace, wanted, port);
    Led { target, port, backend }
}

/// The port by its number; the only one; or the one of the server that was asked.
fn port_of<'s>(service: &'s Service, wanted: Option<u16>, at: Option<&BoundContext<'_, '_>>) -> Port<'s> {
    let ports = &service.spec.ports;
    let declared = |number: u16| ports.iter().find(|port| port.port.known() == Some(&number));
    if let Some(number) = wanted {
        return declared(number).map_or(Port::Missing(number), Port::Declared);
    }
    if let [only] = &**ports {
        return Port::Declared(only);
    }
    let Some(at) = at.filter(|at| matches!(at.binding, Binding::Gateway(_)) && !at.servers.is_empty()) else {
        // In the mesh it is the port that the client asks for.
        return ports.first().map_or(Port::Any, Port::Declared);
    };
    let mut numbers = at.servers.iter().filter_map(|(_, server)| server.port.number.known().copied());
    numbers.find_map(declared).map_or(Port::Unsaid, Port::Declared)
}

fn shown(target: &Target<'_>, host: &str, namespace: &str, wanted: Option<u16>, port: Port<'_>) -> Backend {
    let number = wanted.or(match port {
        Port::Declared(port) => port.port.known().copied(),
        Port::OfEntry(number) => Some(number),
        _ => None,
    });
    let host = hosts::completed(host, namespace);
    let named = match target {
        Target::Service(service) | Target::NotCompleted(service) => {
            Some((service.metadata.namespace.as_str(), service.metadata.name.as_str()))
        }
        _ => hosts::service(&host),
    };
    let (kind, namespace, name) = match named {
        Some((namespace, name)) => ("Service", namespace, name),
        None => ("ServiceEntry", "", host.as_str()),
    };
    Backend {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        port: number.map(ReportPort::Number),
    }
}

fn referred(target: &Target<'_>, subset: &str) -> String {
    let subset = if subset.is_empty() { String::new() } else { format!(", subset {}", cut(subset)) };
    match target {
        Target::Service(service) => format!("Service {}{subset}", cut(&service.metadata.name)),
        Target::Entry(entry, _) => format!("{} has the host{subset}", entry.object()),
        Target::Missing(_) | Target::Unseen(_) | Target::NotCompleted(_) => "the host was looked up".to_owned(),
    }
}

/// A delegate has no hosts: its destinations are judged for themselves.
fn delegate<'s>(backends: &Backends<'_, 's>, cx: &VirtualContext<'_, 's>, rules: &[Rule<'s>], made: &mut Made) {
    for rule in rules {
        for (backend, segments, resting) in led(backends, (cx, None, None), rule) {
            let complete = cx.cluster.snapshot.is_complete(&of_kind("VirtualService"), None).is_ok();
            let unused = complete && cx.all.roots(cx.service).next().is_none();
            let idle = unused.then(|| Dormant::NoTraffic("no VirtualService that was read delegates to it".to_owned()));
            made.add(key(cx, None, None, rule.words.clone(), backend), segments, resting.or(idle));
        }
    }
}

/// Rules for gateways at which the VirtualService is not served never act.
fn not_bound<'s>(
    backends: &Backends<'_, 's>,
    cx: &VirtualContext<'_, 's>,
    rules: &[Rule<'s>],
    named: &[&str],
    made: &mut Made,
) {
    let own = cx.service.namespace();
    let known: Vec<_> = named.iter().map(|named| hosts::gateway(named, own)).collect();
    let host = cx.service.spec.iter().flat_map(|spec| spec.hosts.iter()).next();
    for rule in rules.iter().filter(|_| host.is_some()) {
        for gateway in rule.gateways.iter().filter(|named| !known.contains(&hosts::gateway(named, own))) {
            let mut segment = Segment::clone(&rule_segment(backends, cx, rule.words.as_deref()));
            for check in backends.checks.istio.unbound {
                check(cx, gateway, &rule.field, &mut segment);
            }
            let key = key(cx, Some(gateway), host.map(String::as_str), rule.words.clone(), None);
            made.add(key, vec![Arc::new(segment)], None);
        }
    }
}
