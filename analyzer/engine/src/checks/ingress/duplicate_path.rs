//! `ingress/duplicate-path`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::controllers::Product;
use kubereach_model::snapshot::Gap;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let what = words::brief(&hop.path.describe());
    let rivals = hop.all.claims.rivals(hop.front, hop.path);
    let message = match rivals.first() {
        Some(rival) if !decided(hop) => format!("{} claims {what} as well, for another backend", rival.object()),
        _ if hop.path.repeats => format!("this Ingress claims {what} twice, for different backends"),
        _ => return,
    };
    let gap = Gap::investigate("which of the two the controller serves is not shown", "it depends on the controller");
    let mut finding = DOC.finding(&gap, hop.ingress(), message);
    if let Some(rival) = rivals.first() {
        finding = finding.relates(rival.object(), "has the same host and path");
    }
    let finding = finding.at(hop.front.ingress.origin, hop.path.field.iter().cloned());
    segment.add(finding.next("See every Ingress and its hosts", "kubectl get ingress -A"));
}

/// Does ingress-nginx's rule decide: are all creation times known and different?
fn decided(hop: &Hop<'_, '_>) -> bool {
    let own = hop.front.ingress.metadata.creation_timestamp.0;
    let rivals = hop.all.claims.rivals(hop.front, hop.path);
    let differs = |time: Option<jiff::Timestamp>| time.is_some() && time != own;
    hop.front.is(Product::IngressNginx)
        && own.is_some()
        && rivals.iter().all(|rival| differs(rival.metadata.creation_timestamp.0))
}
