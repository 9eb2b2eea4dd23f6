//! Where a client of an `HTTPProxy` comes in: the address of Envoy's Service, with the root's host.

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;

use super::Proxies;
use super::answer::Answers;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::{Request, literal};
use crate::evaluate::door::spoken::Spoken;
use crate::evaluate::door::{Around, FrontDoor, OpenDoor, Question, STATUS, ask, handshake};
use crate::evaluate::ingress::door::places;
use crate::resolve::request as asked;
use kubereach_model::evidence::Path;
use kubereach_model::snapshot::Snapshot;

/// The host of a root.
#[derive(Clone, Copy, Default)]
struct Host {
    tls: bool,
    passes: bool,
}

pub(super) struct Open<'s> {
    snapshot: &'s Snapshot,
    all: Proxies<'s>,
    answers: Answers<'s>,
    at: HashMap<ObjectRef, usize>,
    hosts: HashMap<String, Host>,
}

impl<'s> Open<'s> {
    pub(super) fn new(cluster: &Cluster<'s>) -> Self {
        let all = Proxies::of(cluster);
        let at = all.states.states.iter().enumerate().map(|(id, state)| (state.ingress.object(), id)).collect();
        let hosts = all.tree.proxies.iter().filter_map(|node| node.proxy.get().value.spec.virtualhost.as_ref());
        let hosts = hosts
            .map(|host| {
                let passes = host.tls.as_ref().is_some_and(|tls| tls.passthrough.0 == Some(true));
                (host.fqdn.clone(), Host { tls: host.tls.is_some(), passes })
            })
            .collect();
        let answers = Answers::new(&all);
        Self { snapshot: cluster.snapshot, all, answers, at, hosts }
    }
}

impl OpenDoor for Open<'_> {
    fn front(&self, path: &Path, _: &dyn Around) -> Result<FrontDoor, String> {
        let state = self.at.get(&path.key.entry).and_then(|id| self.all.states.states.get(*id));
        let state = state.ok_or("the HTTPProxy itself was not read")?;
        let host = path.key.host.as_ref().ok_or("no root includes it, so that it has no host")?;
        let places = places(state)?;
        let Host { tls, passes } = self.hosts.get(host).copied().unwrap_or_default();
        let port = if tls { 443 } else { 80 };
        let question = match path.key.matches.as_deref() {
            None => Ok(Question { port, target: handshake(path, !passes) }),
            Some(matches) => {
                request(matches).map(|request| Question { port, target: ask(path, tls, &request, STATUS) })
            }
        };
        Ok(FrontDoor { places, question })
    }

    fn speaks(&self, _: &ObjectRef) -> Option<Spoken> {
        None
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(self.answers.all(self.snapshot, &self.all, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(self.answers.listed(&self.all))
    }
}

/// The request that a match takes, as far as its words are a path.
fn request(matches: &str) -> Result<Request, String> {
    if matches.starts_with(['[', '?']) {
        return Err("the route asks for headers or query parameters".to_owned());
    }
    let (kind, text) = matches.split_once(' ').ok_or("the route takes nothing that could be asked")?;
    let (path, guessed) = if kind == "Regex" { literal(text) } else { (text.to_owned(), false) };
    Ok(Request { path: (path != "/").then_some(path), guessed, ..Request::default() })
}
