//! What the validation of the API server refuses beyond the schema.
//!
//! Sources: kubernetes/kubernetes `pkg/apis/core/validation/validation.go` (`ValidateService`: names of several ports,
//! duplicates, ranges; `ValidateContainerPorts`), `pkg/apis/apps/validation` and `batch/validation` (selector and
//! template labels), `pkg/apis/networking/validation` (hosts, paths, backends), apimachinery `validation.go` (DNS-1123
//! and DNS-1035 names, `IsValidPortName`); Gateway API `Hostname`, `HTTPPathMatch`, `BackendObjectReference`.

use std::collections::BTreeSet;

use serde_json::Value;

use kubereach_model::snapshot::{Refusal, Refused};

use super::fields::dotted;
use super::holes::is_filled_in;

/// Where in an object.
type At<'p> = &'p [&'p str];

/// What is refused of an object of this kind.
pub(super) fn refusals(api_version: &str, kind: &str, object: &Value) -> Vec<Refusal> {
    let mut found = Found::default();
    name(kind, object, &mut found);
    match (api_version, kind) {
        ("v1", "Service") => service(object, &mut found),
        ("apps/v1", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
            template_labels(object, &mut found);
            containers(object, &mut found);
        }
        ("networking.k8s.io/v1", "Ingress") => ingress(object, &mut found),
        (_, "HTTPRoute" | "GRPCRoute" | "TLSRoute") if api_version.starts_with("gateway.networking.k8s.io/") => {
            route(kind, object, &mut found);
        }
        (_, "Gateway") if api_version.starts_with("gateway.networking.k8s.io/") => gateway(object, &mut found),
        _ => {}
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Refusal>);

impl Found {
    fn add(&mut self, field: &[String], what: impl Into<String>, action: impl Into<String>) {
        self.0.push(Refusal { field: field.to_vec(), what: what.into(), action: action.into(), when: Refused::Always });
    }

    /// What a controller takes all the same, should it meet such an object.
    fn tolerate(&mut self, field: &[String], what: impl Into<String>, action: impl Into<String>) {
        let (what, action) = (what.into(), action.into());
        self.0.push(Refusal { field: field.to_vec(), what, action, when: Refused::Tolerated });
    }
}

fn path(at: At<'_>) -> Vec<String> {
    at.iter().map(|step| (*step).to_owned()).collect()
}

fn join(base: &[String], more: At<'_>) -> Vec<String> {
    base.iter().cloned().chain(path(more)).collect()
}

fn get<'o>(object: &'o Value, at: At<'_>) -> Option<&'o Value> {
    at.iter().try_fold(object, |value, key| value.get(key))
}

/// The items of a list, each with its path.
fn items<'o>(object: &'o Value, base: &[String], at: At<'_>) -> Vec<(Vec<String>, &'o Value)> {
    let base = join(base, at);
    let list = get(object, at).and_then(Value::as_array).into_iter().flatten();
    list.enumerate()
        .map(|(n, item)| {
            let mut path = base.clone();
            path.push(n.to_string());
            (path, item)
        })
        .collect()
}

/// A text that stands for itself.
fn text<'o>(object: &'o Value, key: &str) -> Option<&'o str> {
    object.get(key).and_then(Value::as_str).filter(|text| !is_filled_in(text))
}

fn is_label(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// `validation.IsValidPortName`: at most 15 small letters, digits and single hyphens, and a letter among them.
fn is_port_name(name: &str) -> bool {
    is_label(name) && name.len() <= 15 && !name.contains("--") && name.bytes().any(|b| b.is_ascii_lowercase())
}

fn name(kind: &str, object: &Value, found: &mut Found) {
    let Some(name) = get(object, &["metadata"]).and_then(|meta| text(meta, "name")) else { return };
    let (fits, rule) = match kind {
        // Kubernetes 1.34 takes names that begin with a digit behind a gate (RelaxedServiceNameValidation).
        "Service" => (is_label(name), "at most 63 small letters, digits and hyphens"),
        _ => (is_subdomain(name), "small letters, digits, hyphens and dots"),
    };
    if !fits && !name.is_empty() {
        let what = format!("has the name {:?}, and names are {rule}", shortened(name));
        found.tolerate(&path(&["metadata", "name"]), what, "Write a valid name.");
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A number that is none of a port.
fn range(object: &Value, key: &str, base: &[String], found: &mut Found) {
    if let Some(number) = object.get(key).and_then(Value::as_i64)
        && !(1..=65535).contains(&number)
    {
        let field = join(base, &[key]);
        let what = format!("has the port {number} at {}, and ports are 1 to 65535", dotted(&field, ""));
        found.add(&field, what, "Write a port between 1 and 65535.");
    }
}

fn service(object: &Value, found: &mut Found) {
    let ports = items(object, &[], &["spec", "ports"]);
    let kind = get(object, &["spec"]).and_then(|spec| text(spec, "type")).unwrap_or("ClusterIP");
    let kinds = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];
    if !kinds.contains(&kind) {
        let what = format!("has the type {:?}, which is none of {}", shortened(kind), kinds.join(", "));
        found.add(&path(&["spec", "type"]), what, "Write one of the types.");
    }
    let headless = get(object, &["spec", "clusterIP"]).and_then(Value::as_str) == Some("None");
    if ports.is_empty() && !headless && kind != "ExternalName" && object.get("spec").is_some() {
        found.add(&path(&["spec"]), "declares no ports, and only a headless Service may have none", "Write its ports.");
    }
    let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for (at, port) in &ports {
        range(port, "port", at, found);
        range(port, "targetPort", at, found);
        target_name(port, "targetPort", at, found);
        let name = port.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() && ports.len() > 1 {
            let what = format!("has {} ports and gives this one no name", ports.len());
            found.add(at, what, "Name each of several ports.");
        } else if !name.is_empty() && !is_filled_in(name) && !is_label(name) {
            let what = format!("names a port {:?}, and names are small letters, digits and hyphens", shortened(name));
            found.add(&join(at, &["name"]), what, "Write a valid name.");
        }
        if !name.is_empty() && !names.insert(name) {
            found.add(&join(at, &["name"]), format!("names two ports {name:?}"), "Give each port its own name.");
        }
        let protocol = port.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
        if let Some(number) = port.get("port").and_then(Value::as_i64)
            && !numbers.insert((number, protocol))
        {
            let what = format!("declares port {number}/{protocol} twice");
            found.add(&join(at, &["port"]), what, "Give each port another number.");
        }
    }
}

/// A reference to a port by a name that no port can have.
fn target_name(object: &Value, key: &str, base: &[String], found: &mut Found) {
    // Digits in quotes are a name, too, and no valid one.
    if let Some(name) = text(object, key)
        && !is_port_name(name)
    {
        let field = join(base, &[key]);
        let what =
            format!("names the port {:?} at {}, and no port can be called so", shortened(name), dotted(&field, ""));
        let action = if name.bytes().all(|b| b.is_ascii_digit()) {
            "Write the number without quotes."
        } else {
            "Write at most 15 small letters, digits and hyphens."
        };
        found.add(&field, what, action);
    }
}

fn template_labels(object: &Value, found: &mut Found) {
    let Some(selector) = get(object, &["spec", "selector", "matchLabels"]).and_then(Value::as_object) else { return };
    let labels = get(object, &["spec", "template", "metadata", "labels"]).and_then(Value::as_object);
    // A template that is not there is said by the schema.
    if get(object, &["spec", "template"]).is_none() {
        return;
    }
    for (key, value) in selector {
        let filled = |value: &Value| value.as_str().is_some_and(is_filled_in);
        let own = labels.and_then(|labels| labels.get(key));
        if own == Some(value) || is_filled_in(key) || filled(value) || own.is_some_and(filled) {
            continue;
        }
        let holes = labels.is_some_and(|labels| labels.keys().any(|key| is_filled_in(key)));
        if holes {
            continue;
        }
        let wanted = value.as_str().unwrap_or_default();
        let has = match own.and_then(Value::as_str) {
            Some(own) => format!("its template has {key}={}", shortened(own)),
            None => format!("its template has no label {key}"),
        };
        found.add(
            &[path(&["spec", "selector", "matchLabels"]), vec![key.clone()]].concat(),
            format!("selects pods with {key}={}, and {has}", shortened(wanted)),
            "Make the selector and the labels of the template agree.",
        );
    }
}

fn containers(object: &Value, found: &mut Found) {
    let spec = &["spec", "template", "spec"];
    let all = ["containers", "initContainers"];
    let mut names = BTreeSet::new();
    for list in all {
        for (at, container) in items(object, &[], &[spec.as_slice(), &[list]].concat()) {
            if let Some(name) = text(container, "name")
                && (!is_label(name) || !names.insert(name.to_owned()))
            {
                let what = if is_label(name) { "has two containers called" } else { "has a container called" };
                found.add(&join(&at, &["name"]), format!("{what} {:?}", shortened(name)), "Write a valid, own name.");
            }
            let mut ports = BTreeSet::new();
            for (at, port) in items(container, &at, &["ports"]) {
                range(port, "containerPort", &at, found);
                if let Some(name) = text(port, "name").filter(|name| !name.is_empty()) {
                    if !is_port_name(name) {
                        let what = format!("names a port {:?}, and no port can be called so", shortened(name));
                        let action = "Write at most 15 small letters, digits and hyphens.";
                        found.add(&join(&at, &["name"]), what, action);
                    } else if !ports.insert(name) {
                        found.add(&join(&at, &["name"]), format!("names two ports {name:?}"), "Write an own name.");
                    }
                }
            }
            for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                for means in ["httpGet", "tcpSocket"] {
                    if let Some(asked) = get(container, &[probe, means]) {
                        let at = join(&at, &[probe, means]);
                        range(asked, "port", &at, found);
                        target_name(asked, "port", &at, found);
                    }
                }
            }
        }
    }
}

fn ingress(object: &Value, found: &mut Found) {
    for (at, rule) in items(object, &[], &["spec", "rules"]) {
        if let Some(host) = text(rule, "host") {
            host_form(host, &join(&at, &["host"]), found);
        }
        for (at, way) in items(rule, &at, &["http", "paths"]) {
            let kind = text(way, "pathType").unwrap_or("Prefix");
            let kinds = ["Exact", "Prefix", "ImplementationSpecific"];
            if !kinds.contains(&kind) {
                let what = format!("has the pathType {:?}, which is none of {}", shortened(kind), kinds.join(", "));
                found.tolerate(&join(&at, &["pathType"]), what, "Write one of them.");
            }
            let given = text(way, "path");
            if matches!(kind, "Exact" | "Prefix") && given.is_some_and(|p| !p.starts_with('/')) {
                let what = format!("has a {kind} path that does not begin with a slash");
                found.add(&join(&at, &["path"]), what, "Begin the path with a slash.");
            }
            if let Some(backend) = way.get("backend") {
                ingress_backend(backend, &join(&at, &["backend"]), found);
            }
        }
    }
    if let Some(backend) = get(object, &["spec", "defaultBackend"]) {
        ingress_backend(backend, &path(&["spec", "defaultBackend"]), found);
    }
}

fn ingress_backend(backend: &Value, at: &[String], found: &mut Found) {
    if backend.is_null() || backend.get("resource").is_some_and(|r| !r.is_null()) {
        return;
    }
    // A backend that names nothing, and one without a port, have a check of their own (`ingress/backend-incomplete`).
    let Some(service) = backend.get("service").filter(|service| !service.is_null()) else {
        if backend.get("serviceName").is_some() {
            let action = "Write service: {name, port: {number}}.";
            found.add(at, "names its Service as v1beta1 did (serviceName)", action);
        }
        return;
    };
    let Some(port) = service.get("port") else { return };
    let has = |key: &str| port.get(key).is_some_and(|value| !value.is_null());
    let field = join(at, &["service", "port"]);
    if has("name") && has("number") {
        found.add(&field, "has a number and a name of its backend's port", "Write one of the two.");
    }
    range(port, "number", &field, found);
}

/// A host of an Ingress: a DNS name, or one with a star for its first label. Addresses and ports have a check of their
/// own.
fn host_form(host: &str, at: &[String], found: &mut Found) {
    let what = host_fault(host);
    if let Some(what) = what {
        found.add(at, format!("has the host {:?}, {what}", shortened(host)), "Write a DNS name.");
    }
}

fn host_fault(host: &str) -> Option<&'static str> {
    if host.is_empty() {
        return None;
    }
    if host.contains("://") {
        return Some("which begins with a scheme");
    }
    if host.contains('/') {
        return Some("which holds a path");
    }
    let name = host.strip_prefix("*.").unwrap_or(host);
    if name.contains('*') {
        return Some("and a star may only stand for the whole first label");
    }
    if name.contains(':') {
        return None;
    }
    (!is_subdomain(name)).then_some("which is no DNS name of small letters, digits, hyphens and dots")
}

fn gateway_host(host: &str, at: &[String], others: bool, found: &mut Found) {
    // Names are compared whatever their case; that the schema has small letters only is not held against them.
    let what = match host_fault(&host.to_ascii_lowercase()) {
        None if host.contains(':') => Some("which carries a port"),
        what => what,
    };
    let Some(what) = what else { return };
    let what = format!("has the host name {:?}, {what}", shortened(host));
    // Controllers leave out a host name that they cannot use, and serve the others.
    if others {
        found.tolerate(at, what, "Write a DNS name.");
    } else {
        found.add(at, what, "Write a DNS name.");
    }
}

fn route(kind: &str, object: &Value, found: &mut Found) {
    let hosts = items(object, &[], &["spec", "hostnames"]);
    let others = hosts.len() > 1;
    for (at, host) in hosts {
        if let Some(host) = host.as_str().filter(|host| !is_filled_in(host)) {
            gateway_host(host, &at, others, found);
        }
    }
    for (at, rule) in items(object, &[], &["spec", "rules"]) {
        for (at, one) in items(rule, &at, &["matches"]) {
            if let Some(path) = one.get("path")
                && !matches!(text(path, "type"), Some("RegularExpression"))
                && text(path, "value").is_some_and(|value| !value.starts_with('/'))
                && kind == "HTTPRoute"
            {
                let field = join(&at, &["path", "value"]);
                found.add(&field, "has a path that does not begin with a slash", "Begin the path with a slash.");
            }
        }
        for (at, backend) in items(rule, &at, &["backendRefs"]) {
            range(backend, "port", &at, found);
            if backend.get("weight").and_then(Value::as_i64).is_some_and(|w| !(0..=1_000_000).contains(&w)) {
                let field = join(&at, &["weight"]);
                found.add(&field, "has a weight that is not 0 to 1000000", "Write a weight between 0 and 1000000.");
            }
        }
    }
}

fn gateway(object: &Value, found: &mut Found) {
    let mut names = BTreeSet::new();
    for (at, listener) in items(object, &[], &["spec", "listeners"]) {
        if let Some(host) = text(listener, "hostname") {
            gateway_host(host, &join(&at, &["hostname"]), false, found);
        }
        range(listener, "port", &at, found);
        if let Some(name) = text(listener, "name")
            && !names.insert(name)
        {
            found.add(&join(&at, &["name"]), format!("has two listeners called {name:?}"), "Give each its own name.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(version: &str, kind: &str, spec: &Value) -> Vec<String> {
        let object = json!({"metadata": {"name": "web"}, "spec": spec});
        refusals(version, kind, &object).into_iter().map(|r| dotted(&r.field, "")).collect()
    }

    #[test]
    fn ports_of_a_service() {
        let spec =
            json!({"ports": [{"port": 80, "targetPort": "8080"}, {"name": "a", "port": 80}, {"name": "a", "port": 0}]});
        assert_eq!(
            of("v1", "Service", &spec),
            [
                "spec.ports[0].targetPort",
                "spec.ports[0]",
                "spec.ports[1].port",
                "spec.ports[2].port",
                "spec.ports[2].name"
            ]
        );
        assert_eq!(of("v1", "Service", &json!({"clusterIP": "None"})), Vec::<String>::new());
        assert_eq!(of("v1", "Service", &json!({"ports": [{"port": 80, "targetPort": "PORT"}]})), Vec::<String>::new());
    }

    #[test]
    fn selectors_and_templates() {
        let spec = |own: &str| {
            json!({"selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": own}}, "spec": {"containers": []}}})
        };
        assert_eq!(of("apps/v1", "Deployment", &spec("wbe")), ["spec.selector.matchLabels.app"]);
        assert_eq!(of("apps/v1", "Deployment", &spec("web")), Vec::<String>::new());
        assert_eq!(of("apps/v1", "Deployment", &spec("${APP}")), Vec::<String>::new());
    }

    #[test]
    fn hosts() {
        for host in ["https://shop.example", "a.*.example", "*", "shop.example/", "Shop.example", "shop_a.example"] {
            assert!(host_fault(host).is_some(), "{host}");
        }
        for host in ["shop.example", "*.shop.example", "", "localhost", "192.0.2.1", "shop.example:80"] {
            assert_eq!(host_fault(host), None, "{host}");
        }
    }

    #[test]
    fn backends_of_an_ingress() {
        let with = |backend: Value| json!({"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]});
        let one = |backend: Value| of("networking.k8s.io/v1", "Ingress", &with(backend));
        assert_eq!(one(json!({"service": {"name": "web", "port": {"number": 80}}})), Vec::<String>::new());
        assert_eq!(one(json!({"serviceName": "web", "servicePort": 80})), ["spec.rules[0].http.paths[0].backend"]);
        let both = json!({"service": {"name": "web", "port": {"number": 80, "name": "http"}}});
        assert_eq!(one(both), ["spec.rules[0].http.paths[0].backend.service.port"]);
        assert_eq!(one(json!({"resource": {"kind": "Bucket", "name": "x"}})), Vec::<String>::new());
    }
}
