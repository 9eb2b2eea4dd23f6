//! What was measured, as ways × vantages.

use std::collections::BTreeSet;

use super::words;
use crate::report::{Confidence, ObservationFile, Outcome, Path, Report};

/// A vantage: the word, and as whom.
pub(crate) type Column<'a> = (&'a str, &'a str);

/// What one vantage saw of one way.
#[derive(Debug, Clone)]
pub(crate) struct Cell<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) confidence: Option<Confidence>,
    /// In words: what happened, or why nothing was measured.
    pub(crate) told: &'a str,
}

/// One way.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    pub(crate) subject: String,
    pub(crate) path: &'a Path,
    /// One per column; nothing where that vantage does not speak of the way.
    pub(crate) cells: Vec<Option<Cell<'a>>>,
}

/// The matrix; no lines where nothing was measured.
#[derive(Debug, Clone)]
pub(crate) struct Board<'a> {
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) lines: Vec<Line<'a>>,
    /// Carrying ways of which no measurement speaks.
    pub(crate) untouched: usize,
}

/// Every way that some vantage speaks of, in the order of the subjects.
pub(crate) fn board(report: &Report) -> Board<'_> {
    let mut columns: BTreeSet<Column<'_>> = BTreeSet::new();
    let paths = || report.subjects.iter().flat_map(|subject| subject.paths.iter().map(move |path| (subject, path)));
    for (_, path) in paths() {
        columns.extend(path.by_vantage.iter().map(|row| (row.vantage.as_str(), row.source.as_str())));
        columns.extend(path.not_measured.iter().map(|row| (row.vantage.as_str(), row.source.as_str())));
    }
    let columns: Vec<Column<'_>> = columns.into_iter().collect();
    let mut untouched = 0;
    let lines = paths()
        .filter_map(|(subject, path)| {
            let cells: Vec<Option<Cell<'_>>> = columns.iter().map(|column| cell(path, *column)).collect();
            if cells.iter().all(Option::is_none) {
                untouched += usize::from(!path.dormant);
                return None;
            }
            Some(Line { subject: words::subject_name(subject), path, cells })
        })
        .collect();
    Board { columns, lines, untouched }
}

fn cell<'a>(path: &'a Path, column: Column<'_>) -> Option<Cell<'a>> {
    let row = path.by_vantage.iter().find(|row| (row.vantage.as_str(), row.source.as_str()) == column);
    if let Some(row) = row {
        return Some(Cell { outcome: row.outcome, confidence: row.confidence, told: &row.evidence });
    }
    let gap = path.not_measured.iter().find(|row| (row.vantage.as_str(), row.source.as_str()) == column)?;
    Some(Cell { outcome: Outcome::NotTested, confidence: None, told: &gap.reason })
}

impl Cell<'_> {
    /// One sign; in brackets where it was relayed and says nothing of live traffic.
    pub(crate) fn sign(&self) -> String {
        let sign = match self.outcome {
            Outcome::Verified => "✓",
            Outcome::Reached => "•",
            Outcome::ServerError => "~",
            Outcome::Unreachable => "✗",
            Outcome::NotTested => "–",
        };
        if self.relayed() { format!("({sign})") } else { sign.to_owned() }
    }

    /// Shown in the style of this word: a relay is neither green nor red.
    pub(crate) fn style(&self) -> &'static str {
        if self.relayed() { "relayed" } else { self.outcome.word() }
    }

    /// What was measured, in words.
    pub(crate) fn words(&self) -> String {
        words::outcome(self.outcome, self.confidence)
    }

    fn relayed(&self) -> bool {
        self.confidence == Some(Confidence::Indirect)
    }
}

/// The signs and what they mean.
pub(crate) const SIGNS: [(&str, &str); 6] = [
    ("✓", "verified by real traffic"),
    ("•", "answered, not confirmed"),
    ("~", "answered with an error, or only in part"),
    ("✗", "no answer"),
    ("–", "not tested, with the reason"),
    ("( )", "relayed by the API server, says nothing of live traffic"),
];

/// One observations file in one line.
pub(crate) fn file_line(file: &ObservationFile) -> String {
    let mut parts = vec![format!("{}, {}", file.vantage, file.source), format!("measured {}", file.started_at)];
    if !file.age.is_empty() {
        parts.push(file.age.clone());
    }
    let results = words::plural(file.results, "result", "results");
    parts.push(format!(
        "{results}: {} of paths here, {}",
        words::number(file.matched),
        words::plural(file.controls, "control", "controls")
    ));
    if !file.unmatched.is_empty() {
        parts.push(format!("no such path here: {}", file.unmatched.join(", ")));
    }
    if file.plan_matches == Some(false) {
        parts.push("of another plan than this snapshot gives".to_owned());
    }
    if file.cut_short {
        parts.push("cut short".to_owned());
    }
    parts.join(" · ")
}
