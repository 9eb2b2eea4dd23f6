//! `ingress/canary-main-unseen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::is_canary;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/canary-main-unseen",
    segment: SegmentName::Rule,
    title: "The Ingress a canary belongs to was not seen",
    explanation: "With the annotation canary an Ingress adds a second backend to a path that an ordinary Ingress \
                  has. None was seen with this host and path, and the Ingresses of the cluster were not all read.",
    example: "A single manifest with nginx.ingress.kubernetes.io/canary: \"true\"",
    sources: &["ingress-nginx: annotations, canary"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let alone = hop.front.is(Product::IngressNginx) && is_canary(&hop.front.ingress);
    let Err(gap) = &hop.all.complete else { return };
    if !alone || hop.all.claims.has_main(hop.front, hop.path) {
        return;
    }
    let what = words::brief(&hop.path.describe());
    let message = format!("this Ingress is a canary for {what}, and its main Ingress was not seen");
    segment.add(DOC.finding(gap, hop.ingress(), message).next("See every Ingress", "kubectl get ingress -A"));
}
