//! What keeps Contour from serving the host of a root.
//!
//! Source: `computeHTTPProxy` of `internal/dag/httpproxy_processor.go`.

use std::collections::HashSet;

use kubereach_model::field;
use kubereach_model::snapshot::model::{ProxyTls, Resource as _, Secret, VirtualHost};
use kubereach_model::snapshot::{Gap, GroupKind, Lookup, Snapshot};
use serde_json::Value;

use super::secret::{self, Use};
use super::text::{has, is_duration, is_timeout, list, text};
use super::{Basis, Problem, Proxy, policies};

/// Problems with a host: those before Contour looks at routes and includes, and those after.
#[derive(Debug, Default)]
pub(super) struct HostProblems {
    /// Nothing of the object is looked at.
    pub(super) before: Vec<Problem>,
    /// Includes are followed, and nothing is served.
    pub(super) after: Vec<Problem>,
}

/// What is wrong with the host of a root.
pub(super) fn problems(snapshot: &Snapshot, proxy: Proxy<'_>, host: &VirtualHost) -> HostProblems {
    let mut found = HostProblems::default();
    let spec = &proxy.get().value.spec;
    let own = proxy.get().value.metadata.namespace.as_str();
    let mut add = |problem: Problem| found.before.push(problem);
    if host.fqdn.trim().is_empty() {
        add(Problem::shown(
            "VirtualHostError/FQDNNotSpecified",
            field!["spec", "virtualhost", "fqdn"],
            "it names no fqdn",
        ));
    }
    if spec.routes.is_empty() && spec.includes.is_empty() && spec.tcpproxy.is_none() {
        let what = "it has neither routes nor includes nor a tcpproxy";
        add(Problem::shown("SpecError/NothingDefined", field!["spec"], what));
    }
    let secret = host.tls.as_ref().map(|tls| tls.secret_name.trim()).unwrap_or_default();
    if !host.jwt_providers.is_empty() && secret.is_empty() {
        let what = "it verifies JWTs and does not end TLS";
        add(Problem::shown(
            "JWTVerificationError/JWTVerificationNotPermitted",
            field!["spec", "virtualhost", "jwtProviders"],
            what,
        ));
    }
    let authorizes = host.authorization.as_ref().and_then(|auth| auth.get("extensionRef"));
    let authorizer = authorizes.map(|reference| text(reference, "name")).unwrap_or_default();
    if host.tls.is_none() && !authorizer.is_empty() {
        let what = "it has an authorization server and does not end TLS";
        add(Problem::shown("AuthError/AuthNotPermitted", field!["spec", "virtualhost", "authorization"], what));
    }
    if !host.ip_allow_policy.is_empty() && !host.ip_deny_policy.is_empty() {
        let what = "it has both allowed and denied addresses";
        add(Problem::shown("IPFilterError/IncompatibleIPAddressFilters", field!["spec", "virtualhost"], what));
    }
    if let Some(host_tls) = &host.tls {
        tls(snapshot, own, host, host_tls, &mut found.before);
    }
    if spec.tcpproxy.is_some() && host.tls.is_none() {
        let what = "its tcpproxy needs TLS, by a Secret or passed through";
        found.before.push(Problem::shown("TCPProxyError/TLSMustBeConfigured", field!["spec", "tcpproxy"], what));
    }
    if let Some(what) = host.cors_policy.as_ref().and_then(policies::cors) {
        let what = format!("its CORS policy does not parse: {what}");
        found.after.push(Problem::shown(
            "CORSError/PolicyDidNotParse",
            field!["spec", "virtualhost", "corsPolicy"],
            what,
        ));
    }
    if let Some(what) = host.rate_limit_policy.as_ref().and_then(policies::rate_limit) {
        let field = field!["spec", "virtualhost", "rateLimitPolicy"];
        found.after.push(Problem::shown("VirtualHostError/RateLimitPolicyNotValid", field, what));
    }
    if let Some((reason, what)) = policies::addresses(&host.ip_allow_policy, &host.ip_deny_policy) {
        found.after.push(Problem::shown(reason, field!["spec", "virtualhost"], what));
    }
    found
}

fn tls(snapshot: &Snapshot, own: &str, host: &VirtualHost, tls: &ProxyTls, found: &mut Vec<Problem>) {
    const AT: [&str; 3] = ["spec", "virtualhost", "tls"];
    let [a, b, c] = AT;
    let at = || field![a, b, c];
    let mut say = |reason: &'static str, what: &str| found.push(Problem::shown(reason, at(), what));
    let passes = tls.passthrough.0 == Some(true);
    let fallback = tls.enable_fallback_certificate.0 == Some(true);
    let secret = tls.secret_name.trim();
    match (passes, secret.is_empty()) {
        (true, false) => return say("TLSError/TLSConfigNotValid", "it names a Secret and passes TLS through"),
        (false, true) => {
            return say("TLSError/TLSConfigNotValid", "its TLS neither names a Secret nor is passed through");
        }
        _ => {}
    }
    if passes {
        if tls.client_validation.is_some() {
            say("TLSError/TLSIncompatibleFeatures", "it passes TLS through and verifies clients");
        }
        return;
    }
    // From 1.2 to 1.3 where nothing else is said.
    let version = |text: &str, usual: u8| match text {
        "1.2" => 2_u8,
        "1.3" => 3,
        _ => usual,
    };
    if version(&tls.maximum_protocol_version, 3) < version(&tls.minimum_protocol_version, 2) {
        say("TLSError/TLSConfigNotValid", "its lowest TLS version is higher than its highest");
    }
    let authorizes = host.authorization.is_some();
    if fallback && (tls.client_validation.is_some() || authorizes || !host.jwt_providers.is_empty()) {
        let what = "a fallback certificate goes neither with client validation nor with authorization nor with JWTs";
        say("TLSError/TLSIncompatibleFeatures", what);
    } else if fallback {
        let gap =
            Gap::investigate("Contour's configuration file is not in the input", "it names the fallback certificate");
        let what = "it asks for the fallback certificate of Contour, which may have none";
        found.push(Problem::shown("TLSError/FallbackNotPresent", at(), what).with(Basis::Unknown(gap)));
    }
    let mut used = vec![(secret, Use::Serving, "TLSError/SecretNotValid")];
    if let Some(validation) = &tls.client_validation {
        if !validation.ca_secret.is_empty() {
            used.push((&validation.ca_secret, Use::Authority, "TLSError/ClientValidationInvalid"));
        }
        if !validation.crl_secret.is_empty() {
            used.push((&validation.crl_secret, Use::Revoked, "TLSError/ClientValidationInvalid"));
        }
    }
    for (name, usage, reason) in used {
        if let Some(fault) = secret::fault(snapshot, name, own, usage) {
            let reason = if fault.delegation { "TLSError/DelegationNotPermitted" } else { reason };
            found.push(Problem::shown(reason, at(), fault.what).with(fault.basis));
        }
    }
    authorization(snapshot, own, host, found);
    jwt(snapshot, own, &host.jwt_providers, found);
}

fn authorization(snapshot: &Snapshot, own: &str, host: &VirtualHost, found: &mut Vec<Problem>) {
    let Some(auth) = &host.authorization else { return };
    let Some(reference) = auth.get("extensionRef").filter(|reference| has(reference, "name")) else { return };
    let at = || field!["spec", "virtualhost", "authorization"];
    let version = text(reference, "apiVersion");
    if !matches!(version, "" | "projectcontour.io/v1alpha1") {
        let what = format!("its authorization server is of the unknown version '{version}'");
        return found.push(Problem::shown("AuthError/AuthBadResourceVersion", at(), what));
    }
    let namespace = Some(text(reference, "namespace")).filter(|namespace| !namespace.is_empty()).unwrap_or(own);
    let name = text(reference, "name");
    let kind = GroupKind::known("projectcontour.io", "ExtensionService");
    let exists = snapshot.unmodelled.named(namespace, name).any(|found| found.value.group_kind() == kind);
    if !exists {
        let what = format!("its authorization server, the ExtensionService {namespace}/{name}, does not exist");
        let basis = match snapshot.nothing_else_of(
            &kind,
            Some(namespace),
            format!("the ExtensionService {namespace}/{name}"),
        ) {
            Ok(absence) => Basis::Missing(absence),
            Err(gap) => Basis::Unknown(gap),
        };
        found.push(Problem::shown("AuthError/ExtensionServiceNotFound", at(), what).with(basis));
    }
    let timeout = text(auth, "responseTimeout");
    if !is_timeout(timeout) {
        let what = format!("the response timeout '{timeout}' of its authorization server is no duration");
        found.push(Problem::shown("AuthError/AuthResponseTimeoutInvalid", at(), what));
    }
    let http = text(auth, "serviceType") == "http";
    let context = auth.get("authPolicy").and_then(|policy| policy.get("context")).and_then(Value::as_object);
    if http && context.is_some_and(|context| !context.is_empty()) {
        let what = "an authorization context goes with gRPC only";
        found.push(Problem::shown("AuthError/AuthContextForHTTP", at(), what));
    }
    let settings = auth.get("httpSettings");
    let keys = ["allowedAuthorizationHeaders", "allowedUpstreamHeaders"];
    let headers = settings.into_iter().flat_map(|settings| keys.into_iter().flat_map(|key| list(settings, key)));
    let one = |header: &Value| {
        ["exact", "prefix", "suffix", "contains"].iter().filter(|key| !text(header, key).is_empty()).count() == 1
    };
    let mut headers = headers;
    if headers.any(|header| !one(header)) {
        let what = "a header that its authorization server may see is not named in exactly one way";
        found.push(Problem::shown("AuthError/AuthBadAllowedHeader", at(), what));
    }
}

fn jwt(snapshot: &Snapshot, own: &str, providers: &[Value], found: &mut Vec<Problem>) {
    let mut names = HashSet::new();
    let mut default = false;
    for (index, provider) in providers.iter().enumerate() {
        let mut say = |reason: &'static str, what: String, basis: Basis| {
            let field = field!["spec", "virtualhost", "jwtProviders", index];
            found.push(Problem::shown(reason, field, what).with(basis));
        };
        let name = text(provider, "name");
        if !names.insert(name) {
            say(
                "JWTVerificationError/DuplicateProviderName",
                format!("it has two JWT providers '{name}'"),
                Basis::Shown,
            );
        }
        let is_default = provider.get("default").and_then(Value::as_bool) == Some(true);
        if is_default && default {
            let what = "it has two default JWT providers".to_owned();
            say("JWTVerificationError/MultipleDefaultProvidersSpecified", what, Basis::Shown);
        }
        default |= is_default;
        let remote = provider.get("remoteJWKS").filter(|remote| !text(remote, "uri").is_empty());
        let local = provider.get("localJWKS").filter(|local| !text(local, "secretName").is_empty());
        match (remote, local) {
            (Some(_), Some(_)) => {
                let what = format!("its JWT provider '{name}' has both remote and local keys");
                say("JWTVerificationError/JWKSSourceConflict", what, Basis::Shown);
            }
            (None, None) => {
                let what = format!("its JWT provider '{name}' has neither remote nor local keys");
                say("JWTVerificationError/JWKSSourceMissing", what, Basis::Shown);
            }
            (None, Some(local)) => {
                if let Some((what, basis)) = local_keys(snapshot, own, local) {
                    say("JWTVerificationError/LocalJWKSInvalid", what, basis);
                }
            }
            (Some(remote), None) => {
                if let Some((reason, what, basis)) = remote_keys(snapshot, own, remote) {
                    say(reason, what, basis);
                }
            }
        }
    }
}

fn local_keys(snapshot: &Snapshot, own: &str, local: &Value) -> Option<(String, Basis)> {
    let (name, key) = (text(local, "secretName"), text(local, "key"));
    let secret = match snapshot.lookup::<Secret>(own, name) {
        Lookup::Found(secret) => secret,
        Lookup::Absent(absence) => {
            return Some((format!("the Secret {own}/{name} does not exist"), Basis::Missing(absence)));
        }
        Lookup::Unknown(gap) => return Some((format!("the Secret {own}/{name} was not read"), Basis::Secret(gap))),
    };
    let secret = &secret.get().value;
    let kind = secret.kind.as_deref().filter(|kind| !kind.is_empty()).unwrap_or("Opaque");
    if kind != "Opaque" {
        return Some((format!("the Secret {own}/{name} with its keys is of type {kind}, not Opaque"), Basis::Shown));
    }
    let has = |keys: &[String]| keys.iter().any(|other| other == key);
    if secret.stripped || has(&secret.masked_keys) {
        let gap = Gap::investigate("the Secret's data is not in the input", "collectors leave it out");
        return Some((format!("the content of the Secret {own}/{name} was not read"), Basis::Secret(gap)));
    }
    let why = match (has(&secret.keys), has(&secret.key_sets)) {
        (false, _) => "has no",
        (true, false) => "holds no set of JWT keys in",
        (true, true) => return None,
    };
    Some((format!("the Secret {own}/{name} {why} '{key}'"), Basis::Shown))
}

fn remote_keys(snapshot: &Snapshot, own: &str, remote: &Value) -> Option<(&'static str, String, Basis)> {
    let shown = |reason, what: String| Some((reason, what, Basis::Shown));
    let uri = text(remote, "uri");
    let scheme = uri.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
    if !matches!(scheme.as_str(), "http" | "https") {
        return shown("JWTVerificationError/RemoteJWKSSchemeInvalid", format!("'{uri}' is neither http nor https"));
    }
    if let Some(validation) = remote.get("validation").filter(|validation| !validation.is_null()) {
        if scheme == "http" {
            let what = "it verifies a server of keys that it asks over plain HTTP".to_owned();
            return shown("JWTVerificationError/RemoteJWKSUpstreamValidationInvalid", what);
        }
        if let Some(fault) = secret::fault(snapshot, text(validation, "caSecret"), own, Use::Authority) {
            let reason = if fault.delegation {
                "JWTVerificationError/RemoteJWKSCACertificateNotDelegated"
            } else {
                "JWTVerificationError/RemoteJWKSUpstreamValidationInvalid"
            };
            return Some((reason, fault.what, fault.basis));
        }
        if text(validation, "subjectName").is_empty() {
            let what = "it verifies a server of keys and names no subject".to_owned();
            return shown("JWTVerificationError/RemoteJWKSUpstreamValidationInvalid", what);
        }
    }
    for (key, reason) in [
        ("timeout", "JWTVerificationError/RemoteJWKSTimeoutInvalid"),
        ("cacheDuration", "JWTVerificationError/RemoteJWKSCacheDurationInvalid"),
    ] {
        let value = text(remote, key);
        if !value.is_empty() && !is_duration(value) {
            return shown(reason, format!("'{value}' ({key}) is no duration"));
        }
    }
    let family = text(remote, "dnsLookupFamily");
    if !matches!(family, "" | "auto" | "v4" | "v6" | "all") {
        let reason = "JWTVerificationError/RemoteJWKSDNSLookupFamilyInvalid";
        return shown(reason, format!("'{family}' is no DNS lookup family"));
    }
    None
}
