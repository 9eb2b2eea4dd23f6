//! `istio/subset-not-there`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::SubsetOf;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "istio/subset-not-there",
    segment: SegmentName::Reference,
    title: "The DestinationRule for the host has not got the subset",
    explanation: "A DestinationRule for the host was read, and the subset is none of its own. Rules of one host should \
                  be one object; where others were not read, one of them may have it, so less is said than that \
                  requests get 503.",
    example: "subsets: [{name: v1, labels: {version: v1}}]   # the VirtualService asks for v2",
    sources: &["Istio: Destination.subset", "Istio: DestinationRule"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let SubsetOf::NotThere(rule, _) = cx.subset else { return };
    let subset = words::brief(&cx.destination.subset);
    let proof = rule.shows(format!("has no subset {subset}"));
    let message = format!("{} has no subset '{subset}'", rule.object());
    let finding =
        cx.at(DOC.finding(&proof, cx.of.object(), message), "subset").relates(rule.object(), "is for the host");
    segment
        .add(finding.next("Add the subset to the DestinationRule, or correct the name.", words::get(&rule.object())));
}
