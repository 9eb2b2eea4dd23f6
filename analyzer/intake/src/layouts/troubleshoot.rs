//! Replicated Troubleshoot support bundles, of every version since 2020, and what is built on their
//! library (`egctl x collect`, KOTS, EKS Anywhere).
//!
//! `cluster-resources/<dir>/<namespace>.json` per namespaced kind, `<name>.json` per cluster kind,
//! `custom-resources/<plural>.<group>[/<namespace>].json` per custom kind, and `*-errors.json` beside
//! what failed. A kind that was listed and empty has a file; a custom kind without instances has none.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;
use serde_json::Value;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part, refused, words};
use super::time::{self, Clock};
use super::{Facts, FileEntry, Layout, Told, before, has, is_custom, outermost};
use crate::content::{Content, TypeHint};
use crate::paths::{self, Written};
use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::kinds::{KINDS, Kind};

use resources::{CLUSTER, DEFINITIONS, NAMESPACED, Resource, kind_of};

mod resources;

/// The layout.
#[derive(Debug)]
pub(crate) struct Troubleshoot;

impl Layout for Troubleshoot {
    fn name(&self) -> &'static str {
        "troubleshoot"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        const MARKERS: [&str; 9] = [
            "namespaces.json",
            "nodes.json",
            "groups.json",
            "resources.json",
            "custom-resource-definitions.json",
            "storage-classes.json",
            "pods/",
            "services/",
            "custom-resources/",
        ];
        let candidates = outermost(files, |path| {
            let root = before(path, "cluster-resources/")?;
            let rest = path.get(root.len() + "cluster-resources/".len()..)?;
            MARKERS.iter().any(|m| rest.starts_with(m)).then_some(root)
        });
        // A folder of that name may also hold somebody's manifests.
        let machine = |root: &String| {
            has(files, root, "version.yaml")
                || files.iter().any(|f| {
                    f.path.strip_prefix(root.as_str()).and_then(|p| p.strip_prefix("cluster-resources/")).is_some_and(
                        |p| {
                            paths::written(p) == Written::Document
                                || (p.starts_with("custom-resources/") && p.matches('/').count() >= 1)
                        },
                    )
                })
        };
        candidates.into_iter().filter(machine).collect()
    }

    fn record(&self) -> Option<(Option<&'static str>, &'static str)> {
        Some((None, "SupportBundle"))
    }

    fn type_by_folder(&self, folders: &[&str], stem: &str) -> Told<TypeHint> {
        let Some(at) = folders.iter().rposition(|p| *p == "cluster-resources") else { return Told::Nothing };
        kind_of(folders.get(at + 1..).unwrap_or_default(), stem)
            .map_or(Told::NoObjects, |kind| Told::Is(TypeHint::of(kind)))
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        let bundle = Bundle::new(part);
        bundle.about(out);
        bundle.set_aside(out);
        let mut discovery = Discovery::default();
        if let Some((file, value)) = bundle.data("resources") {
            discovery.add(value, &file.display);
            if bundle.data("groups-resources-errors").is_none() {
                discovery.is_whole();
            }
        }
        for resource in CLUSTER.iter().chain([&DEFINITIONS]) {
            bundle.cluster(resource, out);
        }
        for resource in &NAMESPACED {
            bundle.namespaced(resource, out);
        }
        let definitions = bundle.definitions();
        for kind in KINDS.iter().filter(|k| is_custom(k)) {
            bundle.custom(kind, definitions.as_ref(), out);
        }
        out.rest(&discovery, |kind| match kind.plural {
            "secrets" => {
                CoverageStatement::missing("a support bundle holds no Secrets unless its spec asks for single ones")
            }
            "horizontalpodautoscalers" | "replicationcontrollers" => {
                CoverageStatement::missing("Troubleshoot does not collect this kind")
            }
            _ => CoverageStatement::missing("the bundle holds nothing about this kind"),
        });
    }
}

/// Namespaces that the API server makes itself, and that nobody can delete (`systemnamespaces` controller).
const EVERYWHERE: [&str; 2] = ["default", "kube-system"];

struct Bundle<'p, 's> {
    part: &'p Part<'s>,
    scope: Scope,
    /// Namespaces of the list that were left out of the collection.
    left_out: BTreeSet<String>,
    version: String,
}

impl<'p, 's> Bundle<'p, 's> {
    fn new(part: &'p Part<'s>) -> Self {
        let version = part
            .file("version.yaml")
            .and_then(|f| f.about().or_else(|| f.data()))
            .and_then(|v| v.pointer("/spec/versionNumber").and_then(Value::as_str))
            .unwrap_or_default()
            .to_owned();
        let mut bundle = Self { part, scope: Scope::default(), left_out: BTreeSet::new(), version };
        for resource in &NAMESPACED {
            for name in resource.names {
                let folder = format!("cluster-resources/{name}/");
                for (rest, _) in part.below(&folder).filter(|(rest, _)| !rest.contains('/')) {
                    bundle.scope.namespaces.insert(paths::stem(rest).to_owned());
                }
            }
            if let Some((_, Value::Object(errors))) = bundle.errors(resource) {
                bundle.scope.namespaces.extend(errors.keys().filter(|ns| !ns.is_empty()).cloned());
            }
        }
        if let Some(file) = part.json_or_yaml("cluster-resources/namespaces") {
            let typed = file
                .documents()
                .is_some_and(|d| d.lists.iter().any(|l| l.kind.as_deref().is_some_and(|k| k.ends_with("List"))));
            let whole = file.listing().is_some_and(|s| s.state == CoverageState::Complete);
            let listed: BTreeSet<String> = file.objects().map(|o| o.meta().name.clone()).collect();
            // The file holds the namespaces in scope: that these are all shows in what every cluster has.
            bundle.scope.all = typed && whole && EVERYWHERE.iter().all(|ns| listed.contains(*ns));
            if bundle.scope.all {
                bundle.left_out = listed.difference(&bundle.scope.namespaces).cloned().collect();
            }
        }
        bundle
    }

    fn data(&self, name: &str) -> Option<(&'p File<'s>, &'s Value)> {
        let file = self.part.json_or_yaml(&format!("cluster-resources/{name}"))?;
        Some((file, file.data()?))
    }

    fn errors(&self, resource: &Resource) -> Option<(&'p File<'s>, &'s Value)> {
        let name = resource.names.first()?;
        self.data(&format!("{name}-errors"))
    }

    fn about(&self, out: &mut Facts) {
        if !self.version.is_empty() {
            out.note(format!("collected by Troubleshoot {}", self.version));
        }
        let server = self.part.file("cluster-info/cluster_version.json").and_then(File::data);
        if let Some(server) = server {
            let version = server.pointer("/info/gitVersion").or_else(|| server.get("string")).and_then(Value::as_str);
            if let Some(version) = version {
                out.note(format!("Kubernetes {}", words(version)));
            }
        }
        out.note(if self.scope.all && self.left_out.is_empty() {
            "all namespaces".to_owned()
        } else {
            let names: Vec<&str> = self.scope.namespaces.iter().take(8).map(String::as_str).collect();
            let more = self.scope.namespaces.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("namespaces {}{more}", names.join(", "))
        });
        let name = [self.part.root.trim_end_matches('/'), self.part.name.as_str()]
            .into_iter()
            .find_map(|name| time::in_name(name.rsplit('/').next().unwrap_or(name)));
        match name {
            Some(Clock::Utc(at)) => out.began = Some(at),
            Some(Clock::Local(at)) => out.began_local = Some(at),
            None => {}
        }
    }

    /// Objects elsewhere in the bundle are those of single collectors (pods they ran, files they
    /// copied); YAML beside JSON is the same again.
    fn set_aside(&self, out: &mut Facts) {
        for (n, file) in self.part.files.iter().enumerate() {
            if !file.path.starts_with("cluster-resources/") {
                if file.items().next().is_some() {
                    out.unused.insert(n);
                }
                continue;
            }
            let twin = file.path.strip_suffix(".yaml").map(|p| format!("{p}.json"));
            if twin
                .and_then(|p| self.part.file(&p))
                .is_some_and(|t| matches!(t.content, Content::Documents(_) | Content::Data(_)))
            {
                out.unused.insert(n);
            }
        }
    }

    fn cluster(&self, resource: &Resource, out: &mut Facts) {
        let Some(kind) = resource.kind() else { return };
        let file = resource.names.iter().find_map(|n| self.part.json_or_yaml(&format!("cluster-resources/{n}")));
        let statement = if let Some(file) = file {
            match file.listing() {
                // One Namespace alone, or an array of those that the spec names: not the list of all.
                Some(statement)
                    if kind.plural == "namespaces" && !self.scope.all && statement.state == CoverageState::Complete =>
                {
                    CoverageStatement::partial("only the namespaces that the collector was told to read", &file.display)
                }
                Some(statement) => statement,
                None => CoverageStatement::partial("the file holds single objects, not a list", &file.display),
            }
        } else if let Some((file, errors)) = self.errors(resource) {
            refused(&first_text(errors), &file.display)
        } else {
            CoverageStatement::missing(self.absent(resource))
        };
        out.say(&kind.group_kind(), None, statement);
    }

    fn namespaced(&self, resource: &Resource, out: &mut Facts) {
        let Some(kind) = resource.kind() else { return };
        let errors = self.errors(resource);
        let known = resource.names.iter().any(|n| self.part.below(&format!("cluster-resources/{n}/")).next().is_some());
        let mut statement = BTreeMap::new();
        for ns in &self.scope.namespaces {
            let files: Vec<&File<'_>> = resource
                .names
                .iter()
                .filter_map(|n| self.part.json_or_yaml(&format!("cluster-resources/{n}/{ns}")))
                .collect();
            let error = errors.and_then(|(file, v)| {
                v.get(ns).or_else(|| v.get("")).and_then(Value::as_str).map(|text| refused(text, &file.display))
            });
            let one = files.iter().find_map(|f| f.listing()).or(error).unwrap_or_else(|| {
                if known {
                    CoverageStatement::missing(format!(
                        "the bundle holds no {} of the namespace and no error about it",
                        kind.plural
                    ))
                } else {
                    CoverageStatement::missing(self.absent(resource))
                }
            });
            statement.insert(ns.clone(), one);
        }
        self.finish(kind, statement, out);
    }

    /// Adds what is known of namespaces that were left out, and spreads.
    fn finish(&self, kind: &Kind, mut statement: BTreeMap<String, CoverageStatement>, out: &mut Facts) {
        for ns in &self.left_out {
            statement.insert(ns.clone(), self.why_left_out(ns, kind));
        }
        if statement.is_empty() {
            return;
        }
        out.spread(&kind.group_kind(), &self.scope, statement, "only some namespaces were collected");
    }

    /// Troubleshoot drops namespaces whose pods it may not read, without a word; only its permissions
    /// show why.
    fn why_left_out(&self, ns: &str, kind: &Kind) -> CoverageStatement {
        let file = self.part.file(&format!("cluster-resources/auth-cani-list/{ns}.json"));
        if let Some((file, rules)) = file.and_then(|f| Some((f, f.data()?)))
            && !may_read(rules, kind)
        {
            return CoverageStatement::new(
                CoverageState::Forbidden,
                format!("the collector's account may not read {} there, as its permissions show", kind.plural),
                &file.display,
            );
        }
        CoverageStatement::missing(
            "the collector left the namespace out: its account may not read pods there, or the spec names others",
        )
    }

    fn absent(&self, resource: &Resource) -> String {
        let by =
            if self.version.is_empty() { String::new() } else { format!("; this one was made by {}", self.version) };
        match resource.since.filter(|since| !is_at_least(&self.version, since)) {
            Some(since) => format!("bundles hold this kind only since Troubleshoot {since}{by}"),
            None => format!("the bundle holds no file of this kind and no error about it{by}"),
        }
    }

    /// The full names of all definitions and the file that lists them, if it is whole.
    fn definitions(&self) -> Option<(BTreeSet<String>, String)> {
        let resource = &DEFINITIONS;
        let file = resource.names.iter().find_map(|n| self.part.json_or_yaml(&format!("cluster-resources/{n}")))?;
        if file.listing()?.state != CoverageState::Complete {
            return None;
        }
        let names = file.objects().filter_map(|o| match o {
            AnyObject::CustomResourceDefinition(crd) => Some(crd.metadata.name.clone()),
            _ => None,
        });
        Some((names.collect(), file.display.clone()))
    }

    fn custom(&self, kind: &'static Kind, definitions: Option<&(BTreeSet<String>, String)>, out: &mut Facts) {
        let name = kind.full_name();
        let folder = "cluster-resources/custom-resources";
        let installed = definitions.map(|(names, _)| names.contains(&name));
        if installed == Some(false) {
            if let Some((_, source)) = definitions {
                let reason = format!("the cluster has no CustomResourceDefinition {name}");
                out.say(&kind.group_kind(), None, CoverageStatement::new(CoverageState::NotServed, reason, source));
            }
            return;
        }
        let errors = self.data("custom-resources/custom-resources-errors");
        let error = errors.and_then(|(file, v)| {
            let text = [name.as_str(), "crdList", "crdClient"].iter().find_map(|key| v.get(key).map(first_text))?;
            Some(refused(&text, &file.display))
        });
        let collected = self.part.below(&format!("{folder}/")).next().is_some();
        let absent = |path: &str| {
            if let Some(error) = &error {
                return error.clone();
            }
            match definitions {
                Some((_, source)) if collected && self.part.surely_lacks(&format!("{path}.json")) => {
                    CoverageStatement::complete(
                        "its definition is installed, reading it raised no error, and no object was written",
                        source,
                    )
                }
                Some(_) if collected => {
                    CoverageStatement::missing("a part of the bundle could not be read, where they may stand")
                }
                Some(_) => CoverageStatement::missing("the bundle holds no custom resources at all"),
                None => CoverageStatement::missing(
                    "the bundle holds none of them and does not show whether they were asked for",
                ),
            }
        };
        let listing = |path: &str| {
            self.part.json_or_yaml(path).map_or_else(
                || absent(path),
                |f| f.listing().unwrap_or_else(|| CoverageStatement::partial("single objects, no list", &f.display)),
            )
        };
        if !kind.namespaced {
            out.say(&kind.group_kind(), None, listing(&format!("{folder}/{name}")));
            return;
        }
        let mut namespaces = self.scope.namespaces.clone();
        for (rest, _) in self.part.below(&format!("{folder}/{name}/")) {
            namespaces.insert(paths::stem(rest).to_owned());
        }
        let statement = namespaces.into_iter().map(|ns| {
            let one = listing(&format!("{folder}/{name}/{ns}"));
            (ns, one)
        });
        self.finish(kind, statement.collect(), out);
    }
}

fn first_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.first().map(first_text).unwrap_or_default(),
        Value::Object(map) => map.values().next().map(first_text).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Does any rule of a `SelfSubjectRulesReview` allow to list the kind?
fn may_read(rules: &Value, kind: &Kind) -> bool {
    let rules = rules.get("resourceRules").or_else(|| rules.pointer("/status/resourceRules")).unwrap_or(rules);
    let Some(rules) = rules.as_array() else {
        return true;
    };
    let holds = |rule: &Value, key: &str, wanted: &[&str]| {
        rule.get(key)
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().filter_map(Value::as_str).any(|one| one == "*" || wanted.contains(&one)))
    };
    rules.iter().any(|rule| {
        holds(rule, "verbs", &["list"])
            && holds(rule, "apiGroups", &[kind.group])
            && holds(rule, "resources", &[kind.plural])
    })
}

/// Is a version such as `v0.127.0` this one or a later one? `false` where it does not say.
fn is_at_least(version: &str, since: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let text = text.trim_start_matches('v');
        text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    let version = numbers(version);
    !version.is_empty() && version >= numbers(since)
}

#[cfg(test)]
mod tests {
    use super::is_at_least;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_at_least("v0.127.0", "v0.57.0"));
        assert!(is_at_least("v0.57.0", "v0.57.0"));
        assert!(!is_at_least("v0.9.9", "v0.57.0"));
        assert!(!is_at_least("", "v0.57.0"), "a bundle that does not say its version may be older");
    }
}
