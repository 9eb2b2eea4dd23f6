//! The front door of a Gateway: each listener at each published address.

use kubereach_prober::plan::Target;
use kubereach_prober::words::{Protocol, Segment};

use super::PlannedPath;
use super::doors::{Place, add, also_knock, ask, sample, until, whole};
use super::draft::{Drafts, blank};
use super::facts::Facts;
use super::request::{self, Request};
use crate::resolve::gateway::listener::{ListenerState, Owner};

/// Where a Gateway listens: its published places, or why there is none to dial.
pub(super) fn places(facts: &Facts<'_, '_>, door: &ListenerState<'_>) -> Result<(Vec<Place>, usize), String> {
    // The listeners of a ListenerSet stand at the addresses of its Gateway.
    let front = door.gateway.and_then(|id| facts.gateways.all.get(id));
    let Some(front) = front else { return Err("the Gateway it stands on was not read".to_owned()) };
    let addresses = Owner::Gateway(front.gateway).addresses();
    let usable = |kind: Option<&str>| matches!(kind.unwrap_or("IPAddress"), "IPAddress" | "Hostname");
    let places: Vec<Place> =
        addresses.iter().filter(|a| usable(a.kind.as_deref())).filter_map(|a| Place::of(a.value.known()?)).collect();
    if !places.is_empty() {
        return Ok(sample(places));
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

/// The dials at one listener, for the Gateway itself.
pub(super) fn front_door(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, drafts: &mut Drafts) {
    let key = &planned.path.key;
    let Some(listener) = &key.listener else {
        return drafts.leave_out(planned, "front-door", "it declares no listener");
    };
    let own = format!("{}/{listener}", key.entry);
    let Some((name, door)) = [own.as_str(), listener.as_str()].into_iter().find_map(|k| Some((k, facts.door(k)?)))
    else {
        return drafts.leave_out(planned, "front-door", "its listener was not read");
    };
    let Some(port) = door.spec.port.known().copied() else {
        return drafts.leave_out(planned, "front-door", "its port was masked or is none");
    };
    let (places, more) = match places(facts, door) {
        Ok(found) => found,
        Err(why) => return drafts.leave_out(planned, "front-door", why),
    };
    if more > 0 {
        drafts.leave_out(planned, "front-door", format!("{more} further published addresses: a sample is dialled"));
    }
    for place in &places {
        let target = listen(facts, planned, name, door);
        let guessed = target.guessed;
        add(facts, drafts, planned, place, port, target);
        if guessed {
            also_knock(facts, drafts, planned, place, port, STATUS);
        }
    }
}

pub(super) const STATUS: &str = "published address (status)";

/// The question a listener answers, whatever stands behind it.
fn listen(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, name: &str, door: &ListenerState<'_>) -> Target {
    // A host that some route serves here is better than one made up for a wildcard.
    let declared = planned.path.key.host.as_deref();
    let known = facts.host_at(name).filter(|_| declared.is_none_or(|host| host.contains('*')));
    let host = known.map(|h| (h.to_owned(), false)).or_else(|| declared.map(request::host));
    let (host, guessed) = host.map_or((None, false), |(host, guessed)| (Some(host), guessed));
    let mut target = match door.spec.protocol.as_str() {
        "HTTP" | "HTTPS" => ask(planned, door.spec.protocol == "HTTPS", &Request::default(), STATUS),
        "TLS" => blank("", whole(planned.path, true), Protocol::Tls),
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
