//! What the path of a member tells about items that carry no type of their own.
//!
//! It is asked before anybody knows which layout the member belongs to. What a layout says of its own paths comes
//! first; then what a plain file name such as `pods.json` says.

use super::Told;
use crate::content::TypeHint;
use crate::paths::stem;
use kubereach_model::snapshot::kinds::{self, Kind};

/// The type of kind-less items in this member, if its path tells.
pub(crate) fn hint(path: &str) -> Option<TypeHint> {
    let parts: Vec<&str> = path.split('/').collect();
    let (name, folders) = parts.split_last()?;
    let stem = stem(name);
    match Told::first(|layout| layout.type_by_folder(folders, stem)) {
        Told::Is(hint) => return Some(hint),
        Told::NoObjects => return None,
        Told::Nothing => {}
    }
    if stem.ends_with("-errors") || folders.last().is_some_and(|f| f.ends_with("-errors.json")) {
        return None;
    }
    of_stem(stem).map(TypeHint::of)
}

/// The kind a file name means: `pods`, `core_v1_pods`, `httproutes.gateway.networking.k8s.io`,
/// `k8s-pods-20260102-030405`.
fn of_stem(stem: &str) -> Option<&'static Kind> {
    match Told::first(|layout| layout.kind_by_name(stem)) {
        Told::Is(kind) => Some(kind),
        Told::NoObjects => None,
        Told::Nothing => kinds::by_name(stem),
    }
}

/// The kind a plain export's name speaks of, and what is left of the name, which may be a namespace:
/// `services`, `svc`, `shop-pods`, `pods_shop`, `pods.all`.
pub(crate) fn named_kind(name: &str) -> Option<(&'static Kind, String)> {
    let stem = stem(name);
    if let Some(kind) = of_stem(stem) {
        return Some((kind, String::new()));
    }
    let words: Vec<&str> = stem.split(['-', '_', '.']).filter(|w| !w.is_empty()).collect();
    let mut found = None;
    for (n, word) in words.iter().enumerate() {
        // `ns` and other short names are words of their own too often to be trusted inside a name.
        let kind = kinds::by_name(word).filter(|k| !k.short.contains(word) || word.len() > 2);
        if let Some(kind) = kind {
            if found.is_some() {
                return None;
            }
            let rest: Vec<&str> = words.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, w)| *w).collect();
            found = Some((kind, rest.join("-")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_every_layout_tell_the_type_of_their_items() {
        for (path, api_version, kind) in [
            ("pods.json", "v1", "Pod"),
            ("dump/svc.yaml", "v1", "Service"),
            ("services.yaml.gz", "v1", "Service"),
            ("b/cluster-resources/pods/shop.json", "v1", "Pod"),
            ("b/cluster-resources/network-policy/shop.json", "networking.k8s.io/v1", "NetworkPolicy"),
            ("b/cluster-resources/ingress/shop.json", "networking.k8s.io/v1", "Ingress"),
            ("b/cluster-resources/statefulsets-errors.json/shop.json", "apps/v1", "ReplicaSet"),
            ("cluster-resources/namespaces.json", "v1", "Namespace"),
            ("resources/ns/shop/core_v1_pods.json", "v1", "Pod"),
            ("resources/ns/shop/discovery.k8s.io_v1_endpointslices.json", "discovery.k8s.io/v1", "EndpointSlice"),
            ("resources/ns/shop/Pods.json", "v1", "Pod"),
            ("k8s-pods-20260102-030405.yaml", "v1", "Pod"),
            ("shop/replication-controllers.json", "v1", "ReplicationController"),
            ("httproutes.gateway.networking.k8s.io.yaml", "gateway.networking.k8s.io/v1", "HTTPRoute"),
        ] {
            let hint = hint(path).unwrap_or_default();
            assert_eq!((hint.api_version.as_deref(), hint.kind.as_deref()), (Some(api_version), Some(kind)), "{path}");
            assert!(!hint.null_strings, "{path}");
        }
    }

    #[test]
    fn the_collector_of_rancher_writes_null_as_text() {
        let of = |path| hint(path).unwrap_or_default();
        assert_eq!(of("s/yamls/namespaced/shop/v1/services.yaml").kind.as_deref(), Some("Service"));
        assert_eq!(of("s/yamls/namespaced/shop/apps/v1/deployments.yaml").kind.as_deref(), Some("Deployment"));
        assert!(of("s/yamls/cluster/v1/nodes.yaml").null_strings);
        assert!(of("s/yamls/cluster/example.com/v1/widgets.yaml").null_strings);
        assert!(!of("yamls.yaml").null_strings);
    }

    #[test]
    fn files_that_hold_no_objects_have_no_type() {
        for path in [
            "b/cluster-resources/pods-errors.json",
            "b/cluster-resources/auth-cani-list/shop.json",
            "b/cluster-resources/pods/logs/shop/web/app.json",
            "b/cluster-resources/resources.json",
            "version.yaml",
            "values.yaml",
            "pods-errors.json",
        ] {
            assert_eq!(hint(path), None, "{path}");
        }
    }

    #[test]
    fn names_of_plain_exports_may_hold_a_namespace() {
        let of = |name: &str| named_kind(name).map(|(k, rest)| (k.kind, rest));
        assert_eq!(of("shop-pods.yaml"), Some(("Pod", "shop".to_owned())));
        assert_eq!(of("pods_my-shop.json"), Some(("Pod", "my-shop".to_owned())));
        assert_eq!(of("ingress.yaml"), Some(("Ingress", String::new())));
        assert_eq!(of("pods-and-services.yaml"), None);
        assert_eq!(of("all.yaml"), None);
    }
}
