//! Certificates and TLS modes of the front doors: Ingresses and Gateway listeners alike.
//!
//! Whoever refers to a TLS Secret calls [`inspect`] (facts, no words), then [`findings`] and [`evidence`].

use kubereach_reports::report::ObjectRef;

pub use crate::resolve::certificate::{CertificateFacts, inspect};

use crate::checks::ingress::words;
use crate::resolve::certificate::Fact;
use kubereach_model::evidence::{CatalogueEntry, FieldPath, Finding};

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
pub mod host_without_rule;
pub mod secret_incomplete;
pub mod secret_missing;
pub mod secret_other_type;
pub mod secret_unseen;
pub mod secret_wrong_type;

/// The pages of this area.
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
    host_without_rule::DOC.entry(),
    secret_incomplete::DOC.entry(),
    secret_missing::DOC.entry(),
    secret_other_type::DOC.entry(),
    secret_unseen::DOC.entry(),
    secret_wrong_type::DOC.entry(),
];

type Check = fn(&CertificateFacts<'_>, &User) -> Option<Finding>;

const CHECKS: &[Check] = &[
    secret_missing::check,
    secret_unseen::check,
    secret_wrong_type::check,
    secret_other_type::check,
    secret_incomplete::check,
    certificate_masked::check,
    certificate_unreadable::check,
    certificate_expired::check,
    certificate_not_yet_valid::check,
    certificate_expires_soon::check,
    certificate_dates::check,
    certificate_other_name::check,
    certificate_temporary::check,
    certificate_self_signed::check,
];

/// Who refers to the Secret.
#[derive(Debug, Clone)]
pub struct User {
    /// The Ingress or Gateway.
    pub object: ObjectRef,
    /// Its origin and where in it the reference stands.
    pub field: Option<(u32, FieldPath)>,
}

impl User {
    fn relate(&self, finding: Finding) -> Finding {
        let finding = finding.relates(self.object.clone(), "refers to it");
        match &self.field {
            Some((origin, field)) => finding.at(*origin, field.iter().cloned()),
            None => finding,
        }
    }
}

/// What the facts say, in the words of this area.
pub fn findings(facts: &CertificateFacts<'_>, user: &User) -> Vec<Finding> {
    CHECKS.iter().filter_map(|check| check(facts, user)).collect()
}

/// One clause about what was read.
pub fn evidence(facts: &CertificateFacts<'_>) -> String {
    let name = words::brief(&facts.name);
    match facts.certificate {
        Some(certificate) => {
            let names = words::brief(&certificate.names.join(", "));
            format!("Secret {name}: certificate for {names} until {}", certificate.not_after)
        }
        None if facts.secret.is_some() => format!("Secret {name} exists"),
        None if facts.facts.iter().any(|fact| matches!(fact, Fact::Missing(_))) => format!("no Secret {name}"),
        None => format!("Secret {name} was not read"),
    }
}

/// The Secret, for a finding.
fn secret(facts: &CertificateFacts<'_>) -> ObjectRef {
    let namespace = Some(facts.namespace.clone());
    ObjectRef { kind: "Secret".to_owned(), namespace, name: facts.name.clone() }
}

/// The command that shows a Secret's keys and type without its values.
fn look(facts: &CertificateFacts<'_>) -> String {
    words::kubectl("describe secret", &secret(facts))
}
