//! `gateway/insecure-frontend-validation`: clients without a valid certificate are let in.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/insecure-frontend-validation",
    segment: SegmentName::Tls,
    title: "Clients without a valid certificate are let in",
    explanation: "Client validation is set to AllowInsecureFallback: the Gateway asks for a client certificate and \
                  accepts connections without a valid one. Traffic is not narrowed by it; it is worth knowing that the \
                  check does not keep anybody out.",
    example: "validation: {mode: AllowInsecureFallback, caCertificateRefs: [...]}",
    sources: &["Gateway API reference: FrontendValidationModeType"],
});

/// For a listener whose client validation is in that mode.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let mode = cx.client_validation().and_then(|(validation, _)| validation.mode.as_deref());
    if mode != Some("AllowInsecureFallback") {
        return;
    }
    let listener = cx.listener;
    segment.add(
        DOC.finding(
            listener.owner.object(),
            format!(
                "{} asks for client certificates but accepts clients without a valid one (AllowInsecureFallback)",
                listener.describe()
            ),
        )
        .next(
            "Set the mode to AllowValidOnly if clients must be verified.",
            command::describe(&listener.owner.object()),
        ),
    );
}
