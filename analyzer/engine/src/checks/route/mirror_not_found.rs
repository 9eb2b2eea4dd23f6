//! `route/mirror-not-found`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Proof};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "route/mirror-not-found",
    segment: SegmentName::Rule,
    title: "The target of a mirror cannot be used",
    explanation: "A RequestMirror filter copies requests to a backend that does not exist, has no such port, or may \
                  not be used. The copies are dropped; the requests themselves are not concerned.",
    example: "\
filters: [{type: RequestMirror, requestMirror: {backendRef: {name: not-there, port: 80}}}]",
    sources: &["Gateway API reference: HTTPRequestMirrorFilter.backendRef"],
});

/// For a mirror of the rule at `index`; `why` is a clause about the target.
pub fn finding(route: Found<'_, Route>, index: usize, target: &Target<'_>, why: &str, proof: &Proof) -> Finding {
    DOC.finding(
        proof,
        route.object(),
        format!("the copies that rule {} sends to {} are dropped: it {why}", index + 1, target.describe()),
    )
    .cause("only the mirrored copies are lost; the requests themselves go their way")
    .next("correct or remove the mirror", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", index, "filters"])
}
