//! `gateway/attached-route-broken`: a route attached to the listener leads nowhere.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachedRoutesContext;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text, command};

pub(super) static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/attached-route-broken",
    segment: SegmentName::Rule,
    title: "A route attached to the listener leads nowhere",
    explanation: "The listener itself is in order, but one of the routes attached to it is provably broken. The other \
                  routes, and the Gateway, are not condemned by it; look at the route.",
    example: "An HTTPRoute attached to the Gateway whose only backend does not exist.",
    sources: &["Gateway API reference: AllowedRoutes"],
});

/// For each route all of whose paths with traffic are blocked at this listener. A few names say enough; the routes have
/// verdicts of their own.
pub(super) fn check(cx: &AttachedRoutesContext<'_, '_>, segment: &mut Segment) {
    let listener = cx.listener;
    for route in cx.broken.iter().take(10) {
        let object = route.object();
        let proof = route.shows("every path of it at this listener is blocked");
        let command = command::describe(&object);
        segment.add(
            DOC.finding(
                &proof,
                object,
                format!(
                    "{} {} attached to {} leads nowhere",
                    route.kind.word(),
                    route.metadata.name,
                    listener.describe()
                ),
            )
            .cause("the route or its backend is broken; see the route's own verdict")
            .next("Look at the route.", command),
        );
    }
}
