//! `istio/outside`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::Target;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "istio/outside",
    segment: SegmentName::Reference,
    title: "The rule leads out of the cluster",
    explanation: "The host of the destination is one that a ServiceEntry adds to the mesh. Requests go to the \
                  addresses that it names, or that its name resolves to; what answers there is not in the input.",
    example: "kind: ServiceEntry\nspec: {hosts: [api.example.net], resolution: DNS}",
    sources: &["Istio: ServiceEntry"],
});

/// Notes it.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Target::Entry(entry, _) = cx.target else { return };
    let host = words::brief(&cx.destination.host);
    let message = format!("{host} is a host that {} adds; what answers there is not in the input", entry.object());
    segment.add(DOC.finding(cx.of.object(), message).relates(entry.object(), "adds the host"));
}
