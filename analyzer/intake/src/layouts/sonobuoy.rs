//! Sonobuoy: `resources/{ns/<ns>,cluster}/<group>_<version>_<resource>.json`, and in
//! `meta/query-time.json` what was asked. An empty list is not written; that it was asked for shows.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;
use serde_json::Value;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part, refused, words};
use super::{Facts, FileEntry, Layout, Told, before, ends, has, outermost, time};
use crate::paths;
use kubereach_model::snapshot::kinds::{self, KINDS, Kind};

/// The layout.
#[derive(Debug)]
pub(crate) struct Sonobuoy;

impl Layout for Sonobuoy {
    fn name(&self) -> &'static str {
        "sonobuoy"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let roots = outermost(files, |p| {
            ends(p, "meta/query-time.json")
                .or_else(|| before(p, "resources/ns/"))
                .or_else(|| before(p, "resources/cluster/"))
        });
        let marked = |root: &String| {
            ["meta/query-time.json", "servergroups.json", "serverversion.json"].iter().any(|m| has(files, root, m))
        };
        roots.into_iter().filter(marked).collect()
    }

    fn reads_text(&self, name: &str) -> bool {
        name.starts_with(".sonobuoy")
    }

    fn kind_by_name(&self, stem: &str) -> Told<&'static Kind> {
        match group_version_resource(stem) {
            Some((group, resource)) => Told::of(kinds::by_resource(resource, Some(group))),
            None => Told::Nothing,
        }
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        let run = Run::new(part);
        run.about(out);
        let mut discovery = Discovery::default();
        if let Some((file, value)) = part.file("servergroups.json").and_then(|f| Some((f, f.data()?))) {
            discovery.add(value, &file.display);
        }
        for kind in KINDS {
            run.kind(kind, &discovery, out);
        }
        // Discovery may lack a group whose server did not answer: what was not asked for, or in vain, was not collected.
        out.rest(&Discovery::default(), |kind| match kind.plural {
            "secrets" => CoverageStatement::missing("sonobuoy skips Secrets unless its configuration names them"),
            _ => CoverageStatement::missing("sonobuoy was not asked for it"),
        });
    }
}

/// The parts of `<group|core>_<version>_<resource>`.
fn group_version_resource(stem: &str) -> Option<(&str, &str)> {
    let mut parts = stem.splitn(3, '_');
    let (group, version, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let versioned = version.starts_with('v') && version.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    versioned.then_some((group, resource))
}

struct Run<'p, 's> {
    part: &'p Part<'s>,
    /// What was asked: resource and namespace, and the error if it failed.
    asked: BTreeMap<(String, String), Option<String>>,
    has_log: bool,
    scope: Scope,
    selector: bool,
}

impl<'p, 's> Run<'p, 's> {
    fn new(part: &'p Part<'s>) -> Self {
        let config = part.file("meta/config.json").and_then(File::data);
        let filter = |key: &str| {
            let value = config?.get("Filters").or_else(|| config?.get("filters"))?.get(key)?.as_str()?;
            Some(value.to_owned()).filter(|v| !v.is_empty())
        };
        let mut asked = BTreeMap::new();
        let log = part.file("meta/query-time.json");
        for entry in log.and_then(File::data).and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            // An error of Go may be written as an empty object: that it is there is what counts.
            let error = entry.get("error").filter(|e| !e.is_null()).map(|e| match e.as_str() {
                Some("") | None => "an error that was not written down".to_owned(),
                Some(text) => text.to_owned(),
            });
            asked.insert((text("queryobj").to_ascii_lowercase(), text("namespace")), error);
        }
        let mut namespaces: BTreeSet<String> =
            asked.keys().map(|(_, ns)| ns.clone()).filter(|ns| !ns.is_empty()).collect();
        for (rest, _) in part.below("resources/ns/") {
            namespaces.extend(rest.split_once('/').map(|(ns, _)| ns.to_owned()));
        }
        let unfiltered = filter("Namespaces").is_none_or(|f| f == ".*");
        let listed = ["resources/cluster/core_v1_namespaces", "resources/cluster/Namespaces"]
            .iter()
            .find_map(|p| part.json_or_yaml(p))
            .filter(|f| f.listing().is_some_and(|s| s.state == CoverageState::Complete));
        let selector = filter("LabelSelector").is_some();
        let all = !selector
            && unfiltered
            && listed.is_some_and(|f| f.objects().all(|ns| namespaces.contains(&ns.meta().name)));
        Self { part, asked, has_log: log.is_some(), scope: Scope { namespaces, all }, selector }
    }

    fn about(&self, out: &mut Facts) {
        let times = self.part.file("meta/query-time.json").and_then(File::data).and_then(Value::as_array);
        let times = times.into_iter().flatten().filter_map(|e| time::parse(e.get("time")?.as_str()?));
        let times: Vec<_> = times.collect();
        out.began = times.iter().min().copied();
        out.taken_at = times.iter().max().copied();
        let version = self.part.file("serverversion.json").and_then(File::data).and_then(|v| v.get("gitVersion"));
        if let Some(version) = version.and_then(Value::as_str) {
            out.note(format!("Kubernetes {}", words(version)));
        }
        if self.selector {
            out.note("a label selector was set: only some objects were collected");
        }
        if !self.scope.all {
            out.note(format!("{} namespaces", self.scope.namespaces.len()));
        }
    }

    fn kind(&self, kind: &'static Kind, discovery: &Discovery, out: &mut Facts) {
        let group_kind = kind.group_kind();
        if !kind.namespaced {
            if let Some(statement) = self.one(kind, None, discovery) {
                out.say(&group_kind, None, statement);
            }
            return;
        }
        let statement: BTreeMap<String, CoverageStatement> = self
            .scope
            .namespaces
            .iter()
            .filter_map(|ns| Some((ns.clone(), self.one(kind, Some(ns), discovery)?)))
            .collect();
        if statement.values().all(|s| s.state == CoverageState::NotCollected && s.source.is_empty()) {
            return;
        }
        out.spread(&group_kind, &self.scope, statement, "only some namespaces were asked for");
    }

    fn one(&self, kind: &'static Kind, namespace: Option<&str>, discovery: &Discovery) -> Option<CoverageStatement> {
        let folder = match namespace {
            Some(ns) => format!("resources/ns/{ns}/"),
            None => "resources/cluster/".to_owned(),
        };
        let file = self.part.below(&folder).map(|(_, f)| f).find(|f| {
            let stem = paths::stem(f.name());
            match group_version_resource(stem) {
                Some((group, resource)) => kinds::by_resource(resource, Some(group)) == Some(kind),
                // Before 0.5x: `Pods.json`, without a group.
                None => kinds::by_resource(stem, None) == Some(kind),
            }
        });
        let filtered = |statement: CoverageStatement| match statement.state {
            CoverageState::Complete if self.selector => CoverageStatement::partial(
                "only objects that match the label selector of the run were collected",
                statement.source,
            ),
            _ => statement,
        };
        if let Some(file) = file {
            return Some(filtered(
                file.listing().unwrap_or_else(|| CoverageStatement::partial("single objects, no list", &file.display)),
            ));
        }
        let log = self.part.display("meta/query-time.json");
        let ns = namespace.unwrap_or_default().to_owned();
        let entry = [kind.plural.to_owned(), kind.kind.to_ascii_lowercase(), format!("{}.{}", kind.plural, kind.group)]
            .into_iter()
            .find_map(|name| self.asked.get(&(name, ns.clone())));
        match entry {
            Some(Some(error)) => Some(refused(error, &log)),
            Some(None) if !means(kind, discovery) => None,
            Some(None) => {
                // The file could stand where something was cut off.
                let sure = self.part.surely_lacks(&format!("{folder}?"));
                Some(if sure {
                    filtered(CoverageStatement::complete("sonobuoy asked for them and found none", log))
                } else {
                    CoverageStatement::missing("a part of the archive could not be read, where they may stand")
                })
            }
            None if self.has_log => {
                Some(CoverageStatement::missing(format!("sonobuoy's query log has no entry for {}", kind.plural)))
            }
            None => Some(CoverageStatement::missing("no file and no query log")),
        }
    }
}

/// The query log names resources without their group, and of two groups only the first is asked.
fn means(kind: &'static Kind, discovery: &Discovery) -> bool {
    let mut served =
        kinds::sharing(kind.plural).filter(|k| k.group.is_empty() || discovery.serves_group(k.group) != Some(false));
    match (served.next(), served.next()) {
        (Some(first), None) => first == kind,
        (Some(first), Some(_)) => first == kind && first.served == kinds::Served::BuiltIn,
        (None, _) => false,
    }
}
