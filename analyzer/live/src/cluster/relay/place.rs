//! What may be relayed, and the path that asks for it.

use std::collections::BTreeMap;

use kubereach_prober::class::Class;
use kubereach_prober::plan::{Relay, Target};
use kubereach_prober::words::{HttpVersion, Method, Protocol, RelayedResource, Segment};

/// A request that the API server is asked to relay. Made here and nowhere else, so that a reader has no
/// other path under `/proxy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    url: String,
    head: bool,
    /// The relay cleans paths, so that what arrives is not quite what the plan asks for.
    pub(super) altered: bool,
}

impl Place {
    /// The path and query on the API server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// `HEAD` instead of `GET`.
    pub(crate) const fn is_head(&self) -> bool {
        self.head
    }
}

/// Why something is not relayed.
pub(super) type Refusal = (Class, String);

/// The request of a target; or why none is sent.
pub(super) fn place(target: &Target) -> Result<Place, Refusal> {
    let refuse = |class, why: &str| Err((class, why.to_owned()));
    let scheme = match target.protocol {
        Protocol::Http => "",
        Protocol::Https => "https:",
        other => {
            return Err((Class::NorunProtocol, format!("the API server relays HTTP, and this is {other}")));
        }
    };
    if target.http == HttpVersion::Http2 && scheme.is_empty() {
        return refuse(Class::NorunProtocol, "the API server relays HTTP/1.1, and this wants HTTP/2 in the clear");
    }
    if target.span.from < Segment::Service {
        return refuse(Class::NorunVantage, "the API server relays to Services and pods, not to an entry before them");
    }
    let head = match target.method {
        Method::Get => false,
        Method::Head => true,
        Method::Options => return refuse(Class::NorunTarget, "only GET and HEAD are relayed"),
    };
    if !target.headers.is_empty() {
        return refuse(Class::NorunTarget, "the request needs headers, and none are relayed");
    }
    let Some(relay) = &target.relay else {
        return refuse(Class::NorunVantage, not_relayed(target));
    };
    let id = id(scheme, relay)?;
    let path = path(target)?;
    let resource = relay.resource.word();
    let url = format!("/api/v1/namespaces/{}/{resource}/{id}/proxy{path}", super::super::escape(&relay.namespace));
    // What is decoded and joined again on the way (path.Join) does not stay byte for byte.
    let plain = path.split('?').next().unwrap_or_default();
    Ok(Place { url, head, altered: plain.contains('%') || plain.contains("//") })
}

fn not_relayed(target: &Target) -> &'static str {
    if target.dial.starts_with("cluster-ip/") {
        "the API server is asked once for each Service, by its name"
    } else {
        "the plan names no Service with a selector and no pod for it, and the API server relays to nothing else"
    }
}

/// `[https:]NAME:PORT`, one part of the path: what a Service or pod may be called leaves nothing to escape.
fn id(scheme: &str, relay: &Relay) -> Result<String, Refusal> {
    let is_name = |text: &str| {
        let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        text.len() <= 253
            && end(text.chars().next())
            && end(text.chars().next_back())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
    };
    let is_port = |text: &str| {
        (1..=63).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && (relay.resource == RelayedResource::Services || text.parse::<u16>().is_ok())
    };
    if is_name(&relay.namespace) && is_name(&relay.name) && is_port(&relay.port) {
        return Ok(format!("{scheme}{}:{}", relay.name, relay.port));
    }
    Err((Class::NorunTarget, "the plan names no Service, pod or port that Kubernetes would take".to_owned()))
}

/// The request target behind `/proxy`. A step upwards would leave the relay for another part of the API.
fn path(target: &Target) -> Result<String, Refusal> {
    let path = match target.path.as_deref() {
        None | Some("") => "/".to_owned(),
        Some(path) if path.starts_with('/') => path.to_owned(),
        Some(path) => format!("/{path}"),
    };
    let never = |why: &str| Err((Class::NorunTarget, format!("the path {path:?} {why}, and is not relayed")));
    let plain = path.split('?').next().unwrap_or_default();
    let steps = fully_decoded(plain);
    if steps.is_none_or(|text| text.split(['/', '\\']).any(|step| step == "." || step == "..")) {
        return never("holds steps that could lead out of the relay");
    }
    match http::uri::PathAndQuery::try_from(path.as_str()) {
        Ok(sent) if sent.as_str() == path => Ok(path),
        _ => never("is none that can be sent"),
    }
}

/// However often somebody on the way decodes it; None for what was encoded over and over.
fn fully_decoded(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..4 {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let hex = after.get(..2).filter(|_| *byte == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
            if let Some(decoded) = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            } else {
                out.push(*byte);
                rest = after;
            }
        }
        let decoded = String::from_utf8_lossy(&out).into_owned();
        if decoded == text {
            return Some(text);
        }
        text = decoded;
    }
    None
}

/// What must be granted, for each namespace and resource of these targets.
pub(super) fn grants<'t>(targets: impl Iterator<Item = &'t Target>) -> BTreeMap<String, Vec<&'static str>> {
    let mut all: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for relay in targets.filter(|target| place(target).is_ok()).filter_map(|target| target.relay.as_ref()) {
        let resources = all.entry(relay.namespace.clone()).or_default();
        let resource = subresource(relay.resource);
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    all
}

/// `services/proxy`, as RBAC has it.
pub(super) const fn subresource(resource: RelayedResource) -> &'static str {
    match resource {
        RelayedResource::Services => "services/proxy",
        RelayedResource::Pods => "pods/proxy",
    }
}
