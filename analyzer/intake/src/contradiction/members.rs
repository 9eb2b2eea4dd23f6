//! Owners and addresses that name objects which a list lacks.
//!
//! The garbage collector deletes what an owner leaves behind, and an `EndpointSlice` names pods that are there
//! (`metadata.ownerReferences`, `endpoints[].targetRef`): what names an object that a whole list lacks was either read
//! at another moment, or the list is filtered. What is named is then not known to be absent, whatever was declared.

use kubereach_model::snapshot::kinds::{self, Kind};
use kubereach_model::snapshot::model::{EndpointSlice, Endpoints, Meta, Pod, Resource as _, Service, TargetRef};
use kubereach_model::snapshot::{GroupKind, Snapshot};

use kubereach_reports::report::ObjectRef;

use super::{Claims, Signs};

/// Who makes a slice itself, and deletes it with its Service.
const MANAGED_BY: (&str, &str) = ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
const SERVICE: &str = "kubernetes.io/service-name";

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    owners(claims, signs);
    addresses(claims, signs);
}

fn is_there(snapshot: &Snapshot, kind: &Kind, namespace: &str, name: &str) -> bool {
    let object = ObjectRef {
        kind: kind.kind.to_owned(),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
        group: kind.group_kind().other_group(),
    };
    snapshot.store(kind.shape).named(&object).is_some()
}

/// A name that was looked for, and what came of it: neighbours name the same.
#[derive(Default)]
struct Last {
    name: (String, String, String, String),
}

impl Last {
    fn is(&mut self, version: &str, kind: &str, namespace: &str, name: &str) -> bool {
        let own = &mut self.name;
        if own.3 == name && own.2 == namespace && own.1 == kind && own.0 == version {
            return true;
        }
        for (own, new) in [(&mut own.0, version), (&mut own.1, kind), (&mut own.2, namespace), (&mut own.3, name)] {
            new.clone_into(own);
        }
        false
    }
}

fn owners(claims: &Claims<'_>, signs: &mut Signs) {
    for store in claims.snapshot.stores() {
        let mut last = Last::default();
        for object in store.objects() {
            let meta = object.meta();
            if meta.deletion_timestamp.0.is_some() || !meta.is_stored() {
                continue;
            }
            if let Some(owner) = meta.controller() {
                if last.is(&owner.api_version, &owner.kind, &meta.namespace, &owner.name) {
                    continue;
                }
                let Some(kind) = kinds::of(&GroupKind::of(&owner.api_version, &owner.kind)) else { continue };
                check(claims, signs, kind, meta, &owner.name, || {
                    format!("{} {} is owned by {} {}", object.group_kind(), meta.name, owner.kind, owner.name)
                });
            }
        }
    }
}

/// Is the object there that another one names? `says` is how the other one does, as a clause.
fn check(
    claims: &Claims<'_>,
    signs: &mut Signs,
    kind: &'static Kind,
    meta: &Meta,
    name: &str,
    says: impl Fn() -> String,
) {
    let group_kind = kind.group_kind();
    let namespace = if kind.namespaced { meta.namespace.as_str() } else { "" };
    let scope = kind.namespaced.then_some(namespace);
    if !claims.proves(&group_kind, scope) {
        return;
    }
    if kind.namespaced {
        signs.look(&group_kind, namespace);
    }
    if is_there(claims.snapshot, kind, namespace, name) {
        return;
    }
    signs.named.push((group_kind.clone(), namespace.to_owned(), name.to_owned(), says()));
    if kind.namespaced {
        signs.find(&group_kind, namespace, || format!("{}, which the list lacks", says()));
    } else {
        signs.list(&group_kind, None, format!("{}, which the list lacks", says()));
    }
}

fn addresses(claims: &Claims<'_>, signs: &mut Signs) {
    let service = kinds::of(Service::KIND);
    let mut seen = Seen { namespace: String::new(), proves: false };
    for slice in claims.snapshot.slices.iter().filter(|slice| !slice.is_manifest()) {
        let meta = &slice.get().metadata;
        let title = || format!("EndpointSlice {}", meta.name);
        if let (Some(service), Some(name)) = (service, meta.label(SERVICE))
            && meta.label(MANAGED_BY.0) == Some(MANAGED_BY.1)
            && meta.controller().is_none()
        {
            check(claims, signs, service, meta, name, || format!("{} is of Service {name}", title()));
        }
        let ready = slice.endpoints.iter().filter(|e| e.conditions.is_ready() && !e.conditions.is_terminating());
        for target in ready.filter_map(|e| e.target_ref.as_ref()) {
            seen.target(claims, signs, meta, target, EndpointSlice::KIND);
        }
    }
    for object in claims.snapshot.endpoints.iter().filter(|object| !object.is_manifest()) {
        let meta = &object.get().metadata;
        for target in object.subsets.iter().flat_map(|s| s.addresses.iter()).filter_map(|a| a.target_ref.as_ref()) {
            seen.target(claims, signs, meta, target, Endpoints::KIND);
        }
    }
}

/// The namespace that was asked about last.
struct Seen {
    namespace: String,
    proves: bool,
}

impl Seen {
    fn target(&mut self, claims: &Claims<'_>, signs: &mut Signs, meta: &Meta, target: &TargetRef, kind: &GroupKind) {
        let named: &str = &target.namespace;
        let namespace = if named.is_empty() { meta.namespace.as_str() } else { named };
        if &*target.kind != "Pod" {
            return;
        }
        if self.namespace != namespace {
            namespace.clone_into(&mut self.namespace);
            self.proves = claims.proves(Pod::KIND, Some(namespace));
            if self.proves {
                signs.look(Pod::KIND, namespace);
            }
        }
        if self.proves && claims.snapshot.pods.position(namespace, &target.name).is_none() {
            let says = format!("{kind} {} has the ready pod {}", meta.name, target.name);
            signs.find(Pod::KIND, namespace, || format!("{says}, which the list lacks"));
            signs.named.push((Pod::KIND.clone(), namespace.to_owned(), target.name.clone(), says));
        }
    }
}
