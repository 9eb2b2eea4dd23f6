//! Certificates and TLS modes of Ingresses.

pub mod certificate_dates;
pub mod certificate_expired;
pub mod certificate_expires_soon;
pub mod certificate_masked;
pub mod certificate_not_yet_valid;
pub mod certificate_other_name;
pub mod certificate_self_signed;
pub mod certificate_temporary;
pub mod certificate_to_be_issued;
pub mod certificate_unreadable;
pub mod default_certificate;
pub mod default_covers;
pub mod host_without_rule;
pub mod secret_incomplete;
pub mod secret_missing;
pub mod secret_other_type;
pub mod secret_unseen;
pub mod secret_wrong_type;

use kubereach_reports::report::ObjectRef;

use crate::checks::ingress::words;
use crate::evaluate::ingress::{CertificateAssumption, CertificateCheck, TlsCheck};
use crate::resolve::certificate::CertificateFacts;
use crate::resolve::issuance::BrokenLink;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CatalogueEntry, Finding, Reading};

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    certificate_dates::DOC.entry(),
    certificate_expired::DOC.entry(),
    certificate_expires_soon::DOC.entry(),
    certificate_masked::DOC.entry(),
    certificate_not_yet_valid::DOC.entry(),
    certificate_other_name::DOC.entry(),
    certificate_self_signed::DOC.entry(),
    certificate_temporary::DOC.entry(),
    certificate_to_be_issued::DOC.entry(),
    certificate_unreadable::DOC.entry(),
    default_certificate::DOC.entry(),
    default_covers::DOC.entry(),
    host_without_rule::DOC.entry(),
    secret_incomplete::DOC.entry(),
    secret_missing::DOC.entry(),
    secret_other_type::DOC.entry(),
    secret_unseen::DOC.entry(),
    secret_wrong_type::DOC.entry(),
];

/// Of an entry of `spec.tls`.
pub const ENTRY: &[TlsCheck] =
    &[default_certificate::finding, default_covers::finding, certificate_to_be_issued::finding];

/// Of the Secret that it names.
pub const CERTIFICATE: &[CertificateCheck] = &[
    secret_missing::check,
    secret_wrong_type::check,
    secret_other_type::check,
    secret_incomplete::check,
    certificate_unreadable::check,
    certificate_expired::check,
    certificate_not_yet_valid::check,
    certificate_expires_soon::check,
    certificate_dates::check,
    certificate_other_name::check,
    certificate_temporary::check,
    certificate_self_signed::check,
];

/// What was not read of it.
pub const UNSEEN: &[CertificateAssumption] = &[secret_unseen::assumption, certificate_masked::assumption];

/// The Secret, for a finding.
fn secret(facts: &CertificateFacts<'_>) -> ObjectRef {
    let namespace = Some(facts.namespace.clone());
    ObjectRef { kind: "Secret".to_owned(), namespace, name: facts.name.clone(), group: None }
}

/// What may be wrong with a Secret that was not read.
pub(super) const COULD: &str = "keep TLS clients out (missing, expired or for another name)";

/// How to see which Secrets there are, without any key.
pub(super) fn secrets() -> Reading {
    Reading { resource: "secrets".to_owned(), arguments: "--field-selector type=kubernetes.io/tls".to_owned() }
}

/// The command that shows whose certificate a Secret holds and until when: it is public, and the key stays where it is.
fn certificate(facts: &CertificateFacts<'_>) -> String {
    let secret = words::kubectl("get secret", &secret(facts));
    format!(
        "{secret} -o jsonpath='{{.data.tls\\.crt}}' | base64 -d | openssl x509 -noout -subject -dates -ext subjectAltName"
    )
}

/// The command that shows a Secret's keys and type without its values.
fn look(facts: &CertificateFacts<'_>) -> String {
    words::kubectl("describe secret", &secret(facts))
}

/// As [`issued`], for a Secret of an Ingress or Route.
fn issued_for(facts: &CertificateFacts<'_>, finding: Finding) -> Finding {
    issued(facts.issuance.as_ref(), secret(facts), finding)
}

/// Names the link of cert-manager's chain that is broken, where one was read: what to do then is there and not at the
/// Secret.
pub(super) fn issued(link: Option<&BrokenLink>, secret: ObjectRef, finding: Finding) -> Finding {
    let Some(link) = link else { return finding };
    let name = words::brief(&link.object.name);
    let since = link.since.map_or_else(String::new, |since| format!(", since {since}"));
    let cause = format!("{} {name} says{since}: {}", link.object.kind, link.words);
    let action = format!("Put {} {name} right: cert-manager makes the Secret once it can.", link.object.kind);
    let command = command::describe_as(&link.resource, &link.object);
    let mut finding = finding.cause(cause).next(action, command);
    if finding.related.iter().all(|related| related.object != secret) {
        finding = finding.relates(secret, "waits for it");
    }
    finding.object = link.object.clone();
    finding
}
