//! The `tls` segments of an Ingress: one per TLS entry and host, shared by the paths of that host.

use std::collections::HashMap;
use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::checks::tls::{self, CertificateFacts};
use crate::evaluate::Cluster;
use crate::resolve::certificate::Fact;
use crate::resolve::ingress::front::Front;
use crate::resolve::ingress::rules::{covers, hosts};
use kubereach_model::evidence::{FieldPath, Finding, Segment};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::IngressTls;

use crate::checks::ingress::{PASSTHROUGH, passthrough_asked};

/// The segments made so far.
pub(crate) struct Certificates<'a, 's> {
    cluster: &'a Cluster<'s>,
    front: &'a Front<'s>,
    made: HashMap<(usize, Option<&'s str>), Arc<Segment>>,
}

impl<'a, 's> Certificates<'a, 's> {
    pub(crate) fn new(cluster: &'a Cluster<'s>, front: &'a Front<'s>) -> Self {
        Self { cluster, front, made: HashMap::new() }
    }

    /// The `tls` segment of a host's paths; `None` where no TLS entry covers the host.
    pub(crate) fn of(&mut self, host: Option<&'s str>) -> Option<Arc<Segment>> {
        let entries = &self.front.ingress.get().value.spec.tls;
        let covering = entries.iter().enumerate().find(|(_, entry)| covers_host(entry, host));
        let Some((index, entry)) = covering else {
            let asked = passthrough_asked(self.front);
            return asked.then(|| Arc::new(passthrough(self.front)));
        };
        let made = self.made.entry((index, host));
        Some(Arc::clone(made.or_insert_with(|| Arc::new(segment(self.cluster, self.front, index, entry, host)))))
    }
}

/// An entry without hosts is for every host.
fn covers_host(entry: &IngressTls, host: Option<&str>) -> bool {
    entry.hosts.is_empty() || host.is_some_and(|host| entry.hosts.iter().any(|pattern| covers(pattern, host)))
}

fn passthrough(front: &Front<'_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Tls, Some(front.ingress.object()));
    segment.evaluated("TLS is to be passed through to the backend");
    for check in PASSTHROUGH {
        check(front, &mut segment);
    }
    segment
}

fn segment(cluster: &Cluster<'_>, front: &Front<'_>, index: usize, entry: &IngressTls, host: Option<&str>) -> Segment {
    let ingress = front.ingress.object();
    if passthrough_asked(front) {
        return passthrough(front);
    }
    let own = front.controller().filter(|controller| controller.own_certificates);
    let mut segment = Segment::new(SegmentName::Tls, Some(ingress.clone()));
    if let Some(controller) = own {
        segment.evaluated(format!("{} brings its own certificate", controller.name));
        return segment;
    }
    let field: FieldPath = field!["spec", "tls", index].into();
    let Some(name) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else {
        segment.evaluated("the controller's default certificate");
        segment.add(tls::default_certificate::finding(ingress, front.ingress.origin, field));
        return segment;
    };
    // Contour and HAProxy Ingress read `namespace/name`; a Secret's own name has no slash.
    let own_namespace = front.ingress.metadata.namespace.as_str();
    let (namespace, name) = name.split_once('/').unwrap_or((own_namespace, name));
    let hosts: Vec<&str> = host.into_iter().collect();
    let mut facts = tls::inspect(cluster, namespace, name, &hosts);
    let secret = ObjectRef { kind: "Secret".to_owned(), namespace: Some(namespace.to_owned()), name: name.to_owned() };
    segment.object = Some(secret);
    let at: FieldPath = field!["spec", "tls", index, "secretName"].into();
    if front.is_manifest() && facts.secret.is_none() {
        if let Some(key) = ISSUERS.into_iter().find(|key| front.annotation(key).is_some()) {
            segment.evaluated("declared; cert-manager makes the Secret");
            segment.add(tls::certificate_to_be_issued::finding(ingress, name, key, front.ingress.origin, at));
            return segment;
        }
        left_open(&mut facts);
    }
    segment.evaluated(tls::evidence(&facts));
    let user = tls::User { object: ingress, field: Some((front.ingress.origin, at)) };
    for finding in tls::findings(&facts, &user) {
        segment.add(finding);
    }
    segment
}

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

/// Hosts of TLS entries that no rule has, where the Ingress has hosts at all.
pub(crate) fn hosts_without_rule(front: &Front<'_>) -> Vec<Finding> {
    let spec = &front.ingress.spec;
    let ruled = hosts(&front.ingress.value);
    let any_host = spec.rules.iter().any(|rule| rule.host.as_deref().unwrap_or_default().is_empty());
    if ruled.is_empty() || any_host || spec.default_backend.is_some() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (i, entry) in spec.tls.iter().enumerate() {
        for (j, host) in entry.hosts.iter().enumerate() {
            if !ruled.iter().any(|rule| covers(host, rule) || covers(rule, host)) {
                let field = field!["spec", "tls", i, "hosts", j].into();
                findings.push(tls::host_without_rule::finding(
                    front.ingress.object(),
                    host,
                    front.ingress.origin,
                    field,
                ));
            }
        }
    }
    findings
}
