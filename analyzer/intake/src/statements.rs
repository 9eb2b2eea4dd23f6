//! From what layouts said, and what could not be read, to what is known about the lists of one cluster.

use std::collections::BTreeSet;

use kubereach_reports::report::CoverageState;

use super::content::{Documents, Lost};
use super::contradiction::Vouched;
use super::item::{Failed, Item};
use super::kustomize::Missing;
use super::layouts::{self, Facts};
use kubereach_model::snapshot::{AnyObject, Assumption, Coverage, CoverageRecord, GroupKind, kinds};

/// What a file lost.
#[derive(Debug)]
pub(super) struct Loss {
    /// Kinds of which objects are missing.
    kinds: BTreeSet<GroupKind>,
    /// Objects of any kind may be missing.
    of_any: bool,
    reason: String,
    source: String,
}

impl Loss {
    /// What a kustomization builds upon and is not in the input.
    pub(super) fn of_missing(missing: Missing) -> Self {
        let Missing { path, kind, reason } = missing;
        Self { of_any: kind.is_none(), kinds: kind.into_iter().collect(), reason, source: path }
    }

    /// What the documents of a file lost.
    pub(super) fn of(documents: &Documents<Item>, source: &str) -> Vec<Self> {
        let one = |lost: &Lost| {
            let mut kinds: BTreeSet<GroupKind> = lost.kinds.iter().cloned().collect();
            let mut of_any = false;
            if let Some(n) = lost.list.filter(|_| kinds.is_empty()) {
                let list = documents.lists.get(n as usize);
                let typed =
                    list.and_then(|l| Some((l.api_version.as_deref()?, l.kind.as_deref()?.strip_suffix("List")?)));
                if let Some((version, kind)) = typed.filter(|(_, kind)| !kind.is_empty()) {
                    kinds.insert(GroupKind::of(version, kind));
                } else {
                    // Of what kind the lost ones are nothing tells: of those that are there, or of any other.
                    of_any = true;
                    let rest = documents.objects.iter().filter(|o| o.list == Some(n));
                    kinds.extend(rest.filter_map(|o| o.value.object()).map(AnyObject::group_kind));
                }
            } else if kinds.is_empty() {
                of_any = true;
            }
            let reason = format!("a part of it (from line {}) could not be read", lost.line);
            Self { kinds, of_any, reason, source: source.to_owned() }
        };
        documents.lost.iter().map(one).collect()
    }
}

/// What the objects of a cluster show about kinds.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Kinds of which objects were read.
    pub(super) kinds: BTreeSet<GroupKind>,
    /// Kinds of which an API server's copies were read.
    pub(super) live: BTreeSet<GroupKind>,
    /// Group and kind of every definition.
    pub(super) definitions: BTreeSet<(String, String)>,
}

/// Records what the layouts said of the parts of a cluster; the answer is what of it collectors vouch for.
pub(super) fn record<'f>(facts: impl Iterator<Item = &'f Facts>, shown: &Shown, coverage: &mut Coverage) -> Vouched {
    let mut vouched = Vouched::default();
    for facts in facts {
        for (kind, namespace, said) in facts.statements() {
            // An object that was read is stronger than a discovery without its kind.
            if said.state == CoverageState::NotServed && shown.kinds.contains(kind) {
                continue;
            }
            if said.state == CoverageState::Complete && !facts.by_hand {
                let key = (kind.clone(), namespace.map(str::to_owned));
                if facts.accounted {
                    vouched.accounted.insert(key.clone());
                }
                vouched.collected.insert(key);
            }
            coverage.record(kind.clone(), namespace, said.clone().record());
        }
    }
    not_installed(coverage, shown);
    vouched
}

/// Takes what could not be read off what was called complete, and adds what was declared.
pub(super) fn lessen(coverage: &mut Coverage, failed: &[Failed], lost: &[Loss], declared: &[Assumption]) {
    for failed in failed {
        let cluster_scoped = kinds::of(&failed.kind).is_some_and(|k| !k.namespaced);
        let namespace = Some(failed.namespace.as_str()).filter(|ns| !ns.is_empty() && !cluster_scoped);
        let reason = format!("an object of it could not be read: {}", failed.problem.message);
        coverage.lessen(&failed.kind, namespace, &reason, &failed.problem.path);
    }
    for loss in lost {
        for kind in &loss.kinds {
            coverage.lessen(kind, None, &loss.reason, &loss.source);
        }
        if loss.of_any {
            coverage.lose(&loss.reason, &loss.source);
        }
    }
    for assumption in declared {
        coverage.assume(assumption.clone());
    }
}

/// Where all definitions of custom kinds are known, a kind without one is not served.
fn not_installed(coverage: &mut Coverage, shown: &Shown) {
    let crds = GroupKind::known("apiextensions.k8s.io", "CustomResourceDefinition");
    let record = coverage.of(&crds, None);
    if record.state != CoverageState::Complete {
        return;
    }
    let custom = || kinds::KINDS.iter().filter(|k| layouts::is_custom(k));
    let defined = |kind: &kinds::Kind| shown.definitions.contains(&(kind.group.to_owned(), kind.kind.to_owned()));
    if let Some(kind) = custom().find(|kind| shown.live.contains(&kind.group_kind()) && !defined(kind)) {
        let reason = format!(
            "this list looks filtered: objects of {} were read, the list holds no definition of it",
            kind.full_name()
        );
        coverage.doubt(&crds, None, &reason, &record.source);
        return;
    }
    for kind in custom() {
        let group_kind = kind.group_kind();
        if shown.kinds.contains(&group_kind) || defined(kind) {
            continue;
        }
        let reason = format!("the cluster has no CustomResourceDefinition {}", kind.full_name());
        let source = record.source.clone();
        coverage.record(group_kind, None, CoverageRecord { state: CoverageState::NotServed, reason, source });
    }
}
