//! `ingress/duplicate-path`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/duplicate-path",
    segment: SegmentName::Rule,
    title: "Another Ingress claims the same host and path",
    explanation: "Two Ingresses that share a front door claim the same host and path and lead to different backends, \
                  or one Ingress does so twice. Which of them the controller serves depends on the controller, and \
                  on creation times that are not known here. Not raised for controllers that give every Ingress a \
                  load balancer of its own, for canaries, and where ingress-nginx's rule (the oldest wins) decides.",
    example: "Two Ingresses of class traefik with shop.example/ to different Services.",
    sources: &["networking.k8s.io/v1 HTTPIngressPath", "ingress-nginx: rule building", "Traefik: router priority"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let what = words::brief(&cx.declared.describe());
    let rivals = cx.all.claims.rivals(cx.state, cx.declared);
    let message = match rivals.first() {
        Some(rival) if !decided(cx) => format!("{} claims {what} as well, for another backend", rival.object()),
        _ if cx.declared.repeats => {
            format!("this {} claims {what} twice, for different backends", cx.state.ingress.kind())
        }
        _ => return,
    };
    let gap = Gap::investigate("which of the two the controller serves is not shown", "it depends on the controller");
    let mut finding = DOC.finding(&gap, cx.object(), message);
    if let Some(rival) = rivals.first() {
        finding = finding.relates(rival.object(), "has the same host and path");
    }
    let finding = finding.at(cx.state.ingress.origin, cx.declared.field.iter().cloned());
    segment
        .add(finding.next(format!("See every {} and its hosts.", cx.state.ingress.kind()), words::list_all(cx.state)));
}

/// Does ingress-nginx's rule decide: are all creation times known and different?
fn decided(cx: &IngressPath<'_, '_>) -> bool {
    let own = cx.state.ingress.metadata.creation_timestamp.0;
    let rivals = cx.all.claims.rivals(cx.state, cx.declared);
    let differs = |time: Option<jiff::Timestamp>| time.is_some() && time != own;
    cx.state.is(Product::IngressNginx)
        && own.is_some()
        && rivals.iter().all(|rival| differs(rival.metadata.creation_timestamp.0))
}
