//! Which plain requests there are to ask about: the hosts that doors name, and the paths at which their answer may
//! change.
//!
//! A rule takes a path as it stands, or what begins with it, or what is below it. So what becomes of a request depends
//! on its path only by the longest path of any rule with which it begins, and on whether it ends there, goes on behind a
//! slash, or goes on without one. One request of each sort stands for all of them; where a rule goes by a pattern, none
//! does.

use std::collections::{BTreeMap, BTreeSet};

use super::Requests;
use crate::evaluate::door::answer::Listing;

/// A host with more paths than this is not looked at.
const MOST_PATHS: usize = 200;

/// What stands for one label, and for the rest of a path, in the requests that are asked.
pub(super) const PROBE: &str = "kubereach-probe";

/// A host, or the hosts below one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// This one.
    Is(String),
    /// Those with one label before it.
    Below(String),
    /// Those with more.
    FarBelow(String),
}

impl Name {
    /// A host that stands for them.
    pub(super) fn asked(&self) -> String {
        match self {
            Self::Is(host) => host.clone(),
            Self::Below(parent) => format!("{PROBE}.{parent}"),
            Self::FarBelow(parent) => format!("{PROBE}.{PROBE}.{parent}"),
        }
    }

    /// As the page's table names them.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Is(host) => host.clone(),
            Self::Below(parent) => format!("*.{parent}"),
            Self::FarBelow(parent) => format!("**.{parent}"),
        }
    }
}

/// What is to be asked of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// The paths at which its answer may change.
    pub paths: BTreeSet<String>,
    /// A rule goes by a pattern.
    pub pattern: bool,
    /// There are too many paths.
    pub many: bool,
    /// A rule looks at more than host and path.
    pub more: bool,
    /// Requests with a method or headers that a rule asks for.
    pub special: BTreeSet<Special>,
}

impl Sight {
    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.special.extend(other.special);
        Self {
            pattern: self.pattern || other.pattern,
            many: self.many || other.many,
            more: self.more || other.more,
            ..self
        }
    }
}

/// A request that fits a rule which looks at more than the path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Special {
    /// The path.
    pub path: String,
    /// The method.
    pub method: Option<String>,
    /// Headers.
    pub headers: Vec<(String, String)>,
}

/// Everything that doors name.
#[derive(Debug, Default)]
pub(super) struct Survey {
    by_host: BTreeMap<Option<String>, Sight>,
}

impl Survey {
    pub(super) fn of(requests: &Requests<'_, '_>) -> Self {
        let mut survey = Self::default();
        for opened in &requests.doors {
            if let Some(all) = opened.door.listed() {
                for one in all {
                    survey.add(one);
                }
                continue;
            }
            // Nobody knows what these do.
            let subjects = opened.own.iter().filter_map(|at| requests.subjects.get(*at));
            let hosts: BTreeSet<&String> =
                subjects.flat_map(|s| &s.paths).filter_map(|path| path.key.host.as_ref()).collect();
            for host in hosts {
                survey.add(Listing { host: Some(host.to_ascii_lowercase()), ..Listing::default() });
            }
        }
        survey
    }

    fn add(&mut self, one: Listing) {
        let host = one.host.map(|host| host.trim_end_matches('.').to_ascii_lowercase()).filter(|host| host != "*");
        let sight = self.by_host.entry(host).or_default();
        sight.more |= one.more;
        match one.path {
            None => sight.pattern = true,
            Some(path) => {
                if one.more && (one.method.is_some() || !one.headers.is_empty()) {
                    let (method, headers) = (one.method, one.headers);
                    sight.special.insert(Special { path: path.clone(), method, headers });
                }
                let bare = path.trim_end_matches('/');
                sight
                    .paths
                    .extend([bare, path.as_str()].into_iter().filter(|path| path.starts_with('/')).map(str::to_owned));
            }
        }
    }

    /// Every host that is named, and those below the wildcards.
    pub(super) fn names(&self) -> Vec<Name> {
        let mut names = BTreeSet::new();
        for host in self.by_host.keys().flatten() {
            match host.strip_prefix("*.") {
                Some(parent) => {
                    names.insert(Name::Below(parent.to_owned()));
                    names.insert(Name::FarBelow(parent.to_owned()));
                }
                None if host.contains('*') => {}
                None => {
                    names.insert(Name::Is(host.clone()));
                }
            }
        }
        names.into_iter().collect()
    }

    /// What is to be asked of a host: what is said of it, of the wildcards above it, and of any host.
    pub(super) fn sight(&self, name: &Name) -> Sight {
        let host = name.asked();
        let above =
            host.match_indices('.').filter_map(|(at, _)| host.get(at + 1..)).map(|parent| format!("*.{parent}"));
        let keys = std::iter::once(host.clone()).chain(above).map(Some).chain([None]);
        let mut sight = Sight::default();
        sight.paths.insert("/".to_owned());
        for own in keys.filter_map(|key| self.by_host.get(&key)) {
            sight.pattern |= own.pattern;
            sight.more |= own.more;
            sight.many |= sight.paths.len() + own.paths.len() > MOST_PATHS;
            if !sight.many {
                sight.paths.extend(own.paths.iter().cloned());
                sight.special.extend(own.special.iter().cloned());
            }
        }
        sight
    }
}

/// The three requests that stand for those that begin with a path: for it, for what follows behind a slash, and for
/// what goes on without one.
pub(super) fn asked(path: &str) -> [String; 3] {
    [path.to_owned(), format!("{path}/{PROBE}"), format!("{path}{PROBE}")]
}
