//! A code frame, as a compiler draws it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::sheet::Sheet;
use crate::render::RenderError;
use crate::render::neutral::neutral;
use crate::report::{Effect, Finding};

/// Draws the lines around a finding, indented; nothing where it has none.
pub(super) fn write(sheet: &mut Sheet<'_>, indent: &str, finding: &Finding) -> Result<(), RenderError> {
    let Some(frame) = &finding.frame else { return Ok(()) };
    let mut source = String::new();
    let mut span = 0..0;
    for (n, line) in frame.lines.iter().enumerate() {
        if n > 0 {
            source.push('\n');
        }
        if n != frame.marked {
            source.push_str(neutral(line).trim_end());
            continue;
        }
        // Made harmless in three parts, so that the mark stays where it belongs.
        let part =
            |from: usize, to: usize| -> String { line.chars().skip(from).take(to.saturating_sub(from)).collect() };
        source.push_str(&neutral(&part(0, frame.start)));
        let start = source.len();
        source.push_str(&neutral(&part(frame.start, frame.end)));
        span = start..source.len();
        source.push_str(neutral(&part(frame.end, usize::MAX)).trim_end());
    }
    if span.is_empty() {
        return Ok(());
    }
    let level = match finding.effect {
        Effect::Blocks => Level::ERROR,
        Effect::Narrows => Level::WARNING,
        Effect::Inconclusive | Effect::Notes => Level::NOTE,
    };
    let snippet = Snippet::source(source)
        .line_start(frame.first_line as usize)
        .fold(false)
        .annotation(AnnotationKind::Primary.span(span));
    let renderer = if sheet.is_colored() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode).term_width(sheet.room(indent));
    let drawn = renderer.render(&[Group::with_level(level).element(snippet)]);
    for line in drawn.lines() {
        sheet.drawn(indent, line.trim_end())?;
    }
    Ok(())
}
