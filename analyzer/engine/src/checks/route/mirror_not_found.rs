//! `route/mirror-not-found`: the target of a mirror cannot be used.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::FilterContext;
use crate::resolve::gateway::grants::Permission;
use crate::resolve::route::backend::{Named, RefPort, Target};
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Proof};

pub(super) static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "route/mirror-not-found",
    segment: SegmentName::Rule,
    title: "The target of a mirror cannot be used",
    explanation: "A RequestMirror filter copies requests to a backend that does not exist, has no such port, or may \
                  not be used. The copies are dropped; the requests themselves are not concerned.",
    example: "\
filters: [{type: RequestMirror, requestMirror: {backendRef: {name: not-there, port: 80}}}]",
    sources: &["Gateway API reference: HTTPRequestMirrorFilter.backendRef"],
});

/// For a mirror whose target provably takes no copies.
pub(super) fn check(cx: &FilterContext<'_, '_>, segment: &mut Segment) {
    let (route, index) = (cx.route, cx.rule);
    let Some(target) = &cx.mirror else { return };
    let Some((why, proof)) = fault(route, target) else { return };
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("the copies that rule {} sends to {} are dropped: it {why}", index + 1, target.describe()),
        )
        .cause("only the mirrored copies are lost; the requests themselves go their way")
        .next("Correct or remove the mirror.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", index, "filters"]),
    );
}

/// Why the target takes no copies, as a clause, with the proof; `None` where it may.
fn fault(route: Found<'_, Route>, target: &Target<'_>) -> Option<(String, Proof)> {
    if let Permission::Refused { absence, .. } = &target.permission {
        return Some(("may not be used from this namespace".to_owned(), absence.proof()));
    }
    let (why, proof) = match &target.named {
        Named::Missing(absence) => ("does not exist".to_owned(), absence.proof()),
        Named::NotABackend => {
            ("cannot be a backend".to_owned(), route.shows("the mirror names a kind that cannot be a backend"))
        }
        Named::Service(service, RefPort::NotDeclared(port)) => {
            (format!("has no port {port}"), service.shows(format!("it declares no port {port}")))
        }
        Named::Service(_, RefPort::Unspecified) => {
            ("is named without a port".to_owned(), route.shows("the mirror names no port"))
        }
        Named::Service(..) | Named::Unseen(_) | Named::ThirdParty => return None,
    };
    Some((why, proof))
}
