//! `endpoints/node-not-ready`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "endpoints/node-not-ready",
    segment: SegmentName::Endpoints,
    title: "A ready address is on a node that is not ready",
    explanation: "The node of a ready address has stopped reporting or reports that it is not ready. Its pods \
         are marked not ready after a grace period; until then traffic is sent to them and may be \
         lost.",
    example: "A pod that is Ready on a node whose Ready condition is Unknown.",
    sources: &["core/v1 Node status.conditions", "node lifecycle controller"],
});

/// Ready addresses on nodes that are not.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.view.truth == Truth::Templates {
        return None;
    }
    let down =
        cx.behind.ready().filter_map(|e| cx.cluster.node_down(e.node?)).min_by_key(|node| &node.get().metadata.name)?;
    let name = down.metadata.name.as_str();
    let on_it = cx.behind.ready().filter(|e| e.node == Some(name)).count();
    Some(
        DOC.finding(
            &down.shows("its Ready condition is not True"),
            down.object(),
            format!("{on_it} of {} ready addresses are on node {name}, which is not ready", cx.behind.counts.ready),
        )
        .cause("traffic is sent to pods there and may be lost")
        .next("Find out what is wrong with the node.", command::describe(&down.object()))
        .relates(cx.object(), "the Service"),
    )
}
