//! The same assumption of many subjects is said once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report;

use super::{Assumption, Reading};

/// Of several reasons this many are named.
const REASONS: usize = 2;

/// Assumptions by id, with everything that any subject adds to them.
#[derive(Debug, Default)]
pub struct Assumptions(BTreeMap<String, Merged>);

#[derive(Debug)]
struct Merged {
    row: report::Assumption,
    namespaces: BTreeSet<String>,
    clauses: BTreeSet<String>,
    reasons: BTreeSet<String>,
    reading: Reading,
}

impl Assumptions {
    /// Adds one.
    pub fn add(&mut self, assumption: &Assumption) {
        let merged = self.0.entry(assumption.id()).or_insert_with_key(|id| Merged {
            row: report::Assumption {
                id: id.clone(),
                code: assumption.code().to_owned(),
                segment: assumption.segment(),
                kind: assumption.kind().to_owned(),
                group: assumption.group().map(str::to_owned),
                namespaces: Vec::new(),
                text: String::new(),
                reason: String::new(),
                command: String::new(),
                could: assumption.could.to_owned(),
                subjects: 0,
            },
            namespaces: BTreeSet::new(),
            clauses: BTreeSet::new(),
            reasons: BTreeSet::new(),
            reading: assumption.reading.clone(),
        });
        merged.namespaces.extend(assumption.namespace.iter().cloned());
        merged.clauses.insert(assumption.clause());
        merged.reasons.insert(assumption.reason());
        // Where they are read in different ways the first in order speaks, whoever came first.
        if assumption.reading < merged.reading {
            merged.reading = assumption.reading.clone();
        }
    }

    /// Counts a subject that rests on these.
    pub fn count<'i>(&mut self, ids: impl IntoIterator<Item = &'i String>) {
        for id in ids {
            if let Some(merged) = self.0.get_mut(id) {
                merged.row.subjects += 1;
            }
        }
    }

    /// As the report shows them: what most subjects rest on first.
    pub fn rows(self) -> Vec<report::Assumption> {
        let mut rows: Vec<report::Assumption> = self.0.into_values().map(Merged::row).collect();
        rows.sort_by(|a, b| (b.subjects, &a.id).cmp(&(a.subjects, &b.id)));
        rows
    }
}

impl Merged {
    fn row(self) -> report::Assumption {
        let namespaces: Vec<String> = self.namespaces.into_iter().collect();
        let reasons: Vec<&str> = self.reasons.iter().map(String::as_str).filter(|reason| !reason.is_empty()).collect();
        let more = reasons.len().saturating_sub(REASONS);
        let mut reason = reasons.iter().take(REASONS).copied().collect::<Vec<_>>().join("; ");
        if more > 0 {
            reason.push_str(&format!("; and {more} more"));
        }
        report::Assumption {
            text: self.clauses.into_iter().next().unwrap_or_default(),
            reason,
            command: if self.reading.resource.is_empty() { String::new() } else { self.reading.command(&namespaces) },
            namespaces,
            ..self.row
        }
    }
}
