//! Pod templates that a change sets otherwise in fields which the slim model leaves out: environment, commands,
//! resources, security contexts. Any of them rolls the pods.
//!
//! The manifest and the live object are read once more, whole. The manifest decides every field that it speaks
//! of. What only the live object has is gone after the change if the manifest that was applied before said it,
//! and stays if it did not: what `kubectl apply` applied last is kept in an annotation. Where that annotation is
//! missing, nobody can say it of an item that somebody must have written.

mod amount;
mod differ;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::apply::Key;
use differ::Earlier;
use kubereach_intake::Intake;
use kubereach_model::snapshot::Snapshot;

/// Where `kubectl apply` keeps what it applied.
const LAST_APPLIED: &str = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";

/// How the live template of a workload and that of its manifest relate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// It becomes another one: the manifest says something else, or no longer what it said before.
    pub differs: bool,
    /// What only the live one has, and nobody knows whether applying takes it away.
    pub open: Vec<String>,
    /// What is there after the change although the manifest does not name it, that of `open` included:
    /// `containers/proxy`, `containers/app/args`.
    pub stays: BTreeSet<String>,
}

impl Template {
    /// Nothing shows that it stays as it is.
    pub(super) fn may_differ(&self) -> bool {
        self.differs || !self.open.is_empty()
    }
}

/// The workloads of both that are more than what the manifest says of them.
pub(super) fn compare(
    base: &Intake,
    before: &Snapshot,
    change: &Intake,
    manifests: &Snapshot,
) -> BTreeMap<Key, Template> {
    let both: Vec<(Key, u32, u32)> = manifests
        .workloads
        .iter()
        .filter_map(|new| {
            let (kind, meta) = (new.kind, &new.metadata);
            let live = before.workload(kind, &meta.namespace, &meta.name).found()?;
            Some(((kind.group_kind(), meta.namespace.clone(), meta.name.clone()), live.origin, new.origin))
        })
        .collect();
    let old = base.whole(&both.iter().map(|(_, old, _)| *old).collect::<Vec<_>>());
    let new = change.whole(&both.iter().map(|(.., new)| *new).collect::<Vec<_>>());
    both.into_iter()
        .zip(old.iter().zip(&new))
        .filter_map(|((key, ..), (old, new))| {
            let (old, new) = (old.as_ref()?, new.as_ref()?);
            let applied = last_applied(old);
            let earlier = applied.as_ref().map_or(Earlier::Unknown, |object| Earlier::Known(template(object)));
            Some((key, differ::between(template(new)?, template(old)?, earlier)))
        })
        .collect()
}

/// What a pod template runs.
fn template(object: &Value) -> Option<&Value> {
    object.pointer("/spec/template/spec").or_else(|| object.pointer("/spec/jobTemplate/spec/template/spec"))
}

/// The manifest that `kubectl apply` applied last; none where something else applied it, or a collector left
/// the annotation out.
fn last_applied(object: &Value) -> Option<Value> {
    serde_json::from_str(object.pointer(LAST_APPLIED)?.as_str()?).ok()
}
