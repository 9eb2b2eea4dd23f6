//! One subject per line, for `jq`, `grep` and log pipelines: no line needs another to be understood.

use std::io::Write;

use serde::Serialize;

use super::index::Findings;
use super::{Options, RenderError};
use crate::report::{Finding, Report, Subject};

/// A line: the subject as in the JSON report, and every finding it names.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    #[serde(flatten)]
    subject: &'a Subject,
    /// Every finding that the subject, its paths or its segments name by id, each once.
    finding_objects: Vec<&'a Finding>,
}

const SCHEMA: &str = "kubereach/subject/v1";

/// One compact object and a newline per subject.
pub(super) fn render(report: &Report, _: &Options, out: &mut dyn Write) -> Result<(), RenderError> {
    let findings = Findings::of(report);
    for subject in &report.subjects {
        let line = Line { schema: SCHEMA, subject, finding_objects: findings.of_subject(subject) };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
