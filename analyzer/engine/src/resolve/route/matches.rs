//! Matches of rules as text, by which paths name them.

use kubereach_model::snapshot::model::{MethodMatch, Route, RouteKind, RouteMatch, RouteRule};

/// One match of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchText {
    /// `/cart`, `Exact:/cart`, `POST /cart header x-canary=1`; `None` for routes that match nothing.
    pub text: Option<String>,
    /// Index among the rule's matches; `None` where the rule has none.
    pub index: Option<usize>,
}

/// Every match of a rule. A rule without matches takes everything (API reference: `HTTPRouteRule.matches`).
pub fn of_rule(route: &Route, rule: &RouteRule, index: usize) -> Vec<MatchText> {
    match route.kind {
        RouteKind::Http | RouteKind::Grpc if rule.matches.is_empty() => {
            let text = if route.kind == RouteKind::Http { "/" } else { "any method" };
            vec![MatchText { text: Some(text.to_owned()), index: None }]
        }
        RouteKind::Http | RouteKind::Grpc => {
            let text = |(i, m)| MatchText { text: Some(one(route.kind, m)), index: Some(i) };
            rule.matches.iter().enumerate().map(text).collect()
        }
        // Without matches only the position tells several rules apart.
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp if index == 0 => vec![MatchText { text: None, index: None }],
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => {
            vec![MatchText { text: Some(format!("rule {}", index + 1)), index: None }]
        }
    }
}

fn one(kind: RouteKind, m: &RouteMatch) -> String {
    let mut parts = Vec::new();
    match &m.method {
        Some(MethodMatch::Http(method)) if !method.is_empty() => parts.push(method.clone()),
        Some(MethodMatch::Grpc(grpc)) => {
            let part = |text: &Option<String>| text.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| "*".to_owned());
            let regular = grpc.kind.as_deref() == Some("RegularExpression");
            let prefix = if regular { "RegularExpression:" } else { "" };
            parts.push(format!("{prefix}{}/{}", part(&grpc.service), part(&grpc.method)));
        }
        Some(MethodMatch::Http(_)) | None => {}
    }
    if kind == RouteKind::Http {
        let value = m.path.as_ref().and_then(|p| p.value.as_deref()).unwrap_or("/");
        parts.push(match m.path.as_ref().and_then(|p| p.kind.as_deref()).unwrap_or("PathPrefix") {
            "PathPrefix" => value.to_owned(),
            other => format!("{other}:{value}"),
        });
    }
    let pairs = [("header", &m.headers), ("query", &m.query_params)];
    for (what, list) in pairs {
        for pair in list {
            let sign = if pair.kind.as_deref() == Some("RegularExpression") { "~" } else { "=" };
            parts.push(format!("{what} {}{sign}{}", pair.name, pair.value));
        }
    }
    if parts.is_empty() { "any method".to_owned() } else { parts.join(" ") }
}
