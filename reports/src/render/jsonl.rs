//! One subject per line, for `jq`, `grep`, log pipelines and databases: no line needs another to be understood. What
//! many subjects rest on has a line of its own, after them; their headlines say it in words.

use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::index::Findings;
use super::words;
use super::{RenderError, RenderOptions};
use crate::report::{Assumption, Cause, Finding, Report, Subject, Summary};

/// The schema name of [`SubjectLine`].
pub const SUBJECT_SCHEMA: &str = "kubereach/subject/v1";
/// The schema name of [`AssumptionLine`].
pub const ASSUMPTION_SCHEMA: &str = "kubereach/assumption/v1";
/// The schema name of [`CauseLine`].
pub const CAUSE_SCHEMA: &str = "kubereach/cause/v1";
/// The schema name of [`BundleLine`].
pub const BUNDLE_SCHEMA: &str = "kubereach/bundle/v1";

/// A line: the subject as in the JSON report, and every finding it names.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SubjectLine<'a> {
    /// Always [`SUBJECT_SCHEMA`].
    pub schema: &'static str,
    /// The bundle it is of, where a fleet of them was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<&'a str>,
    /// The newest time the bundle speaks for (RFC 3339, UTC), where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<&'a str>,
    /// The subject.
    #[serde(flatten)]
    pub subject: &'a Subject,
    /// Every finding that the subject, its paths or its segments name by id, each once.
    pub finding_objects: Vec<&'a Finding>,
}

/// A line about what was not read and could only stand in the way: subjects name it by its id.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AssumptionLine<'a> {
    /// Always [`ASSUMPTION_SCHEMA`].
    pub schema: &'static str,
    /// The bundle it is of, where a fleet of them was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<&'a str>,
    /// The newest time the bundle speaks for (RFC 3339, UTC), where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<&'a str>,
    /// The assumption. In an object of its own: its `kind` is not that of a subject.
    pub assumption: &'a Assumption,
}

/// A line about a root cause, with the subjects that it explains.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CauseLine<'a> {
    /// Always [`CAUSE_SCHEMA`].
    pub schema: &'static str,
    /// The bundle it is of, where a fleet of them was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<&'a str>,
    /// The newest time the bundle speaks for (RFC 3339, UTC), where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<&'a str>,
    /// The cause. In an object of its own: its `cluster` and `verdict` are not those of a subject.
    pub cause: &'a Cause,
}

/// A line about a bundle of a fleet: that it could not be read, that it holds no subject, or its summary.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BundleLine<'a> {
    /// Always [`BUNDLE_SCHEMA`].
    pub schema: &'static str,
    /// Its name.
    pub bundle: &'a str,
    /// What became of it.
    pub state: BundleState,
    /// Why it could not be read or judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
    /// The newest time it speaks for (RFC 3339, UTC), where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<&'a str>,
    /// The answer in one sentence: who is to blame, and what fails with it. Absent where it was not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Its subjects per verdict; absent where it was not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Did it trip the gate?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tripped: Option<bool>,
    /// How many things in it could not be read; the rest was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<usize>,
}

/// What became of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BundleState {
    /// It was read and judged.
    Judged,
    /// Nothing of it could be read or judged: nothing is known of its subjects.
    Unreadable,
}

impl<'a> BundleLine<'a> {
    /// A bundle that was judged.
    pub fn judged(bundle: &'a str, report: &'a Report) -> Self {
        Self {
            schema: BUNDLE_SCHEMA,
            bundle,
            state: BundleState::Judged,
            error: None,
            taken_at: report.snapshot.taken_at.as_deref(),
            headline: Some(words::overall(report).lead),
            summary: Some(report.summary),
            tripped: report.gate.as_ref().map(|gate| gate.tripped),
            problems: Some(report.snapshot.problems.len()),
        }
    }

    /// A bundle of which nothing is known, and why.
    pub fn unreadable(bundle: &'a str, error: &'a str) -> Self {
        Self {
            schema: BUNDLE_SCHEMA,
            bundle,
            state: BundleState::Unreadable,
            error: Some(error),
            taken_at: None,
            headline: None,
            summary: None,
            tripped: None,
            problems: None,
        }
    }

    /// One compact object and a newline.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), RenderError> {
        line(self, out)
    }
}

/// One compact object and a newline per subject, then per cause and per assumption. Of a fleet, where a bundle would leave no trace or only the
/// summary is wanted: the line of the bundle.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let bundle = options.bundle.as_deref();
    if let Some(name) = bundle.filter(|_| options.quiet || report.subjects.is_empty()) {
        return BundleLine::judged(name, report).write(out);
    }
    let taken_at = bundle.and(report.snapshot.taken_at.as_deref());
    let findings = Findings::of(report);
    for subject in &report.subjects {
        let finding_objects = findings.of_subject(subject);
        line(&SubjectLine { schema: SUBJECT_SCHEMA, bundle, taken_at, subject, finding_objects }, out)?;
    }
    for cause in &report.causes {
        line(&CauseLine { schema: CAUSE_SCHEMA, bundle, taken_at, cause }, out)?;
    }
    for assumption in &report.assumptions {
        line(&AssumptionLine { schema: ASSUMPTION_SCHEMA, bundle, taken_at, assumption }, out)?;
    }
    Ok(())
}

fn line(value: &impl Serialize, out: &mut dyn Write) -> Result<(), RenderError> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")?;
    Ok(())
}
