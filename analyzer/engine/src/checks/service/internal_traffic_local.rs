//! `service/internal-traffic-local`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::{Assumes, Assumption, CheckDoc, Finding, Obstacle, Reading, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{Node, WorkloadKind};
use std::collections::BTreeSet;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "service/internal-traffic-local",
    segment: SegmentName::Service,
    title: "Only clients on a node with a pod of the Service get through",
    explanation: "internalTrafficPolicy Local drops traffic from clients whose own node has no ready pod of \
         the Service. Which clients those are cannot be told without knowing where they run. Silent \
         where every node was read and has a ready pod of it. Consumers that read the addresses \
         themselves are not concerned.",
    example: r"kind: Service
spec: {internalTrafficPolicy: Local}",
    sources: &["core/v1 Service spec.internalTrafficPolicy", "KEP-2086"],
});

/// Depends on where the client is.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let gap = gap(cx).filter(|gap| obstacle(cx, gap.clone()).is_none())?;
    let finding = DOC
        .finding(&gap, cx.object(), MESSAGE)
        .cause("traffic from clients on other nodes is dropped")
        .next(
            "Compare the nodes of its pods with those of its clients.",
            command::labelled("pods -o wide", cx.view.namespace(), &cx.view.service.spec.selector),
        )
        .at(cx.view.service.origin, field!["spec", "internalTrafficPolicy"]);
    Some(finding)
}

/// In manifests: only the running cluster shows where its pods are.
pub fn assumption(cx: &Context<'_, '_>) -> Option<Assumption> {
    let assumption = DOC.assumption(obstacle(cx, gap(cx)?)?, cx.object(), MESSAGE);
    let reading = Reading { resource: "pods".to_owned(), arguments: "-o wide".to_owned() };
    let assumption =
        assumption.within(Some(cx.view.namespace())).could("drop traffic from clients on nodes without one");
    Some(assumption.at(cx.view.service.origin, field!["spec", "internalTrafficPolicy"]).read_by(reading))
}

fn obstacle(cx: &Context<'_, '_>, gap: Gap) -> Option<Obstacle> {
    Obstacle::of_cluster(cx.cluster.manifests_only(), "Pod", "the nodes that the pods run on", gap)
}

const MESSAGE: &str = "only clients on a node that has a ready pod of it get through (internalTrafficPolicy Local)";

/// Why it is not known which clients get through.
fn gap(cx: &Context<'_, '_>) -> Option<Gap> {
    let service = &cx.view.service;
    let local = service.spec.internal_traffic_policy.as_deref() == Some("Local");
    if !local || service.is_headless() || cx.consumer != Consumer::ClusterIp || cx.situation() == Situation::Empty {
        return None;
    }
    Some(if cx.view.declared_only {
        let daemons = &cx.view.workloads.owners;
        if !daemons.is_empty() && daemons.iter().all(|w| w.kind == WorkloadKind::DaemonSet) {
            return None;
        }
        Gap::by_design("on which nodes its pods run", "a manifest cannot show it")
    } else {
        let served: BTreeSet<&str> = cx.behind.ready().filter_map(|e| e.node).collect();
        let nodes = cx.cluster.snapshot.list::<Node>(None);
        let bare: Vec<&str> =
            nodes.items.iter().map(|n| n.get().value.metadata.name.as_str()).filter(|n| !served.contains(n)).collect();
        match (nodes.gap(), bare.first()) {
            (None, None) if !served.is_empty() => return None,
            (None, Some(node)) => Gap::investigate(
                "where its clients run",
                format!("{} of {} nodes have no ready pod of it, {node} among them", bare.len(), nodes.items.len()),
            ),
            (None, None) => Gap::investigate("on which nodes its pods run", ""),
            (Some(gap), _) => gap.clone(),
        }
    })
}
