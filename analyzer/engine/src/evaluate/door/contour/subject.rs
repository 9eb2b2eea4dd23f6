//! An `HTTPProxy` as a subject: its routes on every way from a root to it, and its includes.

use std::collections::HashMap;
use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};

use super::{Proxies, ProxyContext, tls};
use crate::evaluate::door::lead::{Lead, LeadPort, target};
use crate::evaluate::ingress::assemble::address;
use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::contour::conditions::{others, path as merged};
use crate::resolve::contour::include::{Followed, names};
use crate::resolve::contour::tree::{Chain, Node};
use crate::resolve::contour::{Problem, Proxy};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, FieldPath, Path, PathKey, Segment, SubjectPaths, fold};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{MatchCondition, ProxyRoute, ProxyService};

/// Paths of one object beyond which no more are made.
const MOST: usize = 5000;

pub(super) fn subject<'s>(
    backends: &Backends<'_, 's>,
    all: &Proxies<'s>,
    node: &Node<'s>,
    state: &IngressState<'s>,
) -> SubjectPaths {
    let mut paths: Vec<Path> = Vec::new();
    let ways: Vec<Option<&Chain<'s>>> =
        if node.chains.is_empty() { vec![None] } else { node.chains.iter().map(Some).collect() };
    for chain in ways {
        let root = chain.map(|chain| chain.root);
        let of_root = root.and_then(|root| all.tree.node(&root));
        let cx = ProxyContext {
            proxy: node.proxy,
            state,
            node,
            chain,
            host: of_root.map(|root| root.host.as_slice()).unwrap_or_default(),
            complete: &all.complete,
            gateway: all.gateway.as_ref(),
            strict: backends.cluster.snapshot.strict,
        };
        if paths.len() < MOST {
            way(backends, all, &cx, &mut paths);
        }
    }
    let mut known: HashMap<PathKey, Path> = HashMap::new();
    for path in paths {
        // Several routes may say the same with other words; what carries traffic stays.
        match known.get(&path.key) {
            Some(old) if old.dormant.is_none() && (path.dormant.is_some() || rank(old) >= rank(&path)) => {}
            _ => {
                known.insert(path.key.clone(), path);
            }
        }
    }
    let mut paths: Vec<Path> = known.into_values().collect();
    paths.sort_by(|a, b| a.key.cmp(&b.key));
    SubjectPaths {
        object: node.proxy.object(),
        origin: node.proxy.origin,
        paths,
        notes: Vec::new(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

/// Of two equal paths the better one speaks: the other one is replaced by it.
fn rank(path: &Path) -> kubereach_reports::report::PathState {
    fold(path.segments.iter().map(AsRef::as_ref))
}

/// One way from a root to the object.
fn way<'s>(backends: &Backends<'_, 's>, all: &Proxies<'s>, cx: &ProxyContext<'_, 's>, paths: &mut Vec<Path>) {
    let spec = &cx.value().spec;
    let host = cx.chain.and_then(|chain| chain.root.get().value.spec.virtualhost.as_ref());
    let fqdn = host.map(|host| host.fqdn.clone()).filter(|fqdn| !fqdn.is_empty());
    let before = [address(&backends.checks.ingress, cx.state), controller(backends, cx), listener(cx)].map(Arc::new);
    let tls = cx.chain.and_then(|chain| tls::segment(backends, chain.root)).map(Arc::new);
    let shared: Vec<&MatchCondition> = cx.chain.map(|chain| chain.conditions.clone()).unwrap_or_default();
    let made = |matches: Option<String>, backend: Option<Backend>, middle: Vec<Arc<Segment>>, dormant| Path {
        key: PathKey { entry: cx.proxy.object(), listener: None, host: fqdn.clone(), matches, backend },
        segments: before.iter().cloned().chain(middle).chain(tls.clone()).collect(),
        dormant,
    };
    if cx.chain.is_none_or(|chain| !chain.tcp) {
        let replaced = replaced(&spec.routes);
        for (index, route) in spec.routes.iter().enumerate() {
            let conditions: Vec<&MatchCondition> = shared.iter().copied().chain(route.conditions.iter()).collect();
            let text = words(&conditions);
            let rule = Arc::new(rule(backends, cx, &text, replaced.get(index).copied().unwrap_or_default()));
            for (backend, middle, dormant) in of_route(backends, cx, index, route) {
                paths.push(made(Some(text.clone()), backend, [vec![Arc::clone(&rule)], middle].concat(), dormant));
            }
        }
        for (include, followed) in spec.includes.iter().zip(&cx.node.includes) {
            let conditions: Vec<&MatchCondition> = shared.iter().copied().chain(include.conditions.iter()).collect();
            let text = words(&conditions);
            let (namespace, name) = names(include, &cx.value().metadata.namespace);
            let (kind, namespace, name) = ("HTTPProxy".to_owned(), namespace.to_owned(), name.to_owned());
            let backend = Backend { kind, namespace, name, port: None };
            let middle =
                vec![Arc::new(rule(backends, cx, &text, false)), Arc::new(included(backends, all, cx, followed))];
            paths.push(made(Some(text), Some(backend), middle, None));
        }
    }
    let tcp = spec.tcpproxy.as_ref().filter(|_| cx.chain.is_none_or(|chain| chain.tcp || is_root(cx, chain)));
    if let Some(tcp) = tcp {
        let rule = Arc::new(rule(backends, cx, "every connection", false));
        let field = |i: usize| field!["spec", "tcpproxy", "services", i, "name"].into();
        for (backend, middle, dormant) in services(backends, cx, &tcp.services, &field) {
            paths.push(made(None, Some(backend), [vec![Arc::clone(&rule)], middle].concat(), dormant));
        }
        if let (Some(include), true) = (tcp.include.as_ref().or(tcp.includes.as_ref()), tcp.services.is_empty()) {
            let (namespace, name) = names(include, &cx.value().metadata.namespace);
            let (kind, namespace, name) = ("HTTPProxy".to_owned(), namespace.to_owned(), name.to_owned());
            let mut reference = Segment::new(SegmentName::Reference, Some(cx.proxy.object()));
            reference.evaluated("included, and judged there");
            let backend = Backend { kind, namespace, name, port: None };
            paths.push(made(None, Some(backend), vec![rule, Arc::new(reference)], None));
        }
    }
    if paths.is_empty() {
        paths.push(made(None, None, vec![Arc::new(rule(backends, cx, "nothing", false))], None));
    }
}

fn is_root(cx: &ProxyContext<'_, '_>, chain: &Chain<'_>) -> bool {
    std::ptr::eq(chain.root.get(), cx.proxy.get())
}

/// In the words of the report: further conditions first, the path last.
pub(super) fn words(conditions: &[&MatchCondition]) -> String {
    let mut all = others(conditions);
    all.push(merged(conditions).words());
    all.join(" ")
}

/// Which routes a later one with the same conditions replaces (`VirtualHost.AddRoute`).
fn replaced(routes: &[ProxyRoute]) -> Vec<bool> {
    let mut last: HashMap<String, usize> = HashMap::new();
    let texts: Vec<String> = routes.iter().map(|route| words(&route.conditions.iter().collect::<Vec<_>>())).collect();
    for (index, text) in texts.iter().enumerate() {
        last.insert(text.clone(), index);
    }
    texts.iter().enumerate().map(|(index, text)| last.get(text).is_some_and(|last| *last != index)).collect()
}

fn controller(backends: &Backends<'_, '_>, cx: &ProxyContext<'_, '_>) -> Segment {
    let checks = &backends.checks.door.contour;
    let mut segment = Segment::new(SegmentName::Controller, Some(cx.proxy.object()));
    let pods = cx.state.seen.as_ref().filter(|seen| !seen.pods.is_empty());
    let pods = pods.map_or_else(String::new, |seen| format!(": {} of {} pods ready", seen.ready, seen.pods.len()));
    segment.evaluated(format!("meant for Contour{pods}"));
    for check in checks.controller {
        check(cx.state, &mut segment);
    }
    for check in checks.own {
        check(cx, &mut segment);
    }
    segment
}

fn listener(cx: &ProxyContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(cx.proxy.object()));
    let host = cx.chain.and_then(|chain| chain.root.get().value.spec.virtualhost.as_ref());
    segment.evaluated(match host.and_then(|host| host.tls.as_ref()) {
        Some(tls) if tls.passthrough.0 == Some(true) => "TLS, passed through, on Envoy's HTTPS port",
        Some(_) => "HTTPS; plain HTTP redirects there unless a route permits it",
        None => "HTTP, on Envoy's port",
    });
    segment
}

fn rule(backends: &Backends<'_, '_>, cx: &ProxyContext<'_, '_>, text: &str, replaced: bool) -> Segment {
    let checks = &backends.checks.door.contour;
    let mut segment = Segment::new(SegmentName::Rule, Some(cx.proxy.object()));
    segment.evaluated(match cx.chain.filter(|_| cx.is_included()) {
        Some(chain) => {
            let root = &chain.root.get().value.metadata;
            format!("takes {}, included by {}/{}", cut(text), cut(&root.namespace), cut(&root.name))
        }
        None => format!("takes {}", cut(text)),
    });
    for check in checks.rule {
        check(cx, &mut segment);
    }
    if replaced {
        for check in checks.replaced {
            check(cx, &mut segment);
        }
    }
    segment
}

type Behind = (Backend, Vec<Arc<Segment>>, Option<Dormant>);

fn of_route<'s>(
    backends: &Backends<'_, 's>,
    cx: &ProxyContext<'_, 's>,
    index: usize,
    route: &'s ProxyRoute,
) -> Vec<(Option<Backend>, Vec<Arc<Segment>>, Option<Dormant>)> {
    let answers = route.request_redirect_policy.is_some() || route.direct_response_policy.is_some();
    if answers || route.services.is_empty() {
        let mut unused = Segment::new(SegmentName::Reference, Some(cx.proxy.object()));
        unused.evaluated(if route.request_redirect_policy.is_some() {
            "not used: every request is redirected"
        } else {
            "not used: Envoy answers by itself"
        });
        return vec![(None, vec![Arc::new(unused)], None)];
    }
    let field = |i: usize| field!["spec", "routes", index, "services", i, "name"].into();
    services(backends, cx, &route.services, &field)
        .into_iter()
        .map(|(backend, segments, dormant)| (Some(backend), segments, dormant))
        .collect()
}

fn services<'s>(
    backends: &Backends<'_, 's>,
    cx: &ProxyContext<'_, 's>,
    services: &'s [ProxyService],
    field: &dyn Fn(usize) -> FieldPath,
) -> Vec<Behind> {
    let weighs = |service: &ProxyService| service.weight.known().is_some_and(|weight| *weight > 0);
    let is_mirror = |service: &ProxyService| service.mirror.0 == Some(true);
    let weighted = services.iter().any(|service| weighs(service) && !is_mirror(service));
    services
        .iter()
        .enumerate()
        .map(|(index, service)| {
            let lead = lead(backends, cx, service, field(index));
            let (segments, mut dormant) = lead.behind(backends, Consumer::ReadyEndpoints, cx.state.proxy.as_ref());
            if is_mirror(service) {
                dormant = Some(Dormant::NoTraffic("a mirror: it gets copies of requests".to_owned()));
            } else if weighted && !weighs(service) {
                dormant = Some(Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()));
            }
            (lead.backend, segments, dormant)
        })
        .collect()
}

fn lead<'s>(
    backends: &Backends<'_, 's>,
    cx: &ProxyContext<'_, 's>,
    service: &ProxyService,
    field: FieldPath,
) -> Lead<'s> {
    let namespace = cx.value().metadata.namespace.as_str();
    let number = service.port.known().copied();
    let found = target(backends.cluster, namespace, &service.name, |found| {
        let text = number.map(|number| number.to_string());
        let port = found.get().value.spec.ports.iter().find(|port| {
            port.port.known().is_some_and(|port| Some(i64::from(*port)) == number)
                || text.as_deref() == Some(port.name.as_str())
        });
        match port {
            _ if service.port.is_redacted() => {
                LeadPort::Unknown(Gap::investigate("the port was masked", "a collector hid it"))
            }
            None => LeadPort::Missing,
            Some(port) if !matches!(port.protocol.as_str(), "" | "TCP") => LeadPort::Missing,
            Some(_) if found.is_external_name() => {
                let what = "whether Contour was told to serve ExternalName Services is not shown";
                LeadPort::RefusedUnless(Gap::investigate(what, "its configuration says so: enableExternalNameService"))
            }
            Some(port) => LeadPort::Declared(port),
        }
    });
    let port = number.and_then(|number| u16::try_from(number).ok()).map(Port::Number);
    Lead {
        door: cx.proxy.object(),
        origin: cx.proxy.origin,
        field,
        backend: Backend {
            kind: "Service".to_owned(),
            namespace: namespace.to_owned(),
            name: service.name.clone(),
            port,
        },
        asked: number.map_or_else(|| "no port".to_owned(), |number| format!("port {number}")),
        target: found,
    }
}

fn included<'s>(
    backends: &Backends<'_, 's>,
    all: &Proxies<'s>,
    cx: &ProxyContext<'_, 's>,
    followed: &Followed<'s>,
) -> Segment {
    let mut segment = Segment::new(SegmentName::Reference, Some(cx.proxy.object()));
    let say = |problem: &Problem, segment: &mut Segment| {
        for check in backends.checks.door.contour.include {
            check(cx, problem, segment);
        }
    };
    match followed {
        Followed::Nowhere(problem) => {
            segment.evaluated("the include was looked up");
            say(problem, &mut segment);
        }
        Followed::To(target) => {
            segment.evaluated(format!("{} exists and is judged by itself", cut(&target.object().to_string())));
            if all.tree.is_circle(&cx.proxy, target) {
                let what = circle(target);
                say(
                    &Problem::shown("IncludeError/IncludeCreatesCycle", field!["spec", "includes"], what),
                    &mut segment,
                );
            }
        }
    }
    segment
}

fn circle(target: &Proxy<'_>) -> String {
    format!("it includes {}, which leads back to it", cut(&target.object().to_string()))
}
