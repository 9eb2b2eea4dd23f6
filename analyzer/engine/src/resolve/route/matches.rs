//! A match in the route's own words.

use kubereach_model::snapshot::model::{MethodMatch, Route, RouteKind, RouteMatch, RouteRule};

/// One match: its words and the rule it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// `/cart`, `Exact:/cart`, `POST /cart header x-canary=1`; `None` for routes that match nothing.
    pub text: Option<String>,
    /// Index among the rule's matches; `None` where the rule has none.
    pub index: Option<usize>,
}

/// Every match of a rule. A rule without matches takes everything (API reference: `HTTPRouteRule.matches`).
pub fn of_rule(route: &Route, rule: &RouteRule, index: usize) -> Vec<Words> {
    match route.kind {
        RouteKind::Http | RouteKind::Grpc if rule.matches.is_empty() => {
            let text = if route.kind == RouteKind::Http { "/" } else { "any method" };
            vec![Words { text: Some(text.to_owned()), index: None }]
        }
        RouteKind::Http | RouteKind::Grpc => {
            let words = |(i, m)| Words { text: Some(one(route.kind, m)), index: Some(i) };
            rule.matches.iter().enumerate().map(words).collect()
        }
        // Without matches only the position tells several rules apart.
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp if index == 0 => vec![Words { text: None, index: None }],
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => {
            vec![Words { text: Some(format!("rule {}", index + 1)), index: None }]
        }
    }
}

fn one(kind: RouteKind, m: &RouteMatch) -> String {
    let mut words = Vec::new();
    match &m.method {
        Some(MethodMatch::Http(method)) if !method.is_empty() => words.push(method.clone()),
        Some(MethodMatch::Grpc(grpc)) => {
            let part = |text: &Option<String>| text.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| "*".to_owned());
            let regular = grpc.kind.as_deref() == Some("RegularExpression");
            let prefix = if regular { "RegularExpression:" } else { "" };
            words.push(format!("{prefix}{}/{}", part(&grpc.service), part(&grpc.method)));
        }
        Some(MethodMatch::Http(_)) | None => {}
    }
    if kind == RouteKind::Http {
        let value = m.path.as_ref().and_then(|p| p.value.as_deref()).unwrap_or("/");
        words.push(match m.path.as_ref().and_then(|p| p.kind.as_deref()).unwrap_or("PathPrefix") {
            "PathPrefix" => value.to_owned(),
            other => format!("{other}:{value}"),
        });
    }
    let pairs = [("header", &m.headers), ("query", &m.query_params)];
    for (what, list) in pairs {
        for pair in list {
            let sign = if pair.kind.as_deref() == Some("RegularExpression") { "~" } else { "=" };
            words.push(format!("{what} {}{sign}{}", pair.name, pair.value));
        }
    }
    if words.is_empty() { "any method".to_owned() } else { words.join(" ") }
}
