//! `measurement/fails-though-open`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{fits, measured, on_path, part, place, proof, sentence};
use crate::observation::Remark;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "measurement/fails-though-open",
    segment: SegmentName::Address,
    title: "Traffic fails, and the configuration shows no cause",
    explanation: "Real requests fail on this path, at least twice, while something else was answered from the same \
                  place or the snapshot explains the failure; the snapshot itself shows nothing that would block \
                  it. The verdict follows the traffic. Where it breaks is named only if other measurements of the \
                  same caller leave one place; otherwise the causes that fit are listed. Not raised for a failure \
                  seen once, for one relayed by the API server, nor for a caller whom network policy may refuse.",
    example: "Every Pod behind a ClusterIP answers when dialled itself, the ClusterIP refuses: the node's \
              Service rules are not in place.",
    sources: &["RFC 9293 section 3.5 (resets)", "Kubernetes: debugging Services"],
});

/// Traffic fails, corroborated, and the configuration shows no cause.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::FailsThoughOpen(told) = cx.remark else { return None };
    let (object, place) = place(cx.path, told.segment);
    let (on_path, part) = (on_path(cx.path), part(told));
    let message = match told.segment {
        Some(segment) => format!("traffic fails {on_path}{part}: it breaks at {segment}"),
        None => format!("traffic fails {on_path}{part}"),
    };
    let measured = sentence(&measured(told, cx.taken_at));
    let cause = format!("{measured} {place}The configuration shows no cause.{}", fits(told));
    let finding = DOC
        .finding(&proof(told), object.clone(), message)
        .cause(cause)
        .next(look(told.segment), command::describe(&object));
    Some(finding)
}

/// What to look at where it breaks.
const fn look(segment: Option<SegmentName>) -> &'static str {
    match segment {
        Some(SegmentName::Service) => {
            "Look at the Service's rules on the nodes (kube-proxy or its replacement) and whether they follow its EndpointSlices."
        }
        Some(SegmentName::Endpoints | SegmentName::Port) => {
            "Look at whether the process listens on the target port, on all of its addresses."
        }
        Some(SegmentName::Address) => "Look at where the published address leads: load balancer, DNS, firewall.",
        Some(_) => "Look at this object and at what its controller says about it.",
        None => "Measure the parts of the path one by one, from the same caller, to see where it breaks.",
    }
}
