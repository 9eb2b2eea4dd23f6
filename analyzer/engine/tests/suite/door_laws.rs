//! Requests at doors of every kind, over small worlds, against matchers that were written independently of the engine by
//! the words of each door's documentation; and the table of the HTML page against the engine.

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Query, Requests, Word};
use kubereach_reports::report::{Routing, RoutingAnswer, ToPath};
use kubereach_testkit::snapshots::whole;
use proptest::prelude::*;
use serde_json::{Value, json};

const PATHS: [&str; 6] = ["/", "/one", "/one/two", "/on", "/one/", "/Two"];
const ASKED: [&str; 9] = ["/", "/one", "/one/", "/one/two", "/one/two/x", "/on", "/ones", "/two", "/x"];
const BACKENDS: usize = 4;

/// How a rule matches: alone, or as a prefix.
#[derive(Debug, Clone)]
struct Rule {
    exact: bool,
    path: &'static str,
    header: bool,
    backend: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Contour,
    Istio,
    Traefik,
    OpenShift,
    Nginx,
}

const KINDS: [Kind; 5] = [Kind::Contour, Kind::Istio, Kind::Traefik, Kind::OpenShift, Kind::Nginx];

#[derive(Debug, Clone)]
struct World {
    kind: Kind,
    rules: Vec<Rule>,
}

/// What the oracle says: a rule, nobody, that it cannot be told, or that nginx adds a slash to the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Rule(usize),
    Nobody,
    Open,
    Slash,
}

fn elements(path: &str) -> Vec<&str> {
    path.split('/').filter(|element| !element.is_empty()).collect()
}

impl Rule {
    fn fits(&self, kind: Kind, path: &str, header: bool) -> bool {
        if self.header && kind.reads_headers() && !header {
            return false;
        }
        match (self.exact && kind != Kind::OpenShift, kind) {
            (true, _) => self.path == path,
            (false, Kind::OpenShift | Kind::Nginx) => elements(path).starts_with(&elements(self.path)),
            (false, Kind::Contour | Kind::Istio | Kind::Traefik) => path.starts_with(self.path),
        }
    }

    /// The rule of Traefik.
    fn text(&self) -> String {
        let path = if self.exact { format!("Path(`{}`)", self.path) } else { format!("PathPrefix(`{}`)", self.path) };
        let header = if self.header { " && Header(`X-Canary`, `1`)" } else { "" };
        format!("Host(`a.ex.org`) && {path}{header}")
    }
}

impl Kind {
    const fn reads_headers(self) -> bool {
        matches!(self, Self::Contour | Self::Istio | Self::Traefik)
    }
}

impl World {
    fn say(&self, path: &str, header: bool) -> Said {
        let all = self.rules.iter().enumerate();
        let mut fitting: Vec<(usize, &Rule)> = all.filter(|(_, rule)| rule.fits(self.kind, path, header)).collect();
        let of_headers = |rule: &Rule| usize::from(rule.header);
        match self.kind {
            // The first that fits.
            Kind::Istio => {}
            Kind::Traefik => {
                fitting.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.text().len()));
                if let [(_, a), (_, b), ..] = fitting.as_slice()
                    && a.text().len() == b.text().len()
                {
                    return Said::Open;
                }
            }
            Kind::Contour => {
                fitting.sort_by_key(|(_, rule)| std::cmp::Reverse((rule.exact, rule.path.len(), of_headers(rule))));
            }
            Kind::OpenShift => fitting.sort_by_key(|(_, rule)| std::cmp::Reverse(elements(rule.path).len())),
            Kind::Nginx => {
                let stands = |rule: &Rule| rule.path == path || (!rule.exact && elements(rule.path) == elements(path));
                let adds = |rule: &Rule| rule.exact && path != "/" && rule.path == format!("{path}/");
                if self.rules.iter().any(adds) && !self.rules.iter().any(stands) {
                    return Said::Slash;
                }
                fitting.sort_by_key(|(_, rule)| std::cmp::Reverse((rule.exact, elements(rule.path).len())));
            }
        }
        fitting.first().map_or(Said::Nobody, |(at, _)| Said::Rule(*at))
    }

    fn objects(&self) -> Vec<Value> {
        let meta = |name: &str| json!({"name": name, "namespace": "n", "creationTimestamp": "2026-01-01T00:00:00Z"});
        let mut all: Vec<Value> = (0..BACKENDS).flat_map(|at| service(&format!("b-{at}"))).collect();
        let backend = |rule: &Rule| format!("b-{}", rule.backend);
        match self.kind {
            Kind::Contour => {
                all.push(pod("contour-1", &json!({"app": "contour"}), "ghcr.io/projectcontour/contour:v1.31.0"));
                all.extend(proxy("envoy", &json!({"app": "envoy"}), "docker.io/envoyproxy/envoy:v1.32.0"));
                let routes = self.rules.iter().map(|rule| {
                    let path = json!({(if rule.exact { "exact" } else { "prefix" }): rule.path});
                    let header = json!({"header": {"name": "x-canary", "exact": "1"}});
                    // The last condition decides whether the path is a prefix (Contour: `mergePathMatchConditions`).
                    let conditions = if rule.header { vec![header, path] } else { vec![path] };
                    json!({"conditions": conditions, "services": [{"name": backend(rule), "port": 80}]})
                });
                let routes: Vec<Value> = routes.collect();
                all.push(json!({"apiVersion": "projectcontour.io/v1", "kind": "HTTPProxy", "metadata": meta("p"),
                    "spec": {"virtualhost": {"fqdn": "a.ex.org"}, "routes": routes}}));
            }
            Kind::Istio => {
                let rules = self.rules.iter().map(|rule| {
                    let mut one = json!({"uri": {(if rule.exact { "exact" } else { "prefix" }): rule.path}});
                    if rule.header {
                        one["headers"] = json!({"x-canary": {"exact": "1"}});
                    }
                    json!({"match": [one], "route": [{"destination": {"host": backend(rule)}}]})
                });
                let rules: Vec<Value> = rules.collect();
                all.extend(proxy("gateway", &json!({"istio": "ingressgateway"}), "docker.io/istio/proxyv2:1.27.0"));
                all.push(
                    json!({"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": meta("g"), "spec": {
                    "selector": {"istio": "ingressgateway"},
                    "servers": [{"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*.ex.org"]}]}}),
                );
                all.push(
                    json!({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": meta("v"),
                    "spec": {"hosts": ["a.ex.org"], "gateways": ["g"], "http": rules}}),
                );
            }
            Kind::Traefik => {
                let routes = self.rules.iter().map(|rule| {
                    json!({"kind": "Rule", "match": rule.text(), "services": [{"name": backend(rule), "port": 80}]})
                });
                let routes: Vec<Value> = routes.collect();
                all.extend(proxy("traefik", &json!({"app.kubernetes.io/name": "traefik"}), "traefik:v3.5"));
                all.push(json!({"apiVersion": "traefik.io/v1alpha1", "kind": "IngressRoute", "metadata": meta("i"),
                    "spec": {"entryPoints": ["web"], "routes": routes}}));
            }
            Kind::OpenShift => {
                for (at, rule) in self.rules.iter().enumerate() {
                    let name = format!("r-{at}");
                    let admitted = json!([{"host": "a.ex.org", "routerName": "default",
                        "conditions": [{"type": "Admitted", "status": "True"}]}]);
                    all.push(json!({"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": meta(&name),
                        "spec": {"host": "a.ex.org", "path": rule.path, "to": {"kind": "Service", "name": backend(rule)}},
                        "status": {"ingress": admitted}}));
                }
            }
            Kind::Nginx => {
                let paths = self.rules.iter().map(|rule| {
                    let kind = if rule.exact { "Exact" } else { "Prefix" };
                    let service = json!({"name": backend(rule), "port": {"number": 80}});
                    json!({"path": rule.path, "pathType": kind, "backend": {"service": service}})
                });
                let paths: Vec<Value> = paths.collect();
                all.push(
                    json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
                    "spec": {"controller": "k8s.io/ingress-nginx"}}),
                );
                all.push(json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("i"),
                    "spec": {"ingressClassName": "nginx", "rules": [{"host": "a.ex.org", "http": {"paths": paths}}]}}));
            }
        }
        all
    }
}

fn pod(name: &str, labels: &Value, image: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "n", "labels": labels},
        "spec": {"containers": [{"name": "c", "image": image}]},
        "status": {"phase": "Running", "podIP": "10.0.0.9", "podIPs": [{"ip": "10.0.0.9"}],
            "conditions": [{"type": "Ready", "status": "True"}]}})
}

fn service(name: &str) -> [Value; 3] {
    let labels = json!({"app": name});
    [
        pod(&format!("{name}-1"), &labels, "app:1"),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "n"},
            "spec": {"clusterIP": "10.96.0.9", "selector": labels,
                "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}),
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": format!("{name}-a"), "namespace": "n", "labels": {"kubernetes.io/service-name": name}},
            "ports": [{"name": "http", "port": 8080}],
            "endpoints": [{"addresses": ["10.0.0.9"], "conditions": {"ready": true},
                "targetRef": {"kind": "Pod", "namespace": "n", "name": format!("{name}-1")}}]}),
    ]
}

/// A proxy with the Service in front of it.
fn proxy(name: &str, labels: &Value, image: &str) -> [Value; 2] {
    [
        pod(&format!("{name}-1"), labels, image),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "n"},
            "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.8", "selector": labels,
                "ports": [{"name": "web", "port": 80, "targetPort": 8000, "protocol": "TCP"}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}}),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let rule = (any::<bool>(), prop::sample::select(&PATHS[..]), any::<bool>(), 0..BACKENDS)
        .prop_map(|(exact, path, header, backend)| Rule { exact, path, header, backend });
    let kind = prop::sample::select(&KINDS[..]);
    (kind, prop::collection::vec(rule, 1..6)).prop_map(|(kind, rules)| {
        // Of two rules that ask for the same, which one counts is another question.
        let same = |a: &Rule, b: &Rule| match kind {
            Kind::OpenShift => elements(a.path) == elements(b.path),
            Kind::Nginx => a.exact == b.exact && elements(a.path) == elements(b.path),
            _ => (a.exact, a.path, a.header) == (b.exact, b.path, b.header),
        };
        let mut kept: Vec<Rule> = Vec::new();
        for rule in rules {
            if !kept.iter().any(|known| same(known, &rule)) {
                kept.push(rule);
            }
        }
        World { kind, rules: kept }
    })
}

/// The page's look-up, as its script does it.
fn looked_up<'r>(routing: &'r Routing, host: &str, path: &str) -> Option<(&'r RoutingAnswer, String)> {
    let host = routing.hosts.get(host).filter(|host| host.ask.is_none())?;
    let row = host.http.iter().rev().find(|row| path.starts_with(row.path.as_str()))?;
    let behind = &path[row.path.len()..];
    let sort = if behind.is_empty() { 0 } else { usize::from(!behind.starts_with('/')) + 1 };
    let answer = &routing.answers[row.answers[sort]];
    let to = answer.to.as_ref().map_or_else(String::new, |to| match &to.path {
        ToPath::Same => path.to_owned(),
        ToPath::Is(path) => path.clone(),
        ToPath::Before(begin) => format!("{begin}{behind}"),
    });
    Some((answer, to))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn the_rule_that_takes_a_request_is_the_one_that_is_documented(world in worlds()) {
        let snapshot = whole(&world.objects());
        let cluster = Cluster::new(&snapshot);
        let requests = Requests::new(&cluster);
        let routing = requests.routing();
        for path in ASKED {
            for header in [false, true] {
                let headers = if header { json!({"x-canary": "1"}) } else { json!({}) };
                let query: Query = serde_json::from_value(
                    json!({"url": format!("http://a.ex.org{path}"), "headers": headers})).unwrap();
                let answer = requests.query(&query);
                let own: Vec<&str> = answer.backends.iter().map(|row| row.name.as_str()).collect();
                match world.say(path, header) {
                    Said::Rule(at) => {
                        let expected = format!("b-{}", world.rules[at].backend);
                        // Who serves the door is another question.
                        prop_assert!(matches!(answer.answer, Word::Backend | Word::Unknown), "{}: {:?}", path, answer);
                        prop_assert_eq!(own, vec![expected.as_str()], "{}: {:?}", path, answer);
                    }
                    Said::Slash => {
                        let own = answer.redirect.as_ref().map(|to| to.path.clone());
                        let adds = own.is_none_or(|own| own == format!("{path}/"));
                        let words = matches!(answer.answer, Word::Redirect | Word::Unknown);
                        prop_assert!(adds && words, "{}: {:?}", path, answer);
                    }
                    Said::Nobody => prop_assert_eq!(answer.answer, Word::Response, "{}: {:?}", path, answer),
                    Said::Open => prop_assert!(answer.answer == Word::Unknown && own.is_empty(), "{}: {:?}", path, answer),
                }
                if let Some((told, _)) = looked_up(&routing, "a.ex.org", path).filter(|_| !header) {
                    prop_assert_eq!(&told.word, answer.answer.word(), "{}", path);
                    let line = answer.redirect.as_ref().map_or_else(|| answer.line(), |to| format!("{} to", to.status));
                    prop_assert_eq!(&told.line, &line, "{}", path);
                } else {
                    prop_assert!(header, "{path} is not in the table: {routing:?}");
                }
            }
        }
    }
}
