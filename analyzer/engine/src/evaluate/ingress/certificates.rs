//! The `tls` segments of an Ingress: one per TLS entry and host, shared by the paths of that host.

use std::collections::HashMap;
use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::Cluster;
use crate::evaluate::ingress::CheckTable;
use crate::resolve::certificate::{CertificateFacts, Fact, inspect};
use crate::resolve::controllers::Product;
use crate::resolve::ingress::rules::covers;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Assumption, FieldPath, Finding, Segment};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::IngressTls;

/// Where the certificate of a TLS entry comes from.
pub enum Certificate<'s> {
    /// The entry names no Secret: the controller has a default.
    Default,
    /// cert-manager will make the Secret.
    ToBeIssued {
        /// The Secret's name.
        secret: &'s str,
        /// The annotation that says so.
        annotation: &'static str,
    },
    /// The Secret that is named cannot be used, and the controller's default certificate, inspected, covers the host.
    DefaultCovers {
        /// The Secret that is named.
        secret: &'s str,
        /// The default certificate.
        default: CertificateFacts<'s>,
    },
    /// A Secret, inspected.
    Secret(CertificateFacts<'s>),
}

/// One entry of `spec.tls` with its certificate.
pub struct TlsEntry<'a, 's> {
    /// The Ingress.
    pub state: &'a IngressState<'s>,
    /// Its place in `spec.tls`.
    pub index: usize,
    /// Its certificate.
    pub certificate: Certificate<'s>,
}

impl TlsEntry<'_, '_> {
    /// Where the entry stands.
    pub fn field(&self) -> FieldPath {
        field!["spec", "tls", self.index].into()
    }

    /// Where it names the Secret.
    pub fn secret_field(&self) -> FieldPath {
        field!["spec", "tls", self.index, "secretName"].into()
    }
}

/// Who refers to a Secret.
#[derive(Debug, Clone)]
pub struct SecretUser {
    /// The Ingress or Gateway.
    pub object: ObjectRef,
    /// Its origin and where in it the reference stands.
    pub field: Option<(u32, FieldPath)>,
}

impl SecretUser {
    /// Points an assumption about the Secret at the reference.
    pub fn point(&self, assumption: Assumption) -> Assumption {
        match &self.field {
            Some((origin, field)) => assumption.at(*origin, field.iter().cloned()),
            None => assumption,
        }
    }

    /// Relates a finding about the Secret to the reference.
    pub fn relate(&self, finding: Finding) -> Finding {
        let finding = finding.relates(self.object.clone(), "refers to it");
        match &self.field {
            Some((origin, field)) => finding.at(*origin, field.iter().cloned()),
            None => finding,
        }
    }
}

/// The segments made so far.
pub(crate) struct Certificates<'a, 's> {
    cluster: &'a Cluster<'s>,
    checks: &'static CheckTable,
    state: &'a IngressState<'s>,
    made: HashMap<(usize, Option<&'s str>), Arc<Segment>>,
}

impl<'a, 's> Certificates<'a, 's> {
    pub(crate) fn new(cluster: &'a Cluster<'s>, checks: &'static CheckTable, state: &'a IngressState<'s>) -> Self {
        Self { cluster, checks, state, made: HashMap::new() }
    }

    /// The `tls` segment of a host's paths; `None` where no TLS entry covers the host.
    pub(crate) fn of(&mut self, host: Option<&'s str>) -> Option<Arc<Segment>> {
        let entries = self.state.ingress.tls;
        let covering = entries.iter().enumerate().find(|(_, entry)| covers_host(entry, host));
        let Some((index, entry)) = covering else {
            return self.state.passes_tls_through().then(|| Arc::new(self.passthrough()));
        };
        if let Some(known) = self.made.get(&(index, host)) {
            return Some(Arc::clone(known));
        }
        let segment = Arc::new(self.segment(index, entry, host));
        self.made.insert((index, host), Arc::clone(&segment));
        Some(segment)
    }

    fn passthrough(&self) -> Segment {
        let mut segment = Segment::new(SegmentName::Tls, Some(self.state.ingress.object()));
        segment.evaluated("TLS is to be passed through to the backend");
        for check in self.checks.passthrough {
            check(self.state, &mut segment);
        }
        segment
    }

    fn segment(&self, index: usize, entry: &'s IngressTls, host: Option<&str>) -> Segment {
        let state = self.state;
        if state.passes_tls_through() {
            return self.passthrough();
        }
        let ingress = state.ingress.object();
        let mut segment = Segment::new(SegmentName::Tls, Some(ingress.clone()));
        if let Some(controller) = state.controller().filter(|controller| controller.own_certificates) {
            segment.evaluated(format!("{} brings its own certificate", controller.name));
            return segment;
        }
        let named = entry.secret_name.as_deref().filter(|name| !name.is_empty());
        let certificate = named.map_or(Certificate::Default, |name| self.certificate(name, host));
        if let Some(name) = named {
            let (namespace, name) = self.secret(name);
            let (kind, namespace) = ("Secret".to_owned(), Some(namespace.to_owned()));
            segment.object = Some(ObjectRef { kind, namespace, name: name.to_owned(), group: None });
        }
        segment.evaluated(match &certificate {
            Certificate::Default => "the controller's default certificate".to_owned(),
            Certificate::ToBeIssued { .. } => "declared; cert-manager makes the Secret".to_owned(),
            Certificate::DefaultCovers { secret, default } => {
                format!("no Secret {}; the controller's default certificate: {}", cut(secret), evidence(default))
            }
            Certificate::Secret(facts) => evidence(facts),
        });
        let entry = TlsEntry { state, index, certificate };
        for finding in self.checks.tls.iter().filter_map(|check| check(&entry)) {
            segment.add(finding);
        }
        if let Certificate::Secret(facts) = &entry.certificate {
            let user = SecretUser { object: ingress, field: Some((state.ingress.origin, entry.secret_field())) };
            for finding in self.checks.certificate.iter().filter_map(|check| check(facts, &user)) {
                segment.add(finding);
            }
            for assumption in self.checks.certificate_unseen.iter().filter_map(|check| check(facts, &user)) {
                segment.assume(assumption, self.cluster.snapshot.strict);
            }
        }
        segment
    }

    /// Namespace and name. Contour and `HAProxy` Ingress read `namespace/name`; a Secret's own name has no slash.
    fn secret(&self, name: &'s str) -> (&'s str, &'s str) {
        name.split_once('/').unwrap_or((self.state.ingress.metadata.namespace.as_str(), name))
    }

    fn certificate(&self, name: &'s str, host: Option<&str>) -> Certificate<'s> {
        let (namespace, name) = self.secret(name);
        let hosts: Vec<&str> = host.into_iter().collect();
        let mut facts = inspect(self.cluster, namespace, name, &hosts);
        if self.state.is_manifest() && facts.secret.is_none() {
            if let Some(annotation) = ISSUERS.into_iter().find(|key| self.state.annotation(key).is_some()) {
                return Certificate::ToBeIssued { secret: name, annotation };
            }
            left_open(&mut facts);
        }
        self.default_instead(name, &hosts, &mut facts).unwrap_or(Certificate::Secret(facts))
    }

    /// ingress-nginx serves its default certificate where the Secret that is named does not exist. Where that
    /// certificate was not read, nothing is proved by the absence.
    ///
    /// Source: kubernetes/ingress-nginx `internal/ingress/controller/controller.go` (`createServers`).
    fn default_instead(
        &self,
        secret: &'s str,
        hosts: &[&str],
        facts: &mut CertificateFacts<'s>,
    ) -> Option<Certificate<'s>> {
        let missing = facts.facts.iter_mut().find(|fact| matches!(fact, Fact::Missing(_)))?;
        let seen = self.state.seen.as_ref().filter(|_| self.state.is(Product::IngressNginx))?;
        let value = seen.value(DEFAULT_CERTIFICATE)?;
        let (namespace, name) = value.split_once('/')?;
        let default = inspect(self.cluster, namespace, name, hosts);
        let spoils = |fact: &Fact| !matches!(fact, Fact::SelfSigned | Fact::ExpiresSoon(_) | Fact::DatesNotJudged(_));
        let unread = default.certificate.is_none() && !default.facts.iter().any(|f| matches!(f, Fact::Missing(_)));
        if unread {
            let what = format!("the controller's default certificate {value}, which is served in its place");
            *missing = Fact::Unseen(Gap::investigate(what, "its Secret was not read"));
            return None;
        }
        let covers = default.certificate.is_some() && !default.facts.iter().any(spoils);
        covers.then_some(Certificate::DefaultCovers { secret, default })
    }
}

/// An entry without hosts is for every host.
fn covers_host(entry: &IngressTls, host: Option<&str>) -> bool {
    entry.hosts.is_empty() || host.is_some_and(|host| entry.hosts.iter().any(|pattern| covers(pattern, host)))
}

/// One clause about what was read.
pub(crate) fn evidence(facts: &CertificateFacts<'_>) -> String {
    let name = cut(&facts.name);
    match facts.certificate {
        Some(certificate) => {
            let names = cut(&certificate.names.join(", "));
            format!("Secret {name}: certificate for {names} until {}", certificate.not_after)
        }
        None if facts.secret.is_some() => format!("Secret {name} exists"),
        None if facts.facts.iter().any(|fact| matches!(fact, Fact::Missing(_))) => format!("no Secret {name}"),
        None => format!("Secret {name} was not read"),
    }
}

/// The flag of ingress-nginx that names its default certificate.
const DEFAULT_CERTIFICATE: &str = "default-ssl-certificate";

/// Annotations by which cert-manager makes the Secrets of an Ingress.
const ISSUERS: [&str; 3] = ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"];

/// Secrets are seldom kept with manifests: one that is not there is left open on purpose.
fn left_open(facts: &mut CertificateFacts<'_>) {
    for fact in &mut facts.facts {
        if let Fact::Unseen(gap) = fact {
            *gap = Gap::by_design(gap.what.clone(), "manifests seldom hold Secrets");
        }
    }
}
