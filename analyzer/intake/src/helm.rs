//! What `helm template` prints beside the release itself: hooks.
//!
//! A hook is created for a moment of the release's life (before an install, for `helm test`) and is not
//! part of what runs afterwards. Tests, and Pods and Jobs of any hook, are over when traffic flows; so is
//! whatever its own policy deletes on success. Other objects that a hook creates (a Secret, a
//! ConfigMap) stay and count. (Helm documentation: "Chart Hooks", `helm.sh/hook-delete-policy`.)

use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::model::WorkloadKind;

const HOOK: &str = "helm.sh/hook";
const DELETE: &str = "helm.sh/hook-delete-policy";
/// Names shown in the inventory.
const NAMED: usize = 4;

/// Is it a hook that is over before or after anything of the release runs?
pub(super) fn is_set_aside(object: &AnyObject) -> bool {
    let meta = object.meta();
    // What an API server stored exists, whatever made it.
    if meta.is_stored() {
        return false;
    }
    let Some(events) = meta.annotation(HOOK) else { return false };
    let lasting = |event: &str| {
        matches!(event.trim(), "pre-install" | "post-install" | "pre-upgrade" | "post-upgrade" | "crd-install")
    };
    let runs_and_ends = match object {
        AnyObject::Pod(_) => true,
        AnyObject::Workload(workload) => workload.kind == WorkloadKind::Job,
        _ => false,
    };
    let deleted = meta.annotation(DELETE).is_some_and(|policy| policy.split(',').any(|p| p.trim() == "hook-succeeded"));
    runs_and_ends || deleted || !events.split(',').any(lasting)
}

/// `Pod shop/web-test`, for the inventory.
pub(super) fn title(object: &AnyObject) -> String {
    let meta = object.meta();
    let generated = meta.generate_name.as_deref().map(|prefix| format!("{prefix}…")).unwrap_or_default();
    let name = if meta.name.is_empty() { &generated } else { &meta.name };
    format!("{} {name}", object.group_kind().kind)
}

/// What the inventory says of hooks that were set aside.
pub(super) fn fact(hooks: &[String]) -> Option<String> {
    if hooks.is_empty() {
        return None;
    }
    let mut names: Vec<String> = hooks.iter().take(NAMED).cloned().collect();
    if hooks.len() > NAMED {
        names.push(format!("{} more", hooks.len() - NAMED));
    }
    let what = if hooks.len() == 1 { "1 Helm hook is" } else { "Helm hooks are" };
    let count = if hooks.len() == 1 { String::new() } else { format!("{} ", hooks.len()) };
    Some(format!("{count}{what} not part of the running release and set aside: {}", names.join(", ")))
}
