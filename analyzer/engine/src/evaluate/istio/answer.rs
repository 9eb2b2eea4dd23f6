//! What Istio's gateways do with a request: at which of them it comes in, and by which server.
//!
//! Source: Istio reference, `Gateway`, `Server`, `VirtualService`.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::OnceLock;

use kubereach_reports::report::ObjectRef;

use super::context::GatewayContext;
use super::routed::{Around, Door};
use super::rules::{self, Rule};
use crate::evaluate::Cluster;
use crate::evaluate::door::Place;
use crate::evaluate::door::answer::{Fit, Handled, Listing, Outcome};
use crate::evaluate::reached;
use crate::resolve::istio::objects::{HttpMatch, VirtualServiceSpec};
use crate::resolve::istio::{Istio, Read, hosts, standard_gateway};
use crate::resolve::request::{Request, Speech};

/// VirtualServices by host, and Gateways by who serves them.
pub(super) struct Answers<'s> {
    /// The rules of each VirtualService, read when it is first asked for.
    rules: Vec<OnceLock<Vec<Rule<'s>>>>,
    /// VirtualServices by their exact hosts and by their wildcards, in lower case.
    services: HashMap<String, Vec<(usize, usize)>>,
    /// The Gateways that the same pods serve, with their addresses.
    sets: Vec<Set>,
}

struct Set {
    gateways: Vec<usize>,
    places: Vec<Place>,
}

impl<'s> Answers<'s> {
    pub(super) fn new(all: &Istio<'s>) -> Self {
        let mut services: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, service) in all.services.iter().enumerate() {
            for (index, host) in service.spec.iter().flat_map(|spec| spec.hosts.iter()).enumerate() {
                services.entry(hosts::completed(host, service.namespace())).or_default().push((at, index));
            }
        }
        let mut by_selector: BTreeMap<Vec<(&str, &str)>, Vec<usize>> = BTreeMap::new();
        for (at, gateway) in all.gateways.iter().enumerate() {
            let selector = gateway.spec.iter().flat_map(|spec| spec.selector.iter());
            let key = selector.map(|(key, value)| (key.as_str(), value.as_str())).collect();
            by_selector.entry(key).or_default().push(at);
        }
        let sets = by_selector.into_values().map(|gateways| {
            let tier = gateways.first().and_then(|at| all.tiers.get(*at));
            Set { places: tier.map(|tier| reached::places(&tier.services)).unwrap_or_default(), gateways }
        });
        let rules = all.services.iter().map(|_| OnceLock::new()).collect();
        Self { rules, services, sets: sets.collect() }
    }

    /// The rules of a VirtualService.
    pub(super) fn rules(&self, all: &Istio<'s>, at: usize) -> &[Rule<'s>] {
        let read = || all.services.get(at).map(|service| rules::all(all, service)).unwrap_or_default();
        self.rules.get(at).map(|rules| rules.get_or_init(read).as_slice()).unwrap_or_default()
    }

    pub(super) fn all(
        &self,
        cluster: &Cluster<'s>,
        all: &Istio<'s>,
        request: &Request,
        only: Option<&ObjectRef>,
    ) -> Vec<Handled> {
        if request.speech == Speech::Udp {
            return Vec::new();
        }
        let mut handled: Vec<Handled> =
            self.sets.iter().filter_map(|set| self.at_set(cluster, all, set, request, only)).collect();
        if only.is_none() {
            handled.extend(self.elsewhere(cluster, all, request));
        }
        handled
    }

    /// A VirtualService of the host at a Gateway of the Gateway API acts there too.
    fn elsewhere(&self, cluster: &Cluster<'_>, all: &Istio<'s>, request: &Request) -> Option<Handled> {
        let (_, service, _) = self.of_host(all, &request.host).into_iter().find(|(_, service, _)| {
            let gateways = service.spec.iter().flat_map(|spec| spec.gateways.iter());
            let mut named = gateways.filter_map(|named| hosts::gateway(named, service.namespace()));
            named.any(|(namespace, name)| {
                all.gateway(&namespace, &name).is_none() && standard_gateway(cluster, &namespace, &name).is_some()
            })
        })?;
        let object = service.found.object();
        let because = format!("{object} acts at a Gateway of the Gateway API, and what it does there is not followed");
        let (door, outcome) = (object.to_string(), Outcome::Unknown(because));
        Some(Handled { door, fit: Fit::Host, outcome, candidates: Vec::new() })
    }

    /// The VirtualServices one of whose hosts covers a name, each with that host.
    pub(super) fn of_host<'a>(&self, all: &'a Istio<'s>, name: &str) -> Vec<OfHost<'a, 's>> {
        let mut keys = vec![name.to_owned()];
        keys.extend(name.match_indices('.').filter_map(|(at, _)| name.get(at..)).map(|end| format!("*{end}")));
        keys.push("*".to_owned());
        let found = keys.iter().filter_map(|key| self.services.get(key)).flatten();
        found
            .filter_map(|(at, index)| {
                let service = all.services.get(*at)?;
                Some((*at, service, service.spec.as_ref().ok()?.hosts.get(*index)?.as_str()))
            })
            .collect()
    }

    fn at_set(
        &self,
        cluster: &Cluster<'s>,
        all: &Istio<'s>,
        set: &Set,
        request: &Request,
        only: Option<&ObjectRef>,
    ) -> Option<Handled> {
        let contexts: Vec<(usize, GatewayContext<'_, 's>)> =
            set.gateways.iter().filter_map(|at| Some((*at, GatewayContext::of(cluster, all, *at)?))).collect();
        let named = |object: &ObjectRef| contexts.iter().any(|(_, cx)| cx.object() == *object);
        let by_name = match only {
            Some(only) if named(only) => true,
            Some(only) => all.services.iter().any(|service| service.found.object() == *only),
            None => false,
        };
        if only.is_some() && !by_name {
            return None;
        }
        let doors: Vec<Door<'_, 's>> = contexts
            .iter()
            .flat_map(|(gateway, cx)| {
                cx.servers().map(move |(index, server)| Door { gateway: *gateway, cx, index, server })
            })
            .filter(|door| {
                let number = door.server.port.number.known();
                number.is_some_and(|number| door.cx.tier.is_port(request.port, *number))
            })
            .collect();
        let is_here = |place: &Place| match place {
            Place::Address(address) => request.dialled.parse::<IpAddr>().is_ok_and(|own| own == *address),
            Place::Name(name) => *name == request.dialled,
        };
        let fit = if by_name {
            Fit::Named
        } else if set.places.iter().any(is_here) {
            Fit::Address
        } else if request.dialled.parse::<IpAddr>().is_ok() || doors.is_empty() {
            return None;
        } else {
            self.by_host(all, &doors, request)?
        };
        let door = contexts.first().map_or_else(|| "Istio".to_owned(), |(_, cx)| cx.object().to_string());
        let place = Around { answers: self, cluster, all, request };
        let (served_by, outcome, candidates) = place.answered(&doors);
        Some(Handled { door: served_by.unwrap_or(door), fit, outcome, candidates })
    }

    /// Does a server or a VirtualService at it name the host?
    fn by_host(&self, all: &Istio<'s>, doors: &[Door<'_, 's>], request: &Request) -> Option<Fit> {
        let name = if request.speech.is_http() { request.host.clone() } else { request.asked_name()? };
        let servers = doors.iter().flat_map(|door| {
            door.server.hosts.iter().map(|host| hosts::of_server(host, door.cx.gateway.namespace(), "").0)
        });
        let covering: Vec<&str> = servers.filter(|host| hosts::covers(host, &name)).collect();
        if covering.is_empty() {
            return None;
        }
        let services = self.of_host(all, &name);
        let is_named = services.iter().any(|(.., host)| *host != "*") || covering.iter().any(|host| *host == name);
        Some(if is_named { Fit::Host } else { Fit::Any })
    }

    /// What each rule looks at.
    pub(super) fn listed(&self, all: &Istio<'s>) -> Vec<Listing> {
        let mut found = Vec::new();
        for (at, service) in all.services.iter().enumerate() {
            let hosts = service.spec.iter().flat_map(|spec| spec.hosts.iter());
            let rules = self.rules(all, at);
            for host in hosts {
                let host = (host != "*").then(|| host.to_ascii_lowercase());
                found.extend(rules.iter().filter_map(|rule| listing(host.clone(), rule)));
            }
        }
        for gateway in &all.gateways {
            let servers = gateway.spec.iter().flat_map(|spec| spec.servers.iter());
            let named = servers.flat_map(|server| server.hosts.iter()).map(|host| hosts::of_server(host, "", "").0);
            found.extend(named.filter(|host| *host != "*").map(|host| Listing {
                host: Some(host.to_ascii_lowercase()),
                path: Some("/".to_owned()),
                ..Listing::default()
            }));
        }
        found
    }
}

fn listing(host: Option<String>, rule: &Rule<'_>) -> Option<Listing> {
    let of = rule.matched.as_ref()?;
    let path = match &of.uri {
        None => Some("/".to_owned()),
        Some(_) if of.ignore_uri_case.0 == Some(true) => None,
        Some(uri) => uri.exact.clone().or_else(|| uri.prefix.clone()),
    };
    let bare = HttpMatch { uri: None, ..of.clone() };
    let headers = of.headers.iter().filter_map(|(name, text)| Some((name.clone(), text.as_ref()?.exact.clone()?)));
    Some(Listing {
        host,
        path,
        more: bare != HttpMatch::default(),
        method: of.method.as_ref().and_then(|method| method.exact.clone()),
        headers: headers.collect(),
    })
}

/// The place of a VirtualService, it, and its host that covers a name.
pub(super) type OfHost<'a, 's> = (usize, &'a Read<'s, VirtualServiceSpec>, &'a str);
