//! Lists against each other and against what else was read: what one of them counts or names and another lacks.
//!
//! A list that somebody printed proves absence only while nothing contradicts it: a selector, a field selector or
//! single names leave no trace in what `kubectl get -o yaml` prints. Once everything is read each [`SIGNS`] looks for
//! what a whole list could not lack, and what it finds makes the statement about that list *partial*. What a collector
//! accounts for itself (a live read, its archive) is not asked: its lists were read whole, if at different moments.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::layouts::Printed;
use kubereach_model::snapshot::{GroupKind, Snapshot};
use kubereach_reports::report::CoverageState;

mod attached;
mod counts;
mod kubernetes;
mod members;
mod running;

/// A look at the snapshot.
type Sign = for<'s> fn(&Claims<'s>, &mut Signs);

/// Every sign, one file each.
static SIGNS: [Sign; 5] = [kubernetes::sign, running::sign, counts::sign, members::sign, attached::sign];

/// Who says that a list is whole, where it is not the list alone: kind and scope.
#[derive(Debug, Default)]
pub(crate) struct Vouched {
    /// A collector that accounts for its lists.
    pub(crate) accounted: HashSet<(GroupKind, Option<String>)>,
    /// A collector of any sort: it asks for whole kinds.
    pub(crate) collected: HashSet<(GroupKind, Option<String>)>,
}

/// What claims to be whole.
struct Claims<'s> {
    snapshot: &'s Snapshot,
    vouched: &'s Vouched,
}

impl<'s> Claims<'s> {
    /// The list that claims to hold all of a kind in a namespace.
    fn list(&self, kind: &GroupKind, namespace: Option<&str>) -> Option<Claim<'s>> {
        let (scope, record) = self.snapshot.coverage.statement(kind, namespace)?;
        let claims = record.state == CoverageState::Complete && !self.is_firm(kind, scope);
        claims.then_some(Claim { scope })
    }

    /// Does any list claim to hold all of a kind, wherever?
    fn any(&self, kind: &GroupKind) -> bool {
        let statements = self.snapshot.coverage.statements(kind);
        let mut claims = statements.filter(|(_, record)| record.state == CoverageState::Complete);
        claims.any(|(scope, _)| !self.is_firm(kind, scope))
    }

    /// Would it be taken for absent what is not there, by what somebody printed or declared?
    fn proves(&self, kind: &GroupKind, namespace: Option<&str>) -> bool {
        self.snapshot.coverage.state(kind, namespace) == CoverageState::Complete
            && !self.snapshot.coverage.statement(kind, namespace).is_some_and(|(scope, _)| self.is_firm(kind, scope))
    }

    fn is_firm(&self, kind: &GroupKind, scope: Option<&str>) -> bool {
        let accounted = &self.vouched.accounted;
        !accounted.is_empty() && accounted.contains(&(kind.clone(), scope.map(str::to_owned)))
    }

    /// Was it a collector that asked for the list of this scope, and not somebody with `kubectl`?
    fn is_collected(&self, kind: &GroupKind, scope: Option<&str>) -> bool {
        self.vouched.collected.contains(&(kind.clone(), scope.map(str::to_owned)))
    }
}

/// A list that claims to be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Claim<'s> {
    /// Its namespace; none for the whole cluster.
    scope: Option<&'s str>,
}

/// What the signs found.
#[derive(Default)]
struct Signs {
    /// Lists that are not whole, by their kind and a namespace that they claim.
    lists: Vec<(GroupKind, Option<String>, String)>,
    /// Per kind: namespaces in which something could have contradicted, and those in which something did.
    looked: BTreeMap<GroupKind, BTreeSet<String>>,
    found: BTreeMap<GroupKind, BTreeMap<String, Found>>,
    /// Objects that are named and that nobody holds.
    named: Vec<(GroupKind, String, String, String)>,
}

/// What contradicts a kind in a namespace.
struct Found {
    first: String,
    more: usize,
}

impl Signs {
    /// The list that speaks for a kind in a namespace is not whole.
    fn list(&mut self, kind: &GroupKind, namespace: Option<&str>, why: impl Into<String>) {
        self.lists.push((kind.clone(), namespace.map(str::to_owned), why.into()));
    }

    /// Something in the namespace can contradict a list of this kind.
    fn look(&mut self, kind: &GroupKind, namespace: &str) {
        let looked = self.looked.entry(kind.clone()).or_default();
        if !looked.contains(namespace) {
            looked.insert(namespace.to_owned());
        }
    }

    /// Something in the namespace contradicts it.
    fn find(&mut self, kind: &GroupKind, namespace: &str, why: impl FnOnce() -> String) {
        let found = self.found.entry(kind.clone()).or_default();
        match found.get_mut(namespace) {
            Some(known) => known.more += 1,
            None => {
                found.insert(namespace.to_owned(), Found { first: why(), more: 0 });
            }
        }
    }
}

impl Found {
    fn words(&self) -> String {
        match self.more {
            0 => self.first.clone(),
            n => format!("{} (and {n} more such signs)", self.first),
        }
    }
}

/// Makes partial what is contradicted.
pub(crate) fn weigh(snapshot: &mut Snapshot, printed: &[Printed], vouched: &Vouched) {
    let mut signs = Signs::default();
    let claims = Claims { snapshot, vouched };
    for sign in SIGNS {
        sign(&claims, &mut signs);
    }
    let doubts = doubts(&claims, &signs, printed);
    for (kind, namespace, why, source) in doubts {
        snapshot.coverage.doubt(&kind, namespace.as_deref(), &format!("this list looks filtered: {why}"), &source);
    }
    for (kind, namespace, name, by) in signs.named {
        snapshot.coverage.name(&kind, &namespace, &name, by);
    }
}

/// A statement to be made partial: kind, scope, why, and the file.
type Doubt = (GroupKind, Option<String>, String, String);

fn doubts(claims: &Claims<'_>, signs: &Signs, printed: &[Printed]) -> Vec<Doubt> {
    let coverage = &claims.snapshot.coverage;
    let mut doubts = Vec::new();
    let mut add = |kind: &GroupKind, asked: Option<&str>, scope: Option<&str>, why: &str| {
        let Some((_, record)) = coverage.statement(kind, asked) else { return };
        doubts.push((kind.clone(), scope.map(str::to_owned), why.to_owned(), record.source.clone()));
        // One command printed them: what left objects of this kind out did so with the others.
        for list in printed.iter().filter(|l| l.source == record.source && l.kinds.contains(kind)) {
            for other in list.kinds.iter().filter(|other| *other != kind) {
                let same = coverage.statement(other, asked).filter(|(_, said)| said.source == record.source);
                if let Some((own, _)) = same {
                    let scope = if own.is_some() { own } else { scope };
                    doubts.push((other.clone(), scope.map(str::to_owned), why.to_owned(), list.source.clone()));
                }
            }
        }
    };
    for (kind, asked, why) in &signs.lists {
        if let Some(list) = claims.list(kind, asked.as_deref()) {
            add(kind, asked.as_deref(), list.scope, why);
        }
    }
    for (kind, found) in &signs.found {
        let mut of_cluster: Vec<(&str, &Found)> = Vec::new();
        for (namespace, found) in found {
            match claims.list(kind, Some(namespace)) {
                Some(Claim { scope: Some(scope) }) => add(kind, Some(namespace), Some(scope), &found.words()),
                Some(Claim { scope: None }) => of_cluster.push((namespace, found)),
                None => {}
            }
        }
        // A list is filtered everywhere or nowhere; lists of different moments differ here and there.
        let looked = signs.looked.get(kind).into_iter().flatten();
        let looked = looked.filter(|ns| claims.list(kind, Some(ns)) == Some(Claim { scope: None })).count();
        match of_cluster.first() {
            Some((namespace, found)) if of_cluster.len() * 2 >= looked => {
                add(kind, Some(namespace), None, &found.words());
            }
            _ => {
                for (namespace, found) in of_cluster {
                    add(kind, Some(namespace), Some(namespace), &found.words());
                }
            }
        }
    }
    doubts
}
