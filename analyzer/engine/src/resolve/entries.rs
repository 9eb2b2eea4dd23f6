//! Entries and mesh routing of kinds that are not evaluated: which Services they name, and which hosts they
//! claim. One walk over their specs, linear in their size.
//!
//! Sources: the API references of Istio, OpenShift, Traefik, Contour, Kong, Emissary, F5 NGINX, SMI,
//! Knative and the AWS Load Balancer Controller.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubereach_reports::report::ObjectRef;
use serde_json::Value;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Unmodelled, UnmodelledRole, unmodelled_role};

/// The kinds that may rewrite what a mesh client of a Service reaches.
const REWRITERS: [&str; 2] = ["VirtualService", "TrafficSplit"];

/// What the entry kinds that nobody evaluates refer to.
#[derive(Debug, Default)]
pub struct UnmodelledEntries<'s> {
    by_service: BTreeMap<(String, String), Vec<Found<'s, Unmodelled>>>,
    rewrites: HashMap<(String, String), Found<'s, Unmodelled>>,
    hosts: HashMap<String, Found<'s, Unmodelled>>,
    wildcards: HashMap<String, Found<'s, Unmodelled>>,
}

/// Every existing Service that an unevaluated entry kind names, with the objects that name it.
pub fn unmodelled_entries(cluster: &ClusterIndex<'_>) -> BTreeMap<ObjectRef, Vec<ObjectRef>> {
    let entries = UnmodelledEntries::of(cluster);
    entries
        .by_service
        .iter()
        .map(|((namespace, name), objects)| {
            let service = ObjectRef {
                kind: "Service".to_owned(),
                namespace: Some(namespace.clone()),
                name: name.clone(),
                group: None,
            };
            (service, objects.iter().map(object_of).collect())
        })
        .collect()
}

/// Its name for reports.
pub fn object_of(object: &Found<'_, Unmodelled>) -> ObjectRef {
    object.object()
}

impl<'s> UnmodelledEntries<'s> {
    /// Reads them all.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let mut entries = Self::default();
        for object in cluster.snapshot.unmodelled.iter() {
            let unmodelled = &object.get().value;
            match unmodelled.group_kind.as_ref().and_then(unmodelled_role) {
                Some(UnmodelledRole::Entry) => entries.read(cluster, object),
                Some(UnmodelledRole::Door) => entries.read_claims(object),
                _ => {}
            }
        }
        entries
    }

    fn read(&mut self, cluster: &ClusterIndex<'s>, object: Found<'s, Unmodelled>) {
        let unmodelled = &object.get().value;
        let kind = unmodelled.group_kind.as_ref().map_or("", |k| k.kind.as_ref());
        let own = unmodelled.metadata.namespace.as_str();
        let mut named = BTreeSet::new();
        for reference in references(&unmodelled.spec, own) {
            if cluster.snapshot.services.position(&reference.0, &reference.1).is_some() {
                named.insert(reference);
            }
        }
        if matches!(kind, "ServiceImport" | "ServiceExport") {
            named.insert((own.to_owned(), unmodelled.metadata.name.clone()));
        }
        for service in named {
            self.by_service.entry(service).or_default().push(object);
        }
        self.read_claims(object);
    }

    /// What a `VirtualService` or `TrafficSplit` takes over: a Service for clients in the mesh, a host at a
    /// gateway.
    fn read_claims(&mut self, object: Found<'s, Unmodelled>) {
        let unmodelled = &object.get().value;
        let kind = unmodelled.group_kind.as_ref().map_or("", |k| k.kind.as_ref());
        if !REWRITERS.contains(&kind) {
            return;
        }
        let own = unmodelled.metadata.namespace.as_str();
        let spec = &unmodelled.spec;
        let gateways = texts(spec.get("gateways"));
        let in_mesh = gateways.is_empty() || gateways.contains(&"mesh");
        let at_gateway = gateways.iter().any(|g| *g != "mesh");
        for host in texts(spec.get("hosts")).into_iter().chain(texts(spec.get("service"))) {
            if in_mesh && let Some(service) = service_of(host, own) {
                self.rewrites.entry(service).or_insert(object);
            }
            if at_gateway {
                let host = host.to_ascii_lowercase();
                match host.strip_prefix("*.") {
                    Some(parent) => self.wildcards.entry(parent.to_owned()).or_insert(object),
                    None => self.hosts.entry(host).or_insert(object),
                };
            }
        }
    }

    /// Who names this Service.
    pub fn naming(&self, namespace: &str, name: &str) -> &[Found<'s, Unmodelled>] {
        self.by_service.get(&(namespace.to_owned(), name.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Who changes where clients in the mesh end up that ask for this Service.
    pub fn rewriting(&self, namespace: &str, name: &str) -> Option<Found<'s, Unmodelled>> {
        self.rewrites.get(&(namespace.to_owned(), name.to_owned())).copied()
    }

    /// Who claims this host at a gateway of its own. The wildcard `*` alone claims nothing in particular.
    pub fn claiming(&self, host: &str) -> Option<Found<'s, Unmodelled>> {
        let host = host.to_ascii_lowercase();
        let parent = || host.split_once('.').map(|(_, parent)| parent);
        let exact = self.hosts.get(&host).filter(|_| host != "*");
        exact.or_else(|| self.wildcards.get(parent()?)).copied()
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Every Service that a spec may refer to, by namespace and name.
fn references(spec: &Value, own: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    // (value, key it stands under); an explicit stack, for specs of any depth.
    let mut open: Vec<(&Value, &str)> = vec![(spec, "")];
    while let Some((value, key)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, key))),
            Value::String(text) if NAMES.contains(&key) => found.extend(service_of(text, own)),
            Value::Object(fields) => {
                if HOLDERS.contains(&key) && fields.get("kind").and_then(Value::as_str).is_none_or(|k| k == "Service") {
                    let namespace = fields.get("namespace").and_then(Value::as_str).unwrap_or(own);
                    if let Some(name) = fields.get("name").and_then(Value::as_str) {
                        found.extend(service_of(name, namespace));
                    }
                }
                let namespace = fields.get("serviceNamespace").and_then(Value::as_str);
                if let (Some(namespace), Some(name)) = (namespace, fields.get("serviceName").and_then(Value::as_str)) {
                    found.insert((namespace.to_owned(), name.to_owned()));
                }
                open.extend(fields.iter().map(|(key, value)| (value, key.as_str())));
            }
            _ => {}
        }
    }
    found
}

/// Keys whose text is a Service, in some spelling.
const NAMES: [&str; 6] = ["host", "hosts", "service", "serviceName", "root_service", "mirror"];

/// Keys whose object names a Service by `name`.
const HOLDERS: [&str; 8] =
    ["services", "to", "alternateBackends", "backend", "backends", "serviceRef", "mirroring", "ref"];

/// A Service from any of its spellings: `name`, `name.ns`, `name.ns.svc`, `name.ns.svc.cluster.local`,
/// `http://name.ns:80/path`.
fn service_of(text: &str, own: &str) -> Option<(String, String)> {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = text.split(['/', ':']).next()?.trim_end_matches('.');
    let mut labels = host.split('.');
    let name = labels.next().filter(|name| !name.is_empty() && *name != "*")?;
    let namespace = labels.next().unwrap_or(own);
    match labels.next() {
        None | Some("svc") if !namespace.is_empty() => Some((namespace.to_owned(), name.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_read_in_every_spelling() {
        let shop = Some(("shop".to_owned(), "web".to_owned()));
        for text in
            ["web", "web.shop", "web.shop.svc", "web.shop.svc.cluster.local", "http://web.shop:80/x", "web:8080"]
        {
            assert_eq!(service_of(text, "shop"), shop, "{text}");
        }
        for text in ["*", "", "www.example.com", "*.shop.svc"] {
            assert_eq!(service_of(text, "shop"), None, "{text}");
        }
    }

    #[test]
    fn every_entry_kind_gives_up_the_services_it_names() {
        let names = |json: &str| -> Vec<String> {
            let spec: Value = serde_json::from_str(json).unwrap();
            references(&spec, "shop").into_iter().map(|(ns, name)| format!("{ns}/{name}")).collect()
        };
        assert_eq!(
            names(r#"{"to":{"kind":"Service","name":"web"},"alternateBackends":[{"name":"old"}]}"#),
            ["shop/old", "shop/web"]
        );
        assert_eq!(
            names(r#"{"routes":[{"services":[{"name":"web","port":80},{"kind":"TraefikService","name":"x"}]}]}"#),
            ["shop/web"]
        );
        assert_eq!(
            names(r#"{"http":[{"route":[{"destination":{"host":"web.other.svc.cluster.local"}}]}]}"#),
            ["other/web"]
        );
        assert_eq!(names(r#"{"service":"http://web.shop:80"}"#), ["shop/web"]);
        assert_eq!(
            names(r#"{"rules":[{"http":{"paths":[{"splits":[{"serviceName":"web","serviceNamespace":"ns"}]}]}}]}"#),
            ["ns/web", "shop/web"]
        );
    }
}
