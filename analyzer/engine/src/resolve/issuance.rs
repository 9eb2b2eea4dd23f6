//! How the certificate in a Secret comes about with cert-manager, and which link of the chain is broken.
//!
//! Sources: cert-manager.io documentation, "Certificate Resource", "ACME Orders and Challenges", "Troubleshooting
//! Problems with ACME / Let's Encrypt Certificates"; cert-manager `pkg/apis/certmanager/v1/types_certificate.go`
//! (`secretName`, `issuerRef`), `pkg/apis/acme/v1/types_challenge.go`, `types_order.go` (`state`, `reason`).

use jiff::Timestamp;
use kubereach_reports::report::ObjectRef;

use super::ClusterIndex;
use kubereach_model::snapshot::model::{Condition, ConditionStatus, Ingress, IngressClass, Unmodelled, current};
use kubereach_model::snapshot::{Found, GroupKind, Lookup, Snapshot};

const GROUP: &str = "cert-manager.io";
static CERTIFICATE: GroupKind = GroupKind::known(GROUP, "Certificate");
static REQUEST: GroupKind = GroupKind::known(GROUP, "CertificateRequest");
static ISSUER: GroupKind = GroupKind::known(GROUP, "Issuer");
static CLUSTER_ISSUER: GroupKind = GroupKind::known(GROUP, "ClusterIssuer");
static ORDER: GroupKind = GroupKind::known("acme.cert-manager.io", "Order");
static CHALLENGE: GroupKind = GroupKind::known("acme.cert-manager.io", "Challenge");

/// The first link that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLink {
    /// The object.
    pub object: ObjectRef,
    /// What kubectl calls its kind.
    pub resource: String,
    /// What it says, or what is wrong with it, as a clause.
    pub words: String,
    /// Since when, where it says so.
    pub since: Option<Timestamp>,
}

/// The Certificate of this name.
pub fn certificate<'s>(snapshot: &'s Snapshot, namespace: &str, name: &str) -> Option<Found<'s, Unmodelled>> {
    named(snapshot, &CERTIFICATE, namespace, name)
}

/// Why the certificate of this Secret is not there, by the first link that is broken: from the issuer down to what it
/// waits for. `None` where no Certificate for it was read, or none of the links says that anything is wrong.
pub fn broken(cluster: &ClusterIndex<'_>, namespace: &str, secret: &str) -> Option<BrokenLink> {
    let snapshot = cluster.snapshot;
    let is_for = |found: &Found<'_, Unmodelled>| {
        found.metadata.namespace == namespace && text(found, &["secretName"]) == Some(secret)
    };
    let issued = snapshot.unmodelled.of_kind(&CERTIFICATE).find(is_for)?;
    let request = newest(owned(snapshot, &REQUEST, issued));
    let order = request.and_then(|request| newest(owned(snapshot, &ORDER, request)));
    let challenges = order.map(|order| owned(snapshot, &CHALLENGE, order).collect::<Vec<_>>()).unwrap_or_default();
    issuer(snapshot, issued)
        .or_else(|| challenges.iter().find_map(|challenge| solver(cluster, *challenge)))
        .or_else(|| challenges.iter().find_map(|challenge| stuck(*challenge)))
        .or_else(|| order.and_then(stuck))
        .or_else(|| request.and_then(|request| not_ready(request, &["Failed", "Denied", "Pending"])))
        .or_else(|| not_ready(issued, &[]))
}

/// The issuer says that it is not ready.
fn issuer(snapshot: &Snapshot, issued: Found<'_, Unmodelled>) -> Option<BrokenLink> {
    let name = text(&issued, &["issuerRef", "name"])?;
    let group = text(&issued, &["issuerRef", "group"]).unwrap_or(GROUP);
    if group != GROUP {
        return None;
    }
    let found = match text(&issued, &["issuerRef", "kind"]) {
        Some("ClusterIssuer") => named(snapshot, &CLUSTER_ISSUER, "", name),
        _ => named(snapshot, &ISSUER, &issued.metadata.namespace, name),
    };
    found.and_then(|found| not_ready(found, &[]))
}

/// An HTTP01 challenge whose solver no Ingress controller serves.
fn solver(cluster: &ClusterIndex<'_>, challenge: Found<'_, Unmodelled>) -> Option<BrokenLink> {
    if !is_open(&challenge) {
        return None;
    }
    let ingresses = cluster.snapshot.ingresses.in_namespace(&challenge.metadata.namespace);
    let mut own = ingresses.filter(|ingress: &Found<'_, Ingress>| owns(&challenge, &ingress.get().value.metadata));
    let ingress = own.next()?;
    let annotation = ingress.get().value.metadata.annotation("kubernetes.io/ingress.class");
    let class = ingress.get().value.spec.ingress_class_name.as_deref().or(annotation)?;
    if annotation.is_some() && ingress.get().value.spec.ingress_class_name.is_none() {
        return None;
    }
    let Lookup::Absent(_) = cluster.snapshot.lookup::<IngressClass>("", class) else { return None };
    Some(BrokenLink {
        object: ingress.object(),
        resource: "ingress".to_owned(),
        words: format!("the Ingress of its challenge names the IngressClass {class}, which does not exist"),
        since: ingress.metadata.creation_timestamp.0,
    })
}

/// An Order or Challenge that waits or has failed.
fn stuck(found: Found<'_, Unmodelled>) -> Option<BrokenLink> {
    let status = &found.get().value.status;
    let failed = matches!(status.state.as_str(), "invalid" | "expired" | "errored");
    if !failed && (status.reason.is_empty() || !is_open(&found)) {
        return None;
    }
    let state = if status.state.is_empty() { "pending" } else { &status.state };
    let words = if status.reason.is_empty() {
        format!("it is {state}")
    } else {
        format!("it is {state}: {}", kubereach_model::evidence::said::quote(&status.reason))
    };
    Some(broken_link(found, words, None))
}

fn is_open(found: &Found<'_, Unmodelled>) -> bool {
    matches!(found.status.state.as_str(), "" | "pending" | "processing" | "ready")
}

/// The condition Ready is not True, for one of these reasons (none: for any).
fn not_ready(found: Found<'_, Unmodelled>, reasons: &[&str]) -> Option<BrokenLink> {
    let conditions = &found.get().value.status.conditions;
    let ready = current(conditions, "Ready").filter(|ready| ready.status != ConditionStatus::True)?;
    // Refused by an approver, which does not always make the request not ready at once.
    let denied = current(conditions, "Denied").filter(|denied| denied.status == ConditionStatus::True);
    let said: &Condition = denied.unwrap_or(ready);
    if !reasons.is_empty() && denied.is_none() && !reasons.contains(&said.reason()) {
        return None;
    }
    let words =
        kubereach_model::evidence::said::quote(if said.message().is_empty() { said.reason() } else { said.message() });
    (!words.is_empty()).then(|| broken_link(found, words, said.last_transition_time.0))
}

fn broken_link(found: Found<'_, Unmodelled>, words: String, since: Option<Timestamp>) -> BrokenLink {
    let object = found.object();
    let kind = found.get().value.group_kind.clone();
    let group = kind.as_ref().map(|kind| kind.group.to_string()).unwrap_or_default();
    let resource = format!("{}.{group}", object.kind.to_ascii_lowercase());
    BrokenLink { object, resource, words, since }
}

fn named<'s>(snapshot: &'s Snapshot, kind: &GroupKind, namespace: &str, name: &str) -> Option<Found<'s, Unmodelled>> {
    let is = |found: &Found<'_, Unmodelled>| found.metadata.name == name && found.metadata.namespace == namespace;
    snapshot.unmodelled.of_kind(kind).find(is)
}

/// Objects of a kind that this one owns.
fn owned<'s>(
    snapshot: &'s Snapshot,
    kind: &GroupKind,
    owner: Found<'s, Unmodelled>,
) -> impl Iterator<Item = Found<'s, Unmodelled>> + use<'s> {
    let all = snapshot.unmodelled.of_kind(kind);
    all.filter(move |found| owns(&owner, &found.get().value.metadata))
}

fn owns(owner: &Found<'_, Unmodelled>, meta: &kubereach_model::snapshot::model::Meta) -> bool {
    let object = owner.object();
    meta.namespace == owner.metadata.namespace
        && meta.owner_references.iter().any(|of| of.kind == object.kind && of.name == object.name)
}

fn newest<'s>(all: impl Iterator<Item = Found<'s, Unmodelled>>) -> Option<Found<'s, Unmodelled>> {
    all.max_by_key(|found| (found.get().value.metadata.creation_timestamp.0, &found.get().value.metadata.name))
}

fn text<'s>(found: &Found<'s, Unmodelled>, path: &[&str]) -> Option<&'s str> {
    let spec = &found.get().value.spec;
    path.iter().try_fold(spec, |value, key| value.get(key))?.as_str().filter(|text| !text.is_empty())
}
