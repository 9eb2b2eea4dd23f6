//! What Contour's Envoy does with a request: the root of its host, and the route there that takes it.
//!
//! Sources: projectcontour/contour `internal/dag/httpproxy_processor.go`, `internal/envoy/v3/route.go` (`buildRoute`,
//! `routeRedirect`), `internal/envoy/v3/listener.go` (`FilterMisdirectedRequests`), and the API reference of HTTPProxy.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::OnceLock;

use kubereach_reports::report::{Backend, ObjectRef, Port, SegmentName};
use serde_json::Value;

use super::{Proxies, subject};
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Share, Taken};
use crate::resolve::contour::conditions::PathMatch;
use crate::resolve::contour::routes::resolved;
use crate::resolve::contour::table::{Does, Listed, Table};
use crate::resolve::contour::text::{list, text};
use crate::resolve::contour::tree::Node;
use crate::resolve::contour::{Problem, Proxy};
use crate::resolve::request::{Request, Speech, Takes};
use crate::resolve::route::redirect::{Location, usual_port};
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::{ProxyRoute, ProxyService, VirtualHost};

/// The roots by their hosts.
pub(super) struct Answers<'s> {
    roots: HashMap<String, Vec<usize>>,
    /// The routes of each root, put together when it is first asked for.
    tables: Vec<OnceLock<Table<'s>>>,
}

/// A request at a host.
struct At<'a, 's> {
    snapshot: &'s Snapshot,
    root: &'a Node<'s>,
    host: &'s VirtualHost,
    request: &'a Request,
    table: Option<&'a Table<'s>>,
}

/// A Service that is not found is left out; with none at all Envoy answers 503.
const LOST: &[u16] = &[503];

impl<'s> Answers<'s> {
    pub(super) fn new(all: &Proxies<'s>) -> Self {
        let mut roots: HashMap<String, Vec<usize>> = HashMap::new();
        for (id, node) in all.tree.proxies.iter().enumerate() {
            if let Some(host) = &node.proxy.get().value.spec.virtualhost {
                roots.entry(host.fqdn.to_ascii_lowercase()).or_default().push(id);
            }
        }
        Self { roots, tables: all.tree.proxies.iter().map(|_| OnceLock::new()).collect() }
    }

    /// There is one Envoy for all of them.
    pub(super) fn all(
        &self,
        snapshot: &'s Snapshot,
        all: &Proxies<'s>,
        request: &Request,
        only: Option<&ObjectRef>,
    ) -> Vec<Handled> {
        if self.roots.is_empty() || (!request.speech.is_http() && request.speech != Speech::Tls) {
            return Vec::new();
        }
        let name = if request.speech.is_tls() { request.asked_name() } else { Some(request.host.clone()) };
        let id = name.as_deref().and_then(|name| self.root(name));
        let root = id.and_then(|id| all.tree.proxies.get(id));
        let Some(fit) = fit(all, root, request, only) else { return Vec::new() };
        let (outcome, candidates) = match root.map(|root| (root, root.proxy.get())) {
            None => (nobody(all, request, "no HTTPProxy has the host"), Vec::new()),
            Some((root, proxy)) => match &proxy.value.spec.virtualhost {
                None => (nobody(all, request, "no HTTPProxy has the host"), Vec::new()),
                Some(host) => {
                    let table = || {
                        let made = self.tables.get(id?)?;
                        Some(made.get_or_init(|| Table::of(&all.tree, root)))
                    };
                    At { snapshot, root, host, request, table: table() }.answered(all)
                }
            },
        };
        let door = root.map_or_else(|| "Contour".to_owned(), |root| format!("{} (Contour)", root.proxy.object()));
        vec![Handled { door, fit, outcome, candidates }]
    }

    /// The exact host, else the wildcard: it stands for one label.
    fn root(&self, name: &str) -> Option<usize> {
        let wildcard = name.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        let ids = self.roots.get(name).or_else(|| self.roots.get(&wildcard?))?;
        ids.first().copied()
    }

    /// What every route of every root looks at.
    pub(super) fn listed(&self, all: &Proxies<'s>) -> Vec<Listing> {
        let mut found = Vec::new();
        for (host, ids) in &self.roots {
            for node in ids.iter().filter_map(|id| all.tree.proxies.get(*id)) {
                let table = Table::of(&all.tree, node);
                let pattern = |path: &PathMatch| matches!(path, PathMatch::Regex(_));
                found.extend(table.routes.iter().map(|route| Listing {
                    host: Some(host.clone()),
                    path: (!pattern(&route.path)).then(|| route.path.text().to_owned()),
                    more: route.has_more(),
                    ..Listing::default()
                }));
            }
        }
        found
    }
}

fn fit(all: &Proxies<'_>, root: Option<&Node<'_>>, request: &Request, only: Option<&ObjectRef>) -> Option<Fit> {
    if let Some(only) = only {
        let mut known = all.tree.proxies.iter();
        return known.any(|node| node.proxy.object() == *only).then_some(Fit::Named);
    }
    let is_here = |place: &str| place.trim_end_matches('.').eq_ignore_ascii_case(&request.dialled);
    let published = all.states.states.iter().flat_map(|state| state.ingress.published.unwrap_or_default());
    let mut places = published.filter_map(|place| place.ip.known().map(String::as_str).or(place.hostname.as_deref()));
    if places.any(is_here) {
        return Some(Fit::Address);
    }
    let usual = request.dialled.parse::<IpAddr>().is_err() && matches!(request.port, 80 | 443);
    (usual && root.is_some()).then_some(Fit::Host)
}

/// That nobody takes it is known only where every HTTPProxy was read.
fn nobody(all: &Proxies<'_>, request: &Request, because: &str) -> Outcome {
    match &all.complete {
        Err(gap) => Outcome::Unknown(format!("{because}; and an HTTPProxy that was not read may: {}", gap.sentence())),
        Ok(_) if request.speech.is_tls() => Outcome::Refused(format!("{because}: Envoy ends the TLS handshake")),
        Ok(_) => Outcome::Reply { status: vec![404], because: because.to_owned() },
    }
}

impl<'s> At<'_, 's> {
    fn answered(&self, all: &Proxies<'s>) -> (Outcome, Vec<Candidate>) {
        let alone = |outcome: Outcome| (outcome, Vec::new());
        if let Some(other) = self.root.rivals.first() {
            let because = format!("{} has the host too, so that Contour serves neither", other.object());
            return alone(nobody(all, self.request, &because));
        }
        if let Some(problem) = self.root.host.iter().find(|problem| Problem::is_certain(problem)) {
            return alone(nobody(all, self.request, &format!("Contour does not serve the host: {}", problem.what)));
        }
        let tcp = self.root.proxy.get().value.spec.tcpproxy.is_some();
        if self.request.speech.is_tls() {
            let name = self.request.asked_name().unwrap_or_default();
            if self.host.tls.is_none() {
                return alone(nobody(all, self.request, "its HTTPProxy has no TLS"));
            }
            if tcp {
                return alone(self.connected(all));
            }
            if self.request.speech == Speech::Tls {
                return alone(Outcome::Unknown("TLS ends at Envoy, and what is asked in it was not said".to_owned()));
            }
            if name != self.request.host {
                let because = format!("the TLS handshake named {name}, and the request another host");
                return alone(Outcome::Reply { status: vec![421], because });
            }
        }
        self.routed(all)
    }

    fn routed(&self, all: &Proxies<'s>) -> (Outcome, Vec<Candidate>) {
        let Some(table) = self.table.filter(|table| !table.incomplete) else {
            let because = "its includes have too many routes to compare them all".to_owned();
            return (Outcome::Unknown(because), Vec::new());
        };
        let taking = match table.taking(self.request) {
            Ok(taking) => taking,
            Err(because) => return (Outcome::Unknown(because), Vec::new()),
        };
        let candidates = taking.iter().enumerate().map(|(at, (route, takes))| Candidate {
            entry: route.proxy.object(),
            rule: route.index,
            matches: format!("{} {}", self.host.fqdn, subject::words(&route.conditions)),
            why: match takes {
                Takes::Unknown(why) => why.clone(),
                _ if at == 0 => "comes first".to_owned(),
                _ => "loses to a longer path or more conditions".to_owned(),
            },
        });
        let candidates = candidates.collect();
        let mut rules = Vec::new();
        for (route, takes) in taking {
            let doubt = match takes {
                Takes::Unknown(why) => Some(why),
                _ => route.doubt.clone(),
            };
            match (route.does, doubt) {
                (_, Some(why)) if rules.is_empty() => return (Outcome::Unknown(why), candidates),
                // Behind a rule that may be left out nothing is certain.
                (_, Some(why)) => return (Outcome::FirstOf(rules, Box::new(Outcome::Unknown(why))), candidates),
                (Does::Route(own), None) => rules.push(self.taken(route, own)),
                (Does::Nowhere, None) => {
                    let because = format!("{} includes an HTTPProxy that is not there", route.proxy.object());
                    let reply = Outcome::Reply { status: vec![502], because };
                    return (Outcome::FirstOf(rules, Box::new(reply)), candidates);
                }
            }
        }
        let nobody = nobody(all, self.request, "no route of the host takes it");
        let outcome = if rules.is_empty() { nobody } else { Outcome::FirstOf(rules, Box::new(nobody)) };
        (outcome, candidates)
    }

    /// By a `tcpproxy`: the first object on the way that has Services.
    fn connected(&self, all: &Proxies<'s>) -> Outcome {
        let mut node = Some(self.root);
        for _ in 0..all.tree.proxies.len() {
            let Some(own) = node else { break };
            let Some(tcp) = &own.proxy.get().value.spec.tcpproxy else { break };
            match own.tcp_include {
                Some(next) => node = all.tree.node(&next),
                None => {
                    return Outcome::Taken(Box::new(Taken {
                        host: Some(self.host.fqdn.clone()),
                        shares: self.shares(own.proxy, &tcp.services),
                        lost: LOST,
                        connection: true,
                        ..Taken::by(own.proxy.object())
                    }));
                }
            }
        }
        Outcome::Unknown("its tcpproxy leads nowhere that was read".to_owned())
    }

    fn taken(&self, route: &Listed<'s>, own: &ProxyRoute) -> Taken {
        let mut doubts = Vec::new();
        let plain = !self.request.speech.is_tls();
        let upgrade = plain && self.host.tls.is_some() && own.permit_insecure.0 != Some(true);
        let redirect = if upgrade {
            Some(self.secure())
        } else {
            own.request_redirect_policy.as_ref().map(|policy| self.redirected(policy, &route.path))
        };
        let direct = own.direct_response_policy.as_ref().filter(|_| !upgrade);
        let mut reply = direct.map(|policy| {
            let status = policy.get("statusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
            (status.unwrap_or(200), "the route answers by itself (directResponsePolicy)".to_owned())
        });
        if !upgrade && self.host.tls.is_some() && !plain {
            reply = self.token(own).map(|because| (401, because)).or(reply);
            doubts.extend(self.guarded(own));
        }
        if !own.ip_allow_policy.is_empty() || !self.host.ip_allow_policy.is_empty() {
            doubts.push("only some addresses get in (ipAllowPolicy)".to_owned());
        }
        if !own.ip_deny_policy.is_empty() || !self.host.ip_deny_policy.is_empty() {
            doubts.push("some addresses do not get in (ipDenyPolicy)".to_owned());
        }
        let leads = redirect.is_none() && reply.is_none();
        Taken {
            host: Some(self.host.fqdn.clone()),
            matches: Some(subject::words(&route.conditions)),
            rule: route.index,
            redirect,
            reply,
            changes: if leads { self.changes(route, own) } else { Vec::new() },
            shares: if leads { self.shares(route.proxy, &own.services) } else { Vec::new() },
            doubts,
            lost: LOST,
            unmade_at: &[SegmentName::Rule],
            ..Taken::by(route.proxy.object())
        }
    }

    /// To HTTPS, at the port that was asked unless it was the usual one (`UpgradeHTTPS`).
    fn secure(&self) -> Location {
        Location {
            scheme: "https".to_owned(),
            host: self.request.host.clone(),
            port: if self.request.port == 80 { 443 } else { self.request.port },
            path: self.request.path.clone(),
            status: 301,
        }
    }

    fn redirected(&self, policy: &Value, matched: &PathMatch) -> Location {
        let scheme = Some(text(policy, "scheme")).filter(|scheme| !scheme.is_empty()).map(str::to_ascii_lowercase);
        let scheme = scheme.unwrap_or_else(|| if self.request.speech.is_tls() { "https" } else { "http" }.to_owned());
        let number = |key: &str| policy.get(key).and_then(Value::as_u64).and_then(|number| u16::try_from(number).ok());
        let own = usual_port(self.request.speech.word()).is_some_and(|usual| usual != self.request.port);
        let usual = usual_port(&scheme).unwrap_or(self.request.port);
        let port = number("port").unwrap_or(if own { self.request.port } else { usual });
        let host = Some(text(policy, "hostname")).filter(|host| !host.is_empty());
        let path = match (text(policy, "path"), text(policy, "prefix"), matched) {
            ("", "", _) => self.request.path.clone(),
            ("", prefix, PathMatch::Prefix(matched)) => {
                format!("{prefix}{}", self.request.path.strip_prefix(matched.as_str()).unwrap_or_default())
            }
            ("", whole, _) | (whole, ..) => whole.to_owned(),
        };
        let host = host.map_or_else(|| self.request.host.clone(), str::to_ascii_lowercase);
        Location { scheme, host, port, path, status: number("statusCode").unwrap_or(302) }
    }

    /// Why Envoy asks for a token that the request does not have.
    fn token(&self, own: &ProxyRoute) -> Option<String> {
        let policy = own.jwt_verification_policy.as_ref();
        let is_off = policy.and_then(|policy| policy.get("disabled")).and_then(Value::as_bool) == Some(true);
        let required = policy.map(|policy| text(policy, "require")).filter(|name| !name.is_empty());
        let is_default = |provider: &&Value| provider.get("default").and_then(Value::as_bool) == Some(true);
        let default = self.host.jwt_providers.iter().find(is_default).map(|provider| text(provider, "name"));
        let name = required.or(default).filter(|_| !is_off)?;
        let has =
            self.request.header("authorization").is_some() || self.request.parameter("access_token").next().is_some();
        (!has).then(|| format!("the JWT provider {name} asks for a token, and the request has none"))
    }

    /// What decides at Envoy and does not show in objects.
    fn guarded(&self, own: &ProxyRoute) -> Vec<String> {
        let mut doubts = Vec::new();
        let off = |policy: Option<&Value>| {
            policy.and_then(|policy| policy.get("disabled")).and_then(Value::as_bool).unwrap_or_default()
        };
        let by_host = self.host.authorization.as_ref();
        let authorizes = by_host.and_then(|auth| auth.get("extensionRef")).is_some();
        let is_off = own.auth_policy.as_ref().map_or(off(by_host.and_then(|a| a.get("authPolicy"))), |p| off(Some(p)));
        if authorizes && !is_off {
            doubts.push("an external service decides who gets in (authorization)".to_owned());
        }
        if !self.host.jwt_providers.is_empty() && self.request.header("authorization").is_some() {
            doubts.push("whether its token is valid does not show in objects (jwtProviders)".to_owned());
        }
        let validation = self.host.tls.as_ref().and_then(|tls| tls.client_validation.as_ref());
        if validation.is_some_and(|validation| validation.skip_client_cert_validation.0 != Some(true)) {
            doubts.push("clients have to show a certificate (clientValidation)".to_owned());
        }
        doubts
    }

    fn changes(&self, route: &Listed<'s>, own: &ProxyRoute) -> Vec<String> {
        let mut changes = Vec::new();
        if let (Some(new), PathMatch::Prefix(prefix)) = (route.replacement(), &route.path) {
            let rest = self.request.path.strip_prefix(prefix.as_str()).unwrap_or_default();
            let path = format!("{}{rest}", new.trim_end_matches('/'));
            changes.push(format!("the path becomes {}", if path.starts_with('/') { path } else { format!("/{path}") }));
        }
        for (policy, of) in [(&own.request_headers_policy, "request"), (&own.response_headers_policy, "answer")] {
            let Some(policy) = policy else { continue };
            let set = list(policy, "set").iter().map(|entry| format!("sets {}", text(entry, "name")));
            let removed = list(policy, "remove").iter().filter_map(Value::as_str).map(|name| format!("removes {name}"));
            let all: Vec<String> = set.chain(removed).collect();
            changes.extend((!all.is_empty()).then(|| format!("headers of the {of}: {}", all.join("; "))));
        }
        for service in own.services.iter().filter(|service| service.mirror.0 == Some(true)) {
            changes.push(format!("a copy goes to {}", service.name));
        }
        let timeout = own.timeout_policy.as_ref().map(|policy| text(policy, "response"));
        if let Some(timeout) = timeout.filter(|timeout| !matches!(*timeout, "" | "infinity" | "infinite" | "0s")) {
            changes.push(format!("504 if the application takes longer than {timeout}"));
        }
        if own.rate_limit_policy.is_some() || self.host.rate_limit_policy.is_some() {
            changes.push("429 above its rate (rateLimitPolicy)".to_owned());
        }
        changes
    }

    fn shares(&self, own: Proxy<'s>, services: &[ProxyService]) -> Vec<Share> {
        let namespace = own.get().value.metadata.namespace.as_str();
        let answering: Vec<&ProxyService> = services.iter().filter(|service| service.mirror.0 != Some(true)).collect();
        let is_there = |service: &&&ProxyService| resolved(self.snapshot, namespace, service).is_some();
        let known = answering.iter().filter(is_there).count();
        answering
            .into_iter()
            .filter(|service| known == 0 || resolved(self.snapshot, namespace, service).is_some())
            .map(|service| Share {
                backend: Backend {
                    kind: "Service".to_owned(),
                    namespace: namespace.to_owned(),
                    name: service.name.clone(),
                    port: service.port.known().and_then(|port| u16::try_from(*port).ok()).map(Port::Number),
                },
                weight: if known == 1 { 1 } else { service.weight.known().copied().unwrap_or_default() },
            })
            .collect()
    }
}
