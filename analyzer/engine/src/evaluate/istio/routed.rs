//! A request at the servers of one gateway: the VirtualServices that stand there, and the first of their rules that takes
//! it.
//!
//! Sources: istio/istio `pilot/pkg/networking/core/gateway.go` (`buildGatewayHTTPRouteConfig`: hosts in common of server
//! and VirtualService, routes of several VirtualServices for one host appended, the oldest first; `httpsRedirect` with
//! and without routes; filter chains by server name), `pilot/pkg/networking/core/route/route.go` (`SortVHostRoutes`: what
//! takes everything comes last).

use super::answer::Answers;
use super::context::{Binding, BoundContext, GatewayContext, VirtualContext};
use super::gateway::title;
use super::rules::{For, Rule};
use super::virtual_service::{applies, fits};
use super::{effect, matching};
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Candidate, Outcome, Taken};
use crate::resolve::istio::objects::{Server, VirtualServiceSpec};
use crate::resolve::istio::{Istio, Read, hosts, of_kind};
use crate::resolve::request::{Request, Speech, Takes};
use crate::resolve::route::redirect::Location;
use kubereach_model::evidence::Step;
use kubereach_model::snapshot::GroupKind;

/// A server at which the request may come in, with its Gateway.
#[derive(Clone, Copy)]
pub(super) struct Door<'a, 's> {
    pub(super) gateway: usize,
    pub(super) cx: &'a GatewayContext<'a, 's>,
    pub(super) index: usize,
    pub(super) server: &'a Server,
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

pub(super) type Answered = (Option<String>, Outcome, Vec<Candidate>);

pub(super) struct Around<'w, 's> {
    pub(super) answers: &'w Answers<'s>,
    pub(super) cluster: &'w Cluster<'s>,
    pub(super) all: &'w Istio<'s>,
    pub(super) request: &'w Request,
}

impl<'s> Around<'_, 's> {
    /// Where it is answered, how, and by which rules.
    pub(super) fn answered(&self, doors: &[Door<'_, 's>]) -> Answered {
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
                if let Some(standing) = standing_of((at, service), *door, None) {
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
        let found = KINDS.into_iter().find_map(|(group, kind)| {
            let kind = GroupKind::known(group, kind);
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
        Some(Step::Index(index)) => Some(*index),
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

impl<'a> Door<'a, '_> {
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
