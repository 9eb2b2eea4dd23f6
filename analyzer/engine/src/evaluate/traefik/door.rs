//! IngressRoutes as doors: reached at the entry points of Traefik, through the Services in front of its pods.
//!
//! Source: Traefik documentation, entry points.

use std::collections::HashMap;

use kubereach_prober::words::Method;
use kubereach_reports::report::ObjectRef;
use rayon::prelude::*;

use super::answer::Answers;
use super::assemble;
use super::context::EntryContext;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::{Request, literal};
use crate::evaluate::door::spoken::{Spoken, of_word};
use crate::evaluate::door::{
    Around, Door, FrontDoor, Kind, OpenDoor, Place, Question, STATUS, ask, blank, handshake, stream, until,
};
use crate::evaluate::reached;
use crate::evaluate::service::Backends;
use crate::resolve::request as asked;
use crate::resolve::traefik::objects::{GROUPS, Takes};
use crate::resolve::traefik::shape::{Branch, branches};
use crate::resolve::traefik::{Entry, Traefik};
use kubereach_model::evidence::{Path, SubjectPaths};
use kubereach_model::snapshot::model::ServicePort;
use kubereach_prober::words::{Protocol, Segment};

/// Traefik's IngressRoutes.
#[derive(Debug)]
pub(crate) struct TraefikDoor;

const fn kind(group: &'static str, takes: Takes) -> Kind {
    Kind { speaks_http: matches!(takes, Takes::Http), ..Kind::leading(group, takes.kind()) }
}

impl Door for TraefikDoor {
    fn kinds(&self) -> &'static [Kind] {
        const KINDS: [Kind; 6] = [
            kind(GROUPS[0], Takes::Http),
            kind(GROUPS[0], Takes::Tcp),
            kind(GROUPS[0], Takes::Udp),
            kind(GROUPS[1], Takes::Http),
            kind(GROUPS[1], Takes::Tcp),
            kind(GROUPS[1], Takes::Udp),
        ];
        &KINDS
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        let cluster = backends.cluster;
        let all = Traefik::of(cluster);
        let Some(tier) = &all.tier else { return Vec::new() };
        let subject = |entry| assemble::subject(backends, &EntryContext { cluster, all: &all, entry, tier });
        all.entries.par_iter().map(subject).collect()
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        let all = Traefik::of(cluster);
        let at = all.entries.iter().enumerate().map(|(id, entry)| (entry.found.object(), id)).collect();
        Box::new(Open { cluster, answers: Answers::new(cluster, &all), all, at })
    }
}

struct Open<'w, 's> {
    cluster: &'w Cluster<'s>,
    all: Traefik<'s>,
    answers: Answers,
    at: HashMap<ObjectRef, usize>,
}

impl OpenDoor for Open<'_, '_> {
    fn front(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        let entry = self.of(&path.key.entry).ok_or("the IngressRoute itself was not read")?;
        let tier = self.all.tier.as_ref().ok_or("nothing of Traefik was read")?;
        let services = reached::services(self.cluster, &tier.seen.pods);
        let places: Vec<Place> = reached::places(&services);
        if places.is_empty() {
            return Err("no Service in front of Traefik's pods publishes an address".to_owned());
        }
        let ports: Vec<&ServicePort> = services.iter().flat_map(|s| s.get().value.spec.ports.iter()).collect();
        Ok(FrontDoor { places, question: question(entry, path, &ports, around) })
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(self.answers.all(self.cluster, &self.all, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(self.answers.listed(&self.all))
    }

    fn speaks(&self, entry: &ObjectRef) -> Option<Spoken> {
        let spec = self.of(entry)?.spec.as_ref().ok()?;
        let mut schemes = spec.routes.iter().flat_map(|route| &route.services).map(|service| service.scheme.as_str());
        let first = schemes.next().filter(|scheme| !scheme.is_empty())?;
        if schemes.all(|scheme| scheme == first) { of_word(first) } else { None }
    }
}

impl<'s> Open<'_, 's> {
    fn of(&self, object: &ObjectRef) -> Option<&Entry<'s>> {
        self.all.entries.get(*self.at.get(object)?)
    }
}

/// The port of an entry point: the Helm chart names the ports of the Service after them.
fn port(entry: &Entry<'_>, ports: &[&ServicePort], usual: Option<u16>) -> Result<u16, String> {
    let mut names = entry.spec.iter().flat_map(|spec| spec.entry_points.iter());
    let named = |name: &String| ports.iter().find(|port| port.name == *name).and_then(|port| port.port.known());
    let found = names.find_map(named).copied();
    found.or(usual).ok_or_else(|| "the port of its entry points is not shown".to_owned())
}

fn question(entry: &Entry<'_>, path: &Path, ports: &[&ServicePort], around: &dyn Around) -> Result<Question, String> {
    let tls = entry.spec.iter().any(|spec| spec.tls.is_some());
    let passed = entry.spec.iter().filter_map(|spec| spec.tls.as_ref()).any(|tls| tls.passthrough.0 == Some(true));
    let target = match entry.takes {
        Takes::Udp => {
            let mut target = blank("", until(Segment::Listener), Protocol::Udp);
            STATUS.clone_into(&mut target.chosen);
            target
        }
        Takes::Tcp if tls => handshake(path, !passed),
        Takes::Tcp => stream(path, around),
        Takes::Http => {
            let request = request(entry, path)?;
            ask(path, tls, &request, STATUS)
        }
    };
    let usual = (entry.takes == Takes::Http).then_some(if tls { 443 } else { 80 });
    Ok(Question { port: port(entry, ports, usual)?, target })
}

/// What a rule takes.
fn request(entry: &Entry<'_>, path: &Path) -> Result<Request, String> {
    let spec = entry.spec.as_ref().map_err(|_| "its spec could not be read".to_owned())?;
    let rules =
        spec.routes.iter().filter_map(|route| branches(&crate::resolve::traefik::rule::Rule::parse(&route.rule).ok()?));
    let is_it = |branch: &Branch| branch.host == path.key.host && branch.matches(Takes::Http) == path.key.matches;
    let found = rules.flatten().find(is_it).ok_or("its rule has more alternatives than are told apart")?;
    let mut request = Request { guessed: found.guessed || !spec.parent_refs.is_empty(), ..Request::default() };
    request.method = match found.method.as_deref() {
        None => None,
        Some("GET") => Some(Method::Get),
        Some("HEAD") => Some(Method::Head),
        Some("OPTIONS") => Some(Method::Options),
        Some(_) => return Err("the rule takes only a method that is never sent".to_owned()),
    };
    for (name, value) in &found.headers {
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "host") {
            return Err(format!("the rule asks for the header {name}, which is never sent"));
        }
        request.headers.insert(name, value.clone());
    }
    request.path = match &found.path {
        None => None,
        Some((kind, value)) if kind == "PathRegexp" || value.contains('{') => {
            request.guessed = true;
            Some(literal(value).0)
        }
        Some((_, value)) => Some(value.clone()),
    }
    .filter(|path| path != "/");
    Ok(request)
}
