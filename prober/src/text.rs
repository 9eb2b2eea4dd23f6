//! Observations for a person.

use std::fmt::Write;

use crate::observations::{Observations, ResultRow};
use crate::words::Outcome;

/// One line per target, and below it what a failure leaves to think about. Foreign text is printed
/// without control characters.
pub fn table(observations: &Observations) -> String {
    let mut out = String::new();
    let vantage = &observations.vantage;
    let place: Vec<&str> =
        [&vantage.namespace, &vantage.pod, &vantage.node].into_iter().filter_map(|part| part.as_deref()).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "vantage {}{}{}, {} to {}",
        vantage.kind,
        if place.is_empty() { "" } else { " " },
        plain(&place.join("/")),
        plain(&observations.started_at),
        plain(&observations.finished_at)
    );
    let width = observations.results.iter().map(|row| name(row).chars().count()).max().unwrap_or(0).min(60);
    for row in &observations.results {
        let _ = writeln!(
            out,
            "{:<12}  {:<width$}  {}{}",
            row.outcome,
            name(row),
            plain(&row.reason),
            if row.answered < row.tried && row.answered > 0 {
                format!(" ({} of {} attempts answered)", row.answered, row.tried)
            } else {
                String::new()
            },
        );
        if matches!(row.outcome, Outcome::Unreachable | Outcome::ServerError) {
            for cause in &row.causes {
                let _ = writeln!(out, "{:<12}  {:<width$}  - {}", "", "", plain(cause));
            }
            if !row.command.is_empty() {
                let _ = writeln!(out, "{:<12}  {:<width$}  $ {}", "", "", plain(&row.command));
            }
        }
    }
    let counts: Vec<String> = Outcome::ALL
        .iter()
        .rev()
        .map(|outcome| (outcome, observations.results.iter().filter(|r| r.outcome == *outcome).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    let _ = writeln!(out, "{}", counts.join(", "));
    if observations.cut_short {
        out.push_str("The run ended before every target was measured.\n");
    }
    out
}

fn name(row: &ResultRow) -> String {
    let dial = if row.dial.is_empty() { String::new() } else { format!(" {}", row.dial) };
    plain(&format!("{}{dial}", row.target))
}

/// Text without anything a terminal acts on.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
