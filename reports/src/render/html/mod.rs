//! The report as one self-contained page: no network, readable with neither script nor style.
//!
//! Templates are rendered part by part (a row, a subject), so that ten thousand subjects never stand
//! in memory at once. What is shown in full is decided beforehand by [`plan`], so that rows can link
//! to sections.

mod change;
mod diagram;
mod fix;
mod matrix;
mod page;
mod plan;
mod security;
mod subject;
mod templates;

use std::collections::HashSet;
use std::io::Write;

use super::assumptions::Assumptions;
use super::index::Findings;
use super::{RenderError, RenderOptions};
use crate::report::{Report, Verdict};
use templates::Templates;

/// Rows per table of the overview: a browser lays out only the tables near the window, so that a
/// long overview opens at once.
const CHUNK: usize = 100;

/// The whole page.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let templates = Templates::new()?;
    let findings = Findings::of(report);
    let assumptions = Assumptions::of(report);
    let plan = plan::Plan::of(report, options.max_subjects);
    let mut write = |name: &'static str, context: minijinja::Value| -> Result<(), RenderError> {
        Ok(out.write_all(templates.render(name, context)?.as_bytes())?)
    };

    write("open.html", page::open(report, &plan, &assumptions))?;
    let mut seen: HashSet<Verdict> = HashSet::new();
    for (i, subject) in report.subjects.iter().enumerate() {
        if i > 0 && i % CHUNK == 0 {
            write("chunk.html", minijinja::Value::UNDEFINED)?;
        }
        let first = seen.insert(subject.verdict);
        write("row.html", subject::row(i, subject, plan.id(i), first))?;
    }
    write("between.html", page::between(report, &plan))?;
    for (i, subject) in report.subjects.iter().enumerate() {
        if let Some(id) = plan.id(i) {
            write("subject.html", subject::section(i, subject, id, &findings, &assumptions))?;
        }
    }
    write("close.html", page::close(report, options.show_suppressed))
}
