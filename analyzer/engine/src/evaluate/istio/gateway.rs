//! One Gateway becomes a subject: a path for each host of each server.

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, PathState, SegmentName};

use super::CheckTable;
use super::context::{GatewayContext, ServerContext};
use crate::evaluate::ingress::SecretUser;
use crate::evaluate::reached;
use crate::evaluate::service::Backends;
use crate::resolve::certificate::inspect;
use crate::resolve::istio::hosts::of_server;
use crate::resolve::istio::objects::Server;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Path, PathKey, Segment, SubjectPaths};
use kubereach_model::field;

/// The subject of one Gateway.
pub(super) fn subject(backends: &Backends<'_, '_>, cx: &GatewayContext<'_, '_>) -> SubjectPaths {
    let checks = &backends.checks.istio;
    let before = [address(cx), controller(checks, cx)].map(Arc::new);
    let mut paths = Vec::new();
    for (index, server) in cx.servers() {
        let of = ServerContext { of: cx, index, server };
        let listener = Arc::new(listener(checks, &of));
        let tls = tls(backends, &of).map(Arc::new);
        for host in &server.hosts {
            let (host, _) = of_server(host, cx.gateway.namespace(), "");
            let key = PathKey {
                entry: cx.object(),
                listener: Some(title(server)),
                host: (host != "*").then(|| host.to_owned()),
                matches: None,
                backend: None,
            };
            if paths.iter().any(|path: &Path| path.key == key) {
                continue;
            }
            let segments = before.iter().chain([&listener]).chain(&tls).cloned().collect();
            paths.push(Path { key, segments, dormant: None });
        }
    }
    if paths.is_empty() {
        let mut listener = Segment::new(SegmentName::Listener, Some(cx.object()));
        listener.evaluated("it has no server with a host");
        for check in checks.gateway {
            check(cx, &mut listener);
        }
        let key = PathKey { entry: cx.object(), listener: None, host: None, matches: None, backend: None };
        let segments = before.into_iter().chain([Arc::new(listener)]).collect();
        paths.push(Path { key, segments, dormant: None });
    }
    SubjectPaths {
        object: cx.object(),
        origin: cx.gateway.found.get().origin,
        paths,
        notes: Vec::new(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

/// `https (443)`.
pub(super) fn title(server: &Server) -> String {
    let number = server.port.number.known().map_or_else(|| "?".to_owned(), ToString::to_string);
    if server.port.name.is_empty() { number } else { format!("{} ({number})", server.port.name) }
}

pub(super) fn address(cx: &GatewayContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Address, Some(cx.object()));
    segment.evaluated(reached::evidence(&cx.tier.services, "the gateway"));
    segment
}

pub(super) fn controller(checks: &CheckTable, cx: &GatewayContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Controller, Some(cx.object()));
    if !cx.tier.pods.is_empty() {
        segment.carried_by(Arc::new(TrafficSource::Pods(cx.tier.pods.clone()).carriers()));
    }
    segment.evaluated(match (cx.tier.pods.len(), cx.tier.workloads.first()) {
        (0, Some(workload)) => format!("{} makes the pods that it selects", workload.title()),
        (0, None) => "no pod that it selects was read".to_owned(),
        (all, _) => format!("{} of {all} pods that it selects ready", cx.tier.ready()),
    });
    for check in checks.controller {
        check(cx, &mut segment);
    }
    segment
}

/// The `listener` segment of a server.
pub(super) fn listener(checks: &CheckTable, cx: &ServerContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(cx.of.object()));
    let redirects = cx.server.tls.as_ref().is_some_and(|tls| tls.https_redirect.0 == Some(true));
    let more = if redirects { "; plain requests are redirected to HTTPS" } else { "" };
    segment.evaluated(format!("{} on {}{more}", cut(&cx.server.port.protocol), cut(&title(cx.server))));
    for check in checks.gateway {
        check(cx.of, &mut segment);
    }
    for check in checks.server {
        check(cx, &mut segment);
    }
    segment
}

/// The `tls` segment of a server that speaks TLS.
pub(super) fn tls(backends: &Backends<'_, '_>, cx: &ServerContext<'_, '_>) -> Option<Segment> {
    let tls = cx.server.tls.as_ref()?;
    if tls.https_redirect.0 == Some(true) && tls.mode.is_empty() {
        return None;
    }
    let mut segment = Segment::new(SegmentName::Tls, Some(cx.of.object()));
    segment.evaluated(match tls.mode.as_str() {
        "" | "PASSTHROUGH" | "AUTO_PASSTHROUGH" => "TLS is passed through to the backend".to_owned(),
        "ISTIO_MUTUAL" => "the mesh's own certificates".to_owned(),
        mode => format!("TLS of mode {} ends here", cut(mode)),
    });
    for check in backends.checks.istio.tls {
        check(cx, &mut segment);
    }
    let ends_here = matches!(tls.mode.as_str(), "SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL");
    let name = tls.credential_name.as_str();
    let Some(namespace) = cx.of.tier.namespace().filter(|_| ends_here && !name.is_empty() && !name.contains("://"))
    else {
        return Some(segment);
    };
    if segment.state() == PathState::Blocked {
        return Some(segment);
    }
    let own = cx.of.gateway.namespace();
    let hosts: Vec<&str> =
        cx.server.hosts.iter().map(|host| of_server(host, own, "").0).filter(|h| *h != "*").collect();
    let facts = inspect(cx.of.cluster, namespace, name, &hosts);
    segment.object = Some(ObjectRef {
        kind: "Secret".to_owned(),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
        group: None,
    });
    let field = field!["spec", "servers", cx.index, "tls", "credentialName"];
    let user = SecretUser { object: cx.of.object(), field: Some((cx.of.gateway.found.get().origin, field.into())) };
    for finding in backends.checks.ingress.certificate.iter().filter_map(|check| check(&facts, &user)) {
        segment.add(finding);
    }
    for assumption in backends.checks.ingress.certificate_unseen.iter().filter_map(|check| check(&facts, &user)) {
        segment.assume(assumption, cx.of.cluster.snapshot.strict);
    }
    Some(segment)
}
