//! `ingress/middleware-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::middlewares::ANNOTATION;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/middleware-missing",
    segment: SegmentName::Rule,
    title: "A Middleware is named that does not exist: Traefik makes no router",
    explanation: "The annotation router.middlewares names Middlewares as NAMESPACE-NAME@kubernetescrd. With one that does \
                  not exist under that name Traefik leaves the whole router out, and requests get 404. A frequent slip \
                  is the name without its namespace. Middlewares of other providers (@file) are not in the cluster and \
                  are not judged.",
    example: "traefik.ingress.kubernetes.io/router.middlewares: strip-api@kubernetescrd   # shop-strip-api@kubernetescrd",
    sources: &[
        "traefik/traefik pkg/server/middleware/middlewares.go",
        "Traefik: Kubernetes Ingress, router.middlewares",
    ],
});

/// Adds it for each that is proved missing.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.middlewares {
        let Ok(absence) = &unmet.proof else { continue };
        let name = words::brief(&unmet.name);
        let hint = match &unmet.meant {
            Some(meant) => format!("; probably {} is meant", words::brief(meant)),
            None => String::new(),
        };
        let finding = DOC
            .finding(&absence.proof(), cx.object(), format!("no Middleware is called {name}: requests get 404{hint}"))
            .cause("Traefik leaves a router out whose middlewares it cannot find.")
            .at(cx.state.ingress.origin, field!["metadata", "annotations", ANNOTATION]);
        let action = "Name it as NAMESPACE-NAME@kubernetescrd, or create it.";
        segment.add(finding.next(action, "kubectl get middlewares.traefik.io -A"));
    }
}
