//! `ingress/ssl-passthrough-off`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::controllers::annotations::SSL_PASSTHROUGH_FLAG as FLAG;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "ingress/ssl-passthrough-off",
    segment: SegmentName::Tls,
    title: "TLS is not passed through, though it is asked for",
    explanation: "The annotation ssl-passthrough asks ingress-nginx to hand TLS connections to the backend unopened, \
                  and the controller's pods run without the flag --enable-ssl-passthrough: the controller ends TLS \
                  itself, with its default certificate unless a Secret is given, and speaks plain HTTP or what \
                  backend-protocol says to the backend.",
    example: "nginx.ingress.kubernetes.io/ssl-passthrough: \"true\" and controller arguments without \
              --enable-ssl-passthrough",
    sources: &["ingress-nginx: annotations, ssl-passthrough"],
});

/// Adds it where every pod's flags were read and none has it.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let Some(seen) = state.seen.as_ref().filter(|_| state.passes_tls_through()) else { return };
    let Some(pod) = seen.pods.first().filter(|_| seen.flag(FLAG) == Some(false)) else { return };
    let proof = pod.shows(format!("runs without {FLAG}"));
    let message = format!("TLS is not passed through to the backend: the controller runs without {FLAG}");
    let finding = DOC
        .finding(&proof, state.ingress.object(), message)
        .at(state.ingress.origin, field!["metadata", "annotations", "nginx.ingress.kubernetes.io/ssl-passthrough"])
        .relates(pod.object(), "the controller");
    segment.add(finding.next("Give the controller the flag.", words::controller_pods(state)));
}
