//! `tls/host-without-rule`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::rules::{covers, hosts};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Path, Text};
use kubereach_model::field;

/// What `explain` says of it.
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

/// Of hosts of TLS entries that no rule has, where the Ingress has hosts at all.
pub fn findings(state: &IngressState<'_>, _: &[Path]) -> Vec<Finding> {
    let Some(ingress) = state.ingress.ingress else { return Vec::new() };
    let spec = &ingress.spec;
    let ruled = hosts(ingress);
    let any_host = spec.rules.iter().any(|rule| rule.host.as_deref().unwrap_or_default().is_empty());
    if ruled.is_empty() || any_host || spec.default_backend.is_some() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (i, entry) in spec.tls.iter().enumerate() {
        for (j, host) in entry.hosts.iter().enumerate() {
            if !ruled.iter().any(|rule| covers(host, rule) || covers(rule, host)) {
                let message = format!("a TLS entry names {}, which no rule has", words::brief(host));
                let finding = DOC.finding(state.ingress.object(), message);
                findings.push(finding.at(state.ingress.origin, field!["spec", "tls", i, "hosts", j]));
            }
        }
    }
    findings
}
