//! `api-server/bundle-unreadable`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::api_server::{Call, CallContext};
use kubereach_model::evidence::{Blocks, CheckDoc, FieldPath, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "api-server/bundle-unreadable",
    segment: SegmentName::Tls,
    title: "The caBundle holds no certificate",
    explanation: "The caBundle was written and there is no certificate in it that could be decoded: it is no PEM \
                  text, was encoded twice, or holds a key. The API server cannot build a client of it, and every call \
                  fails before anything is dialled. An empty bundle is another thing: a controller has yet to write \
                  it, or the server's certificate is of an authority that the API server's host trusts. One that a \
                  collector masked is not judged, nor one in a manifest, where it often holds the place of what an \
                  installer writes.",
    example: "caBundle: Q0EK   # base64 of the word CA",
    sources: &[
        "admissionregistration.k8s.io/v1 WebhookClientConfig.caBundle (PEM encoded)",
        "kubernetes/client-go: transport/transport.go (rootCertPool: unable to load root certificates)",
    ],
});

/// For one call.
pub fn check(cx: &CallContext<'_, '_>, segment: &mut Segment) {
    let bundle = cx.call.bundle;
    // Go passes over certificates that it cannot decode where another one can be.
    if !cx.call.verified || !bundle.is_shown() || !bundle.subjects.is_empty() || cx.caller.is_manifest() {
        return;
    }
    let why = bundle.unreadable.as_deref().unwrap_or("it has no PEM block of a certificate");
    let message = format!("the caBundle of {} holds no certificate", described(cx));
    let finding = DOC
        .finding(&cx.caller.shows(format!("caBundle: {why}")), cx.caller.object(), message)
        .cause("The API server can build no client with it, so that every call fails.")
        .at(cx.caller.origin(), field(cx.call));
    let action = "Write the authority of the server's certificate there, as base64 of its PEM text.";
    segment.add(finding.next(action, super::fails_closed::look(&cx.caller)));
}

/// `the webhook pods.example.com`, or the object.
pub(super) fn described(cx: &CallContext<'_, '_>) -> String {
    let object = cx.caller.object();
    let own = || format!("{} {}", object.kind, words::brief(&object.name));
    cx.call.name.map_or_else(own, |name| format!("the webhook {}", words::brief(name)))
}

/// Where the bundle stands.
pub(super) fn field(call: &Call<'_>) -> FieldPath {
    let mut field = call.field.clone();
    field.push("caBundle".into());
    field
}
