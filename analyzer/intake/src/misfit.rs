//! Objects that are not of the kind that their file's name speaks of.

use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::kinds;

use super::object::RawObject;

/// Does an object without a type of its own contradict the kind that was guessed for it?
pub(crate) fn refuses(raw: &RawObject<'_>, object: &AnyObject) -> bool {
    let Some(kind) = kinds::of(&object.group_kind()) else { return false };
    let meta = object.meta();
    // An API server stores what lives in a namespace with its namespace, and nothing else with one.
    if meta.is_stored() && kind.namespaced == meta.namespace.is_empty() {
        return true;
    }
    let head: Head = raw.decode().unwrap_or_default();
    head.metadata.self_link.as_deref().and_then(of_link).is_some_and(|(group, plural)| {
        plural != kind.plural || !(group == kind.group || kind.formerly == Some(group) || kind.also == Some(group))
    })
}

/// Group and plural of `/apis/apps/v1/namespaces/shop/deployments/web`, as API servers wrote it before 1.20
/// (KEP-1164).
fn of_link(link: &str) -> Option<(&str, &str)> {
    let mut parts = link.split('/').filter(|part| !part.is_empty());
    let group = match parts.next()? {
        "api" => "",
        "apis" => parts.next()?,
        _ => return None,
    };
    let _version = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    match rest.as_slice() {
        ["namespaces", _, plural, _, ..] | [plural, _] | [plural] => Some((group, plural)),
        _ => None,
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Head {
    metadata: HeadMeta,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HeadMeta {
    self_link: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::of_link;

    #[test]
    fn links_of_api_servers_name_group_and_plural() {
        assert_eq!(of_link("/api/v1/namespaces/shop/pods/web-0"), Some(("", "pods")));
        assert_eq!(of_link("/api/v1/namespaces/shop"), Some(("", "namespaces")));
        assert_eq!(
            of_link("/apis/config.openshift.io/v1/ingresses/cluster"),
            Some(("config.openshift.io", "ingresses"))
        );
        assert_eq!(of_link("elsewhere"), None);
    }
}
