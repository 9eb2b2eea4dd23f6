//! `measurement/some-addresses-fail`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-addresses-fail",
    segment: SegmentName::Address,
    title: "Some addresses of the same door do not answer",
    explanation: "A name resolves to several addresses, or an entry publishes several, and not all of them \
                  answer. Clients that try one after another get through late; others fail.",
    example: "The IPv6 address of a host does not answer, its IPv4 address does.",
    sources: &["RFC 8305 (Happy Eyeballs)"],
});
