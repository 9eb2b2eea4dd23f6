//! A backend whose Service does not exist, and the one that was meant: a near name, or the same name in the namespace
//! that was meant.

use std::collections::BTreeSet;

use kubereach_model::evidence::Step;
use kubereach_model::snapshot::model::Service;
use serde_json::Value;

use super::{Case, Patch, near};

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let (Some(name), Some((_, above))) = (target.at(path).and_then(Value::as_str), path.split_last()) else {
        return Vec::new();
    };
    let asked = target.at(above).and_then(|reference| reference.get("namespace")).and_then(Value::as_str);
    let namespace = asked.unwrap_or_else(|| target.namespace());
    let services = case.snapshot.services.in_namespace(namespace);
    let names: Vec<&str> = services.map(|service| service.get().value.metadata.name.as_str()).collect();
    let by_name = near::meant(name, names.iter().copied())
        .filter(|near| !near::is_meant(&target.whole, name, near))
        .and_then(|near| target.replace(path.iter().cloned(), near));
    let by_namespace = asked.and_then(|asked| {
        let holding = case.snapshot.services.iter().map(|service| &*service.get().value);
        let holding: BTreeSet<&str> =
            holding.filter(|s: &&Service| s.metadata.name == name).map(|s| s.metadata.namespace.as_str()).collect();
        let near = near::meant(asked, holding)?;
        target.replace(above.iter().cloned().chain([Step::from("namespace")]), near)
    });
    by_name.into_iter().chain(by_namespace).collect()
}
