//! `httpproxy/include-failed`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::contour::{Basis, Problem};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/include-failed",
    segment: SegmentName::Reference,
    title: "An include leads nowhere",
    explanation: "The include names an HTTPProxy that does not exist or is a root itself, leads back in a circle, or \
                  has conditions that are not valid or repeat those of an earlier include. Contour skips it: requests \
                  under its prefix get 502, or fall to another route. The other routes and includes stay.",
    example: "includes: [{name: blog}]   # there is no HTTPProxy blog",
    sources: &["Contour: internal/dag/httpproxy_processor.go", "Contour: internal/dag/conditions.go"],
});

/// For one include.
pub fn check(cx: &ProxyContext<'_, '_>, problem: &Problem, segment: &mut Segment) {
    let what = words::brief(&problem.what);
    let proof = match &problem.basis {
        Basis::Shown => cx.proxy.shows(what.clone()),
        Basis::Missing(absence) => absence.proof(),
        Basis::Unknown(_) | Basis::Secret(_) => return,
    };
    let finding = DOC
        .finding(&proof, cx.proxy.object(), format!("{what} ({})", problem.reason))
        .cause("Contour follows no such include.")
        .at(cx.proxy.origin, problem.field.iter().cloned());
    segment.add(finding.next("Correct the include.", super::LIST));
}
