//! Files that a kustomization lists as patches: parts of objects, and no objects themselves (Kustomize reference,
//! `patches`, `patchesStrategicMerge`, `patchesJson6902`). The base of an overlay may lie elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::content::{Content, Member, ScannedInput};
use super::item::{Item, What};
use super::paths::display;
use super::scan::Scan;
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{Service, ServicePort};
use kubereach_model::snapshot::{AnyObject, GroupKind};

/// Keys that list patches, and files that configure Kustomize itself.
const PATCHES: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];
const SETTINGS: [&str; 4] = ["transformers", "generators", "validators", "configurations"];

/// Something of which a part is not in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Missing {
    /// The kustomization, or the patch.
    pub(super) path: String,
    /// Of which kind; none for any.
    pub(super) kind: Option<GroupKind>,
    /// Why, as a clause.
    pub(super) reason: String,
}

/// Is this the name of a kustomization (Kustomize reference: `kustomization.yaml`, `.yml`, `Kustomization`)?
pub(super) fn is_kustomization(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// A path seen from a folder, as far as it leads inside.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// The folder of a path, `.` where it names none, and what is left.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once(['/', '!'])
        .map_or((".", path), |(folder, name)| (if folder.is_empty() { "/" } else { folder }, name))
}

/// What a file holds, where that is no object of a cluster.
pub(super) fn value(member: &Member<Item>) -> Option<&Value> {
    match &member.content {
        Content::Data(value) => Some(value),
        Content::Documents(documents) => documents.objects.iter().find_map(|object| match &object.value.what {
            What::About(value) => Some(&**value),
            _ => None,
        }),
        _ => None,
    }
}

fn listed<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Takes patches out of what was read: where their base is there it stands for them; of a base that lies elsewhere it is
/// said that it is missing.
pub(super) fn set_patches_aside(scan: &mut Scan<Item>) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut patches = BTreeSet::new();
    let mut settings = BTreeSet::new();
    let shown = |input: &ScannedInput<Item>, member: &Member<Item>| display(input.container, &input.name, &member.path);
    let all: BTreeSet<String> =
        scan.inputs.iter().flat_map(|i| i.members.iter().map(move |m| join(".", &shown(i, m)))).collect();
    for (input, member) in scan.inputs.iter().flat_map(|i| i.members.iter().map(move |m| (i, m))) {
        let path = shown(input, member);
        let (folder, name) = split(&path);
        let Some(value) = value(member).filter(|_| is_kustomization(name)) else { continue };
        for key in PATCHES {
            let path = |entry: &Value| entry.as_str().or_else(|| entry.get("path")?.as_str()).map(|p| join(folder, p));
            patches.extend(listed(value, key).filter_map(path));
        }
        for key in SETTINGS {
            settings.extend(listed(value, key).filter_map(Value::as_str).map(|path| join(folder, path)));
        }
        let bases = ["resources", "bases", "components"].into_iter().flat_map(|key| listed(value, key));
        let elsewhere = |listed: &&str| {
            let joined = join(folder, listed);
            let below = format!("{joined}/");
            listed.contains("://") || !(all.contains(&joined) || all.iter().any(|file| file.starts_with(&below)))
        };
        if let Some(base) = bases.filter_map(Value::as_str).find(elsewhere) {
            let reason = format!("its kustomization builds upon {base}, which is not in the input");
            missing.push(Missing { path, kind: None, reason });
        }
    }
    if patches.is_empty() && settings.is_empty() {
        return missing;
    }
    let bases = bases(scan, |path| patches.contains(path));
    for input in &mut scan.inputs {
        let (container, name) = (input.container, input.name.clone());
        for member in &mut input.members {
            let path = display(container, &name, &member.path);
            let at = join(".", &path);
            let (is_patch, is_setting) = (patches.contains(&at), settings.contains(&at));
            let Content::Documents(documents) = &mut member.content else { continue };
            for decoded in documents.objects.iter_mut().filter(|_| is_patch || is_setting) {
                let item = &mut decoded.value;
                item.text = None;
                let What::Object(object) = &mut item.what else { continue };
                let kind = object.group_kind();
                let has_base = bases.get(&kind).is_some_and(|names| names.contains(&object.meta().name));
                if is_patch && !has_base {
                    let reason = format!("{path} is a patch of a {}, whose base is not in the input", kind.kind);
                    missing.push(Missing { path: path.clone(), kind: Some(kind), reason });
                    if let AnyObject::Service(service) = object {
                        leave_open(service);
                        continue;
                    }
                }
                item.what = What::Nameless;
            }
        }
    }
    missing
}

/// Objects that are no patches, by kind.
fn bases(scan: &Scan<Item>, is_patch: impl Fn(&str) -> bool) -> BTreeMap<GroupKind, BTreeSet<String>> {
    let mut bases: BTreeMap<GroupKind, BTreeSet<String>> = BTreeMap::new();
    for input in &scan.inputs {
        for member in &input.members {
            if is_patch(&join(".", &display(input.container, &input.name, &member.path))) {
                continue;
            }
            let Content::Documents(documents) = &member.content else { continue };
            for object in documents.objects.iter().filter_map(|decoded| decoded.value.object()) {
                bases.entry(object.group_kind()).or_default().insert(object.meta().name.clone());
            }
        }
    }
    bases
}

/// What a patch leaves out stands in its base: a Service has ports, and which is not known.
fn leave_open(service: &mut Service) {
    if service.spec.ports.is_empty() {
        service.spec.ports = vec![ServicePort { port: Field::Redacted, ..ServicePort::default() }].into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_bases() {
        assert_eq!(join("overlays/prod", "../../base"), "base");
        assert_eq!(join(".", "web.yaml"), "web.yaml");
        assert_eq!(join("/a/overlays/prod", "../web.yaml"), join(".", "/a/overlays/web.yaml"));
        assert_eq!(split("a/b/Chart.yaml"), ("a/b", "Chart.yaml"));
        assert_eq!(split("Chart.yaml"), (".", "Chart.yaml"));
    }
}
