//! A baseline: the findings of one run, accepted in later ones. A file for review in Git: sorted, one
//! finding per entry, no line numbers and no times.

use std::collections::BTreeMap;

use kubereach_reports::report::{Effect, Finding, Report, SuppressedBy};
use serde::{Deserialize, Serialize};

/// The schema of the file.
pub const SCHEMA: &str = "kubereach/baseline/v1";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    findings: Vec<BaselineEntry>,
}

/// One accepted finding. Only the fingerprint counts; the rest is for readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineEntry {
    /// Its code.
    pub code: String,
    /// `Kind/namespace/name`.
    pub object: String,
    /// What it said when the baseline was written.
    pub message: String,
    /// What tells it from others.
    pub fingerprint: String,
}

/// Accepted findings by their fingerprints.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The file, as named.
    pub path: String,
    entries: BTreeMap<String, BaselineEntry>,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not the JSON of a baseline.
    #[error("{path}:{line}:{column}: not a baseline: {message}; write it anew with --write-baseline")]
    Json {
        /// The file.
        path: String,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is of another version.
    #[error("{path}: its schema is {found:?}, this kubereach reads \"{SCHEMA}\"; write it anew with --write-baseline")]
    Schema {
        /// The file.
        path: String,
        /// What it says.
        found: String,
    },
}

impl Baseline {
    /// From the text of a file.
    pub fn parse(path: &str, text: &str) -> Result<Self, BaselineError> {
        let document: Document = serde_json::from_str(text).map_err(|error| BaselineError::Json {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            message: error.to_string(),
        })?;
        if document.schema != SCHEMA {
            return Err(BaselineError::Schema { path: path.to_owned(), found: document.schema });
        }
        let entries = document.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect();
        Ok(Self { path: path.to_owned(), entries })
    }

    /// Does it hold this finding?
    pub fn holds(&self, finding: &Finding) -> bool {
        self.entries.contains_key(&finding.fingerprint)
    }

    /// Entries that match none of these findings: they were mended, or are gone.
    pub fn stale(&self, findings: &[Finding]) -> Vec<&BaselineEntry> {
        let seen: std::collections::HashSet<&str> = findings.iter().map(|f| f.fingerprint.as_str()).collect();
        self.entries.values().filter(|entry| !seen.contains(entry.fingerprint.as_str())).collect()
    }

    /// How many findings it accepts.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The baseline of a report: every finding that blocks, narrows or is inconclusive and that nothing but an older
/// baseline accepts. The same findings give the same bytes.
pub fn write(report: &Report) -> String {
    let kept = |finding: &&Finding| {
        finding.effect != Effect::Notes && finding.suppressed.as_ref().is_none_or(|by| by.by == SuppressedBy::Baseline)
    };
    let mut findings: Vec<BaselineEntry> = report
        .findings
        .iter()
        .filter(kept)
        .map(|finding| BaselineEntry {
            code: finding.code.clone(),
            object: finding.object.to_string(),
            message: finding.message.clone(),
            fingerprint: finding.fingerprint.clone(),
        })
        .collect();
    findings.sort_by(|a, b| (&a.code, &a.object, &a.fingerprint).cmp(&(&b.code, &b.object, &b.fingerprint)));
    // Strings and lists always become JSON.
    let mut text = serde_json::to_string_pretty(&Document { schema: SCHEMA.to_owned(), findings }).unwrap_or_default();
    text.push('\n');
    text
}
