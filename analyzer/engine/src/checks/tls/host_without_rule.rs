//! `tls/host-without-rule`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_reports::report::ObjectRef;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/host-without-rule",
    segment: SegmentName::Tls,
    title: "A TLS entry names a host that no rule has",
    explanation: "A host of a TLS entry appears in no rule. The certificate is loaded and nothing asks for it; if it \
                  was meant for a rule, the rule's host is spelled differently and is served with another \
                  certificate.",
    example: "tls: [{hosts: [www.shop.example]}] and rules only for shop.example",
    sources: &["networking.k8s.io/v1 IngressTLS.hosts"],
});

/// For a host at `field` of `object`.
pub(crate) fn finding(object: ObjectRef, host: &str, origin: u32, field: FieldPath) -> Finding {
    let host = crate::checks::ingress::words::brief(host);
    DOC.finding(object, format!("a TLS entry names {host}, which no rule has")).at(origin, field)
}
