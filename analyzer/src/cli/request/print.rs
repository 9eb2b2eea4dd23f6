//! What happens to a request, on standard output: text, JSON, Markdown.

use std::fmt::Write as _;
use std::io::Write as _;

use kubereach_engine::request::{Answer, Ended, Hop, Journey, Word};

use crate::cli::Failure;

/// Prints a request with everything that it leads to.
pub(super) fn journey(journey: &Journey, explain: bool, format: &str) -> Result<(), Failure> {
    let text = match format {
        "json" => json(journey, explain)?,
        "markdown" => markdown(journey, explain),
        _ => text(journey, explain),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn json(journey: &Journey, explain: bool) -> Result<String, Failure> {
    let mut shown = journey.clone();
    if !explain {
        shown.hops.iter_mut().flat_map(|hop| &mut hop.answers).for_each(|answer| answer.considered.clear());
    }
    let value = serde_json::json!({
        "schema": "kubereach/request/v1",
        "hops": shown.hops,
        "ended": shown.ended,
    });
    let mut text = serde_json::to_string_pretty(&value).map_err(|error| Failure::Output(error.into()))?;
    text.push('\n');
    Ok(text)
}

/// Names come from the input: what could move a cursor or hide text is shown, not sent to the terminal.
fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    kubereach_reports::render::neutral::neutral(text)
}

const fn mark(word: Word) -> &'static str {
    match word {
        Word::Backend => "✓",
        Word::Redirect => "→",
        Word::Response | Word::Refused => "✗",
        Word::Unknown => "?",
    }
}

/// One door's part of the story: a label and a line.
fn lines(answer: &Answer, explain: bool) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    lines.extend(answer.door.as_ref().map(|door| ("door", door.clone())));
    // A Service that is asked without a door is its own route.
    if let Some(route) = answer.route.as_ref().filter(|route| answer.door.as_ref() != Some(route)) {
        let rule = answer.rule.map_or_else(String::new, |rule| format!(", rule {}", rule + 1));
        let verdict = answer.verdict.map_or_else(String::new, |verdict| format!(" ({verdict})"));
        lines.push(("rule", format!("{route}{rule}{verdict}")));
    }
    lines.extend(answer.changes.iter().map(|change| ("change", change.clone())));
    let total: i64 = answer.backends.iter().map(|b| b.weight).fold(0, i64::saturating_add);
    for row in answer.backends.iter().filter(|_| answer.backends.len() > 1) {
        let percent = (i128::from(row.weight) * 100).checked_div(i128::from(total)).unwrap_or(0);
        lines.push(("share", format!("{percent}% {}", row.title())));
    }
    lines.push((mark(answer.answer), answer.line()));
    if answer.answer == Word::Backend {
        let pods: Vec<&str> = answer.backends.iter().flat_map(|b| &b.pods).map(String::as_str).collect();
        lines.extend((!pods.is_empty()).then(|| ("pods", pods.join(", "))));
    }
    lines.extend(answer.because.iter().filter(|b| !b.text.is_empty()).map(|b| ("because", b.text.clone())));
    if explain {
        lines.extend(answer.considered.iter().map(|c| {
            let rule = c.rule.map_or_else(String::new, |rule| format!(" rule {}", rule + 1));
            ("rules", format!("{}{rule} ({}): {}", c.route, c.matches, c.why))
        }));
    }
    lines.extend(answer.assumptions.iter().map(|a| ("assumed", format!("{}: {}", a.text, a.reason))));
    lines
}

fn hop_text(text: &mut String, hop: &Hop, explain: bool) {
    let _ = writeln!(text, "{}", visible(&hop.request));
    for (index, answer) in hop.answers.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "  or");
        }
        for (label, line) in lines(answer, explain) {
            let _ = writeln!(text, "  {label:<8} {}", visible(&line));
        }
    }
}

fn text(journey: &Journey, explain: bool) -> String {
    let mut text = String::new();
    for hop in &journey.hops {
        hop_text(&mut text, hop, explain);
    }
    if let Some(line) = ending(&journey.ended) {
        let _ = writeln!(text, "{}", visible(&line));
    }
    text
}

fn ending(ended: &Ended) -> Option<String> {
    match ended {
        Ended::Answered => None,
        Ended::Loop { members } => Some(format!("✗ a loop: {}", members.join(" → "))),
        Ended::TooMany => Some("✗ more than ten redirects: clients give up".to_owned()),
    }
}

fn markdown(journey: &Journey, explain: bool) -> String {
    let cell =
        |text: &str| kubereach_reports::render::neutral::neutral(text).replace('|', "\\|").replace(['\n', '\r'], " ");
    let mut text = String::new();
    for hop in &journey.hops {
        let _ = writeln!(text, "### `{}`\n\n| | |\n|---|---|", cell(&hop.request).replace('`', "'"));
        for answer in &hop.answers {
            for (label, line) in lines(answer, explain) {
                let _ = writeln!(text, "| {label} | {} |", cell(&line));
            }
        }
        text.push('\n');
    }
    if let Some(line) = ending(&journey.ended) {
        let _ = writeln!(text, "{}", cell(&line));
    }
    text
}
