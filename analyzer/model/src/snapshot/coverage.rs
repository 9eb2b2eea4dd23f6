//! Per kind and namespace: how much of it was read, why, and which file shows it.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::GroupKind;

/// One statement about a kind in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRecord {
    /// How much was read.
    pub state: CoverageState,
    /// Why, one clause that can follow "because".
    pub reason: String,
    /// The file (or member) that shows it; empty where nothing does.
    pub source: String,
}

/// What `--assume-complete` declares: everything, or one kind, optionally in one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Kind name as typed, case-insensitive; `None` for every kind.
    pub kind: Option<String>,
    /// Namespace; `None` for every namespace.
    pub namespace: Option<String>,
}

impl Assumption {
    /// Reads `*`, or `Service,ConfigMap/ns=shop`. The error says what to write.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        let part = |part: &str| match part.trim() {
            "" => Err(format!("'{text}': a kind is empty; write Service,ConfigMap/ns=shop")),
            "*" => Ok(Self { kind: None, namespace: None }),
            part => match part.split_once('/') {
                None => Ok(Self { kind: Some(part.to_owned()), namespace: None }),
                Some((kind, scope)) => match scope.strip_prefix("ns=").filter(|ns| !ns.is_empty()) {
                    Some(namespace) => {
                        Ok(Self { kind: (kind != "*").then(|| kind.to_owned()), namespace: Some(namespace.to_owned()) })
                    }
                    None => Err(format!("'{part}': write Kind/ns=NAMESPACE")),
                },
            },
        };
        text.split(',').map(part).collect()
    }
}

/// What is known about what was read.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    kinds: BTreeMap<GroupKind, PerKind>,
    /// Objects that are there and could not be read: no statement and no declaration makes up for them.
    unread: BTreeMap<GroupKind, PerKind>,
    assumptions: Vec<Assumption>,
    /// Said of a kind nobody recorded anything about.
    fallback: Option<CoverageRecord>,
}

#[derive(Debug, Clone, Default)]
struct PerKind {
    cluster: Option<CoverageRecord>,
    namespaces: BTreeMap<String, CoverageRecord>,
    /// Namespaces that were not read completely: asked for far more often than there are records.
    gaps: BTreeSet<String>,
}

impl PerKind {
    fn insert(&mut self, namespace: &str, record: CoverageRecord) {
        if matches!(record.state, CoverageState::Complete | CoverageState::NotServed) {
            self.gaps.remove(namespace);
        } else {
            self.gaps.insert(namespace.to_owned());
        }
        self.namespaces.insert(namespace.to_owned(), record);
    }

    /// The first namespace that was not read completely.
    fn gap(&self) -> Option<&CoverageRecord> {
        self.namespaces.get(self.gaps.first()?)
    }
}

/// Of two statements about the same scope the one from which more was read wins; a list that was read
/// outranks a discovery that does not know the kind.
fn rank(state: CoverageState) -> u8 {
    match state {
        CoverageState::Complete => 4,
        CoverageState::NotServed => 3,
        CoverageState::Partial => 2,
        CoverageState::Forbidden => 1,
        CoverageState::NotCollected => 0,
    }
}

fn merge(slot: &mut Option<CoverageRecord>, record: CoverageRecord) {
    match slot {
        Some(old) if (rank(old.state), &record.reason) > (rank(record.state), &old.reason) => {}
        Some(old) if rank(old.state) > rank(record.state) => {}
        // Shown by several files together: no single one of them is cited.
        Some(old) if old.state == record.state && old.reason == record.reason => {
            old.source.truncate(shared_folder(&old.source, &record.source));
        }
        _ => *slot = Some(record),
    }
}

/// How much of two paths is the same folder (or archive), in bytes; all of it for equal paths.
fn shared_folder(one: &str, other: &str) -> usize {
    if one == other {
        return one.len();
    }
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    one.as_bytes().get(..same).and_then(|s| s.iter().rposition(|b| matches!(b, b'/' | b'!'))).map_or(0, |at| at + 1)
}

/// What answers a question about coverage.
enum Said<'c> {
    Recorded(&'c CoverageRecord),
    /// By `--assume-complete`.
    Declared,
    /// A namespace that was not read completely, of a kind that otherwise was.
    Within(&'c CoverageRecord),
    SomeNamespaces,
    Nothing,
}

impl Coverage {
    /// Records a statement about a kind in one namespace, or cluster-wide with `None`.
    /// Statements merge independently of their order.
    pub fn record(&mut self, kind: GroupKind, namespace: Option<&str>, record: CoverageRecord) {
        let per_kind = self.kinds.entry(kind).or_default();
        match namespace {
            None => merge(&mut per_kind.cluster, record),
            Some(ns) => {
                let mut slot = per_kind.namespaces.remove(ns);
                merge(&mut slot, record);
                if let Some(record) = slot {
                    per_kind.insert(ns, record);
                }
            }
        }
    }

    /// Something of this kind could not be read: complete statements about the scope become partial.
    pub fn lessen(&mut self, kind: &GroupKind, namespace: Option<&str>, reason: &str, source: &str) {
        let partial =
            || CoverageRecord { state: CoverageState::Partial, reason: reason.to_owned(), source: source.to_owned() };
        let unread = self.unread.entry(kind.clone()).or_default();
        match namespace {
            Some(ns) => {
                unread.namespaces.insert(ns.to_owned(), partial());
            }
            None => unread.cluster = Some(partial()),
        }
        let per_kind = self.kinds.entry(kind.clone()).or_default();
        if let Some(ns) = namespace {
            per_kind.insert(ns, partial());
        } else {
            per_kind.cluster = Some(partial());
            for (namespace, record) in &mut per_kind.namespaces {
                if record.state == CoverageState::Complete {
                    *record = partial();
                    per_kind.gaps.insert(namespace.clone());
                }
            }
        }
    }

    /// Forgets all that is known about a kind, as if nobody had asked for it.
    pub fn forget(&mut self, kind: &GroupKind, reason: &str) {
        self.kinds.insert(
            kind.clone(),
            PerKind {
                cluster: Some(CoverageRecord {
                    state: CoverageState::NotCollected,
                    reason: reason.to_owned(),
                    source: String::new(),
                }),
                ..PerKind::default()
            },
        );
    }

    /// What to say of a kind about which nothing was recorded.
    pub fn set_fallback(&mut self, record: CoverageRecord) {
        self.fallback = Some(record);
    }

    /// Declares (a part of) the input to be the whole cluster.
    pub fn assume(&mut self, assumption: Assumption) {
        self.assumptions.push(assumption);
    }

    /// What is known about a kind in a namespace; with `None`, about the whole cluster (or a
    /// cluster-scoped kind), which is complete only if no namespace is less than complete.
    pub fn of(&self, kind: &GroupKind, namespace: Option<&str>) -> CoverageRecord {
        match self.said(kind, namespace) {
            Said::Recorded(record) => record.clone(),
            Said::Declared => CoverageRecord {
                state: CoverageState::Complete,
                reason: "the input was declared to be the whole cluster (--assume-complete)".to_owned(),
                source: String::new(),
            },
            Said::Within(gap) => CoverageRecord { state: CoverageState::Partial, ..gap.clone() },
            Said::SomeNamespaces => CoverageRecord {
                state: CoverageState::Partial,
                reason: format!("only some namespaces were read for {kind}"),
                source: String::new(),
            },
            Said::Nothing => CoverageRecord {
                state: CoverageState::NotCollected,
                reason: format!("the input holds no list of {kind} objects"),
                source: String::new(),
            },
        }
    }

    /// How much of a kind was read in a scope, without the words.
    pub fn state(&self, kind: &GroupKind, namespace: Option<&str>) -> CoverageState {
        match self.said(kind, namespace) {
            Said::Recorded(record) => record.state,
            Said::Declared => CoverageState::Complete,
            Said::Within(_) | Said::SomeNamespaces => CoverageState::Partial,
            Said::Nothing => CoverageState::NotCollected,
        }
    }

    fn said(&self, kind: &GroupKind, namespace: Option<&str>) -> Said<'_> {
        if let Some(record) = self.unread(kind, namespace) {
            return Said::Recorded(record);
        }
        if self.assumed(kind, namespace) {
            return Said::Declared;
        }
        let unrecorded = self.fallback.as_ref().map_or(Said::Nothing, Said::Recorded);
        let Some(per_kind) = self.kinds.get(kind) else { return unrecorded };
        if let Some(ns) = namespace {
            return per_kind.namespaces.get(ns).or(per_kind.cluster.as_ref()).map_or(unrecorded, Said::Recorded);
        }
        match (&per_kind.cluster, per_kind.gap()) {
            (Some(cluster), Some(gap)) if cluster.state == CoverageState::Complete => Said::Within(gap),
            (Some(cluster), _) => Said::Recorded(cluster),
            (None, _) => Said::SomeNamespaces,
        }
    }

    /// Every recorded statement, in the order of kind and namespace (cluster-wide first).
    pub fn records(&self) -> impl Iterator<Item = (&GroupKind, Option<&str>, &CoverageRecord)> {
        self.kinds.iter().flat_map(|(kind, per_kind)| {
            let cluster = per_kind.cluster.iter().map(move |r| (kind, None, r));
            let namespaces = per_kind.namespaces.iter().map(move |(ns, r)| (kind, Some(ns.as_str()), r));
            cluster.chain(namespaces)
        })
    }

    fn unread(&self, kind: &GroupKind, namespace: Option<&str>) -> Option<&CoverageRecord> {
        let per_kind = self.unread.get(kind)?;
        let in_namespace = match namespace {
            Some(ns) => per_kind.namespaces.get(ns),
            None => per_kind.namespaces.values().next(),
        };
        in_namespace.or(per_kind.cluster.as_ref())
    }

    fn assumed(&self, kind: &GroupKind, namespace: Option<&str>) -> bool {
        self.assumptions.iter().any(|a| {
            a.kind.as_deref().is_none_or(|k| k.eq_ignore_ascii_case(&kind.kind))
                && match (a.namespace.as_deref(), namespace) {
                    (None, _) => true,
                    (Some(declared), Some(asked)) => declared == asked,
                    (Some(_), None) => false,
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(files: &[&str]) -> String {
        let kind = GroupKind { group: "".into(), kind: "Service".into() };
        let mut coverage = Coverage::default();
        for file in files {
            let record = CoverageRecord {
                state: CoverageState::Complete,
                reason: "every namespace was read".to_owned(),
                source: (*file).to_owned(),
            };
            coverage.record(kind.clone(), None, record);
        }
        coverage.of(&kind, None).source
    }

    #[test]
    fn what_several_files_show_together_cites_their_folder() {
        let files = ["b.tar.gz!services/default.json", "b.tar.gz!services/shop.json", "b.tar.gz!services/shop.json"];
        assert_eq!(cited(&files), "b.tar.gz!services/");
        assert_eq!(cited(&[files[2], files[0]]), "b.tar.gz!services/");
        assert_eq!(cited(&files[1..]), "b.tar.gz!services/shop.json");
        assert_eq!(cited(&["a.yaml", "ä.yaml"]), "");
    }
}
