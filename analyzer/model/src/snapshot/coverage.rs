//! Per kind and namespace: how much of it was read, why, and which file shows it.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::model::WorkloadKind;
use super::{GroupKind, kinds, near};

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
    /// Reads `*`, or `Service,ConfigMap/ns=shop`. Kinds are named as for kubectl; `workloads` stands for pods and
    /// every kind that makes them. A kind that is not read is named as its objects spell it. The error says what to
    /// write.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        let mut all = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (word, namespace) = match part.split_once('/') {
                None => (part, None),
                Some((word, scope)) => match scope.strip_prefix("ns=").filter(|ns| !ns.is_empty()) {
                    Some(namespace) => (word, Some(namespace.to_owned())),
                    None => return Err(format!("'{part}': write Kind/ns=NAMESPACE")),
                },
            };
            let of_kind = |kind: Option<&str>| Self { kind: kind.map(str::to_owned), namespace: namespace.clone() };
            match word {
                "" => return Err(format!("'{text}': a kind is empty; write Service,ConfigMap/ns=shop")),
                "*" => all.push(of_kind(None)),
                _ if word.eq_ignore_ascii_case(WORKLOADS) => {
                    let makers = WorkloadKind::ALL.map(WorkloadKind::word);
                    let kinds: BTreeSet<&str> = makers.into_iter().chain(["Pod"]).collect();
                    all.extend(kinds.into_iter().map(|kind| of_kind(Some(kind))));
                }
                _ => match kinds::by_name(word) {
                    Some(kind) => all.push(of_kind(Some(kind.kind))),
                    None if is_unread_kind(word) => all.push(of_kind(Some(word))),
                    None => return Err(unknown(word)),
                },
            }
        }
        Ok(all)
    }

    /// Is this a word that [`Self::parse`] takes for a kind?
    pub fn is_kind(word: &str) -> bool {
        word.eq_ignore_ascii_case(WORKLOADS) || kinds::by_name(word).is_some() || is_unread_kind(word)
    }

    fn is_about(&self, kind: &GroupKind) -> bool {
        self.kind.as_deref().is_none_or(|k| k.eq_ignore_ascii_case(&kind.kind))
    }
}

/// May the word be a kind that is not read? Kinds begin with a capital (API conventions: Kinds), and one that is
/// almost the name of a kind that is read is rather a slip.
fn is_unread_kind(word: &str) -> bool {
    let mut letters = word.chars();
    let is_camel = letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && letters.clone().any(|letter| letter.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_alphanumeric());
    is_camel && near::misspelt(word, words()).is_none()
}

/// Every word that names a kind.
fn words() -> impl Iterator<Item = &'static str> {
    kinds::KINDS.iter().flat_map(|kind| [kind.kind, kind.plural]).chain([WORKLOADS])
}

/// Stands for pods and every kind that makes them.
const WORKLOADS: &str = "workloads";

/// What to say of a word that names no kind.
fn unknown(word: &str) -> String {
    match near::nearest(word, words()) {
        Some(near) => format!("no kind is called '{word}'; did you mean {near}?"),
        None => format!("no kind is called '{word}'; name kinds that kubereach reads, such as Service or Deployment"),
    }
}

/// What is known about what was read.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    kinds: BTreeMap<GroupKind, PerKind>,
    /// Objects that are there and could not be read: no statement and no declaration makes up for them.
    unread: BTreeMap<GroupKind, PerKind>,
    /// A document was lost of which nobody can tell what it held: what was read is not the whole, whoever says so.
    lost: Option<CoverageRecord>,
    /// Objects that others name and no list holds, and who names them: kind, then namespace and name.
    named: BTreeMap<GroupKind, BTreeMap<(String, String), String>>,
    /// Objects that something which was read makes.
    made: Vec<Made>,
    assumptions: Vec<Assumption>,
    /// Said of a kind nobody recorded anything about.
    fallback: Option<CoverageRecord>,
}

/// Objects that one makes which was read; a `*` in the name stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    kind: GroupKind,
    namespace: Option<String>,
    name: String,
    by: String,
}

impl Made {
    fn is(&self, kind: &GroupKind, namespace: &str, name: &str) -> bool {
        self.kind == *kind && self.namespace.as_deref().is_none_or(|own| own == namespace) && is_like(&self.name, name)
    }
}

/// Does a name fit a pattern with stars?
fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            if after.is_empty() {
                return true;
            }
            rest.char_indices().any(|(at, _)| rest.get(at..).is_some_and(|rest| is_like(after, rest)))
        }),
    }
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
        if proves_absence(record.state) {
            self.gaps.remove(namespace);
        } else {
            self.gaps.insert(namespace.to_owned());
        }
        self.namespaces.insert(namespace.to_owned(), record);
    }

    fn statements(&self) -> impl Iterator<Item = (Option<&str>, &CoverageRecord)> {
        let cluster = self.cluster.iter().map(|record| (None, record));
        cluster.chain(self.namespaces.iter().map(|(ns, record)| (Some(ns.as_str()), record)))
    }

    /// The first namespace that was not read completely.
    fn gap(&self) -> Option<&CoverageRecord> {
        self.namespaces.get(self.gaps.first()?)
    }
}

/// Why a kind counts as complete that was declared to be.
const DECLARED: &str = "what was not read is taken as absent because of --assume-complete";

fn declared() -> CoverageRecord {
    CoverageRecord { state: CoverageState::Complete, reason: DECLARED.to_owned(), source: String::new() }
}

/// Does the state prove that what was not read is not there?
const fn proves_absence(state: CoverageState) -> bool {
    matches!(state, CoverageState::Complete | CoverageState::NotServed)
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

impl Said<'_> {
    fn state(&self) -> CoverageState {
        match self {
            Said::Recorded(record) => record.state,
            Said::Declared => CoverageState::Complete,
            Said::Within(_) | Said::SomeNamespaces => CoverageState::Partial,
            Said::Nothing => CoverageState::NotCollected,
        }
    }
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

    /// A document could not be read and may have held anything: lists that were read whole prove what they did, and
    /// no declaration makes up for what was lost.
    pub fn lose(&mut self, reason: &str, source: &str) {
        let record =
            CoverageRecord { state: CoverageState::Partial, reason: reason.to_owned(), source: source.to_owned() };
        merge(&mut self.lost, record);
    }

    /// Something that was read contradicts that all of a kind was: the complete statement about the scope becomes
    /// partial. A declaration makes up for it, other than for [`Coverage::lessen`].
    pub fn doubt(&mut self, kind: &GroupKind, namespace: Option<&str>, reason: &str, source: &str) {
        let Some(per_kind) = self.kinds.get_mut(kind) else { return };
        let partial =
            CoverageRecord { state: CoverageState::Partial, reason: reason.to_owned(), source: source.to_owned() };
        match namespace {
            Some(ns) => {
                let covering = per_kind.namespaces.get(ns).or(per_kind.cluster.as_ref());
                if covering.is_some_and(|record| record.state == CoverageState::Complete) {
                    per_kind.insert(ns, partial);
                }
            }
            None => {
                if let Some(cluster) = per_kind.cluster.as_mut().filter(|r| r.state == CoverageState::Complete) {
                    *cluster = partial;
                }
            }
        }
    }

    /// Something that was read names an object that no list holds: whether it exists is not known, whatever was
    /// declared. `by` says who names it, as a clause.
    pub fn name(&mut self, kind: &GroupKind, namespace: &str, name: &str, by: String) {
        let of_kind = self.named.entry(kind.clone()).or_default();
        of_kind.entry((namespace.to_owned(), name.to_owned())).or_insert(by);
    }

    /// Something that was read makes objects of this name (a `*` stands for anything), in a namespace or in any: that
    /// no list holds one does not show that none will be there, whatever was declared. `by` says who makes it, as a
    /// clause.
    pub fn make(&mut self, kind: GroupKind, namespace: Option<String>, name: String, by: String) {
        let made = Made { kind, namespace, name, by };
        if !self.made.contains(&made) {
            self.made.push(made);
        }
    }

    /// Takes over what the objects of a change make.
    pub fn make_also(&mut self, change: &Self) {
        self.made.extend(change.made.iter().cloned());
    }

    /// Who names or makes an object that no list holds, as a clause.
    pub fn named_by(&self, kind: &GroupKind, namespace: &str, name: &str) -> Option<&str> {
        let key = || (namespace.to_owned(), name.to_owned());
        let named = self.named.get(kind).and_then(|of_kind| of_kind.get(&key()));
        let made = || self.made.iter().find(|made| made.is(kind, namespace, name)).map(|made| &made.by);
        named.or_else(made).map(String::as_str)
    }

    /// The statement that covers a kind in a namespace (or all there is outside of namespaces) as it was recorded,
    /// and its scope.
    pub fn statement<'c>(
        &'c self,
        kind: &GroupKind,
        namespace: Option<&str>,
    ) -> Option<(Option<&'c str>, &'c CoverageRecord)> {
        let per_kind = self.kinds.get(kind)?;
        namespace
            .and_then(|ns| per_kind.namespaces.get_key_value(ns))
            .map(|(ns, record)| (Some(ns.as_str()), record))
            .or_else(|| per_kind.cluster.as_ref().map(|record| (None, record)))
    }

    /// The statements about a kind as they were recorded, the cluster-wide one first.
    pub fn statements(&self, kind: &GroupKind) -> impl Iterator<Item = (Option<&str>, &CoverageRecord)> {
        self.kinds.get(kind).into_iter().flat_map(PerKind::statements)
    }

    /// Forgets all that is known about a kind, as if nobody had asked for it; no declaration makes up for it.
    pub fn forget(&mut self, kind: &GroupKind, reason: &str) {
        let record =
            CoverageRecord { state: CoverageState::NotCollected, reason: reason.to_owned(), source: String::new() };
        let forgotten = PerKind { cluster: Some(record), ..PerKind::default() };
        self.kinds.insert(kind.clone(), forgotten.clone());
        self.unread.insert(kind.clone(), forgotten);
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
            Said::Declared => declared(),
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
        self.said(kind, namespace).state()
    }

    fn said(&self, kind: &GroupKind, namespace: Option<&str>) -> Said<'_> {
        if let Some(record) = self.unread(kind, namespace) {
            return Said::Recorded(record);
        }
        if !self.assumed(kind, namespace) {
            return self.read(kind, namespace);
        }
        match &self.lost {
            Some(lost) if !proves_absence(self.read(kind, namespace).state()) => Said::Recorded(lost),
            _ => Said::Declared,
        }
    }

    /// What was read, whatever was declared.
    fn read(&self, kind: &GroupKind, namespace: Option<&str>) -> Said<'_> {
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

    /// What counts of every kind and scope about which something was recorded or declared, in the order of kind and
    /// namespace (cluster-wide first).
    pub fn records(&self) -> impl Iterator<Item = (&GroupKind, Option<&str>, CoverageRecord)> {
        self.kinds.iter().flat_map(move |(kind, per_kind)| {
            let recorded = per_kind.statements().map(move |(ns, record)| (kind, ns, self.counting(kind, ns, record)));
            let declared = self.assumptions.iter().filter_map(move |assumption| {
                let ns = assumption.namespace.as_deref()?;
                let new = !per_kind.namespaces.contains_key(ns) && assumption.is_about(kind);
                let covering = per_kind.cluster.as_ref()?;
                new.then(|| (kind, Some(ns), self.counting(kind, Some(ns), covering)))
            });
            recorded.chain(declared)
        })
    }

    /// What counts instead of a statement that was recorded.
    fn counting(&self, kind: &GroupKind, namespace: Option<&str>, record: &CoverageRecord) -> CoverageRecord {
        let unread = self.unread.get(kind);
        let unread = unread.is_some_and(|per_kind| match namespace {
            Some(ns) => per_kind.namespaces.contains_key(ns) || per_kind.cluster.is_some(),
            None => per_kind.cluster.is_some(),
        });
        let declared = !unread && !proves_absence(record.state) && self.assumed(kind, namespace);
        if declared { self.lost.clone().unwrap_or_else(self::declared) } else { record.clone() }
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
            a.is_about(kind)
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

    #[test]
    fn stars_in_names_that_are_made_stand_for_anything() {
        for (pattern, name) in
            [("logs-es-*", "logs-es-http"), ("*.web.*", "app.web.credentials"), ("a", "a"), ("*x", "xx")]
        {
            assert!(is_like(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("logs-es-*", "log-es-http"), ("a*b", "ac"), ("a", "b"), ("*.web.*", "web.x")] {
            assert!(!is_like(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_kind_that_is_not_read_may_be_declared_and_a_slip_may_not() {
        for kind in ["ServersTransport", "MiddlewareTCP", "Sidecar", "Gizmo"] {
            let declared = Assumption::parse(kind).unwrap();
            assert_eq!(declared, [Assumption { kind: Some(kind.to_owned()), namespace: None }]);
        }
        for slip in ["Servce", "Deploymnet", "gizmo", "dir", "GIZMO", "Ok/then"] {
            assert!(Assumption::parse(slip).is_err(), "{slip}");
        }
    }
}
