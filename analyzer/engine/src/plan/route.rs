//! The front door of a route: its match, asked of the listener it is attached to.

use kubereach_prober::plan::Target;
use kubereach_prober::words::{HttpVersion, Protocol, Segment};

use super::PlannedPath;
use super::doors::{add, also_knock, ask, until, whole};
use super::draft::{Drafts, blank};
use super::facts::{Facts, Matched};
use super::gateway::{STATUS, places};
use super::protocol::of_port;
use super::request::{self, Request, of_match};
use crate::resolve::gateway::listener::ListenerState;
use kubereach_model::snapshot::model::{MethodMatch, RouteKind};

/// The dials at the entry of one path.
pub(super) fn front_door(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, drafts: &mut Drafts) {
    let key = &planned.path.key;
    let Some(door) = key.listener.as_deref().and_then(|listener| facts.door(listener)) else {
        let why = match key.listener.as_deref() {
            Some(listener) if listener.starts_with("Service/") => {
                "it is attached to a Service: only clients in the mesh pass through it".to_owned()
            }
            _ => "it is attached to no listener that was read, so there is no front door to dial".to_owned(),
        };
        return drafts.leave_out(planned, "front-door", why);
    };
    let Some(port) = door.spec.port.known().copied() else {
        return drafts.leave_out(planned, "front-door", "the port of its listener was masked or is none");
    };
    let Some((route, matched)) = facts.route(&key.entry, key.matches.as_deref()) else {
        return drafts.leave_out(planned, "front-door", "the route itself was not read");
    };
    let target = match question(facts, planned, door, route.kind, matched) {
        Ok(target) => target,
        Err(why) => return drafts.leave_out(planned, "front-door", why),
    };
    let (places, more) = match places(facts, door) {
        Ok(found) => found,
        Err(why) => return drafts.leave_out(planned, "front-door", why),
    };
    if more > 0 {
        drafts.leave_out(planned, "front-door", format!("{more} further published addresses: a sample is dialled"));
    }
    for place in &places {
        add(facts, drafts, planned, place, port, target.clone());
        if target.guessed {
            also_knock(facts, drafts, planned, place, port, STATUS);
        }
    }
}

fn question(
    facts: &Facts<'_, '_>,
    planned: &PlannedPath<'_>,
    door: &ListenerState<'_>,
    kind: RouteKind,
    matched: Matched<'_>,
) -> Result<Target, String> {
    let tls = door.spec.protocol == "HTTPS" || (door.spec.protocol == "TLS" && kind != RouteKind::Tls);
    match kind {
        RouteKind::Http => Ok(ask(planned, tls, &of_match(matched)?, STATUS)),
        RouteKind::Grpc => grpc(planned, tls, matched),
        RouteKind::Tls => Ok(handshake(planned, door)),
        RouteKind::Tcp => Ok(stream(facts, planned)),
        RouteKind::Udp => Ok(datagram(facts, planned)),
    }
}

/// The health service is the one method every gRPC server may have. A rule for other methods does not
/// take it, so there it is a guess.
fn grpc(planned: &PlannedPath<'_>, tls: bool, matched: Matched<'_>) -> Result<Target, String> {
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
    let mut target = ask(planned, tls, &request, STATUS);
    target.protocol = if tls { Protocol::Grpcs } else { Protocol::Grpc };
    target.http = HttpVersion::Auto;
    Ok(target)
}

/// Passed through, the handshake is the backend's own; ended at the Gateway, it shows only the listener.
fn handshake(planned: &PlannedPath<'_>, door: &ListenerState<'_>) -> Target {
    let span = if door.terminates_tls() { until(Segment::Listener) } else { whole(planned.path, true) };
    let mut target = blank("", span, Protocol::Tls);
    if let Some((host, guessed)) = planned.path.key.host.as_deref().map(request::host) {
        target.sni = Some(host);
        target.guessed = guessed;
    } else {
        target.verify = false;
    }
    STATUS.clone_into(&mut target.chosen);
    target
}

/// A proxy accepts a connection before it has one to the backend; only an answer shows that it has.
fn stream(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>) -> Target {
    let spoken = planned
        .path
        .key
        .backend
        .as_ref()
        .and_then(|b| facts.port_of(b))
        .map(|(view, port)| of_port(port, facts.hint(view, port)));
    let mut target = match spoken.filter(|s| !s.assumed && !matches!(s.protocol, Protocol::Tcp | Protocol::Udp)) {
        Some(spoken) => {
            let mut target = blank("", whole(planned.path, false), spoken.protocol);
            target.http = spoken.http;
            target.verify = false;
            target
        }
        None => blank("", until(Segment::Listener), Protocol::Tcp),
    };
    STATUS.clone_into(&mut target.chosen);
    target
}

fn datagram(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>) -> Target {
    let spoken = planned.path.key.backend.as_ref().and_then(|b| facts.port_of(b)).map(|(_, port)| of_port(port, None));
    let mut target = blank("", whole(planned.path, false), Protocol::Udp);
    if spoken.is_some_and(|s| s.dns) {
        target.query = Some(super::service::DNS_QUESTION.to_owned());
    }
    STATUS.clone_into(&mut target.chosen);
    target
}
