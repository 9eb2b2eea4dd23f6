//! `api-server/bundle-expired`

use kubereach_reports::report::SegmentName;

use super::bundle_unreadable::{described, field};
use crate::evaluate::door::api_server::CallContext;
use crate::resolve::certificate::judged_at;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "api-server/bundle-expired",
    segment: SegmentName::Tls,
    title: "The only authority that the API server trusts here has expired",
    explanation: "The caBundle holds one certificate, and it has expired. The API server checks the server's \
                  certificate against the bundle alone, and an authority that is no longer valid vouches for nothing: \
                  every call fails with x509 'certificate has expired'. Raised only where the bundle holds a single \
                  certificate, and judged at the time at which the input was taken.",
    example: "caBundle: …   # notAfter 2026-01-01, and it is February",
    sources: &[
        "admissionregistration.k8s.io/v1 WebhookClientConfig.caBundle",
        "kubernetes/apiserver: pkg/util/webhook/client.go (HookClient)",
        "RFC 5280 section 6.1.3",
    ],
});

/// For one call.
pub fn check(cx: &CallContext<'_, '_>, segment: &mut Segment) {
    let (call, bundle) = (cx.call, cx.call.bundle);
    let only = bundle.certificate.as_ref().filter(|_| bundle.blocks.len() == 1 && bundle.is_shown());
    let Some(Ok(certificate)) = only.filter(|_| call.verified) else { return };
    let Some(now) = judged_at(cx.cluster, certificate).filter(|now| *now > certificate.not_after) else { return };
    let fact = format!("the only certificate of its caBundle ended at {}, before {now}", certificate.not_after);
    let message = format!("the caBundle of {} expired at {}", described(cx), certificate.not_after);
    let finding = DOC
        .finding(&cx.caller.shows(fact), cx.caller.object(), message)
        .cause("The API server trusts no other authority for this server, so that every call fails.")
        .at(cx.caller.origin(), field(call));
    let action = "Renew the authority and write it into the caBundle, or let the controller that writes it do so.";
    segment.add(finding.next(action, super::fails_closed::look(&cx.caller)));
}
