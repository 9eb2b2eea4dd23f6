//! `measurement/flows-though-blocked`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/flows-though-blocked",
    segment: SegmentName::Address,
    title: "Traffic gets through where the configuration says it cannot",
    explanation: "The snapshot shows this way as blocked, and a real request went through it. Traffic outranks \
                  prediction, so the verdict does not say broken; the two still contradict each other, and one of \
                  them is out of date: the snapshot was taken before something was repaired, a network policy is \
                  stored and not enforced, or kubereach reads the configuration wrongly. Both times are shown. \
                  Traffic through another way never raises it.",
    example: "An Ingress whose backend Service is missing in the dump of 10:00; at 10:20 a request to its \
              host is answered with 200.",
    sources: &[
        "docs/semantics/measurement.md#traffic-outranks-prediction",
        "Kubernetes documentation: network policies need a plugin that enforces them",
    ],
});
