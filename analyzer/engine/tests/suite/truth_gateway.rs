//! The Gateway API's conformance suite and the goldens of two implementations: what they expect of the
//! conditions must follow from the specs alone, with every status of the Gateway API removed.

use std::collections::BTreeMap;

use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::resolve::gateway::Gateways;
use kubereach_engine::resolve::gateway::kinds::Kinds;
use kubereach_engine::resolve::gateway::listener::Owner;
use kubereach_engine::resolve::route::attach;
use kubereach_model::evidence::{Finding, Path, SubjectPaths};
use kubereach_reports::report::Effect;
use kubereach_testkit::snapshots::{json_file, whole};
use kubereach_testkit::truth::truth;
use serde_json::Value;

/// What a code means as a condition: `(scope, type, reason)`. `*` is any reason.
type Means = &'static [(&'static str, &'static str, &'static str)];

/// Codes that say exactly what a condition would say.
const MUST: &[(&str, Means)] = &[
    (
        "gateway/listener-hostname-conflict",
        &[
            ("listener", "Conflicted", "HostnameConflict"),
            ("listener", "Accepted", "*"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/listener-protocol-conflict",
        &[
            ("listener", "Conflicted", "ProtocolConflict"),
            ("listener", "Accepted", "*"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/no-valid-route-kinds",
        &[("listener", "ResolvedRefs", "InvalidRouteKinds"), ("listener", "Programmed", "*")],
    ),
    ("gateway/invalid-route-kinds", &[("listener", "ResolvedRefs", "InvalidRouteKinds")]),
    (
        "gateway/invalid-certificate-ref",
        &[("listener", "ResolvedRefs", "InvalidCertificateRef"), ("listener", "Programmed", "*")],
    ),
    (
        "gateway/certificate-not-permitted",
        &[("listener", "ResolvedRefs", "RefNotPermitted"), ("listener", "Programmed", "*")],
    ),
    ("gateway/no-certificate", &[("listener", "Programmed", "*")]),
    (
        "gateway/invalid-ca-certificate-ref",
        &[
            ("listener", "ResolvedRefs", "InvalidCACertificateRef"),
            ("listener", "Accepted", "NoValidCACertificate"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/invalid-ca-certificate-kind",
        &[
            ("listener", "ResolvedRefs", "InvalidCACertificateKind"),
            ("listener", "Accepted", "NoValidCACertificate"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/ca-certificate-not-permitted",
        &[
            ("listener", "ResolvedRefs", "RefNotPermitted"),
            ("listener", "Accepted", "NoValidCACertificate"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/unsupported-address-type",
        &[("gateway", "Accepted", "UnsupportedAddress"), ("gateway", "Programmed", "*")],
    ),
    ("gateway/invalid-client-certificate", &[("gateway", "ResolvedRefs", "*")]),
    ("gateway/no-listeners-valid", &[("gateway", "Accepted", "*"), ("gateway", "Programmed", "*")]),
    ("listener-set/not-allowed", &[("set", "Accepted", "NotAllowed"), ("set", "Programmed", "NotAllowed")]),
    ("listener-set/parent-missing", &[("set", "Accepted", "*"), ("set", "Programmed", "*")]),
    (
        "listener-set/conflicted",
        &[("listener", "Conflicted", "*"), ("listener", "Accepted", "*"), ("listener", "Programmed", "*")],
    ),
    ("route/no-matching-parent", &[("route", "Accepted", "NoMatchingParent")]),
    ("route/not-allowed-by-listeners", &[("route", "Accepted", "NotAllowedByListeners")]),
    ("route/no-matching-listener-hostname", &[("route", "Accepted", "NoMatchingListenerHostname")]),
    ("route/hostname-conflict", &[("route", "Accepted", "*")]),
    ("route/backend-not-found", &[("route", "ResolvedRefs", "BackendNotFound")]),
    ("route/mirror-not-found", &[("route", "ResolvedRefs", "*")]),
    ("route/backend-port-missing", &[("route", "ResolvedRefs", "*")]),
    ("route/backend-port-unspecified", &[("route", "ResolvedRefs", "*")]),
    ("route/ref-not-permitted", &[("route", "ResolvedRefs", "RefNotPermitted")]),
    ("route/invalid-kind", &[("route", "ResolvedRefs", "InvalidKind")]),
    ("backend-tls/conflicted", &[("policy", "Accepted", "Conflicted")]),
    ("backend-tls/no-valid-ca", &[("policy", "Accepted", "NoValidCACertificate"), ("policy", "ResolvedRefs", "*")]),
    ("gateway/insecure-frontend-validation", &[("gateway", "InsecureFrontendValidationMode", "ConfigurationChanged")]),
];

/// Codes that leave open what an implementation makes of it: they satisfy a False and do not contradict a True.
const MAY: &[(&str, Means)] = &[
    (
        "gateway/listener-mixed-protocols",
        &[
            ("listener", "Conflicted", "ProtocolConflict"),
            ("listener", "Accepted", "*"),
            ("listener", "Programmed", "*"),
        ],
    ),
    (
        "gateway/listener-port-contested",
        &[
            ("listener", "Conflicted", "ProtocolConflict"),
            ("listener", "Accepted", "*"),
            ("listener", "Programmed", "*"),
        ],
    ),
    ("route/filter-doubtful", &[("route", "Accepted", "*"), ("route", "ResolvedRefs", "*")]),
    (
        "gateway/unsupported-protocol",
        &[("listener", "Accepted", "UnsupportedProtocol"), ("listener", "Programmed", "*")],
    ),
    ("gateway/invalid-route-kinds", &[("listener", "Programmed", "*")]),
    (
        "gateway/certificate-kind",
        &[("listener", "ResolvedRefs", "InvalidCertificateRef"), ("listener", "Programmed", "*")],
    ),
    (
        "gateway/certificate-type",
        &[("listener", "ResolvedRefs", "InvalidCertificateRef"), ("listener", "Programmed", "*")],
    ),
    ("listener-set/allowed-unseen", &[("set", "Accepted", "NotAllowed"), ("set", "Programmed", "NotAllowed")]),
    ("route/kind-unsettled", &[("route", "Accepted", "NotAllowedByListeners")]),
    ("route/namespace-labels-unseen", &[("route", "Accepted", "NotAllowedByListeners")]),
    ("route/several-rules", &[("route", "Accepted", "*")]),
    ("route/unevaluated-backend-kind", &[("route", "ResolvedRefs", "InvalidKind")]),
    (
        "backend-tls/invalid-kind",
        &[("policy", "ResolvedRefs", "InvalidKind"), ("policy", "Accepted", "NoValidCACertificate")],
    ),
];

/// Expectations that do not follow from the specification, each with the reason:
/// `(suite, test or case, resource, condition, why)`.
const EXCEPTIONS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "envoy-gateway",
        "gateway-with-listener-with-udproute-with-multiple-rules",
        "gateway-1",
        "counts",
        "whether several rules are refused is the implementation's affair; we leave it open and count the route",
    ),
    (
        "istio-gateway-status",
        "http-grpc-same-host",
        "gateway",
        "counts",
        "Istio serves HTTPRoute and GRPCRoute with one host name; the specification lets one stand, we leave it open",
    ),
    (
        "istio-gateway-status",
        "isolation",
        "isolation",
        "Programmed",
        "Istio resolves requested addresses as Services of its own",
    ),
    (
        "istio-gateway-status",
        "listenerset-invalid",
        "*",
        "Programmed",
        "Istio resolves requested addresses as Services of its own",
    ),
    (
        "istio-gateway-status",
        "listenerset-invalid",
        "ListenerSet/istio-system/not-accepted-parent",
        "Accepted",
        "said of the parent Gateway, whose paths are the set's too",
    ),
    (
        "istio-gateway-status",
        "multi-gateway",
        "gateway",
        "Programmed",
        "Istio resolves requested addresses as Services of its own",
    ),
    (
        "istio-gateway-status",
        "waypoint",
        "*",
        "Programmed",
        "Istio resolves requested addresses as Services of its own",
    ),
    (
        "istio-gateway-status",
        "waypoint",
        "Gateway/ns/invalid",
        "Accepted",
        "only Istio's waypoint class demands the protocol HBONE",
    ),
    (
        "istio-gateway-status",
        "listenerset-overlapping-port",
        "my-listener-set",
        "Programmed",
        "the Secret is in the test's own store, not in the input",
    ),
    (
        "istio-gateway-status",
        "listenerset-overlapping-port",
        "my-listener-set",
        "ResolvedRefs",
        "the Secret is in the test's own store, not in the input",
    ),
    (
        "istio-gateway-status",
        "listenerset-overlapping-port",
        "ingress-gateway",
        "Programmed",
        "Istio takes an HTTPS listener without a certificate; we leave it open",
    ),
    (
        "istio-gateway-status",
        "reference-policy-tls",
        "gateway",
        "Accepted",
        "the Secrets are in the test's own store, not in the input",
    ),
    (
        "istio-gateway-status",
        "reference-policy-tls",
        "gateway",
        "Programmed",
        "the Secrets are in the test's own store, not in the input",
    ),
    (
        "istio-gateway-status",
        "reference-policy-tls",
        "gateway",
        "ResolvedRefs",
        "the Secrets are in the test's own store, not in the input",
    ),
    (
        "istio-gateway-status",
        "tcp",
        "TCPRoute/default/tcp",
        "ResolvedRefs",
        "Istio does not look at the ports of the Service; nothing answers on one that is not declared",
    ),
    (
        "istio-gateway-status",
        "weighted",
        "*",
        "ResolvedRefs",
        "Istio does not look at the ports of the Service; nothing answers on one that is not declared",
    ),
];

/// Conditions that the specification does not define: what they say is their implementation's affair.
const FOREIGN: &[&str] = &["BackendsAvailable", "RouteRulesOverlap"];

/// Effects that may stand for a condition that is False.
fn speaks(finding: &Finding) -> bool {
    match finding.effect() {
        Effect::Blocks | Effect::Inconclusive => true,
        // A mirror that is lost narrows only, and a policy that yields changes nothing: the traffic flows.
        Effect::Narrows | Effect::Notes => matches!(
            finding.code(),
            "route/mirror-not-found" | "backend-tls/conflicted" | "gateway/insecure-frontend-validation"
        ),
    }
}

fn means(code: &str, table: &[(&str, Means)], scope: &str, kind: &str, reason: Option<&str>) -> bool {
    table
        .iter()
        .filter(|(c, _)| *c == code)
        .flat_map(|(_, m)| m.iter())
        .any(|(s, k, r)| *s == scope && *k == kind && (*r == "*" || reason.is_none_or(|wanted| wanted == *r)))
}

struct State<'s> {
    subjects: Vec<SubjectPaths>,
    gateways: Gateways<'s>,
    routes: Vec<attach::Attached<'s>>,
}

impl<'s> State<'s> {
    fn new(cluster: &Cluster<'s>) -> Self {
        let gateways = Gateways::new(cluster);
        let routes = attach::all(cluster, &gateways);
        Self { subjects: checks::evaluate(cluster), gateways, routes }
    }

    fn paths(&self) -> impl Iterator<Item = (&SubjectPaths, &Path)> {
        self.subjects.iter().flat_map(|s| s.paths.iter().map(move |p| (s, p)))
    }

    /// Findings about `resource`, on its paths at a listener or parent.
    fn findings(&self, row: &Row<'_>) -> Vec<&Finding> {
        let mut found = Vec::new();
        for (subject, path) in self.paths() {
            if !row.concerns(subject, path) {
                continue;
            }
            for finding in path.segments.iter().flat_map(|s| s.findings()) {
                if row.scope == "policy" || finding.object.to_string() == row.resource {
                    found.push(finding.as_ref());
                }
            }
        }
        found.retain(|f| row.scope != "policy" || f.object.to_string() == row.resource);
        found
    }
}

/// One expectation.
struct Row<'v> {
    scope: &'static str,
    resource: String,
    listener: Option<&'v str>,
    parent: Option<(String, Option<&'v str>, Option<u64>)>,
    kind: &'v str,
    status: &'v str,
    reason: Option<&'v str>,
}

impl<'v> Row<'v> {
    fn new(row: &'v Value) -> Self {
        let object = |v: &Value, kind: &str| {
            let part = |key: &str| v[key].as_str().map_or_else(String::new, |t| format!("/{t}"));
            format!("{}{}{}", v["kind"].as_str().unwrap_or(kind), part("namespace"), part("name"))
        };
        let kind = row["resource"]["kind"].as_str().unwrap_or_default();
        let listener = row["listener"].as_str();
        let scope = match (kind, listener) {
            (_, Some(_)) => "listener",
            ("Gateway", None) => "gateway",
            ("ListenerSet", None) => "set",
            ("BackendTLSPolicy", None) => "policy",
            ("GatewayClass", None) => "class",
            _ => "route",
        };
        let parent = row["parent"].as_object().map(|_| {
            let mut of = row["parent"].clone();
            if of["namespace"].is_null() {
                of["namespace"] = row["resource"]["namespace"].clone();
            }
            (object(&of, "Gateway"), row["parent"]["sectionName"].as_str(), row["parent"]["port"].as_u64())
        });
        Self {
            scope,
            resource: object(&row["resource"], ""),
            listener,
            parent,
            kind: row["expect"]["type"].as_str().unwrap_or_default(),
            status: row["expect"]["status"].as_str().unwrap_or_default(),
            reason: row["expect"]["reason"].as_str(),
        }
    }

    fn concerns(&self, subject: &SubjectPaths, path: &Path) -> bool {
        let door = path.key.listener.as_deref().unwrap_or_default();
        match self.scope {
            "listener" => {
                let full = if subject.object.kind == "Gateway" && !door.contains('/') {
                    format!("{}/{door}", subject.object)
                } else {
                    door.to_owned()
                };
                subject.object.kind == "Gateway"
                    && match self.listener {
                        Some("*") | None => full.rsplit_once('/').is_some_and(|(owner, _)| owner == self.resource),
                        Some(name) => full == format!("{}/{name}", self.resource),
                    }
            }
            "gateway" => subject.object.to_string() == self.resource,
            "set" => subject.object.kind == "Gateway" && door.starts_with(&format!("{}/", self.resource)),
            "policy" => true,
            _ if subject.object.to_string() != self.resource => false,
            // References are the route's own, whatever the parent.
            _ if self.kind == "ResolvedRefs" => true,
            _ => match &self.parent {
                None => true,
                Some((parent, section, port)) => {
                    let rest = door.strip_prefix(parent.as_str());
                    let within = rest.is_some_and(|r| r.is_empty() || r.starts_with(['/', ':']));
                    let section =
                        section.is_none_or(|s| rest.is_some_and(|r| r.split(':').next() == Some(&format!("/{s}"))));
                    within
                        && section
                        && port.is_none_or(|p| rest.is_some_and(|r| !r.contains(':') || r.ends_with(&format!(":{p}"))))
                }
            },
        }
    }
}

/// What is wrong with an expectation; nothing if it holds.
fn check(state: &State<'_>, row: &Row<'_>) -> Result<(), String> {
    if row.scope == "class" {
        // The controller's word about its own class: nothing of it follows from a spec.
        return Ok(());
    }
    let found = state.findings(row);
    let hits = |table, reason| {
        let of = |f: &&&Finding| speaks(f) && means(f.code(), table, row.scope, row.kind, reason);
        found.iter().filter(of).map(|f| f.code()).collect::<Vec<_>>()
    };
    let negative = matches!(row.kind, "Conflicted" | "InsecureFrontendValidationMode");
    let bad = (row.status == "True") == negative;
    let listeners_invalid = || {
        // Of a set that is let in: every one of its listeners is refused.
        let own: Vec<&Path> =
            state.paths().filter(|(s, p)| row.scope == "set" && row.concerns(s, p)).map(|(_, p)| p).collect();
        let refused = |p: &&Path| {
            let all = p.segments.iter().flat_map(|s| s.findings());
            all.into_iter().any(|f| {
                speaks(f)
                    && (means(f.code(), MUST, "listener", "Accepted", None)
                        || means(f.code(), MAY, "listener", "Accepted", None))
            })
        };
        !own.is_empty() && own.iter().all(refused)
    };
    if bad {
        if row.reason == Some("ListenersNotValid") && row.scope == "set" {
            return if listeners_invalid() { Ok(()) } else { Err("some listener is in order".to_owned()) };
        }
        let reason = row.reason.filter(|r| !matches!(*r, "Invalid" | "ListenersNotValid"));
        if !hits(MUST, reason).is_empty() || !hits(MAY, reason).is_empty() {
            return Ok(());
        }
        let codes: Vec<&str> = found.iter().map(|f| f.code()).collect();
        Err(format!("nothing says so; found {codes:?}"))
    } else {
        let wrong = hits(MUST, None);
        if wrong.is_empty() { Ok(()) } else { Err(format!("contradicted by {wrong:?}")) }
    }
}

/// `attachedRoutes`, `supportedKinds`, `attachedListenerSets`.
fn check_counts(state: &State<'_>, row: &Value) -> Result<(), String> {
    let expect = &row["expect"];
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text(&row["resource"], "namespace"), text(&row["resource"], "name"));
    if let Some(sets) = expect["attachedListenerSets"].as_u64() {
        let front = state.gateways.index_of(&namespace, &name).ok_or("no such Gateway")?;
        let got = state.gateways.attached_sets(front) as u64;
        return if got == sets { Ok(()) } else { Err(format!("{got} sets attached, expected {sets}")) };
    }
    let kind = text(&row["resource"], "kind");
    let wanted = row["listener"].as_str().unwrap_or("*");
    for (id, door) in state.gateways.listeners.iter().enumerate() {
        let owner = match door.owner {
            Owner::Gateway(_) => "Gateway",
            Owner::Set(_) => "ListenerSet",
        };
        let object = door.owner.object();
        let same = owner == kind && object.namespace.as_deref() == Some(namespace.as_str()) && object.name == name;
        if !same || (wanted != "*" && wanted != door.spec.name) {
            continue;
        }
        if let Some(count) = expect["attachedRoutes"].as_u64() {
            let on = |r: &&attach::Attached<'_>| {
                r.parents
                    .iter()
                    .flat_map(|t| &t.attachments)
                    .any(|j| j.listener == id && j.doubt.is_none() && j.rival.is_none())
            };
            let got = state.routes.iter().filter(on).count() as u64;
            if got != count {
                return Err(format!("{got} routes attached, expected {count}"));
            }
        }
        if let (Some(kinds), Kinds::Known { allowed, .. }) = (expect["supportedKinds"].as_array(), &door.kinds) {
            let mut want: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            let mut got: Vec<&str> = allowed.iter().map(|k| k.word()).collect();
            want.sort_unstable();
            got.sort_unstable();
            // An implementation lists those of the kinds that it supports.
            if !want.iter().all(|k| got.contains(k)) || (want.is_empty() && !got.is_empty()) {
                return Err(format!("takes {got:?}, expected {want:?}"));
            }
        }
    }
    Ok(())
}

/// Removes every status of the Gateway API, and gives objects that were applied together one creation time.
fn strip(list: &Value) -> Vec<Value> {
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items
        .into_iter()
        .map(|mut item| {
            if item["apiVersion"].as_str().is_some_and(|v| v.starts_with("gateway.networking")) {
                if let Some(object) = item.as_object_mut() {
                    object.remove("status");
                }
                if item["metadata"]["creationTimestamp"].is_null() {
                    item["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z".into();
                }
            }
            item
        })
        .collect()
}

fn suite(name: &str, rows: Vec<(String, String, Value)>, threshold: usize) {
    let root = truth(name);
    let mut by_state: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (test, state, row) in rows {
        by_state.entry(state).or_default().push((test, row));
    }
    let (mut good, mut total, mut excused) = (0, 0, 0);
    let mut failures = Vec::new();
    let mut unused: Vec<_> = EXCEPTIONS.iter().filter(|e| e.0 == name).collect();
    for (state, rows) in &by_state {
        let items = strip(&json_file(&root.join(state)));
        let snapshot = whole(&items);
        let cluster = Cluster::new(&snapshot);
        let evaluated = State::new(&cluster);
        for (test, value) in rows {
            let row = Row::new(value);
            if FOREIGN.contains(&row.kind) {
                continue;
            }
            total += 1;
            let is_condition = value["expect"]["type"].is_string();
            let result = if is_condition { check(&evaluated, &row) } else { check_counts(&evaluated, value) };
            let condition = if is_condition { row.kind } else { "counts" };
            let Err(why) = result else {
                good += 1;
                continue;
            };
            let excuse = |e: &&(&str, &str, &str, &str, &str)| {
                e.0 == name
                    && (e.1 == "*" || e.1 == test.as_str())
                    && (e.2 == "*" || row.resource.ends_with(e.2))
                    && e.3 == condition
            };
            if EXCEPTIONS.iter().any(|e| excuse(&e)) {
                excused += 1;
                unused.retain(|e| !excuse(e));
            } else {
                failures.push(format!(
                    "{test}: {} listener {:?} parent {:?} {} — {why}",
                    row.resource, row.listener, row.parent, value["expect"]
                ));
            }
        }
    }
    println!("{name}: {good}/{total} ({excused} excepted by name, {} wrong)", failures.len());
    assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
    assert!(unused.is_empty(), "exceptions that excuse nothing: {unused:#?}");
    assert!(good >= threshold, "{name}: {good} of {total}");
}

fn cases(name: &str) -> Vec<(String, String, Value)> {
    let index = json_file(&truth(name).join("index.json"));
    let mut rows = Vec::new();
    for case in index.as_array().into_iter().flatten() {
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        for row in case["expect"].as_array().into_iter().flatten() {
            rows.push((text("case"), text("manifests"), row.clone()));
        }
    }
    rows
}

#[test]
fn conditions_of_the_conformance_suite_follow_from_the_specs() {
    let index = json_file(&truth("gateway-api").join("index.json"));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = index.as_array().into_iter().flatten().map(|r| (text(r, "test"), text(r, "state"), r.clone())).collect();
    suite("gateway-api", rows, 350);
}

#[test]
fn conditions_of_envoy_gateway_follow_from_the_specs() {
    suite("envoy-gateway", cases("envoy-gateway"), 0);
}

#[test]
fn conditions_of_istio_follow_from_the_specs() {
    suite("istio-gateway-status", cases("istio-gateway-status"), 0);
}
