//! `measurement/some-endpoints-fail`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-endpoints-fail",
    segment: SegmentName::Address,
    title: "Some Pods behind it do not answer",
    explanation: "Pods behind the same port were dialled one by one; some answered and some did not. Requests \
                  through the Service reach one of them at random, so a share of them fails. Raised for a failure \
                  that is corroborated, or where most of the Pods fail; one Pod that failed once raises nothing.",
    example: "Of three ready Pods one refuses connections on the target port.",
    sources: &["Kubernetes: EndpointSlices"],
});
