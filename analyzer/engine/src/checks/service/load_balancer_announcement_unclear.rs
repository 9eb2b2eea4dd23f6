//! `service/load-balancer-announcement-unclear`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::metallb::Announced;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text, command};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/load-balancer-announcement-unclear",
    segment: SegmentName::Address,
    title: "Whether a node announces the address of the load balancer is not shown",
    explanation: "Every node with a speaker of MetalLB carries the label exclude-from-external-load-balancers. Speakers \
                  honour it since 0.14.4, unless started with --ignore-exclude-lb; version or flags of these were not \
                  read.",
    example: "A control plane as the only node, and a speaker whose image is named by its digest.",
    sources: &["metallb/metallb speaker/main.go (--ignore-exclude-lb)"],
});

/// Where it depends on what was not read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Announced::PerhapsNoNode(node) = cx.announcement()?.announced else { return None };
    let gap = Gap::investigate("whether the speakers honour the label", "their version or their flags are not shown");
    let message =
        format!("node {} is excluded from load balancers by its label, and no other announces it", node.metadata.name);
    let finding = DOC.finding(&gap, cx.object(), message).relates(node.object(), "carries the label");
    Some(finding.next("Look at the speakers' version and flags.", command::describe(&node.object())))
}
