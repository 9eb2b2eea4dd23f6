//! `gateway/insecure-frontend-validation`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/insecure-frontend-validation",
    segment: SegmentName::Tls,
    title: "Clients without a valid certificate are let in",
    explanation: "Client validation is set to AllowInsecureFallback: the Gateway asks for a client certificate and \
                  accepts connections without a valid one. Traffic is not narrowed by it; it is worth knowing that the \
                  check does not keep anybody out.",
    example: "validation: {mode: AllowInsecureFallback, caCertificateRefs: [...]}",
    sources: &["Gateway API reference: FrontendValidationModeType"],
});

/// For a listener in that mode.
pub fn finding(door: &Door<'_>) -> Finding {
    DOC.finding(
        door.owner.object(),
        format!(
            "{} asks for client certificates but accepts clients without a valid one (AllowInsecureFallback)",
            door.describe()
        ),
    )
    .next("set the mode to AllowValidOnly if clients must be verified", command::describe(&door.owner.object()))
}
