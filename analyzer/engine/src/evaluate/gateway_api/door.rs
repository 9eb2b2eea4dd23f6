//! The Gateway API as a door: each listener at each published address, and routes with what they match at the
//! listener that they are attached to.

use std::collections::HashMap;

use kubereach_prober::plan::Target;
use kubereach_prober::words::{HttpVersion, Protocol, Segment};
use kubereach_reports::report::ObjectRef;

use super::answer::Answers;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::{Request, host as host_of, of_match};
use crate::evaluate::door::spoken::Spoken;
use crate::evaluate::door::{
    Around, DNS_QUESTION, Door, FrontDoor, Kind, OpenDoor, Place, Question, STATUS, ask, blank, handshake, stream,
    until, whole,
};
use crate::evaluate::service::Backends;
use crate::resolve::gateway::listener::{ListenerState, Owner};
use crate::resolve::gateway::{GROUP, Gateways};
use crate::resolve::request as asked;
use crate::resolve::route::matches;
use kubereach_model::evidence::{Path, SubjectPaths};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{MethodMatch, Route, RouteKind, RouteMatch, RouteRule};

/// gateway.networking.k8s.io.
#[derive(Debug)]
pub(crate) struct GatewayDoor;

impl Door for GatewayDoor {
    fn kinds(&self) -> &'static [Kind] {
        const HTTP: Kind = Kind::leading(GROUP, "HTTPRoute");
        const GRPC: Kind = Kind::leading(GROUP, "GRPCRoute");
        const TLS: Kind = Kind::leading(GROUP, "TLSRoute");
        const TCP: Kind = Kind::leading(GROUP, "TCPRoute");
        const UDP: Kind = Kind::leading(GROUP, "UDPRoute");
        const GATEWAY: Kind = Kind::leading(GROUP, "Gateway");
        &[
            Kind { speaks_http: true, ..HTTP },
            Kind { speaks_http: true, ..GRPC },
            Kind { passes_tls: true, ..TLS },
            TCP,
            UDP,
            Kind { leads: false, ..GATEWAY },
        ]
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        super::subjects(backends)
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        Box::new(Open::new(cluster))
    }
}

/// A match of a route; `None` where its rule takes everything.
type Matched<'s> = Option<&'s RouteMatch>;

/// A route with its matches, by their words.
type OfRoute<'s> = (Found<'s, Route>, HashMap<Option<String>, Matched<'s>>);

struct Open<'w, 's> {
    gateways: Gateways<'s>,
    answers: Answers<'w, 's>,
    listener_at: HashMap<String, usize>,
    routes: HashMap<ObjectRef, OfRoute<'s>>,
}

impl<'w, 's> Open<'w, 's> {
    fn new(cluster: &'w Cluster<'s>) -> Self {
        let gateways = Gateways::new(cluster);
        let listener_at = gateways.listeners.iter().enumerate().map(|(id, door)| (door.key(), id)).collect();
        let routes = cluster.snapshot.routes.iter().map(|r| (r.object(), (r, matches_of(r)))).collect();
        Self { gateways, answers: Answers::new(cluster), listener_at, routes }
    }

    /// A listener by the key that paths name it with.
    fn listener(&self, key: &str) -> Option<&ListenerState<'s>> {
        self.gateways.listeners.get(*self.listener_at.get(key)?)
    }

    /// The route of a path, and its match.
    fn route(&self, path: &Path) -> Option<(RouteKind, Matched<'s>)> {
        let (route, all) = self.routes.get(&path.key.entry)?;
        Some((route.kind, all.get(&path.key.matches).copied().flatten()))
    }

    /// At a listener, for the Gateway itself.
    fn of_gateway(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        let key = &path.key;
        let name = key.listener.as_ref().ok_or("it declares no listener")?;
        let own = format!("{}/{name}", key.entry);
        let known = [own.as_str(), name.as_str()].into_iter().find_map(|k| Some((k, self.listener(k)?)));
        let (name, listener) = known.ok_or("its listener was not read")?;
        let port = listener.spec.port.known().copied().ok_or("its port was masked or is none")?;
        let places = self.places(listener)?;
        Ok(FrontDoor { places, question: Ok(Question { port, target: listen(path, around, name, listener) }) })
    }

    /// A route's match, at the listener that it is attached to.
    fn of_route(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        let key = &path.key;
        let Some(listener) = key.listener.as_deref().and_then(|listener| self.listener(listener)) else {
            return Err(match key.listener.as_deref() {
                Some(listener) if listener.starts_with("Service/") => {
                    "it is attached to a Service: only clients in the mesh pass through it".to_owned()
                }
                _ => "it is attached to no listener that was read, so there is no front door to dial".to_owned(),
            });
        };
        let port = listener.spec.port.known().copied().ok_or("the port of its listener was masked or is none")?;
        let (kind, matched) = self.route(path).ok_or("the route itself was not read")?;
        let target = question(path, around, listener, kind, matched)?;
        Ok(FrontDoor { places: self.places(listener)?, question: Ok(Question { port, target }) })
    }

    /// Where a Gateway listens: its published places, or why there is none to dial.
    fn places(&self, listener: &ListenerState<'_>) -> Result<Vec<Place>, String> {
        // The listeners of a ListenerSet stand at the addresses of its Gateway.
        let front = listener.gateway.and_then(|id| self.gateways.all.get(id));
        let Some(front) = front else { return Err("the Gateway it stands on was not read".to_owned()) };
        let addresses = Owner::Gateway(front.gateway).addresses();
        let usable = |kind: Option<&str>| matches!(kind.unwrap_or("IPAddress"), "IPAddress" | "Hostname");
        let places: Vec<Place> = addresses
            .iter()
            .filter(|a| usable(a.kind.as_deref()))
            .filter_map(|a| Place::of(a.value.known()?))
            .collect();
        if !places.is_empty() {
            return Ok(places);
        }
        Err(match addresses.first() {
            Some(first) if !usable(first.kind.as_deref()) => {
                format!("its address is of type {}, which cannot be dialled", first.kind.as_deref().unwrap_or_default())
            }
            Some(_) => "its published address was masked by the collector or is none".to_owned(),
            None if front.gateway.is_manifest() => "a manifest has no address yet".to_owned(),
            None => "no address is published for its Gateway".to_owned(),
        })
    }
}

impl OpenDoor for Open<'_, '_> {
    fn front(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        if path.key.entry.kind == "Gateway" { self.of_gateway(path, around) } else { self.of_route(path, around) }
    }

    fn speaks(&self, entry: &ObjectRef) -> Option<Spoken> {
        match self.routes.get(entry)?.0.kind {
            RouteKind::Grpc => Some(Spoken::declared(Protocol::Grpc)),
            RouteKind::Tls => Some(Spoken::declared(Protocol::Tls)),
            RouteKind::Http | RouteKind::Tcp | RouteKind::Udp => None,
        }
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(self.answers.all(&self.gateways, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(self.answers.listed(&self.gateways))
    }
}

/// The question a listener answers, whatever stands behind it.
fn listen(path: &Path, around: &dyn Around, name: &str, listener: &ListenerState<'_>) -> Target {
    // A host that some route serves here is better than one made up for a wildcard.
    let declared = path.key.host.as_deref();
    let known = around.host_at(name).filter(|_| declared.is_none_or(|host| host.contains('*')));
    let host = known.map(|h| (h.to_owned(), false)).or_else(|| declared.map(host_of));
    let (host, guessed) = host.map_or((None, false), |(host, guessed)| (Some(host), guessed));
    let mut target = match listener.spec.protocol.as_str() {
        "HTTP" | "HTTPS" => ask(path, listener.spec.protocol == "HTTPS", &Request::default(), STATUS),
        "TLS" => blank("", whole(path, true), Protocol::Tls),
        "UDP" => blank("", until(Segment::Listener), Protocol::Udp),
        _ => blank("", until(Segment::Listener), Protocol::Tcp),
    };
    if target.protocol.is_tls() {
        target.sni.clone_from(&host);
        target.verify = host.is_some();
    }
    if matches!(target.protocol, Protocol::Http | Protocol::Https) {
        target.host = host;
    }
    target.guessed = guessed;
    STATUS.clone_into(&mut target.chosen);
    target
}

fn question(
    path: &Path,
    around: &dyn Around,
    listener: &ListenerState<'_>,
    kind: RouteKind,
    matched: Matched<'_>,
) -> Result<Target, String> {
    let tls = listener.spec.protocol == "HTTPS" || (listener.spec.protocol == "TLS" && kind != RouteKind::Tls);
    match kind {
        RouteKind::Http => Ok(ask(path, tls, &of_match(matched)?, STATUS)),
        RouteKind::Grpc => grpc(path, tls, matched),
        RouteKind::Tls => Ok(handshake(path, listener.terminates_tls())),
        RouteKind::Tcp => Ok(stream(path, around)),
        RouteKind::Udp => Ok(datagram(path, around)),
    }
}

/// The health service is the one method every gRPC server may have. A rule for other methods does not
/// take it, so there it is a guess.
fn grpc(path: &Path, tls: bool, matched: Matched<'_>) -> Result<Target, String> {
    let mut request = Request::default();
    if let Some(one) = matched {
        request.headers(one)?;
        if let Some(MethodMatch::Grpc(method)) = &one.method {
            let exact = method.kind.as_deref() != Some("RegularExpression");
            let fits = |have: &Option<String>, want: &str| have.as_deref().is_none_or(|h| h.is_empty() || h == want);
            let health = fits(&method.service, "grpc.health.v1.Health") && fits(&method.method, "Check");
            request.guessed |= !(exact && health);
        }
    }
    let mut target = ask(path, tls, &request, STATUS);
    target.protocol = if tls { Protocol::Grpcs } else { Protocol::Grpc };
    target.http = HttpVersion::Auto;
    Ok(target)
}

fn datagram(path: &Path, around: &dyn Around) -> Target {
    let spoken = path.key.backend.as_ref().and_then(|backend| around.spoken(backend));
    let mut target = blank("", whole(path, false), Protocol::Udp);
    if spoken.is_some_and(|s| s.dns) {
        target.query = Some(DNS_QUESTION.to_owned());
    }
    STATUS.clone_into(&mut target.chosen);
    target
}

fn matches_of(route: Found<'_, Route>) -> HashMap<Option<String>, Matched<'_>> {
    let route = &route.get().value;
    let mut all = HashMap::new();
    let blank = RouteRule::default();
    if route.spec.rules.is_empty() {
        for words in matches::of_rule(route, &blank, 0) {
            all.entry(words.text).or_insert(None);
        }
    }
    for (index, rule) in route.spec.rules.iter().enumerate() {
        for words in matches::of_rule(route, rule, index) {
            let one = words.index.and_then(|i| rule.matches.get(i));
            all.entry(words.text).or_insert(one);
        }
    }
    all
}
