//! `ingress/canary-without-main`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::is_canary;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/canary-without-main",
    segment: SegmentName::Rule,
    title: "A canary without the Ingress it belongs to",
    explanation: "With the annotation canary an Ingress of ingress-nginx adds a second backend to a path that \
                  another, ordinary Ingress of the same class has; alone it is not served. Raised only where the \
                  Ingresses of the whole cluster were read and none has the same host and path.",
    example: "nginx.ingress.kubernetes.io/canary: \"true\" and no other Ingress with that host and path",
    sources: &["ingress-nginx: annotations, canary"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let alone = cx.state.is(Product::IngressNginx) && is_canary(cx.state);
    if !alone || cx.all.claims.has_main(cx.state, cx.declared) || cx.all.complete.is_err() {
        return;
    }
    let what = words::brief(&cx.declared.describe());
    let proof = cx.state.ingress.shows(format!("is a canary for {what}, which no other Ingress of the cluster has"));
    let message = format!("this Ingress is a canary for {what}, and there is no main Ingress for it");
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("ingress-nginx adds a canary to a path that an ordinary Ingress has; alone it is not served.")
        .at(cx.state.ingress.origin, cx.declared.field.iter().cloned());
    segment.add(finding.next("Create the main Ingress, or remove the canary annotation.", "kubectl get ingress -A"));
}
