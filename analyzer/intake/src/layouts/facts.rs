//! What a layout found out about its part of the input, beside the objects.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use kubereach_reports::report::{CoverageState, Problem};

use super::discovery::Discovery;
use kubereach_model::snapshot::kinds::{KINDS, Kind, Served};
use kubereach_model::snapshot::{CoverageRecord, GroupKind};

/// How much was read of one kind in one scope, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CoverageStatement {
    pub(crate) state: CoverageState,
    /// A clause that can follow "because".
    pub(crate) reason: String,
    /// The file that shows it, as reports name it; empty where nothing does.
    pub(crate) source: String,
}

impl CoverageStatement {
    pub(crate) fn new(state: CoverageState, reason: impl Into<String>, source: impl Into<String>) -> Self {
        Self { state, reason: reason.into(), source: source.into() }
    }

    pub(crate) fn complete(reason: impl Into<String>, source: impl Into<String>) -> Self {
        Self::new(CoverageState::Complete, reason, source)
    }

    pub(crate) fn partial(reason: impl Into<String>, source: impl Into<String>) -> Self {
        Self::new(CoverageState::Partial, reason, source)
    }

    pub(crate) fn missing(reason: impl Into<String>) -> Self {
        Self::new(CoverageState::NotCollected, reason, String::new())
    }

    /// As the snapshot keeps it.
    pub(crate) fn record(self) -> CoverageRecord {
        CoverageRecord { state: self.state, reason: self.reason, source: self.source }
    }
}

/// Which namespaces a collector looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// The namespaces it looked at.
    pub(crate) namespaces: BTreeSet<String>,
    /// Are these all namespaces of the cluster? Then what is in none of them does not exist.
    pub(crate) all: bool,
}

/// A list of several kinds that one command printed: what filtered one of them filtered all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Printed {
    /// The file, as reports name it.
    pub(crate) source: String,
    pub(crate) kinds: Vec<GroupKind>,
}

/// What a layout found out.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(crate) struct Facts {
    /// When the collector began.
    pub(crate) began: Option<Timestamp>,
    /// When the collector began, by a clock whose time zone is not written down.
    pub(crate) began_local: Option<DateTime>,
    /// When the collector ended, or the one time that it wrote down.
    pub(crate) taken_at: Option<Timestamp>,
    /// For the inventory: collector, Kubernetes version, scope.
    pub(crate) about: Vec<String>,
    pub(crate) problems: Vec<Problem>,
    statement: BTreeMap<(GroupKind, Option<String>), CoverageStatement>,
    /// Lists of several kinds, each printed by one command.
    pub(crate) printed: Vec<Printed>,
    /// No collector: somebody asked `kubectl`, or wrote it.
    pub(crate) by_hand: bool,
    /// The collector accounts for its lists: what it calls complete was read whole.
    pub(crate) accounted: bool,
    /// Files whose objects do not belong to the snapshot (index into the part's files).
    pub(crate) unused: BTreeSet<usize>,
    /// Files that the layout writes twice by design: their duplicates are nothing to report.
    pub(crate) copies: BTreeSet<usize>,
    /// The collector drops status and identity of live objects.
    pub(crate) stripped: bool,
    /// The collector empties the data of Secrets.
    pub(crate) secrets_emptied: bool,
    /// Lines of its files say nothing to a reader: they were written by this program, of live objects.
    pub(crate) placeless: bool,
    /// Objects with this annotation were deleted while the collector watched.
    pub(crate) deleted_by: Option<&'static str>,
}

impl Facts {
    /// Records a statement; a better one about the same scope wins, whatever the order.
    pub(crate) fn say(&mut self, kind: &GroupKind, namespace: Option<&str>, statement: CoverageStatement) {
        let key = (kind.clone(), namespace.map(str::to_owned));
        match self.statement.get(&key) {
            Some(old) if rank(old) >= rank(&statement) => {}
            _ => {
                self.statement.insert(key, statement);
            }
        }
    }

    /// Was anything said about a kind in this very scope?
    pub(crate) fn has(&self, kind: &GroupKind, namespace: Option<&str>) -> bool {
        self.statement.contains_key(&(kind.clone(), namespace.map(str::to_owned)))
    }

    /// Was anything said about a kind in any scope?
    pub(crate) fn mentions(&self, kind: &GroupKind) -> bool {
        self.statement.keys().any(|(k, _)| k == kind)
    }

    /// Everything that was said, in the order of kind and scope.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (&GroupKind, Option<&str>, &CoverageStatement)> {
        self.statement.iter().map(|((kind, namespace), statement)| (kind, namespace.as_deref(), statement))
    }

    /// Says of a namespaced kind what is known per namespace. Where every namespace of the cluster was
    /// read, one statement about the cluster covers them, and those that do not exist.
    pub(crate) fn spread(
        &mut self,
        kind: &GroupKind,
        scope: &Scope,
        statement: BTreeMap<String, CoverageStatement>,
        elsewhere: &str,
    ) {
        let complete = statement.values().find(|s| s.state == CoverageState::Complete);
        if scope.all
            && let Some(first) = complete
        {
            let cluster =
                CoverageStatement::complete("every namespace of the cluster was listed", first.source.clone());
            for (namespace, one) in statement {
                if one.state != CoverageState::Complete {
                    self.say(kind, Some(&namespace), one);
                }
            }
            self.say(kind, None, cluster);
            return;
        }
        let mut states: Vec<&CoverageStatement> = statement.values().collect();
        states.dedup_by(|a, b| a.state == b.state && a.reason == b.reason);
        if let [one] = states.as_slice()
            && one.state != CoverageState::Complete
            && one.state != CoverageState::Partial
        {
            let one = (*one).clone();
            self.say(kind, None, one);
            return;
        }
        let any = !statement.is_empty();
        for (namespace, one) in statement {
            self.say(kind, Some(&namespace), one);
        }
        if any {
            self.say(kind, None, CoverageStatement::missing(elsewhere));
        }
    }

    /// Says of every known kind that nothing was said about: the API does not exist there, as
    /// discovery shows, or `missing`.
    pub(crate) fn rest(&mut self, discovery: &Discovery, missing: impl Fn(&Kind) -> CoverageStatement) {
        for kind in KINDS {
            let group_kind = kind.group_kind();
            if let Some(statement) = discovery.not_served(kind) {
                self.say(&group_kind, None, statement);
            } else if !self.mentions(&group_kind) || (kind.namespaced && !self.has(&group_kind, None)) {
                self.say(&group_kind, None, missing(kind));
            }
        }
    }

    /// A fact for the inventory, once.
    pub(crate) fn note(&mut self, fact: impl Into<String>) {
        let fact = fact.into();
        if !self.about.contains(&fact) {
            self.about.push(fact);
        }
    }

    /// A problem in a file.
    pub(crate) fn problem(&mut self, path: &str, line: Option<u32>, message: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), line, column: None, message: message.into() });
    }
}

/// The same order as the snapshot's: from which more was read.
fn rank(statement: &CoverageStatement) -> (u8, std::cmp::Reverse<&str>, std::cmp::Reverse<&str>) {
    let state = match statement.state {
        CoverageState::Complete => 4,
        CoverageState::NotServed => 3,
        CoverageState::Partial => 2,
        CoverageState::Forbidden => 1,
        CoverageState::NotCollected => 0,
    };
    (state, std::cmp::Reverse(statement.reason.as_str()), std::cmp::Reverse(statement.source.as_str()))
}

/// Kinds for which a complete list of definitions settles that they do not exist.
pub(crate) fn is_custom(kind: &Kind) -> bool {
    kind.served == Served::Crd
}
