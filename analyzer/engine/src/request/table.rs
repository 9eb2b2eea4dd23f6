//! The routing table of a cluster: every host and match with where it leads.

use kubereach_reports::report::PathState;
use serde::Serialize;

use super::Requests;
use super::settle::verdict;
use crate::evaluate::door;
use crate::judgement::config_verdict;
use kubereach_model::evidence::Path;

/// One path that is declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TableRow {
    /// The host; `null` for any.
    pub host: Option<String>,
    /// What it takes; `null` for everything.
    pub matches: Option<String>,
    /// Whose rule it is.
    pub route: String,
    /// The listener that it stands at, where there is one.
    pub listener: Option<String>,
    /// Where it leads; `null` where the rule answers by itself.
    pub backend: Option<String>,
    /// `open`, `narrowed`, `blocked` or `unknown`.
    pub config: &'static str,
    /// Why it carries nothing, where it does not.
    pub dormant: Option<String>,
    /// The verdict on the object.
    pub verdict: &'static str,
}

impl Requests<'_, '_> {
    /// Every declared path of every door, by host and match.
    pub fn table(&self) -> Vec<TableRow> {
        let doors =
            self.subjects.iter().filter(|subject| door::leads(&subject.object.kind, subject.object.group.as_deref()));
        let doors = doors.filter(|subject| subject.object.kind != door::SERVICE.name);
        let mut rows: Vec<TableRow> = doors
            .flat_map(|subject| {
                let word = verdict(config_verdict(&subject.paths));
                subject.paths.iter().map(move |path| row(path, word))
            })
            .collect();
        rows.sort();
        rows
    }
}

fn row(path: &Path, verdict: &'static str) -> TableRow {
    TableRow {
        host: path.key.host.clone(),
        matches: path.key.matches.clone(),
        route: path.key.entry.to_string(),
        listener: path.key.listener.clone(),
        backend: path.key.backend.as_ref().map(|backend| {
            let port = backend.port.as_ref().map_or_else(String::new, |port| format!(":{port}"));
            format!("{} {}/{}{port}", backend.kind, backend.namespace, backend.name)
        }),
        config: match path.state() {
            PathState::Blocked => "blocked",
            PathState::Unknown => "unknown",
            PathState::Narrowed => "narrowed",
            PathState::Open => "open",
        },
        dormant: path.dormant.as_ref().map(|dormant| dormant.reason().to_owned()),
        verdict,
    }
}
