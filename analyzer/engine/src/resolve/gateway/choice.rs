//! Which listener of a Gateway takes a request.
//!
//! Source: Gateway API `apis/v1/gateway_types.go`, `GatewaySpec.listeners` ("Distinct Listeners": most specific host
//! name, then less specific ones; "Listener Isolation"), and GEP-3567 for a `Host` that another HTTPS listener serves.

use super::hostname;
use super::listener::{Admission, Clash, ListenerState};
use super::{GatewayState, Gateways};
use crate::resolve::controllers;
use crate::resolve::request::{Request, Speech};

/// What a Gateway does with a request before any route is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// This listener (index) takes it.
    Listener(usize),
    /// The handshake went to this listener and the `Host` belongs to another (421).
    Misdirected {
        /// By the server name.
        by_name: usize,
        /// By the `Host`.
        by_host: usize,
    },
    /// Nothing listens on the port for such requests, because.
    Nothing(String),
    /// Listeners are there, and none serves the name, because.
    NoName(String),
}

/// How specific a host name is: exact before wildcard, longer before shorter, none last.
pub fn specificity(host: Option<&str>) -> (usize, usize) {
    match host {
        None => (0, 0),
        Some(host) => match host.strip_prefix("*.") {
            Some(suffix) => (1, suffix.len()),
            None => (2, host.len()),
        },
    }
}

/// Does a listener carry what is spoken?
fn carries(listener: &ListenerState<'_>, request: &Request) -> bool {
    let tls = request.speech.is_tls() || request.server_name.is_some();
    match (request.speech, listener.spec.protocol.as_str()) {
        (Speech::Tcp, "TCP") | (Speech::Udp, "UDP") => true,
        (Speech::Tcp | Speech::Udp, _) => false,
        (Speech::Tls, "TLS" | "HTTPS") => true,
        (_, "HTTP") => !tls,
        (_, "HTTPS" | "TLS") => tls,
        _ => false,
    }
}

/// Does it yield to another listener, or was it not let onto the Gateway?
fn yields(listener: &ListenerState<'_>) -> bool {
    let lost = listener.conflict.as_ref().is_some_and(|c| matches!(c.clash, Clash::Hostname | Clash::Protocol));
    lost || !matches!(listener.admission, Admission::Admitted)
}

impl Gateways<'_> {
    /// The listeners at a port that carry what is spoken.
    pub fn listening(&self, gateway: &GatewayState<'_>, request: &Request) -> Vec<usize> {
        let at = |id: &usize| {
            let listener = self.listeners.get(*id);
            listener.is_some_and(|l| l.spec.port.known() == Some(&request.port) && carries(l, request))
        };
        let all: Vec<usize> = gateway.listeners.iter().copied().filter(at).collect();
        let serving: Vec<usize> =
            all.iter().copied().filter(|id| self.listeners.get(*id).is_some_and(|l| !yields(l))).collect();
        // Where all of them yield, what is wrong with them is the answer.
        if serving.is_empty() { all } else { serving }
    }

    /// The most specific of these listeners that serves a name; without a name, the one for any.
    pub fn for_name(&self, listeners: &[usize], name: Option<&str>) -> Option<usize> {
        let host = |id: usize| self.listeners.get(id).and_then(|l| hostname::normal(l.spec.hostname.as_deref()));
        let serves = |id: &usize| match (host(*id), name) {
            (None, _) => true,
            (Some(own), Some(name)) => hostname::covers(&own, name),
            (Some(_), None) => false,
        };
        // The first of several equal ones: earlier owners take precedence.
        let serving = listeners.iter().copied().filter(serves);
        serving.most_specific(|id| specificity(host(*id).as_deref()))
    }

    /// Does the implementation serve `HTTPRoutes` and `GRPCRoutes` with one host name side by side?
    pub fn shares_hostnames(&self, listener: usize) -> bool {
        let gateway = self.listeners.get(listener).and_then(|l| self.all.get(l.gateway?));
        let known = gateway.and_then(|g| controllers::of_gateway_class(g.controller()));
        known.is_some_and(|(_, gateways)| gateways.shares_hostnames)
    }

    /// The listener that takes a request.
    pub fn choose(&self, gateway: &GatewayState<'_>, request: &Request) -> Chosen {
        let listening = self.listening(gateway, request);
        if listening.is_empty() {
            let others: Vec<String> = gateway
                .listeners
                .iter()
                .filter_map(|id| self.listeners.get(*id))
                .filter(|l| l.spec.port.known() == Some(&request.port))
                .map(|l| format!("{} speaks {}", l.describe(), l.spec.protocol))
                .collect();
            return Chosen::Nothing(if others.is_empty() {
                format!("nothing listens on port {}", request.port)
            } else {
                format!("no listener on port {} speaks {}: {}", request.port, request.speech.word(), others.join(", "))
            });
        }
        let tls = request.speech.is_tls() || request.server_name.is_some();
        let host = (!request.host.is_empty()).then_some(request.host.as_str());
        if matches!(request.speech, Speech::Tcp | Speech::Udp) {
            return listening.first().map_or_else(|| Chosen::Nothing(String::new()), |id| Chosen::Listener(*id));
        }
        let name = if tls { request.asked_name() } else { host.map(str::to_owned) };
        let Some(chosen) = self.for_name(&listening, name.as_deref()) else {
            let name = name.unwrap_or_else(|| "a request without a host".to_owned());
            return Chosen::NoName(format!("no listener on port {} serves {name}", request.port));
        };
        let ends = self.listeners.get(chosen).is_some_and(|l| l.spec.protocol == "HTTPS");
        if tls && ends && request.speech.is_http() && host.is_some() {
            let https = |id: &usize| self.listeners.get(*id).is_some_and(|l| l.spec.protocol == "HTTPS");
            let all: Vec<usize> = listening.iter().copied().filter(https).collect();
            if let Some(by_host) = self.for_name(&all, host).filter(|by_host| *by_host != chosen) {
                return Chosen::Misdirected { by_name: chosen, by_host };
            }
        }
        Chosen::Listener(chosen)
    }
}

/// The first of those that are most specific.
trait MostSpecific: Iterator<Item = usize> + Sized {
    fn most_specific<K: Ord>(self, key: impl Fn(&usize) -> K) -> Option<usize> {
        let mut best: Option<(K, usize)> = None;
        for id in self {
            let own = key(&id);
            if best.as_ref().is_none_or(|(known, _)| own > *known) {
                best = Some((own, id));
            }
        }
        best.map(|(_, id)| id)
    }
}

impl<I: Iterator<Item = usize>> MostSpecific for I {}

#[cfg(test)]
mod tests {
    use super::specificity;

    #[test]
    fn exact_names_come_before_wildcards_and_longer_before_shorter() {
        let mut hosts = [None, Some("*.example.com"), Some("a.example.com"), Some("*.a.example.com")];
        hosts.sort_by_key(|host| std::cmp::Reverse(specificity(*host)));
        assert_eq!(hosts, [Some("a.example.com"), Some("*.a.example.com"), Some("*.example.com"), None]);
    }
}
