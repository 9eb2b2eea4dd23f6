//! A reference into another namespace that no `ReferenceGrant` allows: the grant for this one reference.
//!
//! Source: Gateway API, `ReferenceGrant` (`spec.from`, `spec.to`).

use kubereach_model::evidence::Step;
use kubereach_model::snapshot::kinds;
use kubereach_model::snapshot::model::{ReferenceGrant, Resource as _};
use kubereach_reports::report::ObjectRef;
use serde_json::{Value, json};

use super::{Case, Patch};
use crate::fix::guard::is_name;

/// Numbers that are tried for a name that is taken.
const TRIED: u32 = 9;

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    grant(case).into_iter().collect()
}

fn grant(case: &Case<'_>) -> Option<Patch> {
    let (target, path) = case.place()?;
    // The field is the reference itself, or the namespace in it.
    let reference = match path.split_last() {
        Some((Step::Key(_), above)) => target.at(above)?,
        _ => target.at(path)?,
    };
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    let (namespace, name) = (text("namespace")?, text("name")?);
    if !is_name(namespace) || !is_name(name) {
        return None;
    }
    let certificate = path.iter().any(|step| *step == Step::from("certificateRefs"));
    let kind = text("kind").unwrap_or(if certificate { "Secret" } else { "Service" });
    let from = json!({"group": target.kind.group, "kind": target.kind.kind, "namespace": target.namespace()});
    let to = json!({"group": text("group").unwrap_or_default(), "kind": kind, "name": name});
    let row = kinds::of(ReferenceGrant::KIND)?;
    let own = free_name(case, namespace, &format!("{}-to-{name}", target.object.name))?;
    let whole = json!({
        "apiVersion": row.api_version(),
        "kind": row.kind,
        "metadata": {"name": own, "namespace": namespace},
        "spec": {"from": [from], "to": [to]},
    });
    let object = ObjectRef { kind: row.kind.to_owned(), namespace: Some(namespace.to_owned()), name: own, group: None };
    let purpose = format!(
        "Create a ReferenceGrant in {namespace} that lets {} {}/{} use {kind} {name}.",
        target.object.kind,
        target.namespace(),
        target.object.name
    );
    Patch::create(object, whole, purpose)
}

/// A name that no other grant of the namespace has.
fn free_name(case: &Case<'_>, namespace: &str, wanted: &str) -> Option<String> {
    let wanted: String = wanted.chars().take(240).collect();
    let taken = |name: &str| case.snapshot.lookup::<ReferenceGrant>(namespace, name).found().is_some();
    let numbered = (2..=TRIED).map(|n| format!("{wanted}-{n}"));
    std::iter::once(wanted.clone()).chain(numbered).find(|name| !taken(name))
}
