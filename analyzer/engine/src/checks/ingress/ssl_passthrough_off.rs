//! `ingress/ssl-passthrough-off`

use kubereach_reports::report::SegmentName;

use kubereach_model::field;
use kubereach_model::evidence::{Narrows, CheckDoc, Segment, Text};
use crate::resolve::ingress::front::Front;
use crate::checks::ingress::ssl_passthrough_unknown::FLAG;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let Some(seen) = front.seen.as_ref().filter(|_| crate::checks::ingress::passthrough_asked(front)) else { return };
    let Some(pod) = seen.pods.first().filter(|_| seen.flag(FLAG) == Some(false)) else { return };
    let proof = pod.shows(format!("runs without {FLAG}"));
    let message = format!("TLS is not passed through to the backend: the controller runs without {FLAG}");
    let finding = DOC.finding(&proof, front.ingress.object(), message)
        .at(front.ingress.origin, field!["metadata", "annotations", "nginx.ingress.kubernetes.io/ssl-passthrough"])
        .relates(pod.object(), "the controller");
    segment.add(finding.next("Give the controller the flag", words::controller_pods(front)));
}
