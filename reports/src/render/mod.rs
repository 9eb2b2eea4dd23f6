//! A report in, bytes out.
//!
//! A renderer prints what the [`Report`] says and decides nothing. Nothing it prints depends on the
//! clock or the machine: the same report gives the same bytes.
//!
//! A new format is one new file and one line in the table of [`formats!`](Format) below.

mod assumptions;
mod audience;
mod causes;
mod change;
mod coverage;
mod fix;
mod gate;
mod github;
mod gitlab;
mod hops;
mod html;
mod index;
mod jira;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod measured;
pub mod neutral;
mod rules;
mod sarif;
mod since;
mod slack;
mod streamed;
mod text;
mod ticket;
mod words;

use std::io::Write;
use std::path::Path;

use crate::report::Report;

pub use audience::Audience;
pub use causes::came_and_went;
pub use gate::Root;
pub use jsonl::{
    ASSUMPTION_SCHEMA, AssumptionLine, BUNDLE_SCHEMA, BundleLine, BundleState, CAUSE_SCHEMA, CauseLine, SUBJECT_SCHEMA,
    SubjectLine,
};
pub use rules::{RuleDoc, RuleDocs};
pub use text::render_trace;

/// Who reads what a format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// In a terminal, a browser, a ticket.
    People,
    /// They know one language.
    Machines,
}

macro_rules! formats {
    ($($(#[$meta:meta])* $variant:ident = $word:literal, endings $endings:expr, for $readers:ident, by $render:path;)+) => {
        /// A way to print a report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$meta])* $variant),+ }

        impl Format {
            /// Every format, in the order of `--format`'s help.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as `--format` takes it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// File-name endings (without the dot) that ask for this format with `-o`.
            pub const fn endings(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $endings),+ }
            }

            /// Who reads it: people are told what to do in their own words.
            pub const fn readers(self) -> Readers {
                match self { $(Self::$variant => Readers::$readers),+ }
            }
        }

        /// Writes `report` in `format`.
        pub fn render(
            report: &Report,
            format: Format,
            options: &RenderOptions,
            out: &mut dyn Write,
        ) -> Result<(), RenderError> {
            let audience = match format.readers() {
                Readers::People => options.audience,
                Readers::Machines => Audience::Operator,
            };
            let report = &*audience::worded(report, audience);
            match format { $(Format::$variant => $render(report, options, out)),+ }
        }
    };
}

formats! {
    /// For a terminal, worst first.
    Text = "text", endings &["txt"], for People, by text::render;
    /// One pretty-printed object: `reports/schema/report-v1.json`.
    Json = "json", endings &["json"], for Machines, by json::render;
    /// One compact object per subject and line, its findings inside; then one per assumption.
    Jsonl = "jsonl", endings &["jsonl"], for Machines, by jsonl::render;
    /// For GitHub, GitLab and tickets; at most 65,000 characters.
    Markdown = "markdown", endings &["md"], for People, by markdown::render;
    /// One self-contained page that needs no network.
    Html = "html", endings &["html"], for People, by html::render;
    /// SARIF 2.1.0, for code scanning.
    Sarif = "sarif", endings &["sarif"], for Machines, by sarif::render;
    /// JUnit XML: one test case per subject.
    Junit = "junit", endings &["xml"], for Machines, by junit::render;
    /// GitHub annotations, as workflow commands.
    Github = "github", endings &[], for Machines, by github::render;
    /// GitLab Code Quality.
    Gitlab = "gitlab", endings &[], for Machines, by gitlab::render;
    /// Jira's wiki markup, for a ticket; at most 32,000 characters.
    Jira = "jira", endings &[], for People, by jira::render;
    /// Slack's mrkdwn, for one message of at most 4,000 characters.
    Slack = "slack", endings &[], for People, by slack::render;
}

impl Format {
    /// The format `--format WORD` asks for; the ending of its files (`md`) is a word for it, too.
    pub fn from_word(word: &str) -> Option<Self> {
        let by_word = Self::ALL.iter().copied().find(|format| format.word() == word);
        by_word.or_else(|| Self::ALL.iter().copied().find(|format| format.endings().contains(&word)))
    }

    /// The format the ending of an output file's name asks for, whatever its case.
    pub fn from_path_ending(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        Self::ALL.iter().copied().find(|format| format.endings().iter().any(|known| known.eq_ignore_ascii_case(ending)))
    }
}

/// How to print, where there is a choice.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderOptions {
    /// Columns of the terminal (text only). Below 40 counts as 40.
    pub width: usize,
    /// Colours and weights as ANSI escapes (text only).
    pub color: bool,
    /// Only the summary line (text, and JSON lines of a fleet).
    pub quiet: bool,
    /// Only the first screen: the answer without its details (text, Markdown, Jira, Slack).
    pub summary_only: bool,
    /// In whose words steps are told (text, Markdown, HTML, Jira, Slack).
    pub audience: Audience,
    /// At most this many subjects in detail; `None` leaves it to the format
    /// (text: 40; Markdown and HTML: as many as their size allows).
    pub max_subjects: Option<usize>,
    /// Every line of the coverage, not only what was not seen (text only).
    pub show_coverage: bool,
    /// List suppressed findings too (text, Markdown, HTML, SARIF).
    pub show_suppressed: bool,
    /// Where a change was judged: annotate what was there before, too (GitHub, GitLab).
    pub show_existing: bool,
    /// Where the repository is (SARIF, JUnit, GitHub, GitLab).
    pub root: Root,
    /// The pages of the checks (SARIF).
    pub rules: RuleDocs,
    /// The bundle the report is of, where a fleet of them is judged (JSON lines, text).
    pub bundle: Option<String>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
            quiet: false,
            summary_only: false,
            audience: Audience::Operator,
            max_subjects: None,
            show_coverage: false,
            show_suppressed: false,
            show_existing: false,
            root: Root::default(),
            rules: RuleDocs::default(),
            bundle: None,
        }
    }
}

/// Why a report could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The output took no more bytes.
    #[error("the report could not be written: {0}; check free space and that the reader is still there")]
    Write(#[from] std::io::Error),
    /// The report could not be turned into JSON.
    #[error("the report could not be written as JSON: {0}")]
    Json(serde_json::Error),
    /// A template of this crate failed, which is a bug of kubereach.
    #[error("the HTML template `{template}` failed: {detail}; please report this as a bug of kubereach")]
    Template {
        /// Its name.
        template: &'static str,
        /// What the template engine says.
        detail: String,
    },
    /// A trace was asked for a subject the report does not have.
    #[error("the report has {count} subjects, there is none with index {index}")]
    NoSuchSubject {
        /// The index asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
}

impl From<serde_json::Error> for RenderError {
    /// A failing writer stays a writing error, whoever noticed it.
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(kind) => Self::Write(std::io::Error::new(kind, error)),
            None => Self::Json(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_word_and_by_its_endings() {
        for &format in Format::ALL {
            assert_eq!(Format::from_word(format.word()), Some(format));
            for ending in format.endings() {
                let name = format!("out/report.{ending}");
                assert_eq!(Format::from_path_ending(Path::new(&name)), Some(format));
            }
        }
        assert_eq!(Format::from_path_ending(Path::new("A.JSON")), Some(Format::Json));
        assert_eq!(Format::from_path_ending(Path::new("a.txt")), Some(Format::Text));
        assert_eq!(Format::from_path_ending(Path::new("a.pdf")), None);
        assert_eq!(Format::from_word("md"), Some(Format::Markdown));
        assert_eq!(Format::from_path_ending(Path::new("html")), None);
        assert_eq!(Format::from_word("HTML"), None);
    }
}
