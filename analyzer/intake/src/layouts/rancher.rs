//! Rancher's support-bundle-kit (Harvester, Longhorn, Rancher): lists below `yamls/`, empty ones left out.
//!
//! Its collector replaces empty strings and nulls by the text `null` before it writes; members below
//! `yamls/` are read with that undone. It empties the data of Secrets.

use std::collections::{BTreeMap, BTreeSet};

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part, refused, words};
use super::time::{self, Clock};
use super::{Facts, FileEntry, Layout, Told, before, has, outermost};
use crate::content::TypeHint;
use crate::paths;
use kubereach_model::snapshot::kinds::{self, KINDS, Kind};

/// The layout.
#[derive(Debug)]
pub(crate) struct Rancher;

impl Layout for Rancher {
    fn name(&self) -> &'static str {
        "support-bundle-kit"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let roots = outermost(files, |p| before(p, "yamls/cluster/").or_else(|| before(p, "yamls/namespaced/")));
        let marked = |root: &String| ["metadata.yaml", "bundleGenerationError.log"].iter().any(|m| has(files, root, m));
        roots.into_iter().filter(marked).collect()
    }

    fn reads_text(&self, name: &str) -> bool {
        name == "bundleGenerationError.log"
    }

    fn type_by_folder(&self, folders: &[&str], stem: &str) -> Told<TypeHint> {
        let Some(at) = folders.iter().position(|p| *p == "yamls") else { return Told::Nothing };
        let below = folders.get(at + 1..).unwrap_or_default();
        let (["cluster", rest @ ..] | ["namespaced", _, rest @ ..]) = below else { return Told::NoObjects };
        let group = match rest {
            [group, _version] => Some(*group),
            [_core_version] => Some(""),
            _ => None,
        };
        let hint = group.and_then(|g| kinds::by_resource(stem, Some(g))).map(TypeHint::of).unwrap_or_default();
        Told::Is(TypeHint { null_strings: true, ..hint })
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        about(part, out);
        out.secrets_emptied = true;
        let mut namespaces: BTreeSet<String> = BTreeSet::new();
        let mut lists: BTreeMap<(&'static str, &'static str), BTreeMap<String, CoverageStatement>> = BTreeMap::new();
        for file in &part.files {
            let Some((namespace, kind)) = place(file.path) else {
                continue;
            };
            namespaces.extend(namespace.map(str::to_owned));
            let (Some(kind), Some(statement)) = (kind, file.listing()) else {
                continue;
            };
            match namespace {
                Some(ns) => {
                    lists.entry((kind.group, kind.kind)).or_default().insert(ns.to_owned(), statement);
                }
                None => out.say(&kind.group_kind(), None, statement),
            }
        }
        let log = part.file("bundleGenerationError.log");
        for (line, text) in log.and_then(File::text).into_iter().flat_map(str::lines).enumerate() {
            let Some((url, error)) = failure(text) else {
                continue;
            };
            let display = part.display("bundleGenerationError.log");
            out.problem(
                &display,
                u32::try_from(line + 1).ok(),
                format!("the collector could not read {}: {}", words(url), words(error)),
            );
            let Some((group, namespace, resource)) = url_parts(url) else {
                continue;
            };
            let Some(kind) = kinds::by_resource(resource, Some(group)) else {
                continue;
            };
            match namespace {
                Some(ns) => {
                    namespaces.insert(ns.to_owned());
                    lists
                        .entry((kind.group, kind.kind))
                        .or_default()
                        .entry(ns.to_owned())
                        .or_insert_with(|| refused(error, &display));
                }
                None => out.say(&kind.group_kind(), None, refused(error, &display)),
            }
        }
        let scope = Scope { namespaces, all: false };
        for kind in KINDS.iter().filter(|k| k.namespaced) {
            let Some(mut statement) = lists.remove(&(kind.group, kind.kind)) else {
                continue;
            };
            for ns in &scope.namespaces {
                statement.entry(ns.clone()).or_insert_with(|| unwritten(kind));
            }
            out.spread(
                &kind.group_kind(),
                &scope,
                statement,
                "only the namespaces that the collector is set up for were read",
            );
        }
        out.rest(&Discovery::default(), unwritten);
    }
}

fn unwritten(kind: &Kind) -> CoverageStatement {
    CoverageStatement::missing(format!(
        "no list of {} was written, and the collector leaves out empty lists and excluded kinds alike",
        kind.plural
    ))
}

fn about(part: &Part<'_>, out: &mut Facts) {
    let metadata = part.file("metadata.yaml").and_then(File::data).and_then(serde_json::Value::as_object);
    for (key, value) in metadata.into_iter().flatten() {
        let Some(text) = value.as_str() else { continue };
        match key.to_ascii_lowercase().as_str() {
            "kubernetesversion" => out.note(format!("Kubernetes {}", words(text))),
            "bundleversion" => {
                out.note(format!("support-bundle-kit bundle version {}", words(text)));
            }
            "bundlename" => out.note(format!("bundle {}", words(text))),
            key if key.contains("created") => {
                out.taken_at = out.taken_at.or_else(|| time::parse(text));
            }
            _ => {}
        }
    }
    if out.taken_at.is_none() {
        let name = [part.root.trim_end_matches('/'), part.name.as_str()]
            .into_iter()
            .find_map(|name| time::in_name(name.rsplit('/').next().unwrap_or(name)));
        match name {
            Some(Clock::Utc(at)) => out.began = Some(at),
            Some(Clock::Local(at)) => out.began_local = Some(at),
            None => {}
        }
    }
}

/// Namespace and kind of a member below `yamls/`.
fn place(path: &str) -> Option<(Option<&str>, Option<&'static Kind>)> {
    let parts: Vec<&str> = path.split('/').collect();
    let (namespace, rest) = match parts.as_slice() {
        ["yamls", "cluster", rest @ ..] => (None, rest),
        ["yamls", "namespaced", ns, rest @ ..] => (Some(*ns), rest),
        _ => return None,
    };
    let kind = match rest {
        [_version, file] => kinds::by_resource(paths::stem(file), Some("")),
        [group, _version, file] => kinds::by_resource(paths::stem(file), Some(group)),
        _ => None,
    };
    Some((namespace, kind))
}

/// `Failed to get /apis/apps/v1/namespaces/shop/deployments: <error>`, with or without a log prefix.
fn failure(line: &str) -> Option<(&str, &str)> {
    let rest = line.split_once("ailed to get ")?.1;
    let (url, error) = rest.split_once(": ")?;
    url.starts_with("/api").then_some((url, error))
}

/// Group, namespace and resource of an API path.
fn url_parts(url: &str) -> Option<(&str, Option<&str>, &str)> {
    let parts: Vec<&str> = url.trim_start_matches('/').split('/').collect();
    let (group, rest) = match parts.as_slice() {
        ["api", _version, rest @ ..] => ("", rest),
        ["apis", group, _version, rest @ ..] => (*group, rest),
        _ => return None,
    };
    match rest {
        ["namespaces", ns, resource] => Some((group, Some(ns), resource)),
        [resource] => Some((group, None, resource)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_log_names_what_could_not_be_read() {
        let line = r#"time="2026-01-02T03:04:05Z" level=error msg=x Failed to get /apis/networking.k8s.io/v1/namespaces/shop/ingresses: ingresses is forbidden"#;
        let (url, error) = failure(line).unwrap();
        assert_eq!(url_parts(url), Some(("networking.k8s.io", Some("shop"), "ingresses")));
        assert_eq!(error, "ingresses is forbidden");
        assert_eq!(url_parts("/api/v1/nodes"), Some(("", None, "nodes")));
        assert_eq!(failure("Failed to get the logs: timeout"), None);
    }
}
