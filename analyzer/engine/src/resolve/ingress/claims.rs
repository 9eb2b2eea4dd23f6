//! Which Ingresses of one class claim the same host and path.
//!
//! Source: ingress-nginx builds one server per host from all Ingresses of its class, the oldest first; a
//! location that is taken is not replaced. Canary Ingresses are meant to repeat a path.

use std::collections::{HashMap, HashSet};

use crate::resolve::controllers::Product;
use crate::resolve::controllers::annotations::{CANARY, NGINX};
use kubereach_model::snapshot::FoundAny;
use kubereach_model::snapshot::model::IngressBackend;

use super::rules::Declared;
use super::state::IngressState;

/// One Ingress's claim to a path.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'s> {
    /// Who.
    pub ingress: FoundAny<'s>,
    backend: &'s IngressBackend,
    canary: bool,
}

type Key = (String, String, String, String);

/// Every claim of every Ingress.
#[derive(Debug, Default)]
pub struct Claims<'s> {
    paths: HashMap<Key, Vec<Claim<'s>>>,
    /// Hosts (empty: every other one) whose path `/` is the default backend of an ordinary Ingress, by where they meet.
    default_roots: HashSet<(String, String)>,
    /// Where some path without a host is an ordinary Ingress's.
    any_host: HashSet<String>,
    regex_hosts: HashMap<(String, String), FoundAny<'s>>,
}

impl<'s> Claims<'s> {
    /// From all Ingresses.
    pub fn of(states: &[IngressState<'s>]) -> Self {
        let mut claims = Self::default();
        for state in states {
            let canary = is_canary(state);
            if !canary {
                claims.note_defaults(state);
            }
            for path in &state.ingress.declared {
                if path.path_type.is_empty() {
                    continue;
                }
                let claim = Claim { ingress: state.ingress.found, backend: path.backend, canary };
                claims.paths.entry(key(state, path)).or_default().push(claim);
                if turns_regex(state) {
                    let host = host_key(state, path);
                    claims.regex_hosts.entry(host).or_insert(state.ingress.found);
                }
            }
        }
        for all in claims.paths.values_mut() {
            let age = |claim: &Claim<'s>| claim.ingress.metadata.creation_timestamp;
            all.sort_by_key(age);
        }
        claims
    }

    /// ingress-nginx: the default backend of an ordinary Ingress is the location `/` (`Prefix`) of its hosts and of the
    /// server for every other host.
    fn note_defaults(&mut self, state: &IngressState<'s>) {
        let meeting = meeting(state);
        let declared = &state.ingress.declared;
        if declared.iter().any(|path| path.host.is_none()) {
            self.any_host.insert(meeting.clone());
        }
        if declared.iter().any(|path| path.path_type.is_empty()) {
            let hosts = declared.iter().filter_map(|path| path.host).chain([""]);
            self.default_roots.extend(hosts.map(|host| (meeting.clone(), host.to_ascii_lowercase())));
        }
    }

    /// Other Ingresses that claim the same path with another backend; canaries aside. Those of
    /// unknown age first, then the oldest; only so many as a report can use.
    pub fn rivals(&self, state: &IngressState<'s>, path: &Declared<'s>) -> Vec<FoundAny<'s>> {
        const USEFUL: usize = 8;
        if path.path_type.is_empty() || is_canary(state) {
            return Vec::new();
        }
        let own = &state.ingress.metadata;
        let elsewhere = |claim: &&Claim<'s>| {
            let same_namespace = claim.ingress.metadata.namespace == own.namespace;
            let itself = same_namespace && claim.ingress.metadata.name == own.name;
            let same_backend = same_namespace && claim.backend == path.backend;
            !claim.canary && !itself && !same_backend
        };
        let claims = self.paths.get(&key(state, path)).map(Vec::as_slice).unwrap_or_default();
        claims.iter().filter(elsewhere).map(|claim| claim.ingress).take(USEFUL).collect()
    }

    /// Has the path of a canary a main Ingress beside it? A canary's default backend joins every location of the
    /// server for all other hosts.
    pub fn has_main(&self, state: &IngressState<'s>, path: &Declared<'s>) -> bool {
        if path.path_type.is_empty() && path.host.is_none() {
            return self.any_host.contains(&meeting(state));
        }
        let is_root = (&*path.path, path.path_type) == ("/", "Prefix");
        if is_root && self.default_roots.contains(&host_key(state, path)) {
            return true;
        }
        self.paths.get(&key(state, path)).is_some_and(|claims| claims.iter().any(|claim| !claim.canary))
    }

    /// An Ingress that turns every path of this host into a regular expression.
    pub fn regex(&self, state: &IngressState<'s>, path: &Declared<'s>) -> Option<FoundAny<'s>> {
        self.regex_hosts.get(&host_key(state, path)).copied()
    }
}

/// Where two Ingresses can meet: the class where they share addresses, else only with themselves.
pub fn meeting(state: &IngressState<'_>) -> String {
    let shared = state.controller().is_none_or(|controller| controller.shared);
    let group = state.controller().and_then(|controller| state.annotation(controller.group?));
    match group {
        Some(group) => format!("group {group}"),
        None if shared => format!("class {}", state.class.identity()),
        None => state.ingress.object().to_string(),
    }
}

fn key(state: &IngressState<'_>, path: &Declared<'_>) -> Key {
    let (class, host) = host_key(state, path);
    (class, host, path.path.clone().into_owned(), path.path_type.to_owned())
}

fn host_key(state: &IngressState<'_>, path: &Declared<'_>) -> (String, String) {
    (meeting(state), path.host.unwrap_or_default().to_ascii_lowercase())
}

/// A canary of ingress-nginx.
pub fn is_canary(state: &IngressState<'_>) -> bool {
    state.ingress.metadata.annotation(CANARY) == Some("true")
}

fn turns_regex(state: &IngressState<'_>) -> bool {
    state.is(Product::IngressNginx)
        && (state.says(&format!("{NGINX}use-regex")) || state.annotation(&format!("{NGINX}rewrite-target")).is_some())
}
