//! `ingress/ssl-passthrough-unknown`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::ingress::front::Front;
use kubereach_model::snapshot::Gap;
use crate::checks::ingress::words;

/// The page.
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

/// The flag of the controller.
pub(crate) const FLAG: &str = "--enable-ssl-passthrough";

/// Adds it where the flag could not be read.
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let flag = front.seen.as_ref().and_then(|seen| seen.flag(FLAG));
    if !crate::checks::ingress::passthrough_asked(front) || flag.is_some() {
        return;
    }
    let gap = Gap::investigate(format!("whether the controller runs with {FLAG} is not shown"), "its pods' flags were not seen");
    let message = "whether TLS reaches the backend unopened cannot be told: the controller's flags were not seen";
    let finding = DOC.finding(&gap, front.ingress.object(), message);
    segment.add(finding.next("Look at the controller's flags", words::controller_pods(front)));
}
