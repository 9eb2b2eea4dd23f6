//! The dials of a Service: by name, by cluster address, its other doors, and the addresses behind it.

use std::net::IpAddr;
use std::rc::Rc;

use kubereach_prober::plan::{Relay, Span, Target};
use kubereach_prober::words::{Protocol, Purpose, RelayedResource, Segment, VantageKind};
use kubereach_reports::report::SegmentName;

use super::PlannedPath;
use super::doors::sample as sample_places;
use super::draft::{Drafts, Weight};
use super::endpoints::{Sample, Sampled, sample};
use super::facts::Facts;
use crate::evaluate::door::spoken::{Spoken, of_port};
use crate::evaluate::door::{DNS_QUESTION, Place, SERVICE, blank, until};
use crate::resolve::service::{Alias, ServiceView, Truth, alias_of};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Node, ServicePort};

/// New connections to an address that spreads them
/// (`docs/semantics/measurement.md#a-service-spreads-connections-so-samples-prove-samples`).
const SAMPLES: u8 = 3;
/// Nodes whose port is dialled.
const MOST_NODES: usize = 2;

/// What is dialled of one Service port, whoever leads there.
#[derive(Debug, Default)]
pub(super) struct Dials {
    targets: Vec<(Weight, Target)>,
    ineffective: Vec<Target>,
    left_out: Vec<(&'static str, String)>,
}

/// A path of a Service itself.
pub(super) fn own(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, drafts: &mut Drafts) {
    let key = &planned.path.key;
    let namespace = key.entry.namespace.as_deref().unwrap_or_default();
    let Some(view) = facts.cluster.service_view(namespace, &key.entry.name) else {
        return drafts.leave_out(planned, "", "the Service itself was not read");
    };
    let listener = key.listener.as_deref().unwrap_or_default();
    if listener == "external-name" {
        return external_name(facts, planned, view, drafts);
    }
    let Some((index, port)) = port(planned, view) else {
        return name_only(planned, view, drafts);
    };
    match listener {
        "node-port" => node_port(facts, planned, view, port, drafts),
        "load-balancer" => load_balancer(facts, planned, view, port, drafts),
        _ => {
            dns(planned, view, drafts);
            for (weight, target) in shared(facts, planned, view, index, drafts) {
                drafts.add(planned, target, weight);
            }
        }
    }
}

/// What stands behind an entry's path.
pub(super) fn behind(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, drafts: &mut Drafts) {
    let Some(backend) = planned.path.key.backend.as_ref().filter(|b| b.kind == SERVICE.name) else { return };
    let Some(view) = facts.cluster.service_view(&backend.namespace, &backend.name) else {
        return drafts.leave_out(planned, "service", "the Service it leads to was not read or does not exist");
    };
    if view.service.is_external_name() {
        return external_name(facts, planned, view, drafts);
    }
    let Some((view, port)) = facts.port_of(backend) else {
        return drafts.leave_out(planned, "service", "the Service it leads to declares no such port");
    };
    let ports = &view.service.get().value.spec.ports;
    let Some(index) = ports.iter().position(|p| std::ptr::eq(p, port)) else { return };
    for (weight, target) in shared(facts, planned, view, index, drafts) {
        drafts.add_behind(planned, target, weight);
    }
}

/// The port of a Service's own path: by number, and by transport where one number is two ports.
fn port<'s>(planned: &PlannedPath<'_>, view: &ServiceView<'s>) -> Option<(usize, &'s ServicePort)> {
    let key = &planned.path.key;
    let wanted = key.backend.as_ref()?.port.as_ref()?;
    let transport = key.matches.as_deref().unwrap_or("TCP");
    let ports = view.service.get().value.spec.ports.iter().enumerate();
    ports.filter(|(_, p)| p.protocol == transport).find(|(_, p)| match wanted {
        kubereach_reports::report::Port::Number(n) => p.port.known() == Some(n),
        kubereach_reports::report::Port::Name(name) => p.name == *name,
    })
}

fn name_only(planned: &PlannedPath<'_>, view: &ServiceView<'_>, drafts: &mut Drafts) {
    let why = if view.service.spec.ports.is_empty() { "it declares no port" } else { "its port number was masked" };
    drafts.leave_out(planned, "service", why);
    dns(planned, view, drafts);
}

/// `cart.shop.svc`: the search list of a pod completes it, so the cluster's domain need not be known.
fn name_of(view: &ServiceView<'_>) -> String {
    format!("{}.{}.svc", view.name(), view.namespace())
}

fn inside(dial: impl Into<String>, from: Segment, to: Segment, protocol: Protocol) -> Target {
    Target { vantages: vec![VantageKind::InCluster], ..blank(dial, Span::new(from, to), protocol) }
}

fn dns(planned: &PlannedPath<'_>, view: &ServiceView<'_>, drafts: &mut Drafts) {
    let headless = view.service.is_headless();
    // CoreDNS may be told to leave out Services without ready addresses; then the name says nothing of
    // the Service itself.
    let empty = planned
        .path
        .segment(SegmentName::Endpoints)
        .is_some_and(|s| s.state() != kubereach_reports::report::PathState::Open);
    if !headless && empty && view.truth != Truth::Templates {
        return drafts.leave_out(
            planned,
            "dns",
            "whether the name exists may depend on ready addresses, which are in doubt",
        );
    }
    let to = if headless { Segment::Endpoints } else { Segment::Service };
    name_of_path(planned, view, to, drafts);
}

/// A name that resolves is never reachability
/// (`docs/semantics/measurement.md#a-name-that-resolves-is-never-reachability`):
/// where nothing lies behind the name, it would
/// be all of the path, and is a control instead.
fn name_of_path(planned: &PlannedPath<'_>, view: &ServiceView<'_>, to: Segment, drafts: &mut Drafts) {
    let mut target = inside("dns", Segment::Service, to, Protocol::Dns);
    target.name = Some(name_of(view));
    "its name, as a pod's resolver asks for it".clone_into(&mut target.chosen);
    if planned.path.segment(SegmentName::Port).is_some() {
        return drafts.add(planned, target, Weight::Detail);
    }
    target.id = format!("control/name/{}/{}", view.namespace(), view.name());
    target.purpose = Purpose::Control;
    "does the name resolve in the cluster".clone_into(&mut target.settles);
    drafts.aside.entry(target.id.clone()).or_insert(target);
}

/// Hands on what a Service port's paths share, and notes for this path what is left out.
fn shared(
    facts: &Facts<'_, '_>,
    planned: &PlannedPath<'_>,
    view: &ServiceView<'_>,
    index: usize,
    drafts: &mut Drafts,
) -> Vec<(Weight, Target)> {
    let key = (view.namespace().to_owned(), view.name().to_owned(), index);
    let known = facts.shared.borrow().get(&key).cloned();
    let dials = known.unwrap_or_else(|| {
        let port = view.service.get().value.spec.ports.get(index);
        let dials = Rc::new(port.map(|port| dials(facts, view, port)).unwrap_or_default());
        facts.shared.borrow_mut().insert(key, Rc::clone(&dials));
        dials
    });
    for (dial, why) in &dials.left_out {
        drafts.leave_out(planned, dial, why.clone());
    }
    for ineffective in &dials.ineffective {
        drafts.aside.entry(ineffective.id.clone()).or_insert_with(|| ineffective.clone());
    }
    dials.targets.clone()
}

/// The dials of a Service port from inside the cluster.
fn dials(facts: &Facts<'_, '_>, view: &ServiceView<'_>, port: &ServicePort) -> Dials {
    let mut dials = Dials::default();
    let Some(number) = port.port.known().copied() else {
        dials.left_out.push(("service", "its port number was masked".to_owned()));
        return dials;
    };
    let sample = sample(view, port);
    let (spoken, path) = spoken(facts, view, port, &sample);
    let ask = |mut target: Target, number: u16| {
        target.port = Some(number);
        target.http = spoken.http;
        target.protocol_assumed = spoken.assumed;
        // Whoever dials a backend directly mostly does not verify its certificate.
        target.verify = false;
        match target.protocol {
            Protocol::Http | Protocol::Https => {
                target.host = Some(name_of(view));
                target.path.clone_from(&path);
            }
            Protocol::Grpc | Protocol::Grpcs => target.host = Some(name_of(view)),
            Protocol::Tls => target.sni = Some(name_of(view)),
            Protocol::Udp if spoken.dns => target.query = Some(DNS_QUESTION.to_owned()),
            _ => {}
        }
        if target.protocol.is_tls()
            && let Some(chosen) = facts.policies.of(view.namespace(), view.name(), port)
        {
            target.sni.clone_from(&chosen.winner.spec.validation.hostname);
        }
        target
    };
    let headless = view.service.is_headless();
    let spec = &view.service.get().value.spec;
    let own: Vec<IpAddr> = {
        let listed = spec.cluster_ips.iter().chain([&spec.cluster_ip]);
        let mut all: Vec<IpAddr> = listed.filter_map(|ip| ip.known()?.parse().ok()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    for address in own.iter().filter(|_| !headless) {
        let dial = format!("cluster-ip/{address}");
        let mut target = ask(inside(dial, Segment::Service, Segment::Port, spoken.protocol), number);
        target.address = Some(*address);
        target.samples = if sample.ready > 1 { SAMPLES } else { 1 };
        "ClusterIP".clone_into(&mut target.chosen);
        dials.targets.push((Weight::Main, target));
    }
    if own.is_empty() && !headless {
        let why = if view.service.is_manifest() {
            "a manifest has no cluster address yet"
        } else {
            "its cluster address was not read or was masked"
        };
        dials.left_out.push(("cluster-ip", why.to_owned()));
    }
    // Of UDP and SCTP one row says that nothing can be measured.
    let mute = matches!(spoken.protocol, Protocol::Udp | Protocol::Sctp) && !spoken.dns;
    if !mute || own.is_empty() || headless {
        // A headless Service translates nothing: its clients dial the number its pods listen on.
        let dialled = sample.carrying.first().filter(|_| headless).map_or(number, |first| first.port);
        let mut target = ask(inside("service", Segment::Service, Segment::Port, spoken.protocol), dialled);
        target.name = Some(name_of(view));
        "its name, as clients in the cluster use it".clone_into(&mut target.chosen);
        target.relay = relay_to_service(view, port, number).filter(|_| is_http(spoken.protocol));
        dials.targets.push((Weight::Main, target));
    }
    if mute {
        return dials;
    }
    for sampled in &sample.carrying {
        let dial = format!("endpoint/{}", sampled.address);
        let mut target = ask(inside(dial, Segment::Port, Segment::Policy, spoken.protocol), sampled.port);
        target.address = Some(sampled.address);
        target.chosen.clone_from(&sampled.chosen);
        target.relay = relay_to_pod(sampled).filter(|_| is_http(spoken.protocol));
        dials.targets.push((Weight::Detail, target));
    }
    if sample.more > 0 {
        dials.left_out.push(("endpoint", format!("{} further addresses behind it: a sample is dialled", sample.more)));
    }
    if sample.carrying.is_empty() {
        dials.left_out.push(("endpoint", no_endpoint(view).to_owned()));
    }
    dials.ineffective = sample.ineffective.iter().map(|sampled| ineffective(view, sampled, &ask)).collect();
    dials
}

const fn is_http(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Http | Protocol::Https)
}

/// `services/proxy` refuses Services without a selector (kubernetes/kubernetes#114670). It finds a port by its
/// number; where one number is two ports, by its name.
fn relay_to_service(view: &ServiceView<'_>, port: &ServicePort, number: u16) -> Option<Relay> {
    let alike = view.service.spec.ports.iter().filter(|p| p.port.known() == Some(&number)).count();
    (!view.service.is_selectorless() && !view.service.is_external_name()).then(|| Relay {
        resource: RelayedResource::Services,
        namespace: view.namespace().to_owned(),
        name: view.name().to_owned(),
        port: if alike > 1 { port.name.clone() } else { number.to_string() },
    })
}

fn relay_to_pod(sampled: &Sampled) -> Option<Relay> {
    let (namespace, name) = sampled.pod.clone()?;
    Some(Relay { resource: RelayedResource::Pods, namespace, name, port: sampled.port.to_string() })
}

fn no_endpoint(view: &ServiceView<'_>) -> &'static str {
    match &view.truth {
        Truth::Templates => "a manifest has no addresses behind it yet",
        Truth::Nothing(_) => "which addresses are behind it was not read",
        _ => "no address behind it carries traffic, or they were masked",
    }
}

/// An address without traffic: it is asked what it says, and speaks for no path.
fn ineffective(view: &ServiceView<'_>, sampled: &Sampled, ask: &dyn Fn(Target, u16) -> Target) -> Target {
    let dial = format!("endpoint/{}", sampled.address);
    let place = Place::Address(sampled.address).with_port(sampled.port);
    let mut target = ask(inside(dial, Segment::Port, Segment::Policy, Protocol::Tcp), sampled.port);
    target.id = format!("control/idle/{}/{}/{place}", view.namespace(), view.name());
    target.purpose = Purpose::Control;
    target.address = Some(sampled.address);
    target.protocol_assumed = false;
    "does it answer although it receives no traffic".clone_into(&mut target.settles);
    target.chosen.clone_from(&sampled.chosen);
    target
}

/// How the port is spoken to, and the path the owner's own probe asks for.
fn spoken(
    facts: &Facts<'_, '_>,
    view: &ServiceView<'_>,
    port: &ServicePort,
    sample: &Sample,
) -> (Spoken, Option<String>) {
    let policy = port.protocol == "TCP" && facts.policies.of(view.namespace(), view.name(), port).is_some();
    let tls = policy.then_some(Spoken::declared(Protocol::Https));
    let by_probe =
        sample.probe.as_ref().map(|(_, tls)| Spoken::declared(if *tls { Protocol::Https } else { Protocol::Http }));
    let declared = of_port(port, tls.or_else(|| facts.hint(view, port)));
    // The kubelet asks this very port over HTTP: that is more than a number says.
    let spoken = if declared.assumed { by_probe.unwrap_or(declared) } else { declared };
    let http = matches!(spoken.protocol, Protocol::Http | Protocol::Https);
    (spoken, sample.probe.as_ref().filter(|_| http).and_then(|(path, _)| path.clone()))
}

fn node_port(
    facts: &Facts<'_, '_>,
    planned: &PlannedPath<'_>,
    view: &ServiceView<'_>,
    port: &ServicePort,
    drafts: &mut Drafts,
) {
    let Some(number) = port.node_port.known().copied().filter(|n| *n != 0) else {
        return drafts.leave_out(planned, "node-port", "its node port is not known");
    };
    let nodes = nodes(facts, view, port);
    if nodes.is_empty() {
        return drafts.leave_out(planned, "node-port", "no address of a node that serves it was read");
    }
    let (spoken, path) = spoken(facts, view, port, &sample(view, port));
    for (name, address) in nodes {
        let mut target = inside(format!("node-port/{address}"), Segment::Address, Segment::Port, spoken.protocol);
        request(&mut target, view, spoken, path.as_ref());
        target.address = Some(address);
        target.port = Some(number);
        target.chosen = format!("internal address of node {name}");
        drafts.add(planned, target, Weight::Detail);
    }
}

/// The request of a Service dial that is none of those that paths share.
fn request(target: &mut Target, view: &ServiceView<'_>, spoken: Spoken, path: Option<&String>) {
    target.http = spoken.http;
    target.protocol_assumed = spoken.assumed;
    target.verify = false;
    match spoken.protocol {
        Protocol::Http | Protocol::Https => target.path = path.cloned(),
        Protocol::Udp if spoken.dns => target.query = Some(DNS_QUESTION.to_owned()),
        Protocol::Tls => target.sni = Some(name_of(view)),
        _ => {}
    }
}

/// Nodes that answer at the node port: any ready one, or (with `externalTrafficPolicy: Local`) one that
/// has a ready address itself.
fn nodes(facts: &Facts<'_, '_>, view: &ServiceView<'_>, port: &ServicePort) -> Vec<(String, IpAddr)> {
    let snapshot = facts.cluster.snapshot;
    let address = |node: &Node| -> Option<IpAddr> {
        let all = &node.status.as_ref()?.addresses;
        all.iter().filter(|a| a.kind == "InternalIP").find_map(|a| a.address.known()?.parse().ok())
    };
    let named = |node: Found<'_, Node>| Some((node.metadata.name.clone(), address(&node.get().value)?));
    if view.service.spec.external_traffic_policy.as_deref() == Some("Local") {
        let behind = crate::resolve::service::PortView::of(view, Some(port));
        let mut hosts: Vec<&str> = behind.ready().filter_map(|e| e.node).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let found = hosts.into_iter().filter_map(|name| snapshot.nodes.named("", name).next());
        return found.filter_map(named).take(MOST_NODES).collect();
    }
    let ready = snapshot.nodes.iter().filter(|node| node.is_ready() == Some(true));
    ready.filter_map(named).take(MOST_NODES).collect()
}

fn load_balancer(
    facts: &Facts<'_, '_>,
    planned: &PlannedPath<'_>,
    view: &ServiceView<'_>,
    port: &ServicePort,
    drafts: &mut Drafts,
) {
    const DIAL: &str = "load-balancer";
    let spec = &view.service.get().value.spec;
    if !spec.load_balancer_source_ranges.is_empty() {
        return drafts.leave_out(
            planned,
            DIAL,
            "it admits only the ranges of loadBalancerSourceRanges: a refusal from elsewhere would say nothing",
        );
    }
    let Some(number) = port.port.known().copied() else {
        return drafts.leave_out(planned, DIAL, "its port number was masked");
    };
    let published = view.service.get().value.status.iter().flat_map(|s| &s.load_balancer.ingress);
    let places: Vec<Place> = published
        .filter_map(|entry| Place::of(entry.ip.known().map(String::as_str).or(entry.hostname.as_deref())?))
        .collect();
    let (places, more) = sample_places(places);
    if places.is_empty() {
        let why = if view.service.is_manifest() {
            "a manifest has no address yet"
        } else {
            "no address is published, or it was masked"
        };
        return drafts.leave_out(planned, DIAL, why);
    }
    if more > 0 {
        drafts.leave_out(planned, DIAL, format!("{more} further published addresses: a sample is dialled"));
    }
    let (spoken, path) = spoken(facts, view, port, &sample(view, port));
    for place in &places {
        let mut target = blank(
            format!("{DIAL}/{}", place.with_port(number)),
            Span::new(Segment::Address, Segment::Port),
            spoken.protocol,
        );
        request(&mut target, view, spoken, path.as_ref());
        target.port = Some(number);
        "published address (status)".clone_into(&mut target.chosen);
        match place {
            Place::Address(address) => {
                target.address = Some(*address);
                // From inside, nodes take the address for themselves: that is the cluster address again.
                if facts.is_taken_by_nodes(*address) {
                    target.vantages = vec![VantageKind::Local];
                }
            }
            Place::Name(name) => {
                target.name = Some(format!("{name}."));
                // A proxy of the cloud accepts connections by itself.
                if spoken.protocol == Protocol::Tcp {
                    target.span = until(Segment::Address);
                }
            }
        }
        drafts.add(planned, target, Weight::Main);
    }
}

/// An alias: its name first, then what stands behind it by the ports it declares.
fn external_name(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, view: &ServiceView<'_>, drafts: &mut Drafts) {
    let alias = alias_of(facts.cluster, view.service);
    let host = match &alias {
        Alias::Outside(name) => Some(name.clone()),
        Alias::Service { .. } => None,
        Alias::Address(_) => {
            return drafts.leave_out(
                planned,
                "service",
                "it is an alias for an address, which DNS does not answer with",
            );
        }
        Alias::Unreadable => return drafts.leave_out(planned, "service", "the name it is an alias for was not read"),
    };
    name_of_path(planned, view, Segment::Service, drafts);

    let number = match planned.path.key.backend.as_ref().and_then(|b| b.port.clone()) {
        Some(kubereach_reports::report::Port::Number(number)) => vec![number],
        _ => view.service.get().value.spec.ports.iter().filter_map(|p| p.port.known().copied()).collect(),
    };
    if number.is_empty() {
        return drafts.leave_out(
            planned,
            "service",
            "the alias declares no port, so only its name can be asked for, and a name is no reachability",
        );
    }
    for number in number {
        let declared = view.service.get().value.spec.ports.iter().find(|p| p.port.known() == Some(&number));
        let bare = ServicePort {
            port: kubereach_model::snapshot::model::lenient::Field::Known(number),
            protocol: "TCP".to_owned(),
            ..ServicePort::default()
        };
        let port = declared.unwrap_or(&bare);
        let spoken = of_port(port, facts.hint(view, port));
        let dial = format!("service/{number}");
        let mut target = inside(dial, Segment::Service, Segment::Port, spoken.protocol);
        request(&mut target, view, spoken, None);
        target.name = Some(name_of(view));
        target.port = Some(number);
        // The server outside knows its own name, not the alias.
        target.host = Some(host.clone().unwrap_or_else(|| name_of(view)));
        target.sni = host.clone().filter(|_| spoken.protocol.is_tls());
        target.chosen = host.as_ref().map_or_else(|| "alias of a Service".to_owned(), |h| format!("alias for {h}"));
        drafts.add(planned, target, Weight::Main);
    }
}
