//! `istioctl bug-report`: `cluster/k8s-resources` is one list of several kinds of all namespaces.

use std::collections::BTreeSet;

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, ends, outermost};
use crate::content::ErrorClass;
use kubereach_model::snapshot::kinds::{self, KINDS};
use kubereach_model::snapshot::{AnyObject, GroupKind};

/// The layout.
#[derive(Debug)]
pub(crate) struct Istio;

/// Kinds that every version asks for in one command. Kinds that only newer versions ask for are
/// complete where the list shows them.
const ALWAYS: [&str; 9] = [
    "Service",
    "Pod",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "ReplicationController",
    "Job",
    "HorizontalPodAutoscaler",
];

impl Layout for Istio {
    fn name(&self) -> &'static str {
        "istio-bug-report"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| ends(p, "cluster/k8s-resources"))
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        for name in ["cluster/k8s-resources", "cluster/k8s-cluster-resources", "cluster/crs"] {
            let Some(file) = part.file(name) else {
                continue;
            };
            lists(file, name, out);
        }
        out.rest(&Discovery::default(), |kind| match kind.plural {
            "secrets" => CoverageStatement::missing("a bug report names Secrets in a table only"),
            _ => CoverageStatement::missing("the bug report shows none of them and not whether it asked for them"),
        });
    }
}

fn lists(file: &File<'_>, name: &str, out: &mut Facts) {
    let Some(documents) = file.documents() else {
        return;
    };
    let mut unclear = false;
    let mut refused: BTreeSet<GroupKind> = BTreeSet::new();
    for error in &documents.errors {
        out.problem(&file.display, Some(error.line), format!("captured from the collector: {}", words(&error.text)));
        let kind = error
            .resource
            .as_deref()
            .and_then(|r| kinds::by_resource(r, error.group.as_deref()).or_else(|| kinds::by_name(r)));
        match kind {
            Some(kind) if error.class != ErrorClass::NotFound => {
                refused.insert(kind.group_kind());
                out.say(&kind.group_kind(), error.namespace.as_deref(), file.of_error(error, Some(kind)));
            }
            _ => unclear = true,
        }
    }
    let cut = documents.lists.iter().any(|l| l.truncated)
        || documents.lists.iter().map(|l| l.items).sum::<usize>() > documents.objects.len();
    let found: BTreeSet<GroupKind> = file.objects().map(AnyObject::group_kind).collect();
    for kind in KINDS {
        let group_kind = kind.group_kind();
        if refused.contains(&group_kind) {
            continue;
        }
        let asked = name == "cluster/k8s-resources"
            && ALWAYS.contains(&kind.kind)
            && kind.served == kinds::Served::BuiltIn
            && !documents.lists.is_empty();
        let statement = match (found.contains(&group_kind), cut || unclear) {
            (true, false) => CoverageStatement::complete("the bug report lists them in all namespaces", &file.display),
            (true, true) => {
                CoverageStatement::partial("the list is not whole or errors were captured beside it", &file.display)
            }
            (false, false) if asked => CoverageStatement::complete(
                "the bug report asked for them in all namespaces and found none",
                &file.display,
            ),
            _ => continue,
        };
        out.say(&group_kind, None, statement);
    }
}
