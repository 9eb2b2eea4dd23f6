//! `service/load-balancer-announcement-unread`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::metallb::Announced;
use kubereach_model::evidence::{Assumes, Assumption, CheckDoc, MayBeInTheWay, Obstacle, Reading, Text};
use kubereach_model::snapshot::model::{Node, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "service/load-balancer-announcement-unread",
    segment: SegmentName::Address,
    title: "Who announces the address of the load balancer was not read",
    explanation: "MetalLB gave the Service an address, and the advertisements or the nodes that decide who answers for it \
                  on the network were not (all) read. That somebody does is assumed, and the report says so once.",
    example: "A dump without custom resources.",
    sources: &["metallb/metallb speaker/layer2_controller.go"],
});

/// What was not read.
pub fn assumption(cx: &Context<'_, '_>) -> Option<Assumption> {
    let (kind, gap, resource) = match cx.announcement()?.announced {
        Announced::Unread(kind, gap) => (kind, gap, format!("{}s.{}", kind.kind.to_ascii_lowercase(), kind.group)),
        Announced::Unseen(_, Some(gap)) => (Node::KIND, gap, "nodes".to_owned()),
        _ => return None,
    };
    let message = "who announces its address on the network was not read";
    let obstacle = Obstacle::new(MayBeInTheWay::Policies(kind, None), gap);
    let reading = Reading { resource, arguments: String::new() };
    let could = "leave the address announced by nobody, so that clients outside get no answer";
    Some(DOC.assumption(obstacle, cx.object(), message).could(could).read_by(reading))
}
