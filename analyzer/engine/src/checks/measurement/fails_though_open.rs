//! `measurement/fails-though-open`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Text};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "measurement/fails-though-open",
    segment: SegmentName::Address,
    title: "Traffic fails, and the configuration shows no cause",
    explanation: "Real requests fail on this way, at least twice, while something else was answered from the same \
                  place or the snapshot explains the failure; the snapshot itself shows nothing that would block \
                  it. The verdict follows the traffic. Where it breaks is named only if other measurements of the \
                  same caller leave one place; otherwise the causes that fit are listed. Not raised for a failure \
                  seen once, for one relayed by the API server, nor for a caller whom network policy may refuse.",
    example: "Every Pod behind a ClusterIP answers when dialled itself, the ClusterIP refuses: the node's \
              Service rules are not in place.",
    sources: &["RFC 9293 section 3.5 (resets)", "Kubernetes: debugging Services"],
});
