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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{gateway, virtual_service};

    fn with(rule: Value) -> Value {
        json!({"hosts": ["shop.example"], "gateways": ["edge"], "http": [rule]})
    }

    fn leads(more: Value) -> Value {
        let mut rule = json!({"route": [{"destination": {"host": "web"}}]});
        if let (Some(rule), Value::Object(more)) = (rule.as_object_mut(), more) {
            rule.extend(more);
        }
        with(rule)
    }

    #[test]
    fn what_istio_takes_of_a_virtual_service_is_not_refused() {
        for spec in [
            leads(json!({})),
            leads(json!({"match": [{"uri": {"prefix": ""}}, {"withoutHeaders": {"x": {"regex": "*"}}}]})),
            leads(json!({"timeout": "1m30s", "retries": {"attempts": 2, "retryOn": "5xx,503"}})),
            leads(json!({"headers": {"request": {"set": {"x": "100%%", "y": "%TIME(%b)%", ":authority": "a"}}}})),
            with(json!({"redirect": {"uri": "/a"}})),
            with(json!({"directResponse": {"status": 204}})),
            json!({"http": [{"route": [{"destination": {"host": "web"}}]}]}),
            json!({"hosts": ["a.example"], "tls": [{"match": [{"sniHosts": ["a.example"]}],
                "route": [{"destination": {"host": "web"}}]}]}),
        ] {
            let wrong = virtual_service("shop", &spec);
            assert!(wrong.sure.is_empty(), "{spec}: {:?}", wrong.sure);
        }
    }

    #[test]
    fn what_istio_refuses_of_a_virtual_service_is_said() {
        for spec in [
            json!({"hosts": ["shop.example"]}),
            json!({"hosts": ["*"], "http": [{"route": [{"destination": {"host": "web"}}]}]}),
            json!({"hosts": ["*.example", "a.example"], "http": [{"redirect": {"uri": "/"}}]}),
            with(json!({})),
            with(json!({"route": [{"destination": {"host": "*"}}]})),
            with(json!({"redirect": {}})),
            leads(json!({"redirect": {"uri": "/a"}})),
            leads(json!({"headers": {"request": {"set": {"x": "abc%1"}}}})),
            leads(json!({"headers": {"response": {"add": {"": "1"}}}})),
            leads(json!({"match": [{"method": {"prefix": ""}}]})),
            leads(json!({"match": [{"headers": {"x": null}}]})),
            leads(json!({"match": [{"gateways": ["ns/*"]}]})),
            leads(json!({"retries": {"attempts": 2, "retryOn": "sometimes"}})),
            leads(json!({"fault": {"delay": {"fixedDelay": "0.1ms"}}})),
            leads(json!({"rewrite": {}})),
        ] {
            assert!(!virtual_service("shop", &spec).sure.is_empty(), "{spec}");
        }
    }

    #[test]
    fn servers_of_a_gateway_are_judged_as_istio_does() {
        let port = |number: i64, protocol: &str| json!({"number": number, "name": "p", "protocol": protocol});
        for (server, fine) in [
            (json!({"hosts": ["a.example"], "port": port(80, "HTTP")}), true),
            (json!({"hosts": ["./a.example", "*"], "port": port(80, "http2")}), true),
            (json!({"hosts": ["a.example"], "port": port(80, "HTTP"), "tls": {"httpsRedirect": true}}), true),
            (
                json!({"hosts": ["a.example"], "port": port(443, "HTTPS"),
                    "tls": {"mode": "SIMPLE", "credentialName": "c"}}),
                true,
            ),
            (json!({"hosts": ["a.example"], "port": port(443, "HTTPS")}), false),
            (json!({"hosts": ["a.example"], "port": port(443, "HTTPS"), "tls": {"mode": "SIMPLE"}}), false),
            (
                json!({"hosts": ["a.example"], "port": port(443, "TLS"),
                    "tls": {"mode": "ISTIO_MUTUAL", "credentialName": "c"}}),
                false,
            ),
            (json!({"hosts": [], "port": port(80, "HTTP")}), false),
            (json!({"hosts": ["short"], "port": port(80, "HTTP")}), false),
            (json!({"hosts": ["*a.example"], "port": port(80, "HTTP")}), false),
            (json!({"hosts": ["~/a.example"], "port": port(80, "HTTP")}), false),
            (json!({"hosts": ["a.example"], "port": port(66000, "HTTP")}), false),
            (json!({"hosts": ["a.example"], "port": port(80, "SMTP")}), false),
            (json!({"hosts": ["a.example"], "port": port(80, "HTTP"), "bind": "unix:///a"}), false),
        ] {
            let wrong = gateway("edge", &json!({"servers": [server]}));
            assert_eq!(wrong.sure.is_empty(), fine, "{server}: {:?}", wrong.sure);
        }
    }
}
