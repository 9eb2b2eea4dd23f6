//! `ingress/canary-weight-zero`

use kubereach_reports::report::SegmentName;

use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/canary-weight-zero",
    segment: SegmentName::Rule,
    title: "A canary that gets no traffic",
    explanation: "This Ingress is a canary with weight 0 and no header or cookie that would select it: all requests \
                  go to the main Ingress. Its paths are dormant and their state is not counted.",
    example: "nginx.ingress.kubernetes.io/canary: \"true\"\nnginx.ingress.kubernetes.io/canary-weight: \"0\"",
    sources: &["ingress-nginx: annotations, canary"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    if cx.is_drained_canary() {
        segment.add(DOC.finding(cx.object(), "this canary has weight 0: all requests go to the main Ingress"));
    }
}
