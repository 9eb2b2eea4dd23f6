//! From a request to what the API reference says is answered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::{Cluster, Kind};

fn ok(body: &Value) -> Response {
    Response { status: 200, body: serde_json::to_vec(body).unwrap(), ..Response::default() }
}

pub(crate) fn status(code: u16, reason: &str, message: &str) -> Response {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code});
    Response { status: code, body: serde_json::to_vec(&body).unwrap(), ..Response::default() }
}

pub(crate) fn answer(request: &Request, cluster: &Cluster) -> Response {
    let Some(rules) = cluster.identities.get(request.token()) else {
        return status(401, "Unauthorized", "Unauthorized");
    };
    let may = |verb: &str, group: &str, resource: &str, namespace: Option<&str>| {
        rules.iter().any(|rule| rule.allows(verb, group, resource, namespace))
    };
    if let Some(response) = super::jobs::answer(request, cluster, &may) {
        return response;
    }
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["version"]) => ok(&json!({"major": "1", "minor": "31", "gitVersion": "v1.31.2"})),
        ("POST", ["apis", "authentication.k8s.io", "v1", "selfsubjectreviews"]) => {
            ok(&json!({"kind": "SelfSubjectReview", "status": {"userInfo": {"username": request.token()}}}))
        }
        ("POST", ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]) => {
            let asked: Value = serde_json::from_slice(&request.body).unwrap();
            let word = |key: &str| asked["spec"]["resourceAttributes"][key].as_str().unwrap_or_default().to_owned();
            let namespace = Some(word("namespace")).filter(|ns| !ns.is_empty());
            let resource = match word("subresource").as_str() {
                "" => word("resource"),
                subresource => format!("{}/{subresource}", word("resource")),
            };
            let allowed = may(&word("verb"), &word("group"), &resource, namespace.as_deref());
            ok(&json!({"kind": "SelfSubjectAccessReview", "status": {"allowed": allowed}}))
        }
        ("GET", ["api"]) => discovery(request, cluster, true),
        ("GET", ["apis"]) => discovery(request, cluster, false),
        ("GET", ["api", version]) => resources(cluster, "", version),
        ("GET", ["apis", group, version]) => resources(cluster, group, version),
        ("GET" | "HEAD", ["api", _, "namespaces", ns, plural @ ("services" | "pods"), id, "proxy", ..]) => {
            let resource = format!("{plural}/proxy");
            if !may("get", "", &resource, Some(ns)) {
                let message = format!(
                    "{plural} \"{id}\" is forbidden: User \"{}\" cannot get resource \"{resource}\" in API group \"\" in \
                     the namespace \"{ns}\"",
                    request.token()
                );
                return status(403, "Forbidden", &message);
            }
            relayed(cluster, id)
        }
        ("GET", ["api", version, rest @ ..]) => objects(request, cluster, "", version, rest, &may),
        ("GET", ["apis", group, version, rest @ ..]) => objects(request, cluster, group, version, rest, &may),
        _ => status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
    }
}

/// What an application says, or the API server of one it cannot find.
fn relayed(cluster: &Cluster, id: &str) -> Response {
    let Some(application) = cluster.applications.get(id) else {
        let name = id.trim_start_matches("https:").split(':').next().unwrap();
        return status(503, "ServiceUnavailable", &format!("no endpoints available for service \"{name}\""));
    };
    std::thread::sleep(application.slow);
    Response {
        status: application.status,
        headers: application.headers.clone(),
        body: application.body.clone(),
        ..Response::default()
    }
}

type May<'m> = dyn Fn(&str, &str, &str, Option<&str>) -> bool + 'm;

fn objects(request: &Request, cluster: &Cluster, group: &str, version: &str, rest: &[&str], may: &May<'_>) -> Response {
    let (namespace, plural, name) = match rest {
        ["namespaces", ns, plural] => (Some(*ns), *plural, None),
        ["namespaces", ns, plural, name] => (Some(*ns), *plural, Some(*name)),
        ["namespaces", name] => (None, "namespaces", Some(*name)),
        [plural] => (None, *plural, None),
        [plural, name] => (None, *plural, Some(*name)),
        _ => return status(404, "NotFound", "the server could not find the requested resource"),
    };
    let verb = if name.is_some() { "get" } else { "list" };
    let scope = if plural == "namespaces" { name } else { namespace };
    if !may(verb, group, plural, scope) {
        let place = namespace.map_or("at the cluster scope".to_owned(), |ns| format!("in the namespace \"{ns}\""));
        let message = format!(
            "{plural} is forbidden: User \"{}\" cannot {verb} resource \"{plural}\" in API group \"{group}\" {place}",
            request.token()
        );
        return status(403, "Forbidden", &message);
    }
    let Some(kind) = cluster.kinds.iter().find(|k| k.group == group && k.version == version && k.plural == plural)
    else {
        return status(404, "NotFound", "the server could not find the requested resource");
    };
    let empty = Vec::new();
    let objects = cluster.objects.lock().unwrap();
    let all = objects.get(&(group.to_owned(), plural.to_owned())).unwrap_or(&empty);
    if let Some(name) = name {
        let is =
            |o: &&Value| o["metadata"]["name"] == name && namespace.is_none_or(|ns| o["metadata"]["namespace"] == ns);
        return match all.iter().find(is) {
            Some(object) => ok(object),
            None => status(404, "NotFound", &format!("{plural} \"{name}\" not found")),
        };
    }
    let chosen: Vec<&Value> = all
        .iter()
        .filter(|o| namespace.is_none_or(|ns| o["metadata"]["namespace"] == ns))
        .filter(|o| selected(o, request.query.get("fieldSelector").map_or("", String::as_str)))
        .collect();
    page(request, kind, &chosen, cluster.version.load(std::sync::atomic::Ordering::SeqCst))
}

fn selected(object: &Value, selector: &str) -> bool {
    selector.split(',').filter(|term| !term.is_empty()).all(|term| {
        let (field, value, equal) = match term.split_once("!=") {
            Some((field, value)) => (field, value, false),
            None => term.split_once('=').map(|(f, v)| (f, v, true)).unwrap(),
        };
        let own = object.pointer(&format!("/{}", field.replace('.', "/"))).and_then(Value::as_str);
        let own = own.unwrap_or(if object["kind"] == "Secret" { "Opaque" } else { "" });
        (own == value) == equal
    })
}

fn page(request: &Request, kind: &Kind, chosen: &[&Value], version: u64) -> Response {
    let limit: usize = request.query.get("limit").and_then(|l| l.parse().ok()).filter(|&l| l > 0).unwrap_or(usize::MAX);
    let from: usize = request.query.get("continue").and_then(|t| t.strip_prefix("from/+=")?.parse().ok()).unwrap_or(0);
    let until = from.saturating_add(limit).min(chosen.len());
    let metadata_only = request.header("accept").contains("as=PartialObjectMetadataList");
    let items: Vec<Value> = chosen[from.min(until)..until]
        .iter()
        .map(|object| {
            if metadata_only {
                return json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]});
            }
            let mut object = (*object).clone();
            let map = object.as_object_mut().unwrap();
            map.remove("apiVersion");
            map.remove("kind");
            object
        })
        .collect();
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if until < chosen.len() {
        metadata["continue"] = format!("from/+={until}").into();
        metadata["remainingItemCount"] = (chosen.len() - until).into();
    }
    let (list, api_version) = if metadata_only {
        ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned())
    } else {
        (format!("{}List", kind.kind), api_version(kind))
    };
    ok(&json!({"kind": list, "apiVersion": api_version, "metadata": metadata, "items": items}))
}

fn api_version(kind: &Kind) -> String {
    if kind.group.is_empty() { kind.version.clone() } else { format!("{}/{}", kind.group, kind.version) }
}

fn discovery(request: &Request, cluster: &Cluster, core: bool) -> Response {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<&Kind>>> = BTreeMap::new();
    for kind in cluster.kinds.iter().filter(|k| k.group.is_empty() == core) {
        groups.entry(&kind.group).or_default().entry(&kind.version).or_default().push(kind);
    }
    if cluster.aggregated && request.header("accept").contains("as=APIGroupDiscoveryList") {
        let items: Vec<Value> = groups
            .iter()
            .map(|(group, versions)| {
                let versions: Vec<Value> = versions
                    .iter()
                    .map(|(version, kinds)| {
                        let resources: Vec<Value> = kinds
                            .iter()
                            .map(|k| {
                                json!({"resource": k.plural, "scope": if k.namespaced { "Namespaced" } else { "Cluster" },
                                    "responseKind": {"group": k.group, "version": k.version, "kind": k.kind},
                                    "verbs": ["get", "list", "watch"], "singularResource": ""})
                            })
                            .collect();
                        json!({"version": version, "resources": resources, "freshness": "Current"})
                    })
                    .collect();
                json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": versions})
            })
            .collect();
        return ok(
            &json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}),
        );
    }
    if core {
        return ok(&json!({"kind": "APIVersions", "versions": ["v1"]}));
    }
    let groups: Vec<Value> = groups
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> =
                versions.keys().map(|v| json!({"groupVersion": format!("{group}/{v}"), "version": v})).collect();
            json!({"name": group, "versions": versions, "preferredVersion": versions[0]})
        })
        .collect();
    ok(&json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
}

fn resources(cluster: &Cluster, group: &str, version: &str) -> Response {
    let resources: Vec<Value> = cluster
        .kinds
        .iter()
        .filter(|k| k.group == group && k.version == version)
        .flat_map(|k| {
            [
                json!({"name": k.plural, "kind": k.kind, "namespaced": k.namespaced, "verbs": ["get", "list"]}),
                json!({"name": format!("{}/status", k.plural), "kind": k.kind, "namespaced": k.namespaced, "verbs": ["get"]}),
            ]
        })
        .collect();
    if resources.is_empty() {
        return status(404, "NotFound", "the server could not find the requested resource");
    }
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    ok(&json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}))
}
