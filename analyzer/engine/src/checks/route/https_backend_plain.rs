//! `route/https-backend-plain`: the backend looks like HTTPS, and nothing says to encrypt.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendTlsContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/https-backend-plain",
    segment: SegmentName::Tls,
    title: "The backend looks like HTTPS, and nothing says to encrypt",
    explanation: "The Service port is called https or is number 443, and no BackendTLSPolicy tells the gateway to \
                  encrypt. Most gateways then speak plain HTTP to it, which an HTTPS server answers with 400 or by \
                  closing. The name alone proves nothing.",
    example: "backendRefs: [{name: web, port: 443}] without a BackendTLSPolicy",
    sources: &["Gateway API reference: BackendTLSPolicy"],
});

/// For such a port without a policy.
pub(super) fn check(cx: &BackendTlsContext<'_, '_>, segment: &mut Segment) {
    if cx.policies.is_some() || !cx.astray.is_empty() || !cx.looks_encrypted {
        return;
    }
    let (route, target) = (cx.route, cx.target);
    segment.add(
        DOC.finding(
            route.object(),
            format!(
                "{} looks like an HTTPS port, and no BackendTLSPolicy says to encrypt; most gateways send plain HTTP",
                target.describe()
            ),
        )
        .next(
            "Add a BackendTLSPolicy if the backend expects HTTPS.",
            command::list("backendtlspolicies", &target.namespace),
        ),
    );
}
