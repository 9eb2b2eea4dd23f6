//! `kubereach explain`

use std::fmt::Write as _;
use std::io::Write as _;

use kubereach_engine::checks::{catalogue, catalogue_markdown};
use kubereach_model::evidence::CatalogueEntry;
use kubereach_model::snapshot::nearest;

use super::word::Word;
use super::{Failure, OK, args};

/// Prints a page, or the list.
pub(super) fn run(command: &args::Explain) -> Result<u8, Failure> {
    let catalogue = catalogue();
    let text = match &command.code {
        _ if command.markdown => catalogue_markdown(),
        None => list(catalogue.values().copied()),
        Some(code) => match catalogue.get(code.as_str()) {
            Some(entry) => page(entry),
            None => return Err(unknown(code, catalogue.keys().copied())),
        },
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(OK)
}

fn list<'a>(entries: impl Iterator<Item = &'a CatalogueEntry>) -> String {
    let mut text = String::new();
    for entry in entries {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:<44} {:<8} {}", entry.text.code, entry.does(), entry.text.title);
    }
    text
}

fn page(entry: &CatalogueEntry) -> String {
    let page = &entry.text;
    let mut text = format!(
        "{}\n{}\n\n  effect   {} (on the `{}` segment)\n\n",
        page.code,
        page.title,
        entry.does(),
        page.segment.word()
    );
    for line in wrap(page.explanation, 90) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\nExample");
    for line in page.example.lines() {
        let _ = writeln!(text, "  {line}");
    }
    let _ = writeln!(text, "\nSource");
    for source in page.sources {
        let _ = writeln!(text, "  {source}");
    }
    text
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// For clap: a code. What is none is told what comes closest, below.
pub(super) fn codes() -> Word<String> {
    Word { parse: |code| Ok(code.to_owned()), words: || catalogue().into_keys().collect() }
}

fn unknown<'a>(code: &str, codes: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let last = |code: &'a str| code.rsplit('/').next().unwrap_or(code);
    // A slip of the finger, or the code without its area.
    let nearest_one = nearest(code, codes.clone()).or_else(|| {
        let end = nearest(code, codes.clone().map(last))?;
        codes.clone().find(|code| last(code) == end)
    });
    if let Some(near) = nearest_one {
        return Failure::Usage(format!("there is no finding code '{code}', did you mean '{near}'?"));
    }
    let wanted = code.rsplit('/').next().unwrap_or(code);
    let near: Vec<&str> =
        codes.filter(|c| c.contains(wanted) || c.split('/').next() == code.split('/').next()).take(8).collect();
    let hint = if near.is_empty() {
        "'kubereach explain' lists all codes".to_owned()
    } else {
        format!("did you mean one of: {}", near.join(", "))
    };
    Failure::Usage(format!("there is no finding code '{code}'; {hint}"))
}
