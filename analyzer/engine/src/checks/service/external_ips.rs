//! `service/external-ips`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/external-ips",
    segment: SegmentName::Service,
    title: "The Service claims external addresses",
    explanation: "externalIPs are not managed by Kubernetes: whoever runs the network has to bring their \
         packets to a node. Whether that happens is not visible in the cluster.",
    example: r"kind: Service
spec: {externalIPs: [203.0.113.7]}",
    sources: &["core/v1 Service spec.externalIPs"],
});

/// Says that the network outside decides.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let addresses = &cx.view.service.spec.external_ips;
    if addresses.is_empty() {
        return None;
    }
    let list = addresses.iter().take(4).map(|a| command::cut(a)).collect::<Vec<_>>().join(", ");
    Some(
        DOC.finding(
            cx.object(),
            format!("it claims the external addresses {list}; whether packets for them reach a node was not checked"),
        )
        .at(cx.view.service.origin, field!["spec", "externalIPs"]),
    )
}
