//! `policy/caller-unseen`

use kubereach_reports::report::{PathState, SegmentName};

use crate::evaluate::policy::{Asked, CallerContext};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/caller-unseen",
    segment: SegmentName::Policy,
    title: "Only some callers are admitted, and the front door's proxy was not seen",
    explanation: "Network policies admit only some callers to the pods behind this entry. Its requests are carried by \
                  the pods of its controller or Gateway, and none of them was recognised in what was read, so it \
                  cannot be told whether they are among those who are admitted. Not raised for controllers outside \
                  the cluster, nor in manifests, where the proxy is the cluster's.",
    example: "An app's namespace with a policy that admits the namespace ingress-nginx, in a dump of that namespace alone.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where the pods that carry the traffic were not seen and not just anyone is admitted.
pub fn finding(cx: &CallerContext<'_, '_>, segment: &Segment) -> Option<Finding> {
    let Asked::Unseen { restricted: true } = cx.asked else { return None };
    // What is in doubt already says why.
    if segment.state() == PathState::Unknown {
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let gap = Gap::investigate(
        format!("whether the pods of {name} are admitted"),
        "none of them was recognised among the pods that were read",
    );
    let message = format!("only some callers may connect to {port}, and the pods of {name} were not seen among them");
    let finding = DOC.finding(&gap, cx.view.service.object(), message).next(
        "Read the pods of the controller as well, or see whom the policies admit.",
        command::list("networkpolicy", cx.view.namespace()),
    );
    Some(finding)
}
