//! `measurement/flaky`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/flaky",
    segment: SegmentName::Address,
    title: "Some attempts are answered and some are not",
    explanation: "Of several connections to the same target some were served and some were not. A request that \
                  fails now and then is less than declared, even if most of them succeed. Not raised where only \
                  the very first attempts of a Pod just started failed: rules for a new Pod are programmed with a \
                  delay.",
    example: "9 of 10 connections to a ClusterIP are answered: one Pod behind it does not listen.",
    sources: &["Kubernetes: Services, virtual IPs and proxy modes"],
});
