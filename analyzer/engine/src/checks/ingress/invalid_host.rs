//! `ingress/invalid-host`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::snapshot::is_masked;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/invalid-host",
    segment: SegmentName::Rule,
    title: "The host is an address or carries a port",
    explanation: "The host of an Ingress rule is compared with the name a client asks for, without its port. The API \
                  server refuses a rule whose host is an IP address or ends in a port, so such a rule never takes \
                  effect. Hosts that a collector masked are not judged.",
    example: "rules:\n- host: shop.example:8080",
    sources: &["networking.k8s.io/v1 IngressRule.host", "RFC 3986 section 3.2.2"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.declared.host.filter(|host| !is_masked(host)) else { return };
    let Some(what) = fault(host) else { return };
    let host = words::brief(host);
    let proof = cx.state.ingress.shows(format!("host '{host}' {what}"));
    let message = format!("the host '{host}' {what}: no request can match this rule");
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("Kubernetes compares the host with the name a client asks for, without a port, and refuses rules like this one.")
        .at(cx.state.ingress.origin, cx.declared.host_field.iter().cloned());
    segment.add(finding.next("Write a name without a port.", words::describe(cx.state)));
}

/// What is wrong with it, as a predicate.
fn fault(host: &str) -> Option<&'static str> {
    let bare = host.trim_start_matches('[').split(']').next().unwrap_or(host);
    if host.parse::<std::net::IpAddr>().is_ok() || bare.parse::<std::net::Ipv6Addr>().is_ok() {
        return Some("is an IP address");
    }
    let (name, port) = host.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    (is_port && !name.is_empty() && !name.contains("//")).then_some("carries a port")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn only_addresses_and_ports_are_faults() {
        for host in ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "shop.example:8080", "192.0.2.1:80"] {
            assert!(fault(host).is_some(), "{host}");
        }
        for host in ["shop.example", "*.shop.example", "${HOST}", "{{ .Values.host }}", "https://shop.example", "a:"] {
            assert_eq!(fault(host), None, "{host}");
        }
    }
}
