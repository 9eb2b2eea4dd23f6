//! What Istio's webhook refuses of a Gateway and a VirtualService.
//!
//! Source: istio/istio `pkg/config/validation/validation.go`, `virtualservice.go`, `agent/validation.go`. Regular
//! expressions are not compiled: Go's differ from others in small things, and nothing is refused on a guess.

mod gateway;
mod http;
mod virtual_service;

use serde_json::{Map, Value};

pub use gateway::gateway;
pub use virtual_service::virtual_service;

/// The fields that are wrong, in words, the first found first.
#[derive(Debug, Default)]
pub struct Wrong {
    /// By every version.
    pub sure: Vec<String>,
    /// By versions that know the field.
    pub doubtful: Vec<String>,
}

static NOTHING: Value = Value::Null;

fn get<'v>(value: &'v Value, key: &str) -> &'v Value {
    value.get(key).unwrap_or(&NOTHING)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    get(value, key).as_str().unwrap_or_default()
}

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    items(get(value, key)).iter().filter_map(Value::as_str).collect()
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
}

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63 && text.chars().all(inner) && end(text.chars().next()) && end(text.chars().last())
}

/// `IsDNS1123Label`: lower case.
fn is_name(text: &str) -> bool {
    is_label(text) && !text.chars().any(|c| c.is_ascii_uppercase())
}

fn labels(domain: &str) -> Result<(), String> {
    let all: Vec<&str> = domain.split('.').collect();
    if let Some(wrong) = all.iter().find(|label| !is_label(label)) {
        return Err(format!("domain name '{domain}' has the label '{wrong}'"));
    }
    match all.last() {
        Some(last) if all.len() > 1 && last.chars().all(|c| c.is_ascii_digit()) => {
            Err(format!("domain name '{domain}' ends in digits only"))
        }
        _ => Ok(()),
    }
}

/// `ValidateWildcardDomain`.
fn domain(domain: &str) -> Result<(), String> {
    if domain.is_empty() || domain.len() > 255 {
        return Err(format!("the domain name '{domain}' is empty or too long"));
    }
    // A final dot is allowed.
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let (first, rest) = domain.split_once('.').map_or((domain, None), |(first, rest)| (first, Some(rest)));
    let plain = first.strip_prefix("*-").or_else(|| first.strip_prefix('*')).unwrap_or(first);
    let is_wild = first == "*" || is_label(plain);
    if !is_wild {
        return Err(format!("domain name '{domain}' has the label '{first}'"));
    }
    rest.map_or(Ok(()), labels)
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

fn port(number: &Value) -> Result<(), String> {
    match number.as_i64() {
        Some(number) if (1..=65535).contains(&number) => Ok(()),
        Some(number) => Err(format!("port {number} is not in the range 1..65535")),
        None => Err("a port is missing".to_owned()),
    }
}
