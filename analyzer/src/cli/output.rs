//! Reports to standard output and files.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Context as _;
use kubereach_reports::render::{Format, Options, render};
use kubereach_reports::report::Report;

use super::Failure;
use super::args::ColorWhen;

/// For clap: a format by its word.
pub(super) fn parse_format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Format::ALL.iter().map(|f| f.word()).collect();
        format!("not a format; use one of {}", words.join(", "))
    })
}

/// The format of an output file, by its ending.
pub(super) fn format_of(path: &Path) -> Result<Format, Failure> {
    Format::from_path_ending(path).ok_or_else(|| {
        let endings: Vec<String> = Format::ALL.iter().flat_map(|f| f.endings()).map(|e| format!(".{e}")).collect();
        Failure::Usage(format!("-o {}: the ending names no format; use one of {}", path.display(), endings.join(" ")))
    })
}

/// Colour on standard output?
pub(super) fn color(when: ColorWhen) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            std::io::stdout().is_terminal() && !no_color && !dumb
        }
    }
}

/// Columns of the terminal; 100 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.or_else(|| terminal_size::terminal_size().map(|(w, _)| usize::from(w.0))).unwrap_or(100)
}

/// Prints a report to standard output.
pub(super) fn print(report: &Report, format: Format, options: &Options) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    render(report, format, options, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Writes a report to a file, whole or not at all: a reader never sees half of one.
pub(super) fn write(report: &Report, path: &Path, format: Format, options: &Options) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = (|| -> anyhow::Result<()> {
        let file = File::create(&part).with_context(|| format!("cannot create {}", part.display()))?;
        let mut out = BufWriter::new(file);
        render(report, format, options, &mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
    })();
    if written.is_err() {
        // The error that matters is the one above.
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(Failure::Output)
}
