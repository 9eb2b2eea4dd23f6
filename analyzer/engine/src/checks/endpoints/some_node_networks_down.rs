//! `endpoints/some-node-networks-down`

use kubereach_reports::report::SegmentName;

use super::node_network_down::doubts;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/some-node-networks-down",
    segment: SegmentName::Endpoints,
    title: "The network of a node that ready addresses are on is in doubt",
    explanation: "Some of the ready addresses are on a node whose network plugin's agent is not ready, or whose \
                  condition NetworkUnavailable is True. Traffic that is sent to pods there may be lost; other \
                  addresses are on nodes where nothing is wrong. An agent that is not ready does not take back what \
                  it has set up, so that this is said and changes no verdict.",
    example: "aws-node-x7k2p 0/1 Running on the node of one pod of three",
    sources: &["core/v1 Node status.conditions (NetworkUnavailable)", "Kubernetes documentation: Cluster Networking"],
});

/// Some of the ready addresses are on such a node.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (doubts, sound) = doubts(cx);
    let (node, first) = doubts.first().filter(|_| sound > 0)?;
    Some(
        DOC.finding(first.object.clone(), format!("ready addresses are on node {node}, whose network is in doubt"))
            .cause(format!("on node {node} {}", first.words))
            .next("Find out what is wrong there.", command::describe(&first.object))
            .relates(cx.object(), "the Service"),
    )
}
