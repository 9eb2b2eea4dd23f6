//! Observations in a pod's log: marker lines around the JSON, with its SHA-256, so that a log that
//! was cut, mixed with other lines or read twice is told from a result.

use crate::canonical::sha256_hex;
use crate::error::DocumentError;
use crate::observations::{Observations, Read};

/// How the line before a result begins.
pub const BEGIN: &str = "----- BEGIN KUBEREACH OBSERVATIONS sha256:";
const END: &str = "----- END KUBEREACH OBSERVATIONS sha256:";
const TAIL: &str = " -----";

/// Why what stands between two markers is not a result.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The log ends, or another result begins, before the end marker.
    #[error("line {line}: the result is cut off (no end marker); read the whole log of the prober's container")]
    Cut {
        /// Line of the begin marker, from 1.
        line: usize,
    },
    /// The text is not what was printed.
    #[error("line {line}: the result does not match its SHA-256; lines are missing or were changed")]
    Damaged {
        /// Line of the begin marker, from 1.
        line: usize,
    },
    /// It is what was printed, and is not observations.
    #[error("line {line}: {source}")]
    Document {
        /// Line of the begin marker, from 1.
        line: usize,
        /// What is wrong with it.
        source: DocumentError,
    },
}

/// The document between its markers, ready to be printed.
pub fn wrap(observations: &Observations) -> Result<String, serde_json::Error> {
    let body = format!("{}\n", serde_json::to_string_pretty(observations)?);
    let digest = sha256_hex(body.as_bytes());
    Ok(format!("{BEGIN}{digest}{TAIL}\n{body}{END}{digest}{TAIL}\n"))
}

/// Every result in a log, in order. Lines before, between and after are ignored, and so are the
/// prefixes that `kubectl logs --prefix --timestamps` and log collectors put before each line.
pub fn extract(log: &str) -> Vec<Result<Read, EnvelopeError>> {
    let mut results = Vec::new();
    let mut open: Option<Open> = None;
    for (index, line) in log.lines().enumerate() {
        if let Some((prefix, digest)) = marker(line, BEGIN) {
            if let Some(cut) = open.take() {
                results.push(Err(EnvelopeError::Cut { line: cut.line }));
            }
            open = Some(Open { line: index + 1, digest, prefix, body: String::new() });
        } else if marker(line, END).is_some() {
            if let Some(whole) = open.take() {
                results.push(whole.read());
            }
        } else if let Some(open) = &mut open {
            open.push(line);
        }
    }
    if let Some(cut) = open {
        results.push(Err(EnvelopeError::Cut { line: cut.line }));
    }
    results
}

struct Open<'a> {
    line: usize,
    digest: &'a str,
    prefix: &'a str,
    body: String,
}

impl<'a> Open<'a> {
    fn push(&mut self, line: &'a str) {
        self.body.push_str(without_prefix(line, self.prefix));
        self.body.push('\n');
    }

    fn read(self) -> Result<Read, EnvelopeError> {
        let line = self.line;
        if sha256_hex(self.body.as_bytes()) != self.digest {
            return Err(EnvelopeError::Damaged { line });
        }
        Observations::parse(self.body.as_bytes()).map_err(|source| EnvelopeError::Document { line, source })
    }
}

/// The prefix and the digest of a marker line.
fn marker<'a>(line: &'a str, which: &str) -> Option<(&'a str, &'a str)> {
    let at = line.find(which)?;
    let digest = line.get(at + which.len()..)?.trim_end().strip_suffix(TAIL)?;
    let hex = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then_some((line.get(..at)?, digest))
}

/// `line` without a prefix like the begin marker's: the same text, or as many words (a time stamp
/// differs from line to line, also in length).
fn without_prefix<'a>(line: &'a str, prefix: &str) -> &'a str {
    if let Some(rest) = line.strip_prefix(prefix) {
        return rest;
    }
    let words = prefix.matches(' ').count();
    line.match_indices(' ').nth(words.wrapping_sub(1)).map_or(line, |(at, _)| line.get(at + 1..).unwrap_or_default())
}
