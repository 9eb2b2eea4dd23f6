//! `policy/partly-closed-to-controller`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/partly-closed-to-controller",
    segment: SegmentName::Policy,
    title: "Some pods turn the front door's controller away",
    explanation: "Between some pods of the controller that serves this entry and some pods behind the backend the policies let no connection through; between others they do. If policies are enforced, some requests fail.",
    example: "One of two Deployments behind a Service is under a policy that does not admit the controller.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
