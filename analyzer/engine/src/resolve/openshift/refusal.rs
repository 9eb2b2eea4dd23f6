//! What the API server does not store, and what a router does not serve, whatever else is in the cluster.
//!
//! Sources: `openshift/api` `route/v1/types.go` (markers of the CRD), `openshift/library-go`
//! `pkg/route/validation/validation.go` (`ValidateRoute`), `openshift/router` `unique_host.go` (`ValidateHostName`) and
//! `routeapihelpers/validation.go` (`ExtendedValidateRoute`).

use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::field;
use kubereach_model::snapshot::is_masked;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{OpenShiftRoute, Pem, RouteTls};

use super::headers;

/// One thing that is wrong with a Route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Who refuses it.
    pub by: By,
    /// What is wrong, to follow the name of the Route.
    pub what: String,
    /// Where.
    pub field: FieldPath,
    /// It rests on the day: refused unless the certificate has expired by then.
    pub unless_expired: bool,
}

/// Who refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The API server: the object cannot be stored like this.
    ApiServer,
    /// The router, with this reason.
    Router(&'static str),
}

type Rule = fn(&OpenShiftRoute, &mut Vec<Refusal>);

/// In the order in which they are said.
const RULES: [Rule; 6] = [hosts, path, targets, port, tls, header_actions];

/// Everything that is wrong. `declared`: it is a manifest, so that what it lacks was not taken away by a collector.
pub fn all(route: &OpenShiftRoute, declared: bool) -> Vec<Refusal> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(route, &mut found);
    }
    if declared {
        without_key(route, &mut found);
    }
    found
}

fn add<const N: usize>(found: &mut Vec<Refusal>, by: By, field: [Step; N], what: impl Into<String>) {
    found.push(Refusal { by, what: what.into(), field: field.into(), unless_expired: false });
}

const INVALID: By = By::Router("ExtendedValidationFailed");

/// What is wrong with a host name (DNS labels of RFC 1123, 63 and 253 characters).
pub fn host(host: &str) -> Option<&'static str> {
    if is_masked(host) {
        return None;
    }
    let label = |label: &str| {
        let inner = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    if host.len() > 253 {
        return Some("is longer than 253 characters");
    }
    if host.split('.').any(|label| label.len() > 63) {
        return Some("has a label of more than 63 characters");
    }
    (!host.split('.').all(label)).then_some("is no DNS name in lower case")
}

fn hosts(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let spec = &route.spec;
    if !spec.host.is_empty()
        && let Some(why) = host(&spec.host)
    {
        add(found, By::Router("InvalidHost"), field!["spec", "host"], format!("its host {why}"));
    }
    if !spec.subdomain.is_empty()
        && let Some(why) = host(&spec.subdomain)
    {
        add(found, By::ApiServer, field!["spec", "subdomain"], format!("its subdomain {why}"));
    }
    match spec.wildcard_policy.as_str() {
        "" | "None" => {}
        "Subdomain" if spec.host.is_empty() => {
            let what = "it asks for a wildcard and names no host";
            add(found, By::ApiServer, field!["spec", "wildcardPolicy"], what);
        }
        "Subdomain" => {}
        _ => {
            let what = "its wildcardPolicy is neither None nor Subdomain";
            add(found, By::Router("RouteNotAdmitted"), field!["spec", "wildcardPolicy"], what);
        }
    }
}

fn path(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let path = route.spec.path.as_str();
    if path.is_empty() || is_masked(path) {
        return;
    }
    if !path.starts_with('/') {
        add(found, By::ApiServer, field!["spec", "path"], "its path does not begin with /");
    } else if path.contains(['#', ' ']) {
        add(found, By::ApiServer, field!["spec", "path"], "its path holds a space or #");
    }
    if route.termination() == Some("passthrough") {
        let what = "it passes TLS through, so that nobody could read its path";
        add(found, By::ApiServer, field!["spec", "path"], what);
    }
}

fn targets(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    for (index, target) in route.targets() {
        let at = |key: &'static str| -> FieldPath {
            match index {
                None => field!["spec", "to", key].into(),
                Some(i) => field!["spec", "alternateBackends", i, key].into(),
            }
        };
        let mut say = |key, what: &str| {
            found.push(Refusal { by: By::ApiServer, what: what.to_owned(), field: at(key), unless_expired: false });
        };
        if target.name.is_empty() {
            say("name", "a backend of it names no Service");
        }
        if !matches!(target.kind.as_str(), "" | "Service") {
            say("kind", "a backend of it is no Service");
        }
        if target.weight.known().is_some_and(|weight| !(0..=256).contains(weight)) {
            say("weight", "a weight of it is not between 0 and 256");
        }
    }
    if route.spec.alternate_backends.len() > 3 {
        add(found, By::ApiServer, field!["spec", "alternateBackends"], "it has more than three alternate backends");
    }
}

fn port(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let Some(port) = &route.spec.port else { return };
    let missing = match &port.target_port {
        None | Some(PortRef::Number(0)) => true,
        Some(PortRef::Name(name)) => name.is_empty(),
        Some(PortRef::Number(_) | PortRef::Redacted) => false,
    };
    if missing {
        add(found, By::ApiServer, field!["spec", "port", "targetPort"], "its port names no targetPort");
    }
}

fn tls(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let Some(tls) = &route.spec.tls else { return };
    let written = |pem: &Pem| !pem.is_empty();
    let external = tls.external_certificate.as_ref().is_some_and(|secret| !secret.name.is_empty());
    match tls.termination.as_str() {
        "edge" => {
            if written(&tls.destination_ca) {
                let what = "it ends TLS at the router (edge) and has a destinationCACertificate";
                add(found, INVALID, field!["spec", "tls", "destinationCACertificate"], what);
            }
        }
        "reencrypt" => {}
        "passthrough" => {
            let own = [&tls.certificate, &tls.key, &tls.ca_certificate, &tls.destination_ca];
            if own.into_iter().any(written) || external {
                let what = "it passes TLS through and has certificates";
                add(found, INVALID, field!["spec", "tls"], what);
            }
        }
        _ => {
            let what = "its TLS termination is none of edge, passthrough and reencrypt";
            add(found, INVALID, field!["spec", "tls", "termination"], what);
        }
    }
    let insecure = tls.insecure_edge_termination_policy.as_str();
    let allowed = match tls.termination.as_str() {
        "passthrough" => matches!(insecure, "" | "None" | "Redirect"),
        "edge" | "reencrypt" => matches!(insecure, "" | "None" | "Allow" | "Redirect"),
        _ => true,
    };
    if !allowed {
        let what = "its insecureEdgeTerminationPolicy does not go with its termination";
        add(found, INVALID, field!["spec", "tls", "insecureEdgeTerminationPolicy"], what);
    }
    if external && written(&tls.certificate) {
        let what = "it names an external certificate beside its own";
        add(found, By::ApiServer, field!["spec", "tls", "externalCertificate"], what);
    }
    certificates(tls, found);
}

/// `ExtendedValidateRoute`, as far as no key has to be read.
fn certificates(tls: &RouteTls, found: &mut Vec<Refusal>) {
    let texts: [(&'static str, &Pem); 3] = [
        ("caCertificate", &tls.ca_certificate),
        ("certificate", &tls.certificate),
        ("destinationCACertificate", &tls.destination_ca),
    ];
    for (key, pem) in texts {
        // A certificate may stand beside its key, and a masked one shows nothing.
        if !pem.is_shown() {
            continue;
        }
        if !pem.has_certificate() {
            add(found, INVALID, field!["spec", "tls", key], format!("its {key} holds no certificate"));
        } else if pem.unreadable.is_some() {
            add(found, INVALID, field!["spec", "tls", key], format!("its {key} cannot be decoded"));
        } else if let Some(label) = pem.blocks.iter().find(|label| !KNOWN.contains(&label.as_str())) {
            let what = format!("its {key} holds a block that no router knows ({label})");
            add(found, INVALID, field!["spec", "tls", key], what);
        } else if let Some(digest) = pem.weak {
            let what = format!("its {key} holds a certificate that an authority signed with {digest}");
            add(found, INVALID, field!["spec", "tls", key], what);
        }
    }
    if tls.key.is_shown() {
        let wrong = tls.key.blocks.iter().find(|label| !label.ends_with("PRIVATE KEY") && *label != "EC PARAMETERS");
        if let Some(label) = wrong.filter(|_| written_certificate(tls)) {
            add(found, INVALID, field!["spec", "tls", "key"], format!("its key holds a {label}"));
        } else if let Some(label) = tls.key.blocks.iter().find(|label| !KNOWN.contains(&label.as_str())) {
            let what = format!("its key holds a block that no router knows ({label})");
            add(found, INVALID, field!["spec", "tls", "key"], what);
        } else if tls.key.unreadable.is_some() {
            add(found, INVALID, field!["spec", "tls", "key"], "its key holds what cannot be decoded");
        }
    }
    if let (Some(Ok(leaf)), true) = (&tls.certificate.certificate, tls.ca_certificate.has_certificate()) {
        let known = |subjects: &[String]| subjects.contains(&leaf.issuer);
        if tls.ca_certificate.unreadable.is_none() && !known(&tls.ca_certificate.subjects) {
            let what = "its certificate is of none of the authorities in its caCertificate";
            add(found, INVALID, field!["spec", "tls", "certificate"], what);
            if let Some(last) = found.last_mut() {
                last.unless_expired = true;
            }
        }
    }
}

fn written_certificate(tls: &RouteTls) -> bool {
    !tls.certificate.is_empty()
}

/// The blocks that `sanitizePEM` knows.
const KNOWN: [&str; 10] = [
    "RSA PRIVATE KEY",
    "ECDSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "DSA PUBLIC KEY",
    "ECDSA PUBLIC KEY",
    "CERTIFICATE",
    "EC PARAMETERS",
];

/// A certificate needs its key. Collectors take keys away, so only a manifest shows that there is none.
fn without_key(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let Some(tls) = &route.spec.tls else { return };
    let (certificate, key) = (&tls.certificate, &tls.key);
    if certificate.is_shown() && certificate.has_certificate() && !certificate.has_key() && key.is_empty() {
        add(found, INVALID, field!["spec", "tls", "key"], "its certificate has no key");
    }
}

fn header_actions(route: &OpenShiftRoute, found: &mut Vec<Refusal>) {
    let Some(headers) = &route.spec.http_headers else { return };
    let (request, response) = (&headers.actions.request, &headers.actions.response);
    if (!request.is_empty() || !response.is_empty()) && route.termination() == Some("passthrough") {
        let what = "it passes TLS through, so that nobody could change headers";
        add(found, By::ApiServer, field!["spec", "httpHeaders"], what);
    }
    for (key, actions) in [("request", request), ("response", response)] {
        for (index, what) in headers::faults(key, actions) {
            let field = field!["spec", "httpHeaders", "actions", key, index].into();
            found.push(Refusal { by: By::ApiServer, what, field, unless_expired: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_dns_labels() {
        for good in ["a", "a.b-c.example", "0.example", &"x".repeat(60)] {
            assert_eq!(host(good), None, "{good}");
        }
        for bad in ["", "A.example", "a..b", "-a.example", "a-.example", "a_b.example", "*.example", &"a".repeat(64)] {
            assert!(host(bad).is_some(), "{bad}");
        }
        assert!(host(&"a.".repeat(130)).is_some());
    }
}
