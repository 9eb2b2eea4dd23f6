//! What a ticket or a message says, in pieces: each format that is pasted into one marks them up in its own way.

use std::io::Write;

use super::assumptions::Assumptions;
use super::audience::{self, Audience};
use super::causes::{self, Causes, is_fault};
use super::words::{self, count, number, plural};
use super::{RenderError, RenderOptions, change};
use crate::report::{Cause, NextStep, Report, Subject, Verdict};

/// Causes of the first screen.
const CAUSES: usize = 3;
/// Inputs named; the rest is counted.
const INPUTS: usize = 3;

/// A piece of a line. Whoever marks it up escapes it: it may come from a cluster.
pub(super) enum Piece {
    /// Running text.
    Plain(String),
    /// The same, to be seen first.
    Strong(String),
    /// A name or a command.
    Code(String),
}

/// One thing below another.
pub(super) enum Block {
    /// A line of its own.
    Line(Vec<Piece>),
    /// One of a list.
    Item(Vec<Piece>),
    /// To be copied as they are.
    Commands(Vec<String>),
}

/// What belongs together under a heading; each of `groups` is shown whole or not at all.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) groups: Vec<Vec<Block>>,
}

/// All of it.
pub(super) struct Ticket {
    /// The answer, in a few lines that stand alone.
    pub(super) first: Vec<Block>,
    /// What it rests on, the most important first.
    pub(super) details: Vec<Section>,
    /// What to ask for.
    pub(super) last: Option<Section>,
}

/// How a format writes it down.
pub(super) trait Markup {
    /// Characters of the whole that its readers take.
    const LIMIT: usize;
    /// Of these, what the first screen may use.
    const FIRST: usize;
    fn heading(&self, text: &str) -> String;
    fn block(&self, block: &Block) -> String;
    /// A note about what was left out, in our own words.
    fn note(&self, text: &str) -> String;
    /// Running text, escaped.
    fn prose(&self, text: &str) -> String;
    /// A name or a command within a line, escaped.
    fn code(&self, text: &str) -> String;

    fn line(&self, pieces: &[Piece]) -> String {
        let marked = pieces.iter().map(|piece| match piece {
            Piece::Plain(text) => self.prose(text),
            // Both of these formats know it by the same sign.
            Piece::Strong(text) => format!("*{}*", self.prose(text.trim())),
            Piece::Code(text) if text.trim().is_empty() => "(empty)".to_owned(),
            Piece::Code(text) => self.code(text),
        });
        marked.collect()
    }
}

/// Parts what a reader's program would still find in running text; nobody sees it (word joiner).
pub(super) const JOINER: char = '\u{2060}';

/// The whole report.
pub(super) fn render(
    report: &Report,
    options: &RenderOptions,
    markup: &impl Markup,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let text = write(&of(report, options), markup, options.summary_only);
    Ok(out.write_all(text.as_bytes())?)
}

/// UTF-16 units: never less than what any of them counts.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text of a ticket, at most as long as its readers take.
fn write<M: Markup>(ticket: &Ticket, markup: &M, summary_only: bool) -> String {
    let mut out = String::new();
    for block in &ticket.first {
        add(&mut out, &markup.block(block), M::FIRST);
    }
    if summary_only {
        return out;
    }
    let mut last = String::new();
    if let Some(section) = &ticket.last {
        part(&mut last, section, markup, M::LIMIT / 3);
    }
    let room = M::LIMIT.saturating_sub(length(&last));
    for section in &ticket.details {
        part(&mut out, section, markup, room);
    }
    out + &last
}

/// Adds a text that still fits.
fn add(out: &mut String, text: &str, limit: usize) -> bool {
    let fits = length(out) + length(text) <= limit;
    if fits {
        out.push_str(text);
    }
    fits
}

/// A section with as many groups as fit, and a note of how many did not; nothing where not even one does.
fn part(out: &mut String, section: &Section, markup: &impl Markup, limit: usize) {
    let note = |left: usize| markup.note(&format!("… and {} more; the JSON report has them all", number(left)));
    let room = limit.saturating_sub(length(&note(section.groups.len())));
    let mut told = format!("{}{}", out, markup.heading(&section.heading));
    let mut taken = 0;
    for group in &section.groups {
        let text: String = group.iter().map(|block| markup.block(block)).collect();
        if !add(&mut told, &text, room) {
            break;
        }
        taken += 1;
    }
    if taken == 0 {
        return;
    }
    if taken < section.groups.len() {
        told.push_str(&note(section.groups.len() - taken));
    }
    *out = told;
}

/// A report as a ticket.
fn of(report: &Report, options: &RenderOptions) -> Ticket {
    let assumptions = Assumptions::of(report);
    let faults: Vec<&Cause> = report.causes.iter().filter(|cause| is_fault(cause)).collect();
    let story = Causes::of(report);
    // What a cause explains stands with it.
    let explained = |subject: &Subject| story.of_subject(subject).any(|(_, cause)| is_fault(cause));
    let remarkable = report.subjects.iter().filter(|s| words::remarkable(s.verdict) && !explained(s));
    let remarkable: Vec<&Subject> = remarkable.collect();
    let mut details = Vec::new();
    section(&mut details, "More causes", faults.iter().skip(CAUSES).map(|one| cause(one)));
    let shown = options.max_subjects.unwrap_or(usize::MAX);
    // Each thing once: without causes the worst subjects stand above.
    let above = if faults.is_empty() { CAUSES } else { 0 };
    section(&mut details, "Needs attention", remarkable.iter().skip(above).take(shown).map(|one| subject(one)));
    section(
        &mut details,
        "Not read, and assumed to be in order",
        assumptions.shown().map(|(_, one)| {
            let mut sentence = one.sentence();
            sentence.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
            let mut blocks = vec![Block::Item(vec![Piece::Plain(format!("{sentence}."))])];
            let commands: Vec<String> = one.commands().into_iter().map(str::to_owned).collect();
            if !commands.is_empty() {
                blocks.push(Block::Commands(commands));
            }
            blocks
        }),
    );
    section(&mut details, "What was read", std::iter::once(inputs(report)));
    Ticket { first: first_screen(report, &faults, &remarkable), details, last: last(report, options.audience) }
}

fn section(details: &mut Vec<Section>, heading: &str, groups: impl Iterator<Item = Vec<Block>>) {
    let groups: Vec<Vec<Block>> = groups.collect();
    if !groups.is_empty() {
        details.push(Section { heading: heading.to_owned(), groups });
    }
}

/// The answer: the verdict on the whole, the counts, and the worst causes, or what is worst where nothing is known to
/// be one.
fn first_screen(report: &Report, faults: &[&Cause], remarkable: &[&Subject]) -> Vec<Block> {
    let mut out = Vec::new();
    if let Some(change) = &report.change {
        let told = format!(": {}", change::counts(change));
        out.push(Block::Line(vec![Piece::Strong(change::title(change)), Piece::Plain(told)]));
    }
    let overall = words::overall(report);
    let mut lead = vec![Piece::Strong(overall.lead)];
    if !overall.rest.is_empty() {
        lead.push(Piece::Plain(format!(" {}", overall.rest)));
    }
    out.push(Block::Line(lead));
    let counts = Verdict::ALL.iter().filter(|&&verdict| count(&report.summary, verdict) > 0);
    let counts: Vec<String> = counts
        .map(|&verdict| format!("{} {}", number(count(&report.summary, verdict)), words::label(verdict)))
        .collect();
    if !counts.is_empty() {
        out.push(Block::Line(vec![Piece::Plain(counts.join(" · "))]));
    }
    if faults.is_empty() {
        out.extend(remarkable.iter().take(CAUSES).flat_map(|one| subject(one)));
    } else {
        out.extend(faults.iter().take(CAUSES).flat_map(|one| cause(one)));
    }
    out
}

/// `BROKEN Node node-1 is not ready. It takes down Service shop/cart. …` and what to do.
fn cause(cause: &Cause) -> Vec<Block> {
    let verdict = words::label(cause.verdict).to_uppercase();
    let mut told = format!(" {}.", cause.headline);
    let subjects = causes::takes(cause);
    if !subjects.is_empty() {
        told.push_str(&format!(" It {} {subjects}.", causes::does(cause.verdict)));
    }
    let hosts = causes::hosts(cause);
    if !hosts.is_empty() {
        told.push_str(&format!(" Hosts that fail with it: {hosts}."));
    }
    with_next(vec![Piece::Strong(verdict), Piece::Plain(told)], cause.next.as_ref())
}

fn subject(subject: &Subject) -> Vec<Block> {
    let accepted = if subject.excused { " (accepted)" } else { "" };
    let line = vec![
        Piece::Strong(format!("{}{accepted}", words::label(subject.verdict).to_uppercase())),
        Piece::Plain(" ".to_owned()),
        Piece::Code(words::subject_name(subject)),
        Piece::Plain(format!(" {}", subject.headline)),
    ];
    with_next(line, subject.next.as_ref())
}

/// A line and what to do next.
fn with_next(mut line: Vec<Piece>, next: Option<&NextStep>) -> Vec<Block> {
    let Some(next) = next else { return vec![Block::Item(line)] };
    line.push(Piece::Plain(format!(" {}", next.action)));
    if let Some(command) = next.command.as_ref().filter(|command| !command.is_empty()) {
        line.push(Piece::Plain(" ".to_owned()));
        line.push(Piece::Code(command.clone()));
    }
    vec![Block::Item(line)]
}

fn inputs(report: &Report) -> Vec<Block> {
    let read = report.snapshot.inputs.iter().take(INPUTS).map(|input| {
        Block::Item(vec![Piece::Code(input.path.clone()), Piece::Plain(format!(": {}", words::input_line(input)))])
    });
    let mut out: Vec<Block> = read.collect();
    let more = report.snapshot.inputs.len().saturating_sub(INPUTS);
    if more > 0 {
        out.push(Block::Item(vec![Piece::Plain(plural(more, "more input", "more inputs"))]));
    }
    let tool = format!("Judged by {} {}.", report.tool.name, report.tool.version);
    out.push(Block::Line(vec![Piece::Plain(tool)]));
    out
}

fn last(report: &Report, audience: Audience) -> Option<Section> {
    if audience == Audience::Operator {
        return None;
    }
    let (commands, more) = audience::asks(report);
    if commands.is_empty() {
        return None;
    }
    let mut groups = vec![vec![
        Block::Line(vec![Piece::Plain(audience::PLEASE.to_owned())]),
        Block::Commands(commands.into_iter().map(str::to_owned).collect()),
    ]];
    groups.extend(audience::more(more).map(|text| vec![Block::Line(vec![Piece::Plain(text)])]));
    Some(Section { heading: audience::TITLE.to_owned(), groups })
}
