//! `route/https-backend-plain`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/https-backend-plain",
    segment: SegmentName::Tls,
    title: "The backend looks like HTTPS, and nothing says to encrypt",
    explanation: "The Service port is called https or is number 443, and no BackendTLSPolicy tells the gateway to \
                  encrypt. Most gateways then speak plain HTTP to it, which an HTTPS server answers with 400 or by \
                  closing. The name alone proves nothing.",
    example: "backendRefs: [{name: web, port: 443}] without a BackendTLSPolicy",
    sources: &["Gateway API reference: BackendTLSPolicy"],
});

/// For a backend without a policy.
pub fn finding(route: Found<'_, Route>, target: &Target<'_>) -> Finding {
    DOC.finding(
        route.object(),
        format!(
            "{} looks like an HTTPS port, and no BackendTLSPolicy says to encrypt; most gateways send plain HTTP",
            target.describe()
        ),
    )
    .next("add a BackendTLSPolicy if the backend expects HTTPS", command::list("backendtlspolicies", &target.namespace))
}
