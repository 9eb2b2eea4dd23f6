//! Reports to standard output and files.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kubereach_engine::checks::catalogue;
use kubereach_reports::render::{Audience, Format, RenderOptions, Root, RuleDoc, RuleDocs, render};
use kubereach_reports::report::Report;

use super::Failure;
use super::args::ColorWhen;
use super::word::Word;

/// For clap: a format by its word.
pub(super) fn formats() -> Word<Format> {
    fn parse(word: &str) -> Result<Format, String> {
        Format::from_word(word).ok_or_else(|| format!("not a format; use one of {}", listed(&format_words())))
    }
    Word { parse, words: format_words }
}

fn format_words() -> Vec<&'static str> {
    Format::ALL.iter().map(|format| format.word()).collect()
}

/// The help of `--format`, which names them all.
pub(super) fn help() -> String {
    format!("Format on standard output: {}", listed(&format_words()))
}

/// For clap: for whom a report is.
pub(super) fn audiences() -> Word<Audience> {
    fn parse(word: &str) -> Result<Audience, String> {
        Audience::from_word(word).ok_or_else(|| format!("use one of {}", listed(&audience_words())))
    }
    Word { parse, words: audience_words }
}

fn audience_words() -> Vec<&'static str> {
    Audience::ALL.iter().map(|audience| audience.word()).collect()
}

fn listed(words: &[&str]) -> String {
    words.join(", ")
}

/// For whom this report is, where nobody said it: who was sent a support bundle has no access to its cluster.
pub(super) fn audience(asked: Option<Audience>, report: &Report) -> Audience {
    let sent = || report.snapshot.inputs.iter().any(|input| kubereach_intake::is_sent_to_support(&input.layout));
    asked.unwrap_or_else(|| if sent() { Audience::Support } else { Audience::Operator })
}

/// An output file and its format: `FORMAT:FILE`, or by the ending of the file.
pub(super) fn target_of(path: &Path) -> Result<(PathBuf, Format), Failure> {
    let (format, file) = split(path);
    let format = format.or_else(|| Format::from_path_ending(&file)).ok_or_else(|| {
        let endings: Vec<String> = Format::ALL.iter().flat_map(|f| f.endings()).map(|e| format!(".{e}")).collect();
        Failure::Usage(format!(
            "-o {}: the ending names no format; use one of {}, or put the format before it, as in gitlab:quality.json",
            path.display(),
            endings.join(" ")
        ))
    })?;
    Ok((file, format))
}

/// The format that stands before a file, and the file.
pub(super) fn split(path: &Path) -> (Option<Format>, PathBuf) {
    let prefixed = path.to_str().and_then(|text| text.split_once(':'));
    match prefixed.and_then(|(word, file)| Some((Format::from_word(word)?, file))) {
        Some((format, file)) if !file.is_empty() => (Some(format), PathBuf::from(file)),
        _ => (None, path.to_owned()),
    }
}

/// Where the repository is: what the CI system says, else the folder with `.git`, else here.
pub(super) fn root() -> Root {
    let Ok(here) = std::env::current_dir() else { return Root::default() };
    let said = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let root = said
        .filter(|path| path.is_absolute() && here.starts_with(path))
        .chain(here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf))
        .next()
        .unwrap_or_else(|| here.clone());
    let words = |path: &Path| path.to_string_lossy().replace('\\', "/").trim_end_matches('/').to_owned();
    Root { prefix: words(here.strip_prefix(&root).unwrap_or(Path::new(""))), absolute: words(&root) }
}

/// The pages of all checks, for formats that explain a code.
pub(super) fn pages() -> RuleDocs {
    let pages = catalogue().into_iter().map(|(code, entry)| {
        let text = &entry.text;
        let page = RuleDoc {
            title: text.title.to_owned(),
            explanation: text.explanation.to_owned(),
            example: text.example.to_owned(),
            sources: text.sources.iter().map(|&source| source.to_owned()).collect(),
            effect: entry.effect,
            segment: text.segment,
        };
        (code.to_owned(), page)
    });
    RuleDocs::new(pages.collect())
}

/// Adds the report to the summary page of a GitHub job, where there is one.
pub(super) fn job_summary(report: &Report, options: &RenderOptions) -> Result<(), Failure> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return Ok(()) };
    let write = || -> anyhow::Result<()> {
        let mut out = BufWriter::new(File::options().append(true).create(true).open(&path)?);
        render(report, Format::Markdown, options, &mut out)?;
        Ok(out.flush()?)
    };
    write().with_context(|| format!("cannot write the job summary {}", path.display())).map_err(Failure::Output)
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

/// The same for a file, which no terminal shows: no colour, all of it, and as wide wherever it is written.
pub(super) fn for_file(options: &RenderOptions) -> RenderOptions {
    let width = RenderOptions::default().width;
    RenderOptions { color: false, quiet: false, summary_only: false, width, ..options.clone() }
}

/// Columns of the terminal; 100 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.or_else(|| terminal_size::terminal_size().map(|(w, _)| usize::from(w.0))).unwrap_or(100)
}

/// Prints a report to standard output.
pub(super) fn print(report: &Report, format: Format, options: &RenderOptions) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    render(report, format, options, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Writes a report to a file, whole or not at all: a reader never sees half of one.
pub(super) fn write(report: &Report, path: &Path, format: Format, options: &RenderOptions) -> Result<(), Failure> {
    replace(path, |out| Ok(render(report, format, options, out)?))
}

/// Writes a text to a file, whole or not at all.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, |out| Ok(out.write_all(text.as_bytes())?))
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> Result<(), Failure> {
    let write = || -> anyhow::Result<()> {
        let mut file = Whole::create(path)?;
        fill(&mut file)?;
        file.finish()
    };
    write().map_err(Failure::Output)
}

/// A file that stands under its name once it is finished, and never before: what is dropped unfinished goes away.
#[derive(Debug)]
pub(super) struct Whole {
    path: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    finished: bool,
}

impl Whole {
    /// Begins a file beside the one it will replace.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = File::create(&part).with_context(|| format!("cannot create {}", part.display()))?;
        Ok(Self { path: path.to_path_buf(), part, out: BufWriter::new(file), finished: false })
    }

    /// Gives it its name.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        std::fs::rename(&self.part, &self.path).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.finished = true;
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if !self.finished {
            // The error that matters is the one that kept it from being finished.
            let _ = std::fs::remove_file(&self.part);
        }
    }
}
