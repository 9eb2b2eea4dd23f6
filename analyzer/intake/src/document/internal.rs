//! Lists of `kubectl cluster-info dump` before 1.11: it printed kubectl's own types instead of those of the API.
//!
//! Such a type has no JSON names: `Items`, `Spec` and `ClusterIP` are the names of Go fields, and what is embedded
//! (the metadata of an object) stands among them. (`pkg/api/types.go` and `pkg/kubectl/cmd/clusterinfo_dump.go` of
//! Kubernetes 1.5; that it broke when printers refused such types is kubernetes/kubernetes#65221.)

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::emit::{self, ItemType, ListMeta, Outcome, Pending};
use super::json_items::{Cursor, has_types, items, walk_items};
use super::{Context, Out};
use crate::content::TextFormat;
use crate::json::{self, Range};
use crate::object::Body;
use crate::yaml::Position;
use kubereach_model::snapshot::kinds::{self, Kind};

/// Reads the list at `range`, whose own link is `link`; false where it is something else.
pub(super) fn read<T: Send>(
    text: &[u8],
    (whole, range): (Range, Range),
    link: Option<&str>,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> bool {
    let depth = ctx.limits.depth;
    let (ranges, _, _) = walk_items(text, range.start, depth);
    if has_types(text, &ranges, depth) {
        // Objects of the API in a list that somebody's Go program wrote.
        out.docs.lists.push(emit::list_document(None, None, ListMeta::default(), 0, position.line));
        items(text, whole.start, &ranges, position, &ItemType::new(None, None, &ctx.hint), ctx, out);
        return true;
    }
    let values: Vec<Option<Value>> = ranges.iter().map(|r| serde_json::from_slice(r.of(text)).ok()).collect();
    let first = values.iter().flatten().find_map(|value| value.get("selfLink")?.as_str()?.rsplit_once('/'));
    let Some(kind) = link.or(first.map(|(list, _)| list)).and_then(kind_of) else { return false };
    let api_version = kind.api_version();
    let name = Some(format!("{}List", kind.kind));
    out.docs.lists.push(emit::list_document(Some(api_version.clone()), name, ListMeta::default(), 0, position.line));
    let list = json::clamp(out.docs.lists.len().saturating_sub(1));
    let room = out.room(values.len(), ctx);
    if let Some(record) = out.docs.lists.last_mut() {
        record.items = values.len();
        record.truncated |= room < values.len();
    }
    let mut cursor = Cursor::starting(text.get(whole.start..).unwrap_or_default(), position.line, position.column);
    for (n, (range, value)) in ranges.iter().zip(values).take(room).enumerate() {
        let at = cursor.to(range.start - whole.start);
        let outcome = match value {
            Some(Value::Object(fields)) => {
                let object = object(fields);
                let origin = emit::origin(ctx, range.start, range.of(text).len(), at, TextFormat::Json);
                let (api_version, kind) = (Cow::Borrowed(api_version.as_str()), Cow::Borrowed(kind.kind));
                let pending =
                    Pending { body: Body::Value(&object), api_version, kind, origin, source: None, guessed: false };
                Outcome::One(emit::one(pending, Some(list), ctx))
            }
            _ => emit::not_a_map(n, at, ctx),
        };
        emit::keep(vec![outcome], Some(list), out);
    }
    true
}

/// `/api/v1/namespaces/shop/pods`: the kind of a list by its link.
fn kind_of(link: &str) -> Option<&'static Kind> {
    let mut parts = link.trim_matches('/').split('/');
    let group = match (parts.next()?, parts.next()?) {
        ("apis", group) => group,
        _ => "",
    };
    let plural = link.rsplit('/').next()?;
    kinds::by_resource(plural, Some(group)).or_else(|| kinds::by_resource(plural, None))
}

/// An object, or a template of one: what has the names of the API is its metadata.
fn object(fields: Map<String, Value>) -> Value {
    let (own, metadata): (Map<_, _>, Map<_, _>) =
        fields.into_iter().partition(|(key, _)| key.starts_with(|c: char| c.is_ascii_uppercase()));
    let mut object: Map<String, Value> = own.into_iter().map(|(key, value)| field(&key, value)).collect();
    // The network of a pod's node was part of its security context.
    let network = object.get("spec").and_then(|spec| spec.pointer("/securityContext/hostNetwork")).cloned();
    if let (Some(network), Some(Value::Object(spec))) = (network, object.get_mut("spec")) {
        spec.insert("hostNetwork".to_owned(), network);
    }
    object.insert("metadata".to_owned(), Value::Object(metadata));
    Value::Object(object)
}

fn field(key: &str, value: Value) -> (String, Value) {
    let name = api_name(key);
    let value = match (name.as_str(), value) {
        ("template", Value::Object(fields)) => object(fields),
        // Their keys are names that somebody gave.
        ("selector" | "nodeSelector" | "data" | "limits" | "requests" | "capacity" | "allocatable", value) => value,
        (_, value) => fields(value),
    };
    (name, value)
}

fn fields(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| field(&key, value)).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(fields).collect()),
        value => value,
    }
}

/// The name of a Go field in the API: `ClusterIP` is `clusterIP`, `HTTPGet` is `httpGet`.
fn api_name(key: &str) -> String {
    let capitals = key.chars().take_while(char::is_ascii_uppercase).count();
    let lower = if capitals > 1 && capitals < key.len() { capitals - 1 } else { capitals };
    key.chars().enumerate().map(|(n, c)| if n < lower { c.to_ascii_lowercase() } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_get_the_names_of_the_api() {
        for (go, api) in [
            ("Spec", "spec"),
            ("ClusterIP", "clusterIP"),
            ("HTTPGet", "httpGet"),
            ("IP", "ip"),
            ("QOSClass", "qosClass"),
            ("DNSPolicy", "dnsPolicy"),
            ("podIP", "podIP"),
        ] {
            assert_eq!(api_name(go), api);
        }
    }

    #[test]
    fn an_object_gets_its_metadata_back() {
        let Value::Object(service) = json!({
            "name": "web", "namespace": "shop", "labels": {"App": "web"},
            "Spec": {"ClusterIP": "10.0.0.1", "Selector": {"App": "web"},
                     "Ports": [{"Name": "", "Port": 80, "TargetPort": 8080}]},
            "Status": {"LoadBalancer": {"Ingress": null}}
        }) else {
            panic!()
        };
        assert_eq!(
            object(service),
            json!({
                "metadata": {"name": "web", "namespace": "shop", "labels": {"App": "web"}},
                "spec": {"clusterIP": "10.0.0.1", "selector": {"App": "web"},
                         "ports": [{"name": "", "port": 80, "targetPort": 8080}]},
                "status": {"loadBalancer": {"ingress": null}}
            })
        );
    }

    #[test]
    fn links_tell_the_kind() {
        assert_eq!(kind_of("/api/v1/nodes").map(|k| k.kind), Some("Node"));
        assert_eq!(kind_of("/api/v1/namespaces/shop/pods").map(|k| k.kind), Some("Pod"));
        let old = "/apis/extensions/v1beta1/namespaces/shop/deployments";
        assert_eq!(kind_of(old).map(|k| (k.group, k.kind)), Some(("apps", "Deployment")));
        assert_eq!(kind_of("pods"), None);
    }
}
