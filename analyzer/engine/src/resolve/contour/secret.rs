//! Secrets that Contour has to find valid, and whether another namespace may use them.
//!
//! Source: `internal/dag/cache.go` (`delegationPermitted`), `internal/dag/secret.go`.

use kubereach_model::snapshot::model::{Resource as _, Secret, TlsCertificateDelegation};
use kubereach_model::snapshot::{Lookup, Snapshot};

use super::Basis;
use crate::resolve::certificate::TLS_TYPE;

/// What is wrong with the use of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In words.
    pub what: String,
    /// What it rests on.
    pub basis: Basis,
    /// Another namespace's, and not delegated.
    pub delegation: bool,
}

/// What a Secret is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To serve TLS: `tls.crt` and `tls.key`.
    Serving,
    /// To verify others: `ca.crt`.
    Authority,
    /// To know revoked certificates: `crl.pem`.
    Revoked,
}

/// The namespace and name that a text means: `namespace/name`, or a name in the own namespace.
pub fn name<'t>(text: &'t str, own: &'t str) -> (&'t str, &'t str) {
    text.split_once('/').unwrap_or((own, text))
}

/// What is wrong with a Secret (`namespace/name` or `name`) that an object of the namespace `own` uses.
pub fn fault(snapshot: &Snapshot, text: &str, own: &str, usage: Use) -> Option<Fault> {
    let (namespace, name) = name(text, own);
    not_delegated(snapshot, namespace, name, own).or_else(|| unusable(snapshot, namespace, name, usage))
}

fn not_delegated(snapshot: &Snapshot, namespace: &str, name: &str, own: &str) -> Option<Fault> {
    if namespace == own {
        return None;
    }
    let delegated = snapshot.certificate_delegations.in_namespace(namespace).any(|found| {
        found.value.spec.delegations.iter().any(|delegation| {
            let targets = &delegation.target_namespaces;
            let all = targets.len() == 1 && targets.first().is_some_and(|target| target == "*");
            delegation.secret_name == name && (all || targets.iter().any(|target| target == own))
        })
    });
    if delegated {
        return None;
    }
    let what = format!("the Secret {namespace}/{name} is not delegated to the namespace {own}");
    let kind = TlsCertificateDelegation::KIND;
    let basis =
        match snapshot.nothing_else::<TlsCertificateDelegation>(Some(namespace), format!("a {} of it", kind.kind)) {
            Ok(absence) => Basis::Missing(absence),
            Err(gap) => Basis::Unknown(gap),
        };
    Some(Fault { what, basis, delegation: true })
}

fn unusable(snapshot: &Snapshot, namespace: &str, name: &str, usage: Use) -> Option<Fault> {
    let of = |what: String, basis| Some(Fault { what, basis, delegation: false });
    let secret = match snapshot.lookup::<Secret>(namespace, name) {
        Lookup::Found(secret) => secret,
        Lookup::Absent(absence) => {
            return of(format!("the Secret {namespace}/{name} does not exist"), Basis::Missing(absence));
        }
        Lookup::Unknown(gap) => return of(format!("the Secret {namespace}/{name} was not read"), Basis::Secret(gap)),
    };
    let why = why_unusable(&secret.get().value, usage)?;
    of(format!("the Secret {namespace}/{name} {why}"), Basis::Shown)
}

fn why_unusable(secret: &Secret, usage: Use) -> Option<String> {
    let kind = secret.kind.as_deref().unwrap_or("Opaque");
    if !matches!(kind, TLS_TYPE | "Opaque" | "") {
        return Some(format!("is of type {kind}, neither {TLS_TYPE} nor Opaque"));
    }
    if secret.stripped {
        return None;
    }
    let has = |key: &str| secret.keys.iter().chain(&secret.masked_keys).any(|other| other == key);
    let lacks = |key: &str| (!has(key)).then(|| format!("has no {key}"));
    match usage {
        Use::Serving => {
            // The API server stores no Secret of this type without its keys: they were taken away later.
            let taken_away = kind == TLS_TYPE && (!has("tls.crt") || !has("tls.key"));
            if taken_away {
                return None;
            }
            let readable = match &secret.certificate {
                Some(Err(why)) => Some(format!("holds no usable certificate: {why}")),
                Some(Ok(certificate)) if certificate.names.is_empty() => {
                    Some("holds a certificate for no name".to_owned())
                }
                _ => None,
            };
            lacks("tls.crt").or_else(|| lacks("tls.key")).or(readable)
        }
        Use::Authority => lacks("ca.crt").or_else(|| match &secret.ca {
            Some(Err(why)) => Some(format!("holds no usable authority: {why}")),
            _ => None,
        }),
        Use::Revoked => lacks("crl.pem"),
    }
}
