//! For whom a report is worded: somebody who may change the cluster, or somebody who has to ask for everything.
//!
//! The report stays the same; what is to be done is said in other words, and what is to be asked for is said once more
//! in one message that can be copied.

use std::borrow::Cow;
use std::collections::HashSet;

use super::words::number;
use crate::report::{NextStep, Report};

/// Who reads the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Has access to the cluster.
    #[default]
    Operator,
    /// Has only what somebody sent, and asks for the rest.
    Support,
}

impl Audience {
    /// Both, in the order of the help.
    pub const ALL: &'static [Self] = &[Self::Operator, Self::Support];

    /// The word as `--for` takes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Support => "support",
        }
    }

    /// The audience `--for WORD` asks for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|audience| audience.word() == word)
    }
}

/// Above the message.
pub(crate) const TITLE: &str = "What to ask for, in one message";
/// What the message begins with.
pub(crate) const PLEASE: &str = "Please run these commands, and send us what they print and the files that they write:";
/// Commands in the message; the rest is counted.
const COMMANDS: usize = 60;

/// Commands of kubectl that change nothing (kubectl's reference, "Operations").
const READING: &[&str] =
    &["get", "describe", "logs", "top", "events", "auth can-i", "api-resources", "api-versions", "version"];
/// With these words a step says that there is something to see, and nothing to change.
const LOOKING: &[&str] = &["Look", "Read", "Find", "See", "Compare", "Collect", "Check", "List", "Ask", "Show"];
/// What does not go on after *to*.
const OPENINGS: &[&str] = &["If", "Where", "When", "Nothing", "No", "Do", "Either", "Once"];

/// Does the command only read?
fn reads(command: &str) -> bool {
    command.strip_prefix("kubectl ").is_some_and(|rest| {
        READING
            .iter()
            .any(|verb| rest.strip_prefix(verb).is_some_and(|after| after.is_empty() || after.starts_with(' ')))
    })
}

/// A step for somebody without access. `action` is an imperative sentence.
fn asked(action: &str, command: Option<&str>) -> String {
    let reads = command.is_some_and(reads);
    let first = action.split(' ').next().unwrap_or_default();
    if action.is_empty() {
        return "Ask the customer for the output of the command.".to_owned();
    }
    if !first.chars().all(char::is_alphabetic) || OPENINGS.contains(&first) {
        return format!("Ask the customer: {action}");
    }
    let mut letters = action.chars();
    let to: String = letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect();
    match (reads, LOOKING.contains(&first)) {
        (true, true) => format!("Ask the customer for the output of the command, to {to}"),
        (true, false) => format!("Ask the customer to {to} Ask for the output of the command first."),
        (false, _) => format!("Ask the customer to {to}"),
    }
}

fn reword(step: &mut NextStep) {
    step.action = asked(&step.action, step.command.as_deref());
}

/// The report in the words of its reader.
pub(crate) fn worded(report: &Report, audience: Audience) -> Cow<'_, Report> {
    if audience == Audience::Operator {
        return Cow::Borrowed(report);
    }
    let mut report = report.clone();
    for cause in &mut report.causes {
        cause.next.iter_mut().for_each(reword);
    }
    for subject in &mut report.subjects {
        subject.next.iter_mut().chain(subject.next_test.iter_mut()).for_each(reword);
    }
    for finding in report.findings.iter_mut().filter(|finding| !finding.action.is_empty()) {
        finding.action = asked(&finding.action, Some(&finding.command));
    }
    Cow::Owned(report)
}

/// The commands of the message, each once: what the causes need, what was not read, and what subjects need that no
/// cause explains. And how many more there are.
pub(crate) fn asks(report: &Report) -> (Vec<&str>, usize) {
    let explained: HashSet<(&str, &str, &str)> = report
        .causes
        .iter()
        .flat_map(|cause| &cause.subjects)
        .map(|subject| (subject.kind.as_str(), subject.namespace.as_str(), subject.name.as_str()))
        .collect();
    let causes = report.causes.iter().filter_map(|cause| cause.next.as_ref()?.command.as_deref());
    let unread = report.assumptions.iter().filter(|row| row.subjects > 0).map(|row| row.command.as_str());
    let subjects = report
        .subjects
        .iter()
        .filter(|subject| !explained.contains(&(&*subject.kind, &*subject.namespace, &*subject.name)))
        .filter_map(|subject| subject.next.as_ref()?.command.as_deref());
    let mut seen = HashSet::new();
    let mut all: Vec<&str> =
        causes.chain(unread).chain(subjects).filter(|command| reads(command) && seen.insert(*command)).collect();
    let more = all.len().saturating_sub(COMMANDS);
    all.truncate(COMMANDS);
    (all, more)
}

/// `… and 3 more commands; see --format json`
pub(crate) fn more(count: usize) -> Option<String> {
    let commands = if count == 1 { "command" } else { "commands" };
    (count > 0).then(|| format!("… and {} more {commands}; see --format json", number(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_becomes_a_request() {
        for (action, command, words) in [
            (
                "Read its EndpointSlices.",
                "kubectl get endpointslices -n billing",
                "Ask the customer for the output of the command, to read its EndpointSlices.",
            ),
            (
                "Raise its memory limit, or find what uses the memory.",
                "kubectl logs cart-1 -n shop --previous",
                "Ask the customer to raise its memory limit, or find what uses the memory. Ask for the output of the \
                 command first.",
            ),
            (
                "Scale it up if it should run.",
                "kubectl scale -n shop deploy/reports --replicas=1",
                "Ask the customer to scale it up if it should run.",
            ),
            ("If it should run, scale it up.", "", "Ask the customer: If it should run, scale it up."),
            ("kube-proxy needs a restart.", "", "Ask the customer: kube-proxy needs a restart."),
        ] {
            assert_eq!(asked(action, Some(command)), words);
        }
    }

    #[test]
    fn only_commands_that_change_nothing_are_asked_for() {
        for (command, yes) in [
            ("kubectl get pods -A", true),
            ("kubectl auth can-i list pods", true),
            ("kubectl version", true),
            ("kubectl getter", false),
            ("kubectl delete pod web", false),
            ("kubectl auth reconcile -f x", false),
            ("rm -rf /", false),
        ] {
            assert_eq!(reads(command), yes, "{command}");
        }
    }
}
