//! What the formats for CI systems share: which findings they show, how grave, and where.

use std::collections::{HashMap, HashSet};

use super::RenderOptions;
use super::index::Findings;
use super::since::Ages;
use crate::report::{Effect, Finding, Gate, Report, Subject, Verdict};

/// How grave a finding is for a CI system. The order is worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Level {
    /// It blocks a way that should carry traffic.
    Error,
    /// It narrows, or blocks only what rests on purpose.
    Warning,
    /// Cannot be told.
    Notice,
}

/// A finding as the formats for CI systems show it.
pub(super) struct Shown<'r> {
    pub(super) level: Level,
    pub(super) finding: &'r Finding,
    /// The worst subject that names it.
    pub(super) subject: Option<&'r Subject>,
}

/// Every finding that does something to traffic and was not accepted, worst first. Notes are left out: a
/// gate is no place for remarks.
pub(super) fn shown(report: &Report) -> Vec<Shown<'_>> {
    let index = Findings::of(report);
    let mut owner: HashMap<&str, &Subject> = HashMap::new();
    let mut carrying: HashSet<&str> = HashSet::new();
    // Subjects stand worst first: the first that names a finding is the worst.
    for subject in &report.subjects {
        for finding in index.of_subject(subject) {
            owner.entry(finding.id.as_str()).or_insert(subject);
        }
        let paths = subject.paths.iter().filter(|path| !path.dormant);
        carrying.extend(paths.flat_map(|p| &p.segments).flat_map(|s| &s.findings).map(String::as_str));
    }
    let mut all: Vec<Shown<'_>> = report
        .findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .filter_map(|finding| {
            let level = match finding.effect {
                Effect::Blocks if carrying.contains(finding.id.as_str()) => Level::Error,
                Effect::Blocks | Effect::Narrows => Level::Warning,
                Effect::Inconclusive => Level::Notice,
                Effect::Notes => return None,
            };
            Some(Shown { level, finding, subject: owner.get(finding.id.as_str()).copied() })
        })
        .collect();
    // Stable: within a level the report's own order stays.
    all.sort_by_key(|shown| (shown.level, shown.subject.map(|s| s.verdict)));
    all
}

/// Without what was there before the change, where one was judged and nobody asks for that; how many they are.
pub(super) fn brought<'r>(report: &Report, all: Vec<Shown<'r>>, options: &RenderOptions) -> (Vec<Shown<'r>>, usize) {
    let Some(ages) = Ages::of(report).filter(|_| !options.show_existing) else { return (all, 0) };
    let before = all.len();
    let kept: Vec<Shown<'r>> = all.into_iter().filter(|shown| ages.brought(&shown.finding.id)).collect();
    let left = before - kept.len();
    (kept, left)
}

/// The finding in one line of prose: what, and of which subject.
pub(super) fn sentence(shown: &Shown<'_>) -> String {
    let message = shown.finding.message.as_str();
    match shown.subject {
        Some(subject) => {
            format!("{} {}/{} ({}): {message}", subject.kind, subject.namespace, subject.name, subject.verdict)
        }
        None => format!("{}: {message}", shown.finding.object),
    }
}

/// Everything worth saying beside the sentence, one paragraph per entry.
pub(super) fn details(finding: &Finding) -> Vec<String> {
    let mut parts = vec![finding.cause.clone(), finding.action.clone()];
    if !finding.command.is_empty() {
        parts.push(format!("$ {}", finding.command));
    }
    if !finding.basis.is_empty() {
        parts.push(format!("Rests on: {}", finding.basis));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The file of a finding as the forge knows it, and its line; without one, the first input.
pub(super) fn place<'r>(report: &'r Report, finding: &'r Finding, options: &RenderOptions) -> Option<(String, u32)> {
    if let Some(at) = &finding.location {
        return Some((options.root.path(&at.path), at.line));
    }
    report.snapshot.inputs.first().map(|input| (options.root.path(&input.path), 1))
}

/// Does this subject trip the gate? Without one, whatever is broken does.
pub(super) fn fails(report: &Report, subject: &Subject) -> bool {
    let fail_on = report.gate.as_ref().map_or("broken", |gate| gate.fail_on.as_str());
    // A gate that never trips still tells broken from whole.
    let fail_on = if fail_on == "never" { "broken" } else { fail_on };
    !subject.excused && (Gate::trips(fail_on, subject.verdict) || subject.verdict == Verdict::Broken)
}

/// Where the repository is, seen from where the program ran: forges want paths from its root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// The absolute path of the repository's root, with `/` between its parts and none at its end.
    pub absolute: String,
    /// The working directory as a path from that root; empty where it is the root.
    pub prefix: String,
}

impl Root {
    /// A path from the root where it lies in it, `/`-separated; else as it is.
    pub fn path(&self, path: &str) -> String {
        if path == "-" {
            return "stdin".to_owned();
        }
        if is_absolute(path) {
            let inside = path.strip_prefix(&self.absolute).and_then(|rest| rest.strip_prefix('/'));
            return inside.filter(|_| !self.absolute.is_empty()).map_or_else(|| path.to_owned(), normal);
        }
        normal(&format!("{}/{path}", self.prefix))
    }
}

/// From the root of the file system, or of a drive of Windows.
pub(crate) fn is_absolute(path: &str) -> bool {
    let drive = |bytes: &[u8]| matches!(bytes, [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || drive(path.as_bytes())
}

/// Without `.`, empty parts and `..` where a part goes before it.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    // The root itself is still a place.
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_from_the_root_of_the_repository() {
        let root = Root { absolute: "/home/ci/repo".to_owned(), prefix: "deploy".to_owned() };
        assert_eq!(root.path("./web.yaml"), "deploy/web.yaml");
        assert_eq!(root.path("../chart/web.yaml"), "chart/web.yaml");
        assert_eq!(root.path("/home/ci/repo/a/b.yaml"), "a/b.yaml");
        assert_eq!(root.path("/home/ci/repository/b.yaml"), "/home/ci/repository/b.yaml");
        assert_eq!(root.path("-"), "stdin");
        assert_eq!(Root::default().path("."), ".");
        assert_eq!(Root::default().path("a//b.yaml"), "a/b.yaml");
        assert_eq!(Root::default().path("/tmp/b.yaml"), "/tmp/b.yaml");
    }
}
