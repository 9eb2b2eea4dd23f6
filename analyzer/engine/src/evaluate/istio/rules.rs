//! The rules of a VirtualService as one list: what each takes, where it applies, where it leads. Delegates are put in
//! the place of the rules that name them.
//!
//! Source: istio/istio `pilot/pkg/model/virtualservice.go` (`mergeHTTPRoute`, `mergeHTTPMatchRequests`).

use crate::resolve::istio::Istio;
use crate::resolve::istio::Read;
use crate::resolve::istio::objects::{HttpMatch, HttpRoute, Text, VirtualServiceSpec, Weighted};
use kubereach_model::evidence::FieldPath;
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Unmodelled;

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Requests.
    Requests,
    /// TLS that is passed through.
    Tls,
    /// Connections.
    Connections,
}

/// What a rule does with what it takes.
#[derive(Debug, Clone)]
pub(super) enum Does {
    /// It leads to these, which stand in this field.
    Leads(Vec<Weighted>, FieldPath),
    /// It redirects: where to.
    Redirects(String),
    /// It answers with this status.
    Answers(i64),
    /// Another VirtualService goes on from it, and is not there.
    NoDelegate(String, String),
}

/// One alternative of a rule.
#[derive(Debug, Clone)]
pub(super) struct Rule<'s> {
    /// What it is for.
    pub is_for: For,
    /// The object in which it stands.
    pub naming: Found<'s, Unmodelled>,
    /// Where in it.
    pub field: FieldPath,
    /// What it takes, in words; the path comes last.
    pub words: Option<String>,
    /// A server name in the place of the host.
    pub host: Option<String>,
    /// Only at these gateways, if any are named.
    pub gateways: Vec<String>,
    /// Only at this port.
    pub port: Option<i64>,
    /// It takes everything that comes so far.
    pub takes_everything: bool,
    /// What it takes of requests.
    pub matched: Option<HttpMatch>,
    /// What it does.
    pub does: Does,
}

/// Every rule, in order.
pub(super) fn all<'s>(all: &Istio<'s>, of: &Read<'s, VirtualServiceSpec>) -> Vec<Rule<'s>> {
    let Ok(spec) = &of.spec else { return Vec::new() };
    let mut rules = Vec::new();
    for (i, rule) in spec.http.iter().enumerate() {
        let field: FieldPath = field!["spec", "http", i].into();
        match &rule.delegate {
            Some(to) if !spec.hosts.is_empty() => {
                let namespace = if to.namespace.is_empty() { of.namespace() } else { &to.namespace };
                if let Some(delegate) = all.service(namespace, &to.name) {
                    delegated(rule, delegate, &mut rules);
                } else {
                    let does = Does::NoDelegate(namespace.to_owned(), to.name.clone());
                    requests(of.found, &field, &rule.matches, &does, &mut rules);
                }
            }
            _ => requests(of.found, &field, &rule.matches, &does(rule, &field), &mut rules),
        }
    }
    streams(of, spec, &mut rules);
    rules
}

fn does(rule: &HttpRoute, field: &FieldPath) -> Does {
    if let Some(redirect) = &rule.redirect {
        let parts = [&redirect.scheme, &redirect.authority, &redirect.uri];
        let to: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        return Does::Redirects(to.join(" "));
    }
    if let Some(response) = &rule.direct_response {
        return Does::Answers(response.status.known().copied().unwrap_or_default());
    }
    let mut field = field.clone();
    field.push("route".into());
    Does::Leads(rule.route.to_vec(), field)
}

/// The rules of a delegate, each with what the root takes as well.
fn delegated<'s>(root: &HttpRoute, delegate: &Read<'s, VirtualServiceSpec>, rules: &mut Vec<Rule<'s>>) {
    for (i, rule) in delegate.spec.iter().flat_map(|spec| spec.http.iter()).enumerate() {
        let field: FieldPath = field!["spec", "http", i].into();
        let does = does(rule, &field);
        let matches: Vec<HttpMatch> = match (root.matches.is_empty(), rule.matches.is_empty()) {
            (true, _) => rule.matches.to_vec(),
            (false, true) => root.matches.to_vec(),
            (false, false) => {
                let pairs = root.matches.iter().flat_map(|r| rule.matches.iter().map(move |d| (r, d)));
                let merged: Vec<HttpMatch> = pairs.filter_map(|(r, d)| merged(r, d)).collect();
                if merged.is_empty() {
                    // What contradicts the root is left out.
                    continue;
                }
                merged
            }
        };
        requests(delegate.found, &field, &matches, &does, rules);
    }
}

/// Both at once; none where they contradict each other.
fn merged(root: &HttpMatch, delegate: &HttpMatch) -> Option<HttpMatch> {
    let mut both = delegate.clone();
    let paths = match (&root.uri, &delegate.uri) {
        (Some(root), None) => Some(root.clone()),
        (Some(root), Some(own)) => {
            if !refines(root, own) {
                return None;
            }
            Some(own.clone())
        }
        (None, own) => own.clone(),
    };
    both.uri = paths;
    for (root, own) in
        [(&root.scheme, &mut both.scheme), (&root.method, &mut both.method), (&root.authority, &mut both.authority)]
    {
        match (root, own.as_ref()) {
            (Some(text), None) => *own = Some(text.clone()),
            (Some(text), Some(own)) if !refines(text, own) => return None,
            _ => {}
        }
    }
    for (name, text) in &root.headers {
        both.headers.entry(name.clone()).or_insert_with(|| text.clone());
    }
    for (name, text) in &root.query_params {
        both.query_params.entry(name.clone()).or_insert_with(|| text.clone());
    }
    for (name, text) in &root.without_headers {
        both.without_headers.entry(name.clone()).or_insert_with(|| text.clone());
    }
    match (root.port.known(), delegate.port.known()) {
        (Some(a), Some(b)) if a != b => return None,
        (Some(_), None) => both.port.clone_from(&root.port),
        _ => {}
    }
    both.gateways.clone_from(&root.gateways);
    Some(both)
}

/// Does the second take only what the first takes?
fn refines(first: &Text, second: &Text) -> bool {
    match (&first.exact, &first.prefix, &first.regex) {
        (Some(exact), ..) => second.exact.as_ref() == Some(exact),
        (None, Some(prefix), _) => {
            let text = second.exact.as_ref().or(second.prefix.as_ref());
            text.is_some_and(|text| text.starts_with(prefix.as_str()))
        }
        (None, None, Some(regex)) => second.regex.as_ref() == Some(regex),
        (None, None, None) => true,
    }
}

fn requests<'s>(
    naming: Found<'s, Unmodelled>,
    field: &FieldPath,
    matches: &[HttpMatch],
    does: &Does,
    rules: &mut Vec<Rule<'s>>,
) {
    let everything = [HttpMatch::default()];
    let alternatives = if matches.is_empty() { &everything } else { matches };
    for one in alternatives {
        rules.push(Rule {
            is_for: For::Requests,
            naming,
            field: field.clone(),
            words: Some(words(one)),
            host: None,
            gateways: one.gateways.to_vec(),
            port: one.port.known().copied().filter(|port| *port != 0),
            takes_everything: one.takes_everything(),
            matched: Some(one.clone()),
            does: does.clone(),
        });
    }
}

/// What is asked for, the path at the end.
fn words(of: &HttpMatch) -> String {
    let mut words = Vec::new();
    let shown = |text: &Option<Text>| text.as_ref().map_or_else(|| "*".to_owned(), Text::shown);
    for (name, text) in [("Method", &of.method), ("Scheme", &of.scheme), ("Authority", &of.authority)] {
        if text.is_some() {
            words.push(format!("{name} {}", shown(text)));
        }
    }
    words.extend(of.headers.iter().map(|(name, text)| format!("Header {name}={}", shown(text))));
    words.extend(of.without_headers.iter().map(|(name, text)| format!("not Header {name}={}", shown(text))));
    words.extend(of.query_params.iter().map(|(name, text)| format!("Query {name}={}", shown(text))));
    words.extend(of.source_labels.iter().map(|(key, value)| format!("from {key}={value}")));
    words.extend(of.source_namespace.iter().map(|namespace| format!("from {namespace}")));
    words.extend(of.port.known().filter(|port| **port != 0).map(|port| format!("Port {port}")));
    words.push(match of.uri.as_ref().map(|uri| (&uri.exact, &uri.prefix, &uri.regex)) {
        Some((Some(path), ..)) => format!("Exact {path}"),
        Some((None, Some(path), _)) => format!("PathPrefix {path}"),
        Some((None, None, Some(path))) => format!("RegularExpression {path}"),
        Some((None, None, None)) | None => "PathPrefix /".to_owned(),
    });
    words.join(" ")
}

/// The rules that do not look into requests.
fn streams<'s>(of: &Read<'s, VirtualServiceSpec>, spec: &VirtualServiceSpec, rules: &mut Vec<Rule<'s>>) {
    let blank = Rule {
        is_for: For::Tls,
        naming: of.found,
        field: FieldPath::new(),
        words: None,
        host: None,
        gateways: Vec::new(),
        port: None,
        takes_everything: false,
        matched: None,
        does: Does::Answers(0),
    };
    let number = |port: Option<&i64>| port.copied().filter(|port| *port != 0);
    let at = |port: Option<i64>| port.map(|port| format!(":{port}"));
    for (i, rule) in spec.tls.iter().enumerate() {
        let does = Does::Leads(rule.route.to_vec(), field!["spec", "tls", i, "route"].into());
        for one in &rule.matches {
            for name in &one.sni_hosts {
                let port = number(one.port.known());
                rules.push(Rule {
                    field: field!["spec", "tls", i].into(),
                    words: at(port),
                    host: Some(name.clone()),
                    gateways: one.gateways.to_vec(),
                    port,
                    does: does.clone(),
                    ..blank.clone()
                });
            }
        }
    }
    for (i, rule) in spec.tcp.iter().enumerate() {
        let does = Does::Leads(rule.route.to_vec(), field!["spec", "tcp", i, "route"].into());
        let base = Rule { is_for: For::Connections, field: field!["spec", "tcp", i].into(), does, ..blank.clone() };
        if rule.matches.is_empty() {
            rules.push(base.clone());
        }
        for one in &rule.matches {
            let port = number(one.port.known());
            rules.push(Rule { words: at(port), gateways: one.gateways.to_vec(), port, ..base.clone() });
        }
    }
}
