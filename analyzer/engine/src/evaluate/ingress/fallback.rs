//! The Service that ingress-nginx sends to while the one of a path cannot answer: because it does not exist, declares no
//! such port or has no ready endpoint (annotation `default-backend`).
//!
//! Source: kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/annotations.md` (default backend),
//! `internal/ingress/controller/controller.go` (`getBackendServers`).

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, PathState, Port, SegmentName};

use crate::evaluate::ingress::{Fallback, IngressPath, StandIn};
use crate::evaluate::service::{BackendSegments, Backends, Consumer};
use crate::resolve::controllers::Product;
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::Lookup;
use kubereach_model::snapshot::model::{ConditionStatus, Pod, Service, current};

/// What stands behind the path instead of what is blocked; the same where no other Service helps.
pub(super) fn behind<'s>(
    backends: &Backends<'_, 's>,
    cx: &IngressPath<'_, 's>,
    behind: BackendSegments,
) -> BackendSegments {
    let blocked: Vec<_> = behind.segments.iter().filter(|s| s.state() == PathState::Blocked).collect();
    let is_bare = |segment: &&&Arc<Segment>| matches!(segment.name, SegmentName::Endpoints | SegmentName::Port);
    let all_bare = !blocked.is_empty() && blocked.iter().all(|segment| is_bare(&segment));
    let Some(first) = blocked.first().filter(|_| all_bare) else { return behind };
    match of(backends, cx, first) {
        Some(segments) => BackendSegments { segments, dormant: None },
        None => behind,
    }
}

/// The segments of the Service that is named for the case that `blocked` describes; `None` where it does not help.
pub(super) fn of<'s>(
    backends: &Backends<'_, 's>,
    cx: &IngressPath<'_, 's>,
    blocked: &Segment,
) -> Option<Vec<Arc<Segment>>> {
    let name = cx.stand_in_name()?;
    let namespace = cx.state.ingress.metadata.namespace.as_str();
    let (stand_in, segments) = match backends.cluster.snapshot.lookup::<Service>(namespace, name) {
        Lookup::Absent(_) => return None,
        Lookup::Unknown(gap) => {
            let (kind, namespace) = ("Service".to_owned(), Some(namespace.to_owned()));
            let named = ObjectRef { kind, namespace, name: name.to_owned(), group: None };
            let segment = Segment::new(SegmentName::Endpoints, Some(named.clone()));
            (StandIn::Unseen(named, gap), vec![Arc::new(segment)])
        }
        Lookup::Found(other) => {
            let first = other.get().spec.ports.first().and_then(|port| port.port.known()).map(|n| Port::Number(*n));
            let instead = backends.of(other, first.as_ref(), Consumer::IngressNginx, cx.state.proxy.as_ref()).segments;
            let state = instead.iter().filter(|s| s.is_counted()).map(|s| s.state()).min();
            match state {
                Some(PathState::Open | PathState::Narrowed) => (StandIn::Answers(other), instead),
                Some(PathState::Unknown) => (StandIn::Doubtful(other), instead),
                Some(PathState::Blocked) | None => return None,
            }
        }
    };
    let fallback = Fallback { path: cx, dead: cx.named_service(), blocked, stand_in };
    let checks = backends.checks.ingress.fallback.iter();
    let findings: Vec<_> = checks.filter_map(|check| check(&fallback)).map(Arc::new).collect();
    let marked = segments.into_iter().map(|segment| {
        if segment.name != SegmentName::Endpoints {
            return segment;
        }
        let mut marked = Segment::clone(&segment);
        for finding in &findings {
            marked.share(Arc::clone(finding));
        }
        Arc::new(marked)
    });
    Some(marked.collect())
}

/// What stands behind a path of the AWS load balancer that sends to pods: it registers pods whose containers are ready,
/// and uses all of them while none is healthy, so that readiness alone proves nothing.
///
/// Source: kubernetes-sigs/aws-load-balancer-controller `pkg/backend/endpoint_resolver.go`; Elastic Load Balancing,
/// health checks for target groups ("fails open").
pub(super) fn fails_open(
    backends: &Backends<'_, '_>,
    cx: &IngressPath<'_, '_>,
    consumer: Consumer,
    behind: BackendSegments,
) -> BackendSegments {
    let blocked: Vec<_> = behind.segments.iter().filter(|s| s.state() == PathState::Blocked).collect();
    let only_endpoints = matches!(blocked.as_slice(), [one] if one.name == SegmentName::Endpoints);
    let Some(service) = cx.service().filter(|_| only_endpoints && consumer != Consumer::ClusterIp) else {
        return behind;
    };
    if !cx.state.is(Product::AwsAlb) {
        return behind;
    }
    let view = backends.cluster.service_view(&service.metadata.namespace, &service.metadata.name);
    let Some(pod) = view.and_then(|view| view.selected.live.iter().find(|pod| has_ready_containers(pod))) else {
        return behind;
    };
    let segments = behind.segments.into_iter().map(|segment| {
        if segment.name != SegmentName::Endpoints {
            return segment;
        }
        let mut instead = Segment::new(SegmentName::Endpoints, segment.object.clone());
        instead.evaluated(segment.evidence());
        for check in backends.checks.ingress.fails_open {
            instead.add(check(cx, *pod));
        }
        Arc::new(instead)
    });
    BackendSegments { segments: segments.collect(), dormant: behind.dormant }
}

fn has_ready_containers(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
    current(conditions, "ContainersReady").is_some_and(|c| c.status == ConditionStatus::True)
}
