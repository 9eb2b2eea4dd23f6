//! `service/external-traffic-local`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use std::collections::BTreeSet;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/external-traffic-local",
    segment: SegmentName::Address,
    title: "Only nodes with a pod of the Service answer from outside",
    explanation: "externalTrafficPolicy Local keeps the client's address and drops traffic that reaches a node \
         without a ready pod of the Service. A load balancer with a health check avoids such nodes; a \
         client that dials a node port itself may hit one.",
    example: r"kind: Service
spec: {type: NodePort, externalTrafficPolicy: Local}",
    sources: &["core/v1 Service spec.externalTrafficPolicy"],
});

/// Says which nodes answer.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.view.service.spec.external_traffic_policy.as_deref() != Some("Local") {
        return None;
    }
    let nodes: BTreeSet<&str> = cx.behind.ready().filter_map(|e| e.node).collect();
    let which = match nodes.len() {
        0 => "which nodes those are was not read".to_owned(),
        n if n <= 4 => nodes.into_iter().collect::<Vec<_>>().join(", "),
        n => format!("{n} nodes"),
    };
    Some(
        DOC.finding(
            cx.object(),
            format!("from outside only nodes with a ready pod of it answer (externalTrafficPolicy Local): {which}"),
        )
        .at(cx.view.service.origin, field!["spec", "externalTrafficPolicy"]),
    )
}
