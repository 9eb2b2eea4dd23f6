//! The report as one self-contained page: no network, readable with neither script nor style.
//!
//! Templates are rendered part by part (a row, a subject), so that ten thousand subjects never stand
//! in memory at once. What is shown in full is decided beforehand by [`plan`], so that rows can link
//! to sections.

mod asks;
mod blame;
mod change;
mod diagram;
mod fix;
mod kinds;
mod map;
mod matrix;
mod page;
mod places;
mod plan;
mod request;
mod security;
mod subject;
mod templates;

use std::collections::HashSet;
use std::io::Write;

use minijinja::context;
use minijinja::value::Serde;

use super::assumptions::Assumptions;
use super::index::Findings;
use super::{RenderError, RenderOptions, words};
use crate::report::{Report, Verdict};
use blame::Blame;
use places::Places;
use templates::Templates;

/// Rows per table of the overview: a browser lays out only the tables near the window, so that a
/// long overview opens at once.
const CHUNK: usize = 100;
/// Rows on paper of what has no fault.
const FINE: usize = 20;

/// The whole page.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let templates = Templates::new()?;
    let findings = Findings::of(report);
    let assumptions = Assumptions::of(report);
    let plan = plan::Plan::of(report, options.max_subjects);
    let blame = Blame::of(report);
    let places = Places::of(report);
    let mut write = |name: &'static str, context: minijinja::Value| -> Result<(), RenderError> {
        Ok(out.write_all(templates.render(name, context)?.as_bytes())?)
    };

    write("open.html", page::open(report, &plan, &assumptions))?;
    if let Some(causes) = blame::causes(report, &blame, &plan, &places) {
        write("causes.html", context! { causes => Serde(causes) })?;
    }
    write("browse.html", page::browse(report, &blame, &plan))?;
    let mut seen: HashSet<Verdict> = HashSet::new();
    let (mut fine, mut off_paper) = (0, 0);
    for (i, subject) in report.subjects.iter().enumerate() {
        if i > 0 && i % CHUNK == 0 {
            write("chunk.html", minijinja::Value::UNDEFINED)?;
        }
        let first = seen.insert(subject.verdict);
        fine += usize::from(!words::remarkable(subject.verdict));
        let on_paper = blame.folded(i).is_none() && (words::remarkable(subject.verdict) || fine <= FINE);
        off_paper += usize::from(!on_paper);
        write("row.html", subject::row(i, subject, plan.id(i), first, on_paper, &blame))?;
    }
    write("between.html", page::between(report, &plan, off_paper))?;
    let cards =
        subject::Cards { report, findings: &findings, assumptions: &assumptions, blame: &blame, places: &places };
    for i in 0..report.subjects.len() {
        if let Some(id) = plan.id(i).filter(|_| blame.folded(i).is_none()) {
            write("subject.html", cards.section(i, id))?;
        }
    }
    for (cause, subjects) in blame.folds() {
        let shown: Vec<(usize, &str)> = subjects.into_iter().filter_map(|i| Some((i, plan.id(i)?))).collect();
        let Some(fold) = page::fold(&blame, cause, shown.len()) else { continue };
        write("fold.html", fold)?;
        for (i, id) in shown {
            write("subject.html", cards.section(i, id))?;
        }
        write("folded.html", minijinja::Value::UNDEFINED)?;
    }
    write("asks.html", asks::context(report, options.audience))?;
    if let Some(routing) = &report.routing {
        write("request.html", request::section(routing)?)?;
    }
    write("close.html", page::close(report, &assumptions, &places, options.show_suppressed))
}
