//! Requests over small worlds of routes against a matcher that was written independently of the engine: it takes one
//! request, walks every listener, route, rule and match, and sorts what fits by the words of the API reference.

use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Query, Requests, Word};
use kubereach_testkit::snapshots::whole;
use proptest::prelude::*;
use serde_json::{Value, json};

const HOSTS: [Option<&str>; 4] = [None, Some("*.ex.org"), Some("a.ex.org"), Some("*.a.ex.org")];
const ASKED_HOSTS: [&str; 4] = ["a.ex.org", "b.ex.org", "x.a.ex.org", "other.org"];
const PATHS: [&str; 5] = ["/", "/one", "/one/two", "/on", "/one/"];
const ASKED_PATHS: [&str; 5] = ["/", "/one", "/one/two/three", "/on", "/two"];
const METHODS: [Option<&str>; 3] = [None, Some("GET"), Some("POST")];

#[derive(Debug, Clone)]
struct Match {
    exact: bool,
    path: &'static str,
    method: Option<&'static str>,
    header: bool,
    query: bool,
}

#[derive(Debug, Clone)]
enum Action {
    Backend,
    Redirect { scheme: Option<&'static str>, path: Option<&'static str>, host: Option<&'static str> },
}

#[derive(Debug, Clone)]
struct Rule {
    matched: Option<Match>,
    action: Action,
}

#[derive(Debug, Clone)]
struct Route {
    created: u8,
    hosts: Vec<&'static str>,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Listener {
    https: bool,
    host: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct World {
    listeners: Vec<Listener>,
    routes: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Ask {
    https: bool,
    host: String,
    path: String,
    method: &'static str,
    header: bool,
    query: bool,
}

/// What the oracle says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Taken {
        route: usize,
        rule: usize,
    },
    Nobody,
    /// Rules for a more specific host name stand there and none of them takes it.
    Differs,
}

fn under(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => host.len() > end.len() && host.ends_with(end),
        None => pattern == host,
    }
}

/// Characters of the name, those without a wildcard first.
fn length(pattern: Option<&str>) -> (usize, usize) {
    let pattern = pattern.unwrap_or_default();
    (if pattern.starts_with('*') { 0 } else { pattern.len() }, pattern.len())
}

impl Match {
    fn fits(&self, ask: &Ask) -> bool {
        let elements = |path: &str| -> Vec<String> { path.split('/').map(str::to_owned).collect() };
        let path = if self.exact {
            self.path == ask.path
        } else {
            let mut own = elements(self.path);
            while own.last().is_some_and(String::is_empty) {
                own.pop();
            }
            elements(&ask.path).starts_with(&own)
        };
        path && self.method.is_none_or(|m| m == ask.method)
            && (!self.header || ask.header)
            && (!self.query || ask.query)
    }

    fn rank(&self) -> [usize; 5] {
        let prefix = if self.exact { 0 } else { self.path.trim_end_matches('/').len() + 1 };
        [
            usize::from(self.exact),
            prefix,
            usize::from(self.method.is_some()),
            usize::from(self.header),
            usize::from(self.query),
        ]
    }
}

impl World {
    /// The listener of the port whose name says most.
    fn listener(&self, ask: &Ask) -> Option<&Listener> {
        let fits = |l: &&Listener| l.https == ask.https && l.host.is_none_or(|own| under(own, &ask.host));
        self.listeners.iter().filter(fits).max_by_key(|l| length(l.host))
    }

    fn say(&self, ask: &Ask) -> Said {
        let Some(listener) = self.listener(ask) else { return Said::Nobody };
        let everything = Match { exact: false, path: "/", method: None, header: false, query: false };
        // For each route the names that serve the host here, each as specific as the more specific side.
        let mut standing: Vec<(usize, (usize, usize))> = Vec::new();
        for (index, route) in self.routes.iter().enumerate() {
            let names: Vec<Option<&str>> =
                if route.hosts.is_empty() { vec![None] } else { route.hosts.iter().map(|h| Some(*h)).collect() };
            let fitting = names.into_iter().filter(|name| name.is_none_or(|name| under(name, &ask.host)));
            standing.extend(fitting.map(|name| (index, length(name).max(length(listener.host)))));
        }
        let most = standing.iter().map(|(_, names)| *names).max();
        let mut fitting = Vec::new();
        for (index, names) in &standing {
            let route = &self.routes[*index];
            for (at, rule) in route.rules.iter().enumerate() {
                let matched = rule.matched.as_ref().unwrap_or(&everything);
                if matched.fits(ask) {
                    let last = (route.created, format!("route-{index}"), at);
                    fitting.push((std::cmp::Reverse((*names, matched.rank())), last, *index, at));
                }
            }
        }
        fitting.sort();
        match fitting.first() {
            None => Said::Nobody,
            Some((std::cmp::Reverse((names, _)), ..)) if Some(*names) != most => Said::Differs,
            Some((_, _, route, rule)) => Said::Taken { route: *route, rule: *rule },
        }
    }

    /// The request that a redirect leads to.
    fn sent(&self, ask: &Ask, route: usize, rule: usize) -> Option<Ask> {
        let Action::Redirect { scheme, path, host } = &self.routes[route].rules[rule].action else { return None };
        Some(Ask {
            https: scheme.map_or(ask.https, |scheme| scheme == "https"),
            host: host.map_or_else(|| ask.host.clone(), str::to_owned),
            path: path.map_or_else(|| ask.path.clone(), str::to_owned),
            header: false,
            query: false,
            ..ask.clone()
        })
    }

    /// Does the request end where it is not sent on any more?
    fn ends(&self, ask: &Ask) -> bool {
        let mut ask = ask.clone();
        for _ in 0..30 {
            let Said::Taken { route, rule } = self.say(&ask) else { return true };
            match self.sent(&ask, route, rule) {
                Some(next) => ask = next,
                None => return true,
            }
        }
        false
    }

    fn objects(&self) -> Vec<Value> {
        let listeners: Vec<Value> = self
            .listeners
            .iter()
            .enumerate()
            .map(|(index, l)| {
                json!({"name": format!("l{index}"), "port": if l.https { 443 } else { 80 },
                    "protocol": if l.https { "HTTPS" } else { "HTTP" }, "hostname": l.host})
            })
            .collect();
        let mut all = vec![
            json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "c"},
                "spec": {"controllerName": "example.net/controller"}}),
            json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": {"name": "g", "namespace": "n"}, "spec": {"gatewayClassName": "c", "listeners": listeners}}),
        ];
        for (index, route) in self.routes.iter().enumerate() {
            let rules: Vec<Value> =
                route.rules.iter().enumerate().map(|(at, rule)| rule.object(&format!("b-{index}-{at}"))).collect();
            all.push(json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
                "metadata": {"name": format!("route-{index}"), "namespace": "n",
                    "creationTimestamp": format!("2026-01-01T00:00:{:02}Z", route.created)},
                "spec": {"parentRefs": [{"name": "g"}], "hostnames": route.hosts, "rules": rules}}));
        }
        all
    }
}

impl Rule {
    fn object(&self, backend: &str) -> Value {
        let mut rule = json!({});
        if let Some(m) = &self.matched {
            let mut one = json!({"path": {"type": if m.exact { "Exact" } else { "PathPrefix" }, "value": m.path}});
            if let Some(method) = m.method {
                one["method"] = method.into();
            }
            if m.header {
                one["headers"] = json!([{"name": "X-Canary", "value": "1"}]);
            }
            if m.query {
                one["queryParams"] = json!([{"name": "q", "value": "1"}]);
            }
            rule["matches"] = json!([one]);
        }
        match &self.action {
            Action::Backend => rule["backendRefs"] = json!([{"name": backend, "port": 80}]),
            Action::Redirect { scheme, path, host } => {
                let mut redirect = json!({});
                if let Some(scheme) = scheme {
                    redirect["scheme"] = (*scheme).into();
                }
                if let Some(host) = host {
                    redirect["hostname"] = (*host).into();
                }
                if let Some(path) = path {
                    redirect["path"] = json!({"type": "ReplaceFullPath", "replaceFullPath": path});
                }
                rule["filters"] = json!([{"type": "RequestRedirect", "requestRedirect": redirect}]);
            }
        }
        rule
    }
}

fn matches() -> impl Strategy<Value = Match> {
    (any::<bool>(), prop::sample::select(&PATHS[..]), prop::sample::select(&METHODS[..]), any::<bool>(), any::<bool>())
        .prop_map(|(exact, path, method, header, query)| Match { exact, path, method, header, query })
}

fn actions() -> impl Strategy<Value = Action> {
    let redirect = (
        prop::sample::select(vec![None, Some("http"), Some("https")]),
        prop::sample::select(vec![None, None, Some("/one")]),
        prop::sample::select(vec![None, None, Some("a.ex.org")]),
    );
    prop_oneof![
        3 => Just(Action::Backend),
        1 => redirect.prop_map(|(scheme, path, host)| Action::Redirect { scheme, path, host }),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let rule =
        (prop::option::weighted(0.8, matches()), actions()).prop_map(|(matched, action)| Rule { matched, action });
    let hosts = prop::collection::btree_set(prop::sample::select(vec!["*.ex.org", "a.ex.org", "*.a.ex.org"]), 0..3);
    let route = (0_u8..3, hosts, prop::collection::vec(rule, 1..4)).prop_map(|(created, hosts, rules)| Route {
        created,
        hosts: hosts.into_iter().collect(),
        rules,
    });
    let names = prop::collection::btree_set((any::<bool>(), prop::sample::select(&HOSTS[..])), 1..5);
    let listeners =
        names.prop_map(|names| names.into_iter().map(|(https, host)| Listener { https, host }).collect::<Vec<_>>());
    (listeners, prop::collection::vec(route, 1..5)).prop_map(|(listeners, routes)| World { listeners, routes })
}

fn asks() -> Vec<Ask> {
    let mut all = Vec::new();
    for https in [false, true] {
        for host in ASKED_HOSTS {
            for path in ASKED_PATHS {
                for (method, header, query) in [("GET", false, false), ("POST", true, false), ("GET", true, true)] {
                    all.push(Ask { https, host: host.to_owned(), path: path.to_owned(), method, header, query });
                }
            }
        }
    }
    all
}

fn query(ask: &Ask) -> Query {
    let headers = if ask.header { json!({"x-canary": "1"}) } else { json!({}) };
    let query = if ask.query { "?q=1" } else { "" };
    serde_json::from_value(json!({"gateway": "n/g", "protocol": if ask.https { "https" } else { "http" },
        "host": ask.host, "path": format!("{}{query}", ask.path), "method": ask.method, "headers": headers}))
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_rule_that_takes_a_request_is_the_one_of_the_api_reference(world in worlds()) {
        let snapshot = whole(&world.objects());
        let cluster = Cluster::new(&snapshot);
        let requests = Requests::new(&cluster);
        for ask in asks() {
            let answer = requests.query(&query(&ask));
            let own = answer.route.as_ref().map(|route| (route.clone(), answer.rule));
            match world.say(&ask) {
                Said::Taken { route, rule } => {
                    prop_assert_eq!(own, Some((format!("HTTPRoute/n/route-{route}"), Some(rule))), "{:?}: {:?}", ask, answer);
                }
                Said::Nobody => {
                    prop_assert_eq!(own, None, "{:?}", ask);
                    prop_assert!(matches!(answer.answer, Word::Response | Word::Refused), "{:?}: {:?}", ask, answer);
                }
                Said::Differs => prop_assert_eq!(answer.answer, Word::Unknown, "{:?}: {:?}", ask, answer),
            }
        }
    }

    #[test]
    fn a_shadowed_match_takes_no_request_and_a_circle_never_ends(world in worlds()) {
        let snapshot = whole(&world.objects());
        let cluster = Cluster::new(&snapshot);
        let subjects = checks::evaluate(&cluster);
        let listener = |ask: &Ask| {
            let chosen = world.listener(ask)?;
            let at = world.listeners.iter().position(|l| std::ptr::eq(l, chosen))?;
            Some(format!("Gateway/n/g/l{at}"))
        };
        for ask in asks() {
            let Said::Taken { route, rule } = world.say(&ask) else { continue };
            let own = &world.routes[route].rules[rule];
            let subject = subjects.iter().find(|s| s.object.name == format!("route-{route}")).unwrap();
            let here = listener(&ask);
            let served = |host: Option<&str>| host.is_none_or(|host| under(host, &ask.host));
            let own_text = own.matched.as_ref().map_or("/".to_owned(), words);
            let alike = |r: &&Rule| r.matched.as_ref().map_or("/".to_owned(), words) == own_text;
            // Rules of one route with equal matches that lead to no backend have one path.
            let alone = world.routes[route].rules.iter().filter(alike).count() == 1;
            let mine: Vec<_> = subject
                .paths
                .iter()
                .filter(|p| p.key.listener == here && served(p.key.host.as_deref()))
                .filter(|p| match &own.action {
                    Action::Backend => p.key.backend.as_ref().is_some_and(|b| b.name == format!("b-{route}-{rule}")),
                    Action::Redirect { .. } => {
                        alone && p.key.backend.is_none() && p.key.matches.as_deref() == Some(&own_text)
                    }
                })
                .collect();
            // The request comes by the most specific of the route's host names.
            let most = mine.iter().map(|p| length(p.key.host.as_deref())).max();
            for path in mine.into_iter().filter(|p| Some(length(p.key.host.as_deref())) == most) {
                let codes: Vec<&str> = path.segments.iter().flat_map(|s| s.findings()).map(|f| f.code()).collect();
                prop_assert!(!codes.contains(&"route/shadowed-match"), "{:?} takes {:?}", path.key, ask);
                prop_assert!(path.dormant.is_none(), "{:?} takes {:?}", path.key, ask);
                if codes.contains(&"route/redirect-loop") {
                    prop_assert!(!world.ends(&ask), "{:?} is said to send {:?} in a circle", path.key, ask);
                }
            }
        }
    }
}

/// A match as paths name it.
fn words(m: &Match) -> String {
    let mut parts = Vec::new();
    parts.extend(m.method.map(str::to_owned));
    parts.push(if m.exact { format!("Exact:{}", m.path) } else { m.path.to_owned() });
    parts.extend(m.header.then(|| "header X-Canary=1".to_owned()));
    parts.extend(m.query.then(|| "query q=1".to_owned()));
    parts.join(" ")
}

#[test]
fn circles_are_found_at_all() {
    let redirect = Action::Redirect { scheme: Some("https"), path: None, host: None };
    let world = World {
        listeners: vec![Listener { https: false, host: None }, Listener { https: true, host: None }],
        routes: vec![Route { created: 0, hosts: vec![], rules: vec![Rule { matched: None, action: redirect }] }],
    };
    let snapshot = whole(&world.objects());
    let subjects = checks::evaluate(&Cluster::new(&snapshot));
    let route = subjects.iter().find(|s| s.object.kind == "HTTPRoute").unwrap();
    for path in &route.paths {
        assert!(
            path.segments.iter().flat_map(|s| s.findings()).any(|f| f.code() == "route/redirect-loop"),
            "{:?}",
            path.key
        );
    }
    assert_eq!(route.paths.len(), 2);
}
