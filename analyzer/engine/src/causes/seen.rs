//! What speaks against each subject: findings on the ways that carry traffic, and what it rests on.

use std::collections::HashMap;

use kubereach_reports::report::{Effect, Finding, Path, PathState, Report, Segment, Subject, Verdict};

/// A subject that needs a cause.
pub(super) struct Seen<'r> {
    /// Its place among the subjects of the report.
    pub(super) index: usize,
    /// What speaks against it, in the order of its paths and segments.
    pub(super) sightings: Vec<Sighting<'r>>,
    /// Ids of the assumptions that its verdict rests on.
    pub(super) assumptions: Vec<&'r str>,
}

/// One finding on one stretch of one way.
#[derive(Clone, Copy)]
pub(super) struct Sighting<'r> {
    /// What was found.
    pub(super) finding: &'r Finding,
    /// The way, and the stretch of it; none where the finding is about the subject as a whole.
    pub(super) on: Option<(&'r Path, &'r Segment)>,
    /// Does it block a way that clients use?
    pub(super) blocks_a_way: bool,
}

/// The subjects that are not in order, and those that are only as far as was read. Those of which everything was
/// accepted beforehand have no cause to look for.
pub(super) fn subjects(report: &Report) -> impl Iterator<Item = Seen<'_>> {
    let findings: HashMap<&str, &Finding> = report.findings.iter().map(|f| (f.id.as_str(), f)).collect();
    report.subjects.iter().enumerate().filter_map(move |(index, subject)| {
        let assumptions: Vec<&str> = subject.assumptions.iter().map(String::as_str).collect();
        if matches!(subject.verdict, Verdict::ConfigOk | Verdict::Healthy) {
            let rests = subject.verdict == Verdict::ConfigOk && !assumptions.is_empty();
            return rests.then_some(Seen { index, sightings: Vec::new(), assumptions });
        }
        let all = against(subject, &findings);
        let sightings: Vec<Sighting<'_>> = all.iter().filter(|s| s.finding.suppressed.is_none()).copied().collect();
        let accepted = sightings.is_empty() && !all.is_empty();
        // What a proved fault would look like with more knowledge is not its cause.
        let assumptions = if subject.verdict == Verdict::Unknown { assumptions } else { Vec::new() };
        (!accepted).then_some(Seen { index, sightings, assumptions })
    })
}

/// Everything on the ways that count; else the finding that speaks for the subject.
fn against<'r>(subject: &'r Subject, findings: &HashMap<&str, &'r Finding>) -> Vec<Sighting<'r>> {
    let all_dormant = subject.paths.iter().all(|path| path.dormant);
    let mut all = Vec::new();
    for path in subject.paths.iter().filter(|path| all_dormant || !path.dormant) {
        // What traffic has refuted speaks no more.
        if path.effective != Some(PathState::Open) {
            on_path(path, findings, &mut all);
        }
    }
    if all.is_empty() {
        let speaker = subject.primary.iter().chain(&subject.findings).find_map(|id| findings.get(id.as_str()));
        all.extend(speaker.map(|finding| Sighting { finding, on: None, blocks_a_way: false }));
    }
    all
}

fn on_path<'r>(path: &'r Path, findings: &HashMap<&str, &'r Finding>, all: &mut Vec<Sighting<'r>>) {
    let state = path.effective.unwrap_or(path.config);
    let counts = |finding: &Finding| match finding.effect {
        Effect::Blocks | Effect::Narrows => true,
        // Doubt behind a wall, or before a fault that is proved, explains nothing.
        Effect::Inconclusive => state == PathState::Unknown,
        Effect::Notes => false,
    };
    let blocked = state == PathState::Blocked && !path.dormant;
    for segment in &path.segments {
        // What nobody counts in the fold of the path is no worse here.
        if segment.state < path.config {
            continue;
        }
        let on = segment.findings.iter().filter_map(|id| findings.get(id.as_str()).copied());
        all.extend(on.filter(|finding| counts(finding)).map(|finding| Sighting {
            finding,
            on: Some((path, segment)),
            blocks_a_way: blocked && finding.effect == Effect::Blocks,
        }));
    }
    let measured = path.measured.iter().filter_map(|id| findings.get(id.as_str()).copied());
    all.extend(measured.filter(|finding| counts(finding)).map(|finding| Sighting {
        finding,
        on: None,
        blocks_a_way: blocked && finding.effect == Effect::Blocks,
    }));
}
