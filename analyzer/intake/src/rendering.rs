//! What has to be rendered before it can be judged (Helm charts, Kustomize folders), and what never is a manifest
//! (values, workflows, compose files, Dockerfiles). Each is said in one line, with the command that helps.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::Problem;
use serde_json::Value;

use super::content::{Container, Content, Documents, Member, ScannedInput};
use super::item::{Item, What};
use super::kustomize::{self, is_kustomization, join, split};
use super::paths::display;
use super::scan::Scan;
use kubereach_model::evidence::command::arg;

/// Keys by which a kustomization changes what it lists (Kustomize reference, "Kustomization file").
const CHANGES: [&str; 24] = [
    "bases",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "generators",
    "helmCharts",
    "helmChartInflationGenerator",
    "images",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "secretGenerator",
    "transformers",
    "validators",
    "vars",
    "crds",
];

/// What of manifests could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Kubernetes objects, by what is wrong with them.
    pub objects: Vec<Problem>,
    /// How many documents of Helm charts were not rendered.
    pub templates: usize,
}

/// What a look at everything that was read shows.
#[derive(Debug, Default)]
pub(super) struct Rendering {
    /// Files of charts, as reports name them: what is wrong with them is said in one line.
    pub(super) templates: BTreeSet<String>,
    /// What could not be read.
    pub(super) unread: Unread,
}

/// One file that was read.
struct Seen<'s> {
    member: &'s Member<Item>,
    /// As reports name it, and where it stands by that name.
    shown: String,
    folder: String,
    name: String,
}

impl<'s> Seen<'s> {
    fn of(input: &ScannedInput<Item>, member: &'s Member<Item>) -> Self {
        let shown = display(input.container, &input.name, &member.path);
        let (folder, name) = split(&shown);
        Self { member, folder: folder.to_owned(), name: name.to_owned(), shown }
    }

    /// What it holds, where that is no object of a cluster.
    fn value(&self) -> Option<&'s Value> {
        kustomize::value(self.member)
    }

    fn documents(&self) -> Option<&'s Documents<Item>> {
        match &self.member.content {
            Content::Documents(documents) => Some(documents),
            _ => None,
        }
    }

    /// Holds it templates that nobody has rendered?
    fn is_template(&self) -> bool {
        self.documents().is_some_and(|documents| documents.lost.iter().any(|lost| lost.template))
    }

    /// What could not be read of it; `said` is what was said of its input.
    fn unread(&self, said: &[Problem]) -> Vec<Problem> {
        let Some(documents) = self.documents() else { return Vec::new() };
        let failed = documents.objects.iter().filter_map(|object| match &object.value.what {
            What::Failed(failed) => Some(failed.problem.clone()),
            _ => None,
        });
        let lost = documents.lost.iter().map(|lost| {
            // What was said of the document stands where it begins, or behind that.
            let own = said.iter().filter(|problem| problem.path == self.shown && problem.line >= Some(lost.line));
            own.min_by_key(|problem| problem.line).cloned().unwrap_or_else(|| Problem {
                line: Some(lost.line),
                ..problem(&self.shown, "a Kubernetes object could not be read")
            })
        });
        failed.chain(lost).collect()
    }
}

/// The chart in whose templates a file stands.
fn chart_of(folder: &str) -> Option<&str> {
    let at = format!("{folder}/").rfind("/templates/");
    match at {
        Some(at) => folder.get(..at),
        None => (folder == "templates" || folder.starts_with("templates/")).then_some("."),
    }
}

/// Puts one line for each in the place of what was said of its files, and counts what could not be read.
pub(super) fn survey(scan: &mut Scan<Item>) -> Rendering {
    let mut rendering = Rendering::default();
    let mut lines: Vec<(usize, Problem, BTreeSet<String>)> = Vec::new();
    for (number, input) in scan.inputs.iter().enumerate() {
        let files: Vec<Seen<'_>> = input.members.iter().map(|member| Seen::of(input, member)).collect();
        let charts = charts(&files);
        let mut of_charts = BTreeSet::new();
        for (chart, templates) in &charts {
            let unread: BTreeSet<String> = templates
                .iter()
                .filter(|file| !file.unread(&input.problems).is_empty())
                .map(|file| file.shown.clone())
                .collect();
            if !unread.is_empty() {
                lines.push((number, chart_line(input, chart, unread.len()), unread.clone()));
                of_charts.extend(unread);
            }
        }
        for file in &files {
            let unread = file.unread(&input.problems);
            if of_charts.contains(&file.shown) {
                rendering.unread.templates += unread.len();
            } else {
                rendering.unread.objects.extend(unread);
            }
        }
        rendering.templates.extend(of_charts);
        for folder in kustomizations(&files) {
            let message = format!(
                "a Kustomize folder, read as its files lie there, without what the kustomization makes of them; run: \
                 kustomize build {} | kubereach check -",
                arg(&folder)
            );
            lines.push((number, problem(&folder, message), BTreeSet::new()));
        }
        for file in files.iter().filter(|file| !charts.keys().any(|chart| is_inside(&file.folder, chart))) {
            if let Some(message) = file.value().and_then(|value| no_manifest(file, value)) {
                lines.push((number, problem(&file.shown, message), BTreeSet::from([file.shown.clone()])));
            }
        }
        if input.container == Container::File && builds_an_image(split(&input.name).1) {
            let message =
                "it builds an image and declares no Kubernetes object; check the manifests that run the image";
            lines.push((number, problem(&input.name, message), BTreeSet::from([input.name.clone()])));
        }
    }
    for (number, line, instead_of) in lines {
        if let Some(input) = scan.inputs.get_mut(number) {
            input.problems.retain(|said| !instead_of.contains(&said.path));
            input.problems.push(line);
        }
    }
    rendering.unread.objects.sort();
    rendering.unread.objects.dedup();
    rendering
}

fn problem(path: &str, message: impl Into<String>) -> Problem {
    Problem { path: path.to_owned(), line: None, column: None, message: message.into() }
}

fn is_inside(folder: &str, chart: &str) -> bool {
    chart == "." || folder == chart || folder.strip_prefix(chart).is_some_and(|rest| rest.starts_with('/'))
}

/// Charts by their folders, with the files among their templates. Those inside another are a part of it.
fn charts<'f, 's>(files: &'f [Seen<'s>]) -> BTreeMap<String, Vec<&'f Seen<'s>>> {
    let is_chart = |file: &&Seen<'_>| {
        file.name == "Chart.yaml" && file.value().is_some_and(|value| value.get("name").is_some_and(Value::is_string))
    };
    let said = files.iter().filter(is_chart).map(|file| file.folder.as_str());
    let shown = files.iter().filter(|file| file.is_template()).filter_map(|file| chart_of(&file.folder));
    let all: BTreeSet<&str> = said.chain(shown).collect();
    let outermost = all.iter().filter(|chart| !all.iter().any(|other| other != *chart && is_inside(chart, other)));
    let mut charts: BTreeMap<String, Vec<&Seen<'_>>> =
        outermost.map(|chart| ((*chart).to_owned(), Vec::new())).collect();
    for (chart, templates) in &mut charts {
        templates.extend(files.iter().filter(|f| is_inside(&f.folder, chart) && chart_of(&f.folder).is_some()));
    }
    charts
}

fn chart_line(input: &ScannedInput<Item>, chart: &str, count: usize) -> Problem {
    let whole = matches!(input.container, Container::Tar | Container::Zip);
    let of = arg(if whole { &input.name } else { chart }).into_owned();
    let (noun, verb) = if count == 1 { ("template", "is no manifest") } else { ("templates", "are no manifests") };
    problem(
        chart,
        format!(
            "a Helm chart: {count} of its {noun} {verb} before it is rendered, and nothing of them was judged; run: \
             helm template {of} | kubereach check -"
        ),
    )
}

/// Folders with a kustomization that changes something and that no other one builds upon.
fn kustomizations(files: &[Seen<'_>]) -> BTreeSet<String> {
    let all: Vec<(&str, &Value)> = files
        .iter()
        .filter(|f| is_kustomization(&f.name))
        .filter_map(|f| Some((f.folder.as_str(), f.value()?)))
        .collect();
    let mut below = BTreeSet::new();
    for (folder, value) in &all {
        for key in ["resources", "bases", "components"] {
            let entries = value.get(key).and_then(Value::as_array).into_iter().flatten();
            below.extend(entries.filter_map(Value::as_str).map(|path| join(folder, path)));
        }
    }
    let changes = |value: &Value| CHANGES.iter().any(|key| value.get(key).is_some_and(|v| !v.is_null()));
    // What a folder elsewhere holds is missing from what was read.
    let reaches_out = |folder: &str, value: &Value| {
        let listed = value.get("resources").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        listed.map(|path| (path, join(folder, path))).any(|(path, joined)| {
            let is_there =
                |file: &Seen<'_>| join(".", &file.shown) == joined || is_inside(&join(&file.folder, "."), &joined);
            path.contains("://") || !files.iter().any(is_there)
        })
    };
    let wanted = all.iter().filter(|(folder, value)| {
        !below.contains(&join(folder, ".")) && (changes(value) || reaches_out(folder, value))
    });
    wanted.map(|(folder, _)| (*folder).to_owned()).collect()
}

/// What to say of a file that is no manifest by its name and content.
fn no_manifest(file: &Seen<'_>, value: &Value) -> Option<String> {
    let (name, has) = (file.name.as_str(), |key: &str| value.get(key).is_some());
    let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    if yaml && name.starts_with("values") && value.is_object() && !has("apiVersion") {
        let message = "Helm values, no manifests: they say nothing without their chart; run: helm template CHART -f";
        return Some(format!("{message} {} | kubereach check -", arg(&file.shown)));
    }
    if yaml && file.folder.ends_with(".github/workflows") && has("jobs") {
        return Some("a workflow of GitHub Actions, no manifests: check what it deploys".to_owned());
    }
    if name == ".gitlab-ci.yml" {
        return Some("a pipeline of GitLab, no manifests: check what it deploys".to_owned());
    }
    let composes = ["compose", "docker-compose"].iter().any(|start| name.starts_with(start));
    (yaml && composes && has("services") && !has("apiVersion")).then(|| {
        let of = arg(&file.shown);
        format!("a Compose file, no manifests; run: kompose convert -f {of} --stdout | kubereach check -")
    })
}

fn builds_an_image(name: &str) -> bool {
    ["Dockerfile", "Containerfile"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            || name.strip_suffix(&format!(".{word}")).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_charts() {
        assert_eq!(chart_of("deploy/chart/templates"), Some("deploy/chart"));
        assert_eq!(chart_of("chart/templates/tests"), Some("chart"));
        assert_eq!(chart_of("templates"), Some("."));
        assert_eq!(chart_of("deploy/plain"), None);
        assert!(is_inside("chart/templates", "chart") && !is_inside("charts", "chart"));
    }

    #[test]
    fn files_that_build_images_are_known_by_their_names() {
        for name in ["Dockerfile", "Dockerfile.prod", "web.Dockerfile", "Containerfile"] {
            assert!(builds_an_image(name), "{name}");
        }
        assert!(!builds_an_image("Dockerfiles.yaml") && !builds_an_image("web.yaml"));
    }
}
