//! `openshift/refused-by-one-router`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text, said};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "openshift/refused-by-one-router",
    segment: SegmentName::Rule,
    title: "One router admitted the Route, another refuses it",
    explanation: "A Route is offered to every router, and each writes into the status whether it serves it. One that \
                  refuses takes nothing away from those that have admitted it; the entry may also be left from a \
                  router that is gone.",
    example: "status.ingress: router default Admitted True, router internal Admitted False",
    sources: &["route.openshift.io/v1 RouteStatus.ingress"],
});

/// Beside the paths.
pub fn finding(cx: &RouteContext<'_, '_>) -> Option<Finding> {
    if !cx.is_admitted() {
        return None;
    }
    let (router, condition) = cx.value().routers().iter().find_map(|router| match router.admitted() {
        Some((false, condition)) => Some((router, condition)),
        _ => None,
    })?;
    let said = said::told(condition);
    let message =
        format!("the router {} refuses it ({said}); another has admitted it", words::brief(&router.router_name));
    Some(DOC.finding(cx.route.object(), message))
}
