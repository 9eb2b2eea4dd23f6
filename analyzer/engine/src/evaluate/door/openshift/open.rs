//! Where a client of a Route comes in: its host, at the router's ports.

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;

use super::Routes;
use super::answer::{self, Answers};
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::Request;
use crate::evaluate::door::spoken::Spoken;
use crate::evaluate::door::{Around, FrontDoor, OpenDoor, Place, Question, ask, handshake};
use crate::resolve::openshift::Route;
use crate::resolve::request as asked;
use kubereach_model::evidence::Path;
use kubereach_prober::words::Protocol;

pub(super) struct Open<'w, 's> {
    cluster: &'w Cluster<'s>,
    all: Routes<'s>,
    answers: Answers,
    routes: HashMap<ObjectRef, Route<'s>>,
}

impl<'w, 's> Open<'w, 's> {
    pub(super) fn new(cluster: &'w Cluster<'s>) -> Self {
        let all = Routes::of(cluster);
        let routes = all.doors().map(|door| (door.route.object(), door.route)).collect();
        Self { cluster, answers: Answers::new(&all), all, routes }
    }
}

impl OpenDoor for Open<'_, '_> {
    fn front(&self, path: &Path, _: &dyn Around) -> Result<FrontDoor, String> {
        let route = self.routes.get(&path.key.entry).ok_or("the Route itself was not read")?;
        let value = &route.get().value;
        let name = path.key.listener.as_deref();
        let routers = value.routers().iter().filter(|router| name.is_none_or(|name| router.router_name == name));
        let mut places: Vec<Place> = routers
            .filter(|router| router.admitted().is_some_and(|(yes, _)| yes))
            .filter_map(|router| Place::of(&router.router_canonical_hostname))
            .collect();
        if places.is_empty() {
            places.extend(path.key.host.as_deref().filter(|host| !host.contains('*')).and_then(Place::of));
        }
        if places.is_empty() {
            return Err("it has no host that could be dialled".to_owned());
        }
        let target = match value.termination() {
            Some("passthrough") => handshake(path, false),
            termination => {
                let request = Request {
                    path: (!value.spec.path.is_empty()).then(|| value.spec.path.clone()),
                    ..Request::default()
                };
                ask(path, termination.is_some(), &request, CHOSEN)
            }
        };
        let port = if value.termination().is_some() { 443 } else { 80 };
        Ok(FrontDoor { places, question: Ok(Question { port, target }) })
    }

    fn speaks(&self, entry: &ObjectRef) -> Option<Spoken> {
        match self.routes.get(entry)?.get().value.termination() {
            Some("reencrypt") => Some(Spoken::declared(Protocol::Https)),
            Some("passthrough") => Some(Spoken::declared(Protocol::Tls)),
            _ => Some(Spoken::declared(Protocol::Http)),
        }
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(answer::all(self.cluster, &self.all, &self.answers, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(answer::listed(&self.all))
    }
}

/// Where the place comes from.
const CHOSEN: &str = "the router's name (status), or the host";
