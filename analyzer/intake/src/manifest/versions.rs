//! API versions that Kubernetes no longer serves (Kubernetes, "Deprecated API Migration Guide").

use kubereach_model::snapshot::{Refusal, Refused};

use super::holes::is_filled_in;

/// Version, kind (empty: every kind of it), the minor version of Kubernetes 1 that stopped serving it, what took its
/// place.
const REMOVED: [(&str, &str, u16, &str); 14] = [
    ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass", 22, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "", 16, "apps/v1"),
    ("apps/v1beta1", "", 16, "apps/v1"),
    ("apps/v1beta2", "", 16, "apps/v1"),
    ("batch/v1beta1", "CronJob", 25, "batch/v1"),
    ("batch/v2alpha1", "CronJob", 21, "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, "apiextensions.k8s.io/v1"),
];

/// Versions in which kinds were ever served, up to the newest Kubernetes whose schema is at hand.
const EVER: [(&str, &[&str]); 9] = [
    ("Service", &["v1"]),
    ("Deployment", &["apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"]),
    ("StatefulSet", &["apps/v1", "apps/v1beta1", "apps/v1beta2"]),
    ("DaemonSet", &["apps/v1", "apps/v1beta2", "extensions/v1beta1"]),
    ("ReplicaSet", &["apps/v1", "apps/v1beta2", "extensions/v1beta1"]),
    ("Job", &["batch/v1"]),
    ("CronJob", &["batch/v1", "batch/v1beta1", "batch/v2alpha1"]),
    ("Ingress", &["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"]),
    ("NetworkPolicy", &["networking.k8s.io/v1", "extensions/v1beta1"]),
];

/// Groups of Kubernetes itself: kinds of the same name in other groups are others.
const OWN_GROUPS: [&str; 5] = ["", "apps", "batch", "extensions", "networking.k8s.io"];

/// That no Kubernetes knows this version of a kind.
pub(super) fn unheard_of(api_version: &str, kind: &str) -> Option<Refusal> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let (_, ever) = EVER.iter().find(|(name, _)| *name == kind)?;
    if !OWN_GROUPS.contains(&group) || ever.contains(&api_version) || is_filled_in(api_version) {
        return None;
    }
    let newest = ever.first()?;
    Some(Refusal {
        field: vec!["apiVersion".to_owned()],
        what: format!("is written in {api_version}, and no Kubernetes up to 1.37 serves such a {kind}"),
        action: format!("Write it in {newest}."),
        when: Refused::Always,
    })
}

/// That this version of a kind is no longer served.
pub(super) fn refusal(api_version: &str, kind: &str) -> Option<Refusal> {
    let is_it = |row: &&(&str, &str, u16, &str)| row.0 == api_version && (row.1.is_empty() || row.1 == kind);
    let (_, _, since, instead) = REMOVED.iter().find(is_it)?;
    Some(Refusal {
        field: vec!["apiVersion".to_owned()],
        what: format!("is written in {api_version}, which Kubernetes 1.{since} and later do not serve"),
        action: format!("Write it in {instead}."),
        when: Refused::Since(*since),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_fits_says_when() {
        let since = |version, kind| refusal(version, kind).map(|r| r.when);
        assert_eq!(since("extensions/v1beta1", "Ingress"), Some(Refused::Since(22)));
        assert_eq!(since("extensions/v1beta1", "Deployment"), Some(Refused::Since(16)));
        assert_eq!(since("networking.k8s.io/v1", "Ingress"), None);
        assert_eq!(unheard_of("apps/v11", "Deployment").map(|r| r.when), Some(Refused::Always));
        assert_eq!(unheard_of("v1", "Deployment").map(|r| r.when), Some(Refused::Always));
        assert_eq!(unheard_of("serving.knative.dev/v1", "Service"), None);
        assert_eq!(unheard_of("apps/v1beta2", "Deployment"), None);
        assert_eq!(since("gateway.networking.k8s.io/v1beta1", "HTTPRoute"), None);
    }
}
