//! OpenShift must-gather and `oc adm inspect`: `namespaces/<ns>/<group>/<resource>.yaml` with a list per
//! kind, `cluster-scoped-resources/<group>/<resource>/<name>.yaml` with single objects.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, before, has, outermost, singles, time};
use crate::paths::{self, Written};
use kubereach_model::snapshot::kinds::{self, KINDS, Kind};

/// One of the two; the inspection is what the gathering consists of.
#[derive(Debug)]
pub(crate) struct OpenShift {
    name: &'static str,
    whole: bool,
}

pub(crate) static MUST_GATHER: OpenShift = OpenShift { name: "must-gather", whole: true };
pub(crate) static INSPECT: OpenShift = OpenShift { name: "inspect", whole: false };

/// Where a file stands in an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'p> {
    /// The Namespace object itself.
    Namespace,
    /// A list of one kind in a namespace.
    List {
        namespace: Option<&'p str>,
        group: &'p str,
        resource: &'p str,
    },
    /// One object of a kind.
    One {
        namespace: Option<&'p str>,
        group: &'p str,
        resource: &'p str,
    },
    /// A pod, again.
    PodCopy,
    Other,
}

fn place(path: &str) -> Place<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    let Some(at) = parts.iter().position(|p| matches!(*p, "namespaces" | "cluster-scoped-resources")) else {
        return Place::Other;
    };
    let rest = parts.get(at + 1..).unwrap_or_default();
    let (namespace, rest) = match (parts.get(at), rest) {
        (Some(&"namespaces"), [ns, rest @ ..]) => (Some(*ns), rest),
        (_, rest) => (None, rest),
    };
    match rest {
        [file] if namespace == Some(paths::stem(file)) => Place::Namespace,
        ["pods", _, _] => Place::PodCopy,
        [group, file] => Place::List { namespace, group, resource: paths::stem(file) },
        [group, resource, _] => Place::One { namespace, group, resource },
        _ => Place::Other,
    }
}

/// The folder in which `namespaces/` and `cluster-scoped-resources/` stand.
fn base(path: &str) -> Option<&str> {
    if paths::written(path) != Written::Document || place(path) == Place::Other {
        return None;
    }
    let root = before(path, "cluster-scoped-resources/").or_else(|| before(path, "namespaces/"))?;
    // `namespaces/<ns>/<file>` alone could be anybody's folder of manifests.
    match place(path) {
        Place::List { group, resource, .. } | Place::One { group, resource, .. } => {
            (group == "core" || group.contains('.') || matches!(group, "apps" | "batch" | "autoscaling" | "policy"))
                .then_some(())?;
            kinds::by_resource(resource, Some(group)).map(|_| root)
        }
        _ => None,
    }
}

impl Layout for OpenShift {
    fn name(&self) -> &'static str {
        self.name
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let bases = outermost(files, base);
        let mut roots: Vec<String> = Vec::new();
        for inner in bases {
            // The folder of the image stands inside the one with the marks of the run.
            let outer = inner.trim_end_matches('/').rsplit_once('/').map_or("", |(outer, _)| outer);
            let outer = if outer.is_empty() { String::new() } else { format!("{outer}/") };
            let marked =
                |root: &str| ["must-gather.logs", "timestamp", "event-filter.html"].iter().any(|m| has(files, root, m));
            let root = if !inner.is_empty() && !marked(&inner) && marked(&outer) { outer } else { inner.clone() };
            let gathered = has(files, &root, "must-gather.logs")
                || ["version", "gather.logs"].iter().any(|m| has(files, &inner, m))
                || root.contains("must-gather");
            if gathered == self.whole && !roots.contains(&root) {
                roots.push(root);
            }
        }
        roots
    }

    fn reads_text(&self, name: &str) -> bool {
        matches!(name, "version" | "timestamp" | "must-gather.logs" | "gather.logs")
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        about(part, out);
        let mut discovery = Discovery::default();
        for file in part.files.iter().filter(|f| f.name().starts_with("aggregated-discovery-api")) {
            if let Some(value) = file.data() {
                discovery.add(value, &file.display);
            }
        }
        let mut namespaces: BTreeSet<&str> = BTreeSet::new();
        let mut lists: BTreeMap<(&'static str, &'static str), BTreeMap<String, CoverageStatement>> = BTreeMap::new();
        for (n, file) in part.files.iter().enumerate() {
            match place(file.path) {
                Place::PodCopy => {
                    out.copies.insert(n);
                }
                Place::List { namespace, group, resource } => {
                    namespaces.extend(namespace);
                    let Some(kind) = kinds::by_resource(resource, Some(group)) else {
                        continue;
                    };
                    let Some(statement) = file.listing() else { continue };
                    match namespace {
                        Some(ns) => {
                            lists.entry((kind.group, kind.kind)).or_default().insert(ns.to_owned(), statement);
                        }
                        None => out.say(&kind.group_kind(), None, statement),
                    }
                }
                Place::One { namespace, .. } => namespaces.extend(namespace),
                Place::Namespace | Place::Other => {}
            }
        }
        let scope = Scope { namespaces: namespaces.iter().map(|ns| (*ns).to_owned()).collect(), all: false };
        for kind in KINDS.iter().filter(|k| k.namespaced) {
            let Some(mut statement) = lists.remove(&(kind.group, kind.kind)) else {
                continue;
            };
            for ns in &scope.namespaces {
                statement.entry(ns.clone()).or_insert_with(|| {
                    CoverageStatement::missing(format!(
                        "the inspection of the namespace wrote no list of {}",
                        kind.plural
                    ))
                });
            }
            out.spread(&kind.group_kind(), &scope, statement, &elsewhere(&namespaces));
        }
        singles::errors(part, out);
        singles::found(part, out, "single objects were inspected; an inspection that finds nothing writes nothing");
        out.rest(&discovery, missing);
    }
}

fn elsewhere(namespaces: &BTreeSet<&str>) -> String {
    format!(
        "only {} inspected namespaces were read; application namespaces need `oc adm inspect ns/NAME`",
        namespaces.len()
    )
}

fn missing(kind: &Kind) -> CoverageStatement {
    match kind.group {
        "gateway.networking.k8s.io" => {
            CoverageStatement::missing("an inspection of a namespace does not include Gateway API kinds")
        }
        "policy.networking.k8s.io" => {
            CoverageStatement::missing("an inspection does not include cluster-wide policies")
        }
        _ => CoverageStatement::missing("no list of it was written"),
    }
}

fn about(part: &Part<'_>, out: &mut Facts) {
    let stamps = part.files.iter().filter(|f| f.name() == "timestamp").min_by_key(|f| f.path.matches('/').count());
    if let Some((file, text)) = stamps.and_then(|f| Some((f, f.text()?))) {
        let times: Vec<_> = text.lines().filter_map(time::parse).collect();
        out.began = times.first().copied();
        out.taken_at = times.last().copied();
        if times.len() == 1 {
            out.note("the collection did not finish");
            let message =
                "the timestamp file has a start and no end: the collection did not finish, and files may be missing";
            out.problem(&file.display, None, message);
        }
    }
    let version = part.files.iter().find(|f| f.name() == "version").and_then(File::text);
    if let Some(version) = version.and_then(|t| t.lines().nth(1)).filter(|v| !v.trim().is_empty()) {
        out.note(format!("must-gather {}", words(version)));
    }
    let errors = part
        .files
        .iter()
        .filter(|f| matches!(f.name(), "must-gather.logs" | "gather.logs"))
        .filter_map(File::text)
        .flat_map(str::lines)
        .filter(|line| {
            let line = line.to_ascii_lowercase();
            line.contains("error") || line.contains("forbidden") || line.contains("unable to")
        })
        .count();
    if errors > 0 {
        out.note(format!("{errors} lines of the collector's log speak of errors"));
    }
    for file in &part.files {
        if matches!(place(file.path), Place::List { .. })
            && file.listing().is_some_and(|s| s.state == CoverageState::NotCollected)
            && !matches!(file.content, crate::content::Content::Empty)
        {
            out.problem(&file.display, None, "holds no list of objects: none of its kind were read from it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_an_inspection_are_told_apart() {
        assert_eq!(place("i/namespaces/shop/shop.yaml"), Place::Namespace);
        assert_eq!(
            place("i/namespaces/shop/core/pods.yaml"),
            Place::List { namespace: Some("shop"), group: "core", resource: "pods" }
        );
        assert_eq!(place("namespaces/shop/pods/web-0/web-0.yaml"), Place::PodCopy);
        assert_eq!(
            place("cluster-scoped-resources/core/nodes/n1.yaml"),
            Place::One { namespace: None, group: "core", resource: "nodes" }
        );
        assert_eq!(place("namespaces/shop/pods/web-0/web/web/logs/current.log"), Place::Other);
        assert_eq!(base("overlays/namespaces/shop/web.yaml"), None);
    }
}
