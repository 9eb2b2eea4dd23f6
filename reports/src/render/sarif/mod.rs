//! SARIF 2.1.0, for GitHub code scanning and other viewers.
//!
//! A result is a finding that blocks or narrows. What cannot be told is no result (viewers would show an
//! alert): it is a notification of the run, like every gap in what was read and every assumption. Kept within GitHub's limits:
//! 5,000 results of a run are shown, an upload has at most 10 MB compressed; the worst come first, and a
//! cut is said. Where a change was judged, `baselineState` says what it brings; what it mended is no result
//! with the state `absent`, because viewers that do not know the property would alert of it. Suppressed findings are left out unless asked for, because GitHub ignores `suppressions`.
//!
//! Sources: the SARIF 2.1.0 standard (OASIS); GitHub, "SARIF support for code scanning".

mod fixes;
mod flows;
mod model;
mod place;
mod rules;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;

use model::{
    BaseId, Driver, Invocation, Location, Log, Message, Notification, RuleRef, Run, SarifResult, Sorted, Suppression,
    Tool,
};

use super::assumptions::Assumptions;
use super::causes;
use super::gate::{Level, Shown, details, sentence, shown};
use super::index::Findings;
use super::neutral::neutral;
use super::since::Ages;
use super::streamed::Streamed;
use super::words::{number, plural};
use super::{RenderError, RenderOptions, coverage};
use crate::report::{Cause, Effect, Finding, Report, SuppressedBy};

/// Results that GitHub keeps of a run.
const RESULTS: usize = 5_000;
/// Bytes of results before compression; JSON of this kind shrinks to a tenth.
const BYTES: usize = 40 * 1024 * 1024;
/// Notifications of one sort.
const NOTIFICATIONS: usize = 500;

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let index = Findings::of(report);
    let open = shown(report);
    let mut wanted: Vec<&Shown<'_>> = open.iter().filter(|shown| shown.level != Level::Notice).collect();
    let accepted: Vec<Shown<'_>> = if options.show_suppressed { suppressed(report) } else { Vec::new() };
    wanted.extend(&accepted);
    let assumptions = Assumptions::of(report);
    let mut codes: BTreeSet<&str> =
        report.findings.iter().filter(|f| f.effect != Effect::Notes).map(|finding| finding.code.as_str()).collect();
    codes.extend(assumptions.shown().flat_map(|(_, assumed)| assumed.codes()));
    let ages = Ages::of(report);
    let mut blamed: HashMap<&str, Vec<&Cause>> = HashMap::new();
    for cause in &report.causes {
        for finding in &cause.findings {
            blamed.entry(finding).or_default().push(cause);
        }
    }
    let (rules, places) = rules::rules(codes, &options.rules);
    let result = |shown: &Shown<'_>| {
        let mut result = result(report, shown, &places, &index, options);
        let causes = blamed.get(shown.finding.id.as_str()).into_iter().flatten();
        result.related_locations = causes.filter_map(|cause| related(cause)).collect();
        result.baseline_state = ages.as_ref().and_then(|ages| ages.since(&shown.finding.id).baseline_state());
        result
    };
    // Made twice, so that no more than one of them stands in memory: to see how many there is room for, and to be
    // written.
    let mut written = Length(0);
    let mut room = 0;
    for shown in wanted.iter().take(RESULTS) {
        serde_json::to_writer(&mut written, &result(shown))?;
        if written.0 > BYTES {
            break;
        }
        room += 1;
    }
    let results = wanted.iter().take(room).map(|shown| Sorted(result(shown)));
    let mut notifications = Vec::new();
    if room < wanted.len() {
        let text = format!(
            "Only the worst {} of {} results are in this file; the others exceed what GitHub takes. The JSON report has all of them.",
            number(room),
            number(wanted.len())
        );
        notifications.push(notify("warning", text));
    }
    notifications.extend(gate(report));
    notifications.extend(problems(report, options));
    notifications.extend(assumed(&assumptions));
    notifications.extend(gaps(report, &assumptions));
    notifications.extend(doubts(report, &open, options));
    let base = BaseId { description: Message { text: "The root of the repository.".to_owned() } };
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "kubereach",
                    semantic_version: report.tool.version.clone(),
                    information_uri: "https://github.com/kubereach/kubereach",
                    rules,
                },
            },
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: BTreeMap::from([(place::BASE, base)]),
            invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
            results: Streamed::new(results),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Counts the bytes it is given.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn suppressed(report: &Report) -> Vec<Shown<'_>> {
    let mut owner: HashMap<&str, &crate::report::Subject> = HashMap::new();
    for subject in &report.subjects {
        for id in &subject.findings {
            owner.entry(id).or_insert(subject);
        }
    }
    let accepted = report.findings.iter().filter(|f| f.suppressed.is_some());
    accepted
        .filter_map(|finding| {
            let level = match finding.effect {
                Effect::Blocks => Level::Error,
                Effect::Narrows => Level::Warning,
                Effect::Inconclusive | Effect::Notes => return None,
            };
            Some(Shown { level, finding, subject: owner.get(finding.id.as_str()).copied() })
        })
        .collect()
}

fn result(
    report: &Report,
    shown: &Shown<'_>,
    places: &BTreeMap<&str, usize>,
    index: &Findings<'_>,
    options: &RenderOptions,
) -> SarifResult {
    let finding = shown.finding;
    let mut text = vec![neutral(&sentence(shown)).into_owned()];
    text.extend(details(finding).iter().map(|part| neutral(part).into_owned()));
    let fingerprint = if finding.fingerprint.is_empty() { &finding.id } else { &finding.fingerprint };
    let mut objects = vec![place::logical(&finding.object)];
    objects.extend(finding.stands_in.iter().map(place::logical));
    SarifResult {
        rule_id: finding.code.clone(),
        rule_index: places.get(finding.code.as_str()).copied().unwrap_or_default(),
        level: if shown.level == Level::Error { "error" } else { "warning" },
        // A bracket in a message begins a link.
        message: Message { text: text.join("\n").replace('[', "\\[").replace(']', "\\]") },
        locations: vec![Location {
            message: None,
            physical_location: place::physical(report, finding, options),
            logical_locations: objects,
        }],
        // GitHub matches alerts by the first of these; no line number is in it.
        partial_fingerprints: BTreeMap::from([
            ("primaryLocationLineHash", fingerprint.clone()),
            ("kubereach/v1", fingerprint.clone()),
        ]),
        baseline_state: None,
        fixes: fixes::of(finding, options),
        related_locations: Vec::new(),
        code_flows: shown
            .subject
            .map(|subject| flows::flows(report, subject, finding, index, options))
            .unwrap_or_default(),
        suppressions: finding.suppressed.iter().map(suppression).collect(),
    }
}

/// The object to which a result traces back, with what it takes down.
fn related(cause: &Cause) -> Option<Location> {
    let object = cause.object.as_ref()?;
    let text = format!("Root cause: {}; {} {}.", cause.headline, causes::does(cause.verdict), causes::takes(cause));
    Some(Location {
        message: Some(Message { text: neutral(&text).replace('[', "\\[").replace(']', "\\]") }),
        physical_location: None,
        logical_locations: vec![place::logical(object)],
    })
}

fn suppression(by: &crate::report::Suppression) -> Suppression {
    Suppression {
        kind: if by.by == SuppressedBy::Annotation { "inSource" } else { "external" },
        status: "accepted",
        justification: neutral(&format!("{} ({})", by.reason, by.place)).into_owned(),
    }
}

fn notify(level: &'static str, text: String) -> Notification {
    let message = Message { text: neutral(&text).into_owned() };
    Notification { level, message, associated_rule: None, locations: Vec::new() }
}

fn gate(report: &Report) -> Vec<Notification> {
    let Some(gate) = report.gate.as_ref().filter(|gate| gate.suppressed > 0) else { return Vec::new() };
    let text = format!(
        "{} suppressed, and {} excused from the gate; --show-suppressed writes them too.",
        plural(gate.suppressed, "finding is", "findings are"),
        plural(gate.excused, "subject is", "subjects are")
    );
    vec![notify("note", text)]
}

fn problems(report: &Report, options: &RenderOptions) -> Vec<Notification> {
    let problems = report.snapshot.problems.iter().take(NOTIFICATIONS);
    problems
        .map(|problem| Notification {
            locations: vec![place::line(
                &problem.path,
                problem.line.unwrap_or(1),
                problem.column.unwrap_or(1),
                options,
            )],
            ..notify("warning", problem.message.clone())
        })
        .collect()
}

/// What was not read and could only be in the way: for information.
fn assumed(assumptions: &Assumptions<'_>) -> Vec<Notification> {
    let told = assumptions.shown().take(NOTIFICATIONS).map(|(_, assumed)| {
        let mut text = format!("Assumed: {}.", assumed.sentence());
        for command in assumed.commands() {
            text.push_str(&format!(" $ {command}"));
        }
        if let Some(option) = assumed.declaration() {
            text.push_str(&format!(" If there are none: {option}"));
        }
        let associated_rule = assumed.codes().first().map(|code| RuleRef { id: (*code).to_owned() });
        Notification { associated_rule, ..notify("note", text) }
    });
    told.collect()
}

fn gaps(report: &Report, assumptions: &Assumptions<'_>) -> Vec<Notification> {
    let gaps = coverage::other_gaps(&report.snapshot.coverage, assumptions);
    gaps.iter()
        .take(NOTIFICATIONS)
        .map(|gap| notify("note", format!("{} {} in {}: {}", gap.kind, gap.state_words(), gap.scope(5), gap.reason)))
        .collect()
}

fn doubts(report: &Report, open: &[Shown<'_>], options: &RenderOptions) -> Vec<Notification> {
    let doubt = |finding: &Finding, text: String| Notification {
        associated_rule: Some(RuleRef { id: finding.code.clone() }),
        locations: vec![Location {
            message: None,
            physical_location: place::physical(report, finding, options),
            logical_locations: vec![place::logical(&finding.object)],
        }],
        ..notify("note", text)
    };
    let all: Vec<&Shown<'_>> = open.iter().filter(|shown| shown.level == Level::Notice).collect();
    let mut said: Vec<Notification> = all
        .iter()
        .take(NOTIFICATIONS)
        .map(|shown| {
            let finding = shown.finding;
            doubt(finding, format!("Cannot be told: {} — {}", sentence(shown), finding.basis))
        })
        .collect();
    if all.len() > NOTIFICATIONS {
        said.push(notify("note", format!("{} more doubts are in the JSON report.", number(all.len() - NOTIFICATIONS))));
    }
    said
}
