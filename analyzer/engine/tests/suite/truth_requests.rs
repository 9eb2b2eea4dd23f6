//! The requests of the Gateway API's conformance suite: a request that must be answered may not find every
//! path it matches blocked, and one that must fail may not find an open one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::resolve::gateway::{Gateways, hostname};
use kubereach_model::evidence::Path;
use kubereach_reports::report::PathState;
use kubereach_testkit::snapshots::{json_file, whole};
use kubereach_testkit::truth::truth;
use serde_json::Value;

/// What a configuration cannot show: `(test, part of the path asked for, why)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("GatewayTLSBackendClientCertificate", "/", "the state was recorded before the backend's pods were ready"),
    (
        "BackendTLSPolicySANValidation",
        "mismatch",
        "which names the certificate of a backend holds shows only when it is asked",
    ),
];

/// A request, as far as it decides which path takes it.
struct Request<'v> {
    host: String,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, &'v str)>,
}

impl<'v> Request<'v> {
    fn new(row: &'v Value) -> Self {
        let request = &row["request"];
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        let grpc = row["protocol"] == "grpc";
        let (path, query) = text("path").split_once('?').unwrap_or((text("path"), ""));
        let headers = request[if grpc { "metadata" } else { "headers" }].as_object();
        Self {
            host: if grpc { text("authority").to_owned() } else { text("host").to_owned() },
            method: if grpc { format!("{}/{}", text("service"), text("method")) } else { text("method").to_owned() },
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            query: query.to_owned(),
            headers: headers
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.to_ascii_lowercase(), v.as_str().unwrap_or_default()))
                .collect(),
        }
    }

    /// How specific a path's words match (host, exact path, prefix length, method, headers, queries);
    /// `None` if they do not.
    fn rank(&self, path: &Path) -> Option<[usize; 6]> {
        let mut rank = [0; 6];
        if let Some(host) = &path.key.host {
            let bare = self.host.split(':').next();
            let own = hostname::normal(bare)?;
            if !hostname::covers(host, &own) {
                return None;
            }
            rank[0] = if host.starts_with("*.") { host.len() } else { 1000 + host.len() };
        }
        let mut words = path.key.matches.as_deref().unwrap_or_default().split(' ');
        while let Some(word) = words.next() {
            match word {
                "" | "any" => {}
                "header" | "query" => {
                    let (name, value) = words.next()?.split_once('=')?;
                    let found = if word == "header" {
                        self.headers.iter().any(|(k, v)| *k == name.to_ascii_lowercase() && *v == value)
                    } else {
                        self.query.split('&').any(|pair| pair == format!("{name}={value}"))
                    };
                    if !found {
                        return None;
                    }
                    rank[if word == "header" { 4 } else { 5 }] += 1;
                }
                "method" if path.key.matches.as_deref() == Some("any method") => {}
                exact if exact.starts_with("Exact:") => {
                    if exact[6..] != self.path {
                        return None;
                    }
                    rank[1] = 1;
                }
                prefix if prefix.starts_with('/') => {
                    let bare = prefix.trim_end_matches('/');
                    let rest = self.path.strip_prefix(bare)?;
                    if !rest.is_empty() && !rest.starts_with('/') {
                        return None;
                    }
                    rank[2] = bare.len() + 1;
                }
                call if call.contains('/') => {
                    let (service, method) = call.split_once('/')?;
                    let (own_service, own_method) = self.method.split_once('/')?;
                    if (service != "*" && service != own_service) || (method != "*" && method != own_method) {
                        return None;
                    }
                    rank[3] = usize::from(service != "*") + usize::from(method != "*");
                }
                method => {
                    if method != self.method {
                        return None;
                    }
                    rank[3] = 1;
                }
            }
        }
        Some(rank)
    }
}

fn port_of(row: &Value) -> u64 {
    row["port"].as_u64().unwrap_or(if row["protocol"] == "tls" { 443 } else { 80 })
}

/// What is wrong; nothing if the expectation can hold.
fn check(paths: &[(u16, Path)], row: &Value) -> Result<(), String> {
    let request = Request::new(row);
    let here = paths.iter().filter(|(port, _)| u64::from(*port) == port_of(row)).map(|(_, p)| p);
    let mut ranked: Vec<([usize; 6], &Path)> = here.filter_map(|p| Some((request.rank(p)?, p))).collect();
    ranked.sort_by_key(|(rank, _)| Reverse(*rank));
    let best = ranked.first().map(|(rank, _)| *rank);
    let taken: Vec<&Path> =
        ranked.iter().filter(|(r, p)| Some(*r) == best && p.dormant.is_none()).map(|(_, p)| *p).collect();
    let status: Vec<u64> = row["expect"]["status"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let refused = status.iter().any(|s| *s >= 500 || *s == 404)
        || row["expect"]["connection_rejected"] == true
        || row["expect"]["failure"] == true
        || row["expect"]["grpc_code"].as_u64().is_some_and(|code| code != 0);
    if refused {
        let open: Vec<_> =
            taken.iter().filter(|p| matches!(p.state(), PathState::Open | PathState::Narrowed)).collect();
        return if open.is_empty() { Ok(()) } else { Err(format!("must fail, and {:?} is open", open[0].key)) };
    }
    let backend = row["expect"]["backend"].as_str().or(row["expect"]["Backend"].as_str());
    // These Services have names of their own and lead to the pods of one backend.
    let backend = backend.filter(|_| row["test"] != "HTTPRouteServiceTypes");
    let leads = |p: &&&Path| {
        p.state() != PathState::Blocked && backend.is_none_or(|b| p.key.backend.as_ref().is_some_and(|k| k.name == b))
    };
    if taken.iter().any(|p| leads(&p)) {
        return Ok(());
    }
    let findings = |p: &Path| p.segments.iter().flat_map(|s| s.findings()).map(|f| f.code()).collect::<Vec<_>>();
    let seen: Vec<_> = taken.iter().map(|p| (p.state(), findings(p), &p.key.backend)).collect();
    Err(format!("must be answered by {backend:?}, and finds {seen:?}"))
}

#[test]
fn requests_that_must_pass_are_not_blocked_and_those_that_must_fail_are_not_open() {
    let root = truth("gateway-api");
    let index = json_file(&root.join("requests.json"));
    let mut by_state: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in index.as_array().into_iter().flatten() {
        by_state.entry(row["state"].as_str().unwrap_or_default().to_owned()).or_default().push(row.clone());
    }
    let (mut good, mut total) = (0, 0);
    let mut failures = Vec::new();
    for (state, rows) in &by_state {
        let mut items = json_file(&root.join(state))["items"].as_array().cloned().unwrap_or_default();
        for item in &mut items {
            if item["apiVersion"].as_str().is_some_and(|v| v.starts_with("gateway.networking"))
                && let Some(object) = item.as_object_mut()
            {
                object.remove("status");
            }
        }
        let snapshot = whole(&items);
        let cluster = Cluster::new(&snapshot);
        let gateways = Gateways::new(&cluster);
        let subjects = checks::evaluate(&cluster);
        for row in rows {
            let gateway = (
                row["gateway"]["namespace"].as_str().unwrap_or_default(),
                row["gateway"]["name"].as_str().unwrap_or_default(),
            );
            let Some(front) = gateways.index_of(gateway.0, gateway.1) else { continue };
            let doors: BTreeMap<String, u16> = gateways.all[front]
                .listeners
                .iter()
                .filter_map(|d| Some((gateways.listeners[*d].key(), *gateways.listeners[*d].spec.port.known()?)))
                .collect();
            let paths: Vec<(u16, Path)> = subjects
                .iter()
                .filter(|s| s.object.kind.ends_with("Route"))
                .flat_map(|s| &s.paths)
                .filter_map(|p| Some((*doors.get(p.key.listener.as_deref()?)?, p.clone())))
                .collect();
            let asked = row["request"]["path"].as_str().unwrap_or_default();
            if EXCEPTIONS.iter().any(|(test, part, _)| row["test"] == *test && asked.contains(part)) {
                continue;
            }
            total += 1;
            match check(&paths, row) {
                Ok(()) => good += 1,
                Err(why) => failures.push(format!("{} {} {}: {why}", row["test"], row["request"], row["expect"])),
            }
        }
    }
    println!("gateway-api requests: {good}/{total} ({} kinds of request excepted by name)", EXCEPTIONS.len());
    assert!(failures.is_empty(), "{} of {total}:\n{}", failures.len(), failures.join("\n"));
}
