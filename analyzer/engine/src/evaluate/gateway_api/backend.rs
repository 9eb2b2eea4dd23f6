//! One backend of a rule: the reference to it and what lies behind.

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, Port, SegmentName};

use super::attachment::ParentFacts;
use super::backend_tls;
use super::context::BackendContext;
use super::evaluation::Evaluation;
use super::rule::Outbound;
use super::table::ask;
use crate::resolve::gateway::grants::Permission;
use crate::resolve::route::backend::{Named, RefPort};
use kubereach_model::evidence::{Dormant, Segment};

/// Adds the segments behind a rule.
pub(super) fn behind<'s>(
    evaluation: &Evaluation<'_, 's>,
    cx: &BackendContext<'_, 's>,
    facts: ParentFacts,
    outbound: &mut Outbound,
) {
    let target = cx.target;
    let object = ObjectRef {
        kind: target.kind.clone(),
        namespace: Some(target.namespace.clone()),
        name: target.name.clone(),
        group: None,
    };
    let mut reference = Segment::new(SegmentName::Reference, Some(object));
    match &target.permission {
        Permission::Granted(grant) => reference.evaluated(format!("allowed by ReferenceGrant {}", grant.metadata.name)),
        Permission::Unknown(_) if cx.resolved => reference.evaluated("the controller resolved the reference (status)"),
        Permission::SameNamespace | Permission::Unknown(_) | Permission::Refused { .. } => {}
    }
    ask(evaluation.checks.reference, cx, &mut reference);
    let mut rest = Vec::new();
    if let Named::Service(service, RefPort::Declared(port)) = &target.named
        && !service.is_external_name()
    {
        reference.evaluated(format!("Service {}/{} has port {}", target.namespace, target.name, port.describe()));
        let number = port.port.known().copied().map(Port::Number);
        let proxy = facts.proxy.and_then(|gateway| evaluation.proxy_pods.get(gateway)?.as_ref());
        let behind = evaluation.backends.of(*service, number.as_ref(), facts.consumer, proxy);
        rest = behind.segments;
        outbound.dormant = behind.dormant;
        outbound.tls = backend_tls::segment(evaluation, cx.route, target, service, port);
    }
    outbound.backend = Some(target.key());
    outbound.segments = [Arc::new(reference)].into_iter().chain(rest).collect();
    ask(evaluation.checks.backend_in_rule, cx, &mut outbound.rule);
    if cx.is_taken_out() {
        let why = "its weight is 0 while others of the rule carry the traffic".to_owned();
        outbound.dormant = Some(Dormant::NoTraffic(why));
    }
}
