//! `ingress/canary-main-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::is_canary;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let alone = cx.state.is(Product::IngressNginx) && is_canary(cx.state);
    let Err(gap) = &cx.all.complete else { return };
    if !alone || cx.all.claims.has_main(cx.state, cx.declared) {
        return;
    }
    let what = words::brief(&cx.declared.describe());
    let message = format!("this Ingress is a canary for {what}, and its main Ingress was not seen");
    segment.add(DOC.finding(gap, cx.object(), message).next("See every Ingress.", "kubectl get ingress -A"));
}
