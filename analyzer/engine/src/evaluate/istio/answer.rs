//! What Istio's gateways do with a request: the server that it comes in at, the VirtualServices for its host there, and
//! the first of their rules that takes it.
//!
//! Sources: Istio reference, `Gateway`, `Server`, `VirtualService`; istio/istio `pilot/pkg/networking/core/gateway.go`
//! (`buildGatewayHTTPRouteConfig`: hosts in common of server and VirtualService, routes of several VirtualServices for one
//! host appended, the oldest first; `httpsRedirect` with and without routes; filter chains by server name),
//! `pilot/pkg/networking/core/route/route.go` (`SortVHostRoutes`: what takes everything comes last).

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::OnceLock;

use kubereach_reports::report::ObjectRef;

use super::context::{Binding, BoundContext, GatewayContext, VirtualContext};
use super::gateway::title;
use super::rules::{self, For, Rule};
use super::virtual_service::{applies, fits};
use super::{effect, matching};
use crate::evaluate::Cluster;
use crate::evaluate::door::Place;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Taken};
use crate::evaluate::reached;
use crate::resolve::istio::objects::{HttpMatch, Server, VirtualServiceSpec};
use crate::resolve::istio::{Istio, Read, hosts, of_kind, standard_gateway};
use crate::resolve::request::{Request, Speech, Takes};
use crate::resolve::route::redirect::Location;

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

/// A server at which the request may come in, with its Gateway.
#[derive(Clone, Copy)]
struct Door<'a, 's> {
    gateway: usize,
    cx: &'a GatewayContext<'a, 's>,
    index: usize,
    server: &'a Server,
}

/// A VirtualService for the host at a server.
struct Standing<'a, 's> {
    at: usize,
    service: &'a Read<'s, VirtualServiceSpec>,
    host: &'a str,
    named: &'a str,
    named_at: usize,
    door: Door<'a, 's>,
}

/// How specific a host is: an exact one, then the longest.
fn weight(host: &str) -> (bool, usize) {
    (!host.starts_with('*'), host.len())
}

/// The narrower of two hosts that meet.
fn common<'h>(one: &'h str, other: &'h str) -> &'h str {
    if weight(one) >= weight(other) { one } else { other }
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

    fn rules(&self, all: &Istio<'s>, at: usize) -> &[Rule<'s>] {
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
    fn of_host<'a>(&self, all: &'a Istio<'s>, name: &str) -> Vec<OfHost<'a, 's>> {
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
type OfHost<'a, 's> = (usize, &'a Read<'s, VirtualServiceSpec>, &'a str);

type Answered = (Option<String>, Outcome, Vec<Candidate>);

struct Around<'w, 's> {
    answers: &'w Answers<'s>,
    cluster: &'w Cluster<'s>,
    all: &'w Istio<'s>,
    request: &'w Request,
}

impl<'s> Around<'_, 's> {
    fn answered(&self, doors: &[Door<'_, 's>]) -> Answered {
        if doors.is_empty() {
            let because = format!("no server of the Gateway listens on port {}", self.request.port);
            return (None, self.unless_unread(Outcome::Refused(because)), Vec::new());
        }
        match self.request.speech {
            Speech::Http | Speech::Grpc => self.plain(doors),
            Speech::Https | Speech::Grpcs | Speech::Tls => self.encrypted(doors),
            Speech::Tcp | Speech::Udp => self.connected(doors),
        }
    }

    /// That nothing takes it is known only where every VirtualService and Gateway was read.
    fn unless_unread(&self, outcome: Outcome) -> Outcome {
        let mut kinds = ["VirtualService", "Gateway"].into_iter();
        let gap = kinds.find_map(|kind| Some((kind, self.cluster.snapshot.is_complete(&of_kind(kind), None).err()?)));
        match (gap, outcome) {
            (Some((kind, gap)), Outcome::Reply { because, .. } | Outcome::Refused(because)) => {
                Outcome::Unknown(format!("{because}; and a {kind} that was not read may: {}", gap.sentence()))
            }
            (_, outcome) => outcome,
        }
    }

    fn plain(&self, doors: &[Door<'_, 's>]) -> Answered {
        let reads: Vec<Door<'_, 's>> =
            doors.iter().filter(|door| fits(door.server, For::Requests) && !speaks_tls(door.server)).copied().collect();
        if reads.is_empty() {
            if doors.iter().any(|door| fits(door.server, For::Connections)) {
                return self.connected(doors);
            }
            let because = format!("port {} speaks TLS", self.request.port);
            return (None, self.unless_unread(Outcome::Refused(because)), Vec::new());
        }
        let host = self.request.host.as_str();
        let covering = |door: &&Door<'_, 's>| door.covers(host).is_some();
        let most = reads.iter().filter(covering).max_by_key(|door| door.covers(host).map(weight));
        if let Some(door) = most.filter(|door| redirects(door.server)) {
            return self.to_https(door);
        }
        self.routed(&reads)
    }

    /// `httpsRedirect` sends every plain request for the server's hosts away.
    fn to_https(&self, door: &Door<'_, 's>) -> Answered {
        let request = self.request;
        let location = Location {
            scheme: "https".to_owned(),
            host: request.host.clone(),
            port: if request.port == 80 { 443 } else { request.port },
            path: request.path.clone(),
            status: 301,
        };
        let host = door.covers(&request.host).filter(|host| *host != "*").map(str::to_owned);
        let taken =
            Taken { listener: Some(title(door.server)), host, redirect: Some(location), ..Taken::by(door.cx.object()) };
        (Some(door.cx.object().to_string()), Outcome::Taken(Box::new(taken)), Vec::new())
    }

    fn encrypted(&self, doors: &[Door<'_, 's>]) -> Answered {
        let name = self.request.asked_name().unwrap_or_default();
        let tls = doors.iter().filter(|door| speaks_tls(door.server));
        let covering = |door: &&Door<'_, 's>| door.covers(&name).is_some();
        let Some(first) = tls.filter(covering).max_by_key(|door| door.covers(&name).map(weight)) else {
            let because = format!("no server on port {} has a certificate or a route for {name}", self.request.port);
            return (None, self.unless_unread(Outcome::Refused(because)), Vec::new());
        };
        if fits(first.server, For::Tls) {
            return self.passed(doors, &name);
        }
        if fits(first.server, For::Connections) {
            return self.connected(&[*first]);
        }
        if self.request.speech == Speech::Tls {
            let because = "TLS ends at the gateway, and what is asked in it was not said".to_owned();
            return (Some(first.cx.object().to_string()), Outcome::Unknown(because), Vec::new());
        }
        self.routed(&[*first])
    }

    /// TLS that is passed through: by the server name.
    fn passed(&self, doors: &[Door<'_, 's>], name: &str) -> Answered {
        let mut found: Vec<((bool, usize), Taken)> = Vec::new();
        for door in doors.iter().filter(|door| fits(door.server, For::Tls)) {
            for standing in self.standing(*door, name) {
                let binding = Binding::Gateway(door.gateway);
                let virtual_cx = VirtualContext { cluster: self.cluster, all: self.all, service: standing.service };
                let cx = standing.bound(&virtual_cx, &binding);
                for rule in self.answers.rules(self.all, standing.at) {
                    let sni = rule.host.as_deref().filter(|sni| hosts::covers(sni, name));
                    if let Some(sni) = sni.filter(|_| rule.is_for == For::Tls && applies(&cx, rule)) {
                        found.push((weight(sni), effect::of_connection(&cx, rule)));
                    }
                }
            }
        }
        found.sort_by_key(|(specific, _)| std::cmp::Reverse(*specific));
        let rules: Vec<Taken> = found.into_iter().map(|(_, taken)| taken).collect();
        let nobody = self.unless_unread(Outcome::Refused(format!("no VirtualService passes TLS for {name} on")));
        (None, first_of(rules, nobody), Vec::new())
    }

    fn connected(&self, doors: &[Door<'_, 's>]) -> Answered {
        let mut found = Vec::new();
        for door in doors.iter().filter(|door| fits(door.server, For::Connections)) {
            for (at, service) in self.all.services.iter().enumerate() {
                for standing in standing_of((at, service), *door, None) {
                    let binding = Binding::Gateway(door.gateway);
                    let virtual_cx = VirtualContext { cluster: self.cluster, all: self.all, service };
                    let cx = standing.bound(&virtual_cx, &binding);
                    let own = self
                        .answers
                        .rules(self.all, at)
                        .iter()
                        .filter(|rule| rule.is_for == For::Connections && applies(&cx, rule));
                    found.extend(own.map(|rule| effect::of_connection(&cx, rule)));
                }
            }
        }
        let nobody = self.unless_unread(Outcome::Refused("no VirtualService takes such connections".to_owned()));
        (None, first_of(found, nobody), Vec::new())
    }

    /// The VirtualServices that stand at a server for a name.
    fn standing<'a>(&'a self, door: Door<'a, 's>, name: &str) -> Vec<Standing<'a, 's>> {
        let mut services = self.answers.of_host(self.all, name);
        services.dedup_by(|a, b| a.0 == b.0 && a.2 == b.2);
        services.into_iter().filter_map(|(at, service, host)| standing_of((at, service), door, Some(host))).collect()
    }

    fn routed(&self, doors: &[Door<'_, 's>]) -> Answered {
        let host = self.request.host.as_str();
        let mut standing: Vec<(&str, Standing<'_, 's>)> = Vec::new();
        for door in doors {
            for one in self.standing(*door, host) {
                let own = one.door.serves(host, one.service.namespace());
                standing.extend(own.map(|own| (common(own, one.host), one)));
            }
        }
        let most = standing.iter().map(|(effective, _)| weight(effective)).max();
        standing.retain(|(effective, _)| Some(weight(effective)) == most);
        let age = |one: &Standing<'_, 's>| {
            let meta = &one.service.found.get().value.metadata;
            (meta.creation_timestamp.0, meta.name.clone(), meta.namespace.clone())
        };
        standing.sort_by_key(|(_, one)| age(one));
        let door = standing.first().map(|(_, one)| one.door.cx.object().to_string());
        let several = standing.windows(2).any(|pair| match pair {
            [(_, a), (_, b)] => !std::ptr::eq(a.service, b.service),
            _ => false,
        });
        let timeless = several && standing.iter().any(|(_, one)| age(one).0.is_none());
        let mut taking: Vec<(bool, Taken)> = Vec::new();
        let mut candidates: Vec<Candidate> = Vec::new();
        for (_, one) in &standing {
            let binding = Binding::Gateway(one.door.gateway);
            let virtual_cx = VirtualContext { cluster: self.cluster, all: self.all, service: one.service };
            let cx = one.bound(&virtual_cx, &binding);
            let port = one.door.server.port.number.known().copied().unwrap_or(self.request.port);
            for rule in self.answers.rules(self.all, one.at) {
                let Some(matched) = rule.matched.as_ref().filter(|_| applies(&cx, rule)) else { continue };
                let takes = matching::takes(matched, self.request);
                if takes == Takes::No {
                    continue;
                }
                candidates.push(Candidate {
                    entry: cx.of.object(),
                    rule: place(rule),
                    matches: format!("{} {}", one.host, rule.words.clone().unwrap_or_default()),
                    why: match &takes {
                        Takes::Unknown(why) => why.clone(),
                        _ if taking.is_empty() => "comes first".to_owned(),
                        _ => "stands behind another that takes it".to_owned(),
                    },
                });
                let mut taken = effect::of_rule(&cx, rule, self.request, port);
                taken.rule = place(rule);
                if let Takes::Unknown(why) = takes {
                    taken.doubts.push(why);
                }
                taken.via = Some((one.door.cx.object(), title(one.door.server)));
                taken.doubts.extend(self.guards(&one.door));
                taken.doubts.extend(client_check(one.door.server));
                let everything = rule.takes_everything;
                taking.push((everything, taken));
                if everything {
                    break;
                }
            }
        }
        if timeless && taking.len() > 1 {
            let because = "several VirtualServices have the host, and which is older was not read".to_owned();
            return (door, Outcome::Unknown(because), candidates);
        }
        // Of several VirtualServices those rules come last that take everything.
        taking.sort_by_key(|(everything, _)| several && *everything);
        let nobody = Outcome::Reply { status: vec![404], because: "no rule of a VirtualService takes it".to_owned() };
        let rules = taking.into_iter().map(|(_, taken)| taken).collect();
        (door, first_of(rules, self.unless_unread(nobody)), candidates)
    }

    /// Policies that decide at the gateway itself, before any rule.
    fn guards(&self, door: &Door<'_, 's>) -> Option<String> {
        const KINDS: [(&str, &str); 2] =
            [("security.istio.io", "AuthorizationPolicy"), ("extensions.istio.io", "WasmPlugin")];
        let namespace = door.cx.tier.namespace()?;
        let labels = door.cx.tier.pods.first().map(|pod| &pod.get().value.metadata.labels);
        let found = KINDS.iter().find_map(|(group, kind)| {
            let kind = kubereach_model::snapshot::GroupKind::known(group, kind);
            let mut of_kind = self.cluster.snapshot.unmodelled.of_kind(&kind);
            of_kind.find(|object| {
                let value = &object.get().value;
                let here = value.metadata.namespace == namespace || value.metadata.namespace == "istio-system";
                let selector = value.spec.get("selector").and_then(|selector| selector.get("matchLabels"));
                let selects = selector.and_then(|labels| labels.as_object()).is_none_or(|wanted| {
                    labels.is_none_or(|own| {
                        wanted.iter().all(|(key, value)| own.get(key).map(String::as_str) == value.as_str())
                    })
                });
                here && selects && value.spec.get("targetRefs").is_none()
            })
        })?;
        Some(format!("{} decides at the gateway who gets in", found.object()))
    }
}

/// The place of a rule in its object.
fn place(rule: &Rule<'_>) -> Option<usize> {
    match rule.field.get(2) {
        Some(kubereach_model::evidence::Step::Index(index)) => Some(*index),
        _ => None,
    }
}

fn first_of(rules: Vec<Taken>, otherwise: Outcome) -> Outcome {
    if rules.is_empty() { otherwise } else { Outcome::FirstOf(rules, Box::new(otherwise)) }
}

fn redirects(server: &Server) -> bool {
    server.tls.as_ref().is_some_and(|tls| tls.https_redirect.0 == Some(true))
}

fn speaks_tls(server: &Server) -> bool {
    let protocol = server.port.protocol.to_ascii_lowercase();
    matches!(protocol.as_str(), "https" | "tls")
}

fn client_check(server: &Server) -> Option<String> {
    let mode = server.tls.as_ref().map_or("", |tls| tls.mode.as_str());
    matches!(mode, "MUTUAL" | "ISTIO_MUTUAL").then(|| format!("clients have to show a certificate (TLS mode {mode})"))
}

impl<'a, 's> Door<'a, 's> {
    /// The most specific host of the server that covers a name.
    fn covers(&self, name: &str) -> Option<&'a str> {
        let namespace = self.cx.gateway.namespace();
        let own = self.server.hosts.iter().map(|host| hosts::of_server(host, namespace, "").0);
        own.filter(|host| hosts::covers(host, name)).max_by_key(|host| weight(host))
    }

    /// The same for a VirtualService of a namespace.
    fn serves(&self, name: &str, namespace: &str) -> Option<&'a str> {
        let gateway = self.cx.gateway.namespace();
        let own = self.server.hosts.iter().map(|host| hosts::of_server(host, gateway, namespace));
        own.filter(|(host, may)| *may && hosts::covers(host, name))
            .map(|(host, _)| host)
            .max_by_key(|host| weight(host))
    }
}

/// A VirtualService that names the Gateway of a server, for each of its hosts or for one.
fn standing_of<'a, 's>(
    (at, service): (usize, &'a Read<'s, VirtualServiceSpec>),
    door: Door<'a, 's>,
    only: Option<&'a str>,
) -> Option<Standing<'a, 's>> {
    let spec = service.spec.as_ref().ok()?;
    let here = (door.cx.gateway.namespace().to_owned(), door.cx.gateway.name().to_owned());
    let mut gateways = spec.gateways.iter().enumerate();
    let (named_at, named) =
        gateways.find(|(_, named)| hosts::gateway(named, service.namespace()).as_ref() == Some(&here))?;
    let meets = |host: &&str| {
        let own =
            door.server.hosts.iter().map(|own| hosts::of_server(own, door.cx.gateway.namespace(), service.namespace()));
        own.into_iter().any(|(own, may)| may && hosts::meet(own, host))
    };
    let mut of_service = spec.hosts.iter().map(String::as_str).filter(|host| only.is_none_or(|only| only == *host));
    let host = of_service.find(meets)?;
    Some(Standing { at, service, host, named, named_at, door })
}

impl<'a, 's> Standing<'a, 's> {
    fn bound<'b>(&self, of: &'b VirtualContext<'b, 's>, binding: &'b Binding<'s>) -> BoundContext<'b, 's>
    where
        'a: 'b,
    {
        let servers = vec![(self.door.index, self.door.server)];
        BoundContext { of, host: self.host, binding, named: self.named, index: self.named_at, servers }
    }
}
