//! `ingress/ssl-passthrough-unknown`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::controllers::annotations::SSL_PASSTHROUGH_FLAG as FLAG;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/ssl-passthrough-unknown",
    segment: SegmentName::Tls,
    title: "Whether TLS is passed through depends on a flag that was not seen",
    explanation: "The annotation ssl-passthrough asks ingress-nginx to hand TLS connections to the backend unopened. \
                  It works only with the controller's flag --enable-ssl-passthrough; without it the controller ends \
                  TLS itself, with its default certificate. The flags of the controller's pods were not seen.",
    example: "nginx.ingress.kubernetes.io/ssl-passthrough: \"true\"",
    sources: &["ingress-nginx: annotations, ssl-passthrough"],
});

/// Adds it where the flag could not be read.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let flag = state.seen.as_ref().and_then(|seen| seen.flag(FLAG));
    if !state.passes_tls_through() || flag.is_some() {
        return;
    }
    let gap = Gap::investigate(
        format!("whether the controller runs with {FLAG} is not shown"),
        "its pods' flags were not seen",
    );
    let message =
        "the controller's flags were not seen, and one of them decides whether TLS reaches the backend unopened";
    let finding = DOC.finding(&gap, state.ingress.object(), message);
    segment.add(finding.next("Look at the controller's flags.", words::controller_pods(state)));
}
