//! `gateway/attached-route-unsettled`: of a route attached to the listener it cannot be told whether it leads anywhere.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachedRoutesContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/attached-route-unsettled",
    segment: SegmentName::Rule,
    title: "Whether a route attached to the listener leads anywhere is not known",
    explanation: "The listener itself is in order. Of one of the routes attached to it no path is open, and not every \
                  path could be told, as where the Services behind it were not read. A route that leads nowhere \
                  lessens the Gateway, so it is not called in order; the route's own verdict says what is missing.",
    example: "An HTTPRoute attached to the Gateway in a dump whose Services could not be read.",
    sources: &["Gateway API reference: AllowedRoutes"],
});

/// For each route of which nothing is open at this listener and something cannot be told. A few names say enough.
pub(super) fn check(cx: &AttachedRoutesContext<'_, '_>, segment: &mut Segment) {
    for route in cx.unsettled.iter().take(10) {
        let object = route.object();
        let gap = Gap::investigate(format!("whether {object} leads anywhere"), "see the route's own verdict");
        let (kind, name) = (route.kind.word(), &route.metadata.name);
        let message =
            format!("nothing shows whether {kind} {name}, attached to {}, leads anywhere", cx.listener.describe());
        let command = command::describe(&object);
        segment.add(DOC.finding(&gap, object, message).next("Look at the route.", command));
    }
}
