//! `ingress/shadowed-path`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/shadowed-path",
    segment: SegmentName::Rule,
    title: "An older Ingress has taken this host and path",
    explanation: "ingress-nginx builds one server per host from all Ingresses of its class, the oldest first. A host \
                  and path that is taken is not given again: the younger Ingress's backend gets nothing for it, \
                  while the host itself is served. Raised only where both creation times are known, both have the \
                  same class and their backends differ; canary Ingresses repeat a path on purpose and are left out.",
    example: "Two Ingresses of class nginx with shop.example/ Prefix, created a day apart, to different Services.",
    sources: &["ingress-nginx: rule building, oldest Ingress first"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    if !cx.state.is(Product::IngressNginx) {
        return;
    }
    let Some(own) = cx.state.ingress.metadata.creation_timestamp.0 else { return };
    let rivals = cx.all.claims.rivals(cx.state, cx.declared);
    let older = rivals.into_iter().find(|rival| rival.metadata.creation_timestamp.0.is_some_and(|time| time < own));
    let Some(older) = older else { return };
    let what = words::brief(&cx.declared.describe());
    let proof = older.shows(format!("has {what} as well, and was created before {own}"));
    let message = format!("{what} is taken by the older {}", older.object());
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("Of two Ingresses with the same host and path ingress-nginx serves the older one.")
        .relates(older.object(), "has the same host and path")
        .at(cx.state.ingress.origin, cx.declared.field.iter().cloned());
    segment.add(finding.next("Remove one of the two paths.", words::kubectl("describe ingress", &older.object())));
}
