//! `endpoints/node-network-down`

use std::collections::BTreeSet;

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::{Does, node_network_unavailable};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/node-network-down",
    segment: SegmentName::Endpoints,
    title: "The network of every node that a ready address is on is in doubt",
    explanation: "Every ready address is on a node whose network plugin's agent is not ready, or whose condition \
                  NetworkUnavailable is True. Probes come from the node itself and go on to pass, so that pods stay \
                  Ready while traffic from other nodes may not arrive. An agent that is not ready does not take back \
                  what it has set up: traffic may flow as before. Therefore nothing is condemned. Pods on the network \
                  of their node are left out.",
    example: "calico-node-x7k2p 0/1 Running   # BIRD is not ready: BGP not established",
    sources: &[
        "core/v1 Node status.conditions (NetworkUnavailable)",
        "projectcalico/calico: node/pkg/health/health.go",
        "Kubernetes documentation: Cluster Networking",
    ],
});

/// Why the network of a node is in doubt.
pub(super) struct Doubt {
    /// The culprit.
    pub object: ObjectRef,
    /// As a clause.
    pub words: String,
}

/// Of the nodes of ready addresses: those in doubt with why, and how many are not.
pub(super) fn doubts(cx: &Context<'_, '_>) -> (Vec<(String, Doubt)>, usize) {
    let on_node =
        |endpoint: &&crate::resolve::service::Endpoint<'_>| endpoint.pod.is_some_and(|pod| pod.spec.is_host_network());
    let ready: Vec<_> = cx.behind.ready().collect();
    let nodes: BTreeSet<&str> = ready.iter().filter(|e| !on_node(e)).filter_map(|e| e.node).collect();
    // An address whose node is not known, or that is its node's own, is not in doubt.
    let mut sound = usize::from(ready.iter().any(|e| on_node(e) || e.node.is_none()));
    let mut doubts = Vec::new();
    for node in nodes {
        match doubt(cx, node) {
            Some(doubt) => doubts.push((node.to_owned(), doubt)),
            None => sound += 1,
        }
    }
    (doubts, sound)
}

fn doubt(cx: &Context<'_, '_>, node: &str) -> Option<Doubt> {
    // Said by another check.
    if cx.cluster.node_down(node).is_some() {
        return None;
    }
    if let Some(found) = node_network_unavailable(cx.cluster, node) {
        return Some(Doubt { object: found.object(), words: "its condition NetworkUnavailable is True".to_owned() });
    }
    let down = cx.cluster.agents().down_on(cx.cluster.snapshot, Does::Network, node)?;
    let pod = down.pod.object();
    Some(Doubt { words: format!("{} is not ready there (pod {})", down.component.name, pod.name), object: pod })
}

/// Every ready address is on such a node.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (doubts, sound) = doubts(cx);
    let (node, first) = doubts.first().filter(|_| sound == 0)?;
    let gap = Gap::investigate("whether traffic reaches pods of these nodes is not shown", first.words.clone());
    let nodes = doubts.iter().map(|(node, _)| node.as_str()).collect::<Vec<_>>().join(", ");
    Some(
        DOC.finding(
            &gap,
            first.object.clone(),
            format!("every ready address is on a node whose network is in doubt: {}", command::cut(&nodes)),
        )
        .cause(format!("on node {node} {}", first.words))
        .next("Find out what is wrong there.", command::describe(&first.object))
        .relates(cx.object(), "the Service"),
    )
}
