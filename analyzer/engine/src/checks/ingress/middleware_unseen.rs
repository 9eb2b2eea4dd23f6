//! `ingress/middleware-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::middlewares::ANNOTATION;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::GroupKind;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/middleware-unseen",
    segment: SegmentName::Rule,
    title: "A Middleware is named that was not read",
    explanation: "The annotation router.middlewares names a Middleware that is not in the input, and Middlewares were not \
                  (all) read. That it is there is assumed, and the report says so once; if it is not, Traefik makes no \
                  router.",
    example: "traefik.ingress.kubernetes.io/router.middlewares: shop-auth@kubernetescrd, in a dump without custom resources",
    sources: &["traefik/traefik pkg/server/middleware/middlewares.go"],
});

static KIND: GroupKind = GroupKind::known("traefik.io", "Middleware");

/// Adds it for each.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.middlewares {
        let Err(gap) = &unmet.proof else { continue };
        let message = format!("the Middleware {} was not read", words::brief(&unmet.name));
        let obstacle = Obstacle::new(MayBeInTheWay::Policies(&KIND, None), gap.clone());
        let reading = Reading { resource: "middlewares.traefik.io".to_owned(), arguments: String::new() };
        let assumption = DOC.assumption(obstacle, cx.object(), message).could("be missing, so that requests get 404");
        let place = field!["metadata", "annotations", ANNOTATION];
        segment.assume(assumption.read_by(reading).at(cx.state.ingress.origin, place), cx.state.strict);
    }
}
