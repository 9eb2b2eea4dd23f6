//! `HTTPRoute` of Linkerd's group, bound to a `Server`: which route a request takes.
//! (linkerd2-proxy linkerd/http/route: `find`)

use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Unmodelled;
use serde_json::Value;

use super::grants::Grant;
use crate::policy::Request;
use crate::policy::answer::{Missing, Truth};
use crate::policy::mesh::items;

/// A route, with those whom policies let in by it.
#[derive(Debug)]
pub(super) struct Route<'s> {
    pub(super) name: String,
    hosts: Vec<&'s str>,
    rules: Vec<Vec<&'s Value>>,
    pub(super) grants: Vec<Grant<'s>>,
}

/// How closely a match fits; more is closer.
type Fit = (usize, bool, usize, bool, usize, usize);

impl<'s> Route<'s> {
    pub(super) fn of(found: Found<'s, Unmodelled>, grants: Vec<Grant<'s>>) -> Self {
        let spec = &found.get().value.spec;
        Self {
            name: found.get().metadata.name.clone(),
            hosts: items(spec.get("hostnames")).iter().filter_map(Value::as_str).collect(),
            rules: items(spec.get("rules")).iter().map(|rule| items(rule.get("matches")).iter().collect()).collect(),
            grants,
        }
    }

    /// How closely the request fits; `None` where it does not take this route.
    fn fit(&self, request: &Request) -> Result<Option<Fit>, Missing<'s>> {
        let mut best = None;
        let Some(host) = self.host(request)? else { return Ok(None) };
        for rule in &self.rules {
            if rule.is_empty() {
                best = best.max(Some((host, false, 1, false, 0, 0)));
            }
            for one in rule {
                if let Some((exact, path, method, headers, query)) = matches(one, request)? {
                    best = best.max(Some((host, exact, path, method, headers, query)));
                }
            }
        }
        Ok(best)
    }

    fn host(&self, request: &Request) -> Result<Option<usize>, Missing<'s>> {
        if self.hosts.is_empty() {
            return Ok(Some(0));
        }
        let host = request.host.as_deref().ok_or(Missing::Request)?;
        let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let fits = |own: &&&str| match own.strip_prefix('*') {
            Some(end) => host.ends_with(&end.to_ascii_lowercase()),
            None => host == own.to_ascii_lowercase(),
        };
        Ok(self.hosts.iter().filter(fits).map(|own| own.len()).max())
    }
}

/// The route that a request takes, of those in the order of their age.
pub(super) fn taken<'r, 's>(routes: &'r [Route<'s>], request: &Request) -> Result<Option<&'r Route<'s>>, Missing<'s>> {
    let mut best: Option<(Fit, &Route<'s>)> = None;
    for route in routes {
        let Some(fit) = route.fit(request)? else { continue };
        if best.as_ref().is_none_or(|(other, _)| fit > *other) {
            best = Some((fit, route));
        }
    }
    Ok(best.map(|(_, route)| route))
}

type Parts = (bool, usize, bool, usize, usize);

fn matches<'s>(one: &Value, request: &Request) -> Result<Option<Parts>, Missing<'s>> {
    let text = |of: &'_ Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let (mut exact, mut length) = (false, 1);
    let whole = request.path.as_deref();
    let path = whole.map(|path| path.split('?').next().unwrap_or_default());
    if let Some(wanted) = one.get("path").filter(|path| !path.is_null()) {
        let value = text(wanted, "value").unwrap_or_else(|| "/".to_owned());
        let path = path.ok_or(Missing::Request)?;
        let fits = match text(wanted, "type").as_deref() {
            None | Some("PathPrefix") => {
                let prefix = value.trim_end_matches('/');
                path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Some("Exact") => {
                exact = true;
                path == value
            }
            Some(_) => return Err(Missing::Form),
        };
        if !fits {
            return Ok(None);
        }
        length = value.len();
    }
    let mut method = false;
    if let Some(wanted) = text(one, "method") {
        if *request.method.as_ref().ok_or(Missing::Request)? != wanted {
            return Ok(None);
        }
        method = true;
    }
    let regular = |of: &Value| text(of, "type").is_some_and(|word| word != "Exact");
    let headers = items(one.get("headers"));
    for header in headers {
        let sent = text(header, "name").and_then(|name| request.headers.get(&name.to_ascii_lowercase()));
        match sent {
            None => return Ok(None),
            Some(_) if regular(header) => return Err(Missing::Form),
            Some(sent) if Some(sent) != text(header, "value").as_ref() => return Ok(None),
            Some(_) => {}
        }
    }
    let queries = items(one.get("queryParams"));
    let sent = whole.and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    for query in queries {
        let (Some(name), Some(value)) = (text(query, "name"), text(query, "value")) else { return Ok(None) };
        let found = sent.split('&').filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == name);
        match found {
            None => return Ok(None),
            Some(_) if regular(query) => return Err(Missing::Form),
            Some((_, own)) if own != value => return Ok(None),
            Some(_) => {}
        }
    }
    Ok(Some((exact, length, method, headers.len(), queries.len())))
}

/// Does the request ask for the path of a probe?
pub(super) fn is_probe<'s>(paths: &[&str], request: Option<&Request>) -> Truth<'s> {
    let Some(request) = request.filter(|request| request.is_http()) else {
        return if paths.is_empty() { Truth::No } else { Truth::Unknown(Missing::Request) };
    };
    let (Some(path), Some(method)) = (request.path.as_deref(), request.method.as_deref()) else {
        return if paths.is_empty() { Truth::No } else { Truth::Unknown(Missing::Request) };
    };
    let path = path.split('?').next().unwrap_or_default();
    Truth::of(method == "GET" && paths.contains(&path))
}
