//! Which events count, as data, and what they say.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use kubereach_model::evidence::said;

/// Every reason by which a controller says that it did not take or make something, with where it stands.
const REASONS: &[(&str, &str)] = &[
    ("Rejected", "nginx/kubernetes-ingress: internal/k8s/controller.go"),
    ("AddedOrUpdatedWithError", "nginx/kubernetes-ingress: internal/k8s/controller.go"),
    ("AddedOrUpdatedWithWarning", "nginx/kubernetes-ingress: internal/k8s/controller.go"),
    ("FailedBuildModel", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("FailedDeployModel", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("ConflictingIngressClass", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("FailedLoadGroupID", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("FailedAddFinalizer", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("BackendNotFound", "kubernetes-sigs/aws-load-balancer-controller: pkg/k8s/events.go"),
    ("Translate", "kubernetes/ingress-gce: pkg/events/events.go"),
    ("Sync", "kubernetes/ingress-gce: pkg/events/events.go"),
    ("SyncLoadBalancerFailed", "kubernetes/cloud-provider: controllers/service/controller.go"),
    ("UnAvailableLoadBalancer", "kubernetes/cloud-provider: controllers/service/controller.go"),
    ("CreatingLoadBalancerFailed", "kubernetes/kubernetes: pkg/controller/service (before 1.15)"),
    ("AllocationFailed", "metallb/metallb: controller/service.go"),
    ("announceFailed", "metallb/metallb: speaker/main.go"),
    ("ClusterIPNotAllocated", "kubernetes/kubernetes: pkg/registry/core/service/ipallocator/controller/repairip.go"),
    (
        "ClusterIPAlreadyAllocated",
        "kubernetes/kubernetes: pkg/registry/core/service/ipallocator/controller/repairip.go",
    ),
    ("ClusterIPOutOfRange", "kubernetes/kubernetes: pkg/registry/core/service/ipallocator/controller/repairip.go"),
    ("PortNotAllocated", "kubernetes/kubernetes: pkg/registry/core/service/portallocator/controller/repair.go"),
    ("PortAlreadyAllocated", "kubernetes/kubernetes: pkg/registry/core/service/portallocator/controller/repair.go"),
    ("FailedToUpdateEndpointSlices", "kubernetes/kubernetes: pkg/controller/endpointslice/endpointslice_controller.go"),
    ("FailedToUpdateEndpoint", "kubernetes/kubernetes: pkg/controller/endpoint/endpoints_controller.go"),
    ("BadConfig", "cert-manager: pkg/controller/certificate-shim/sync.go"),
    ("KongConfigurationTranslationFailed", "Kong/kubernetes-ingress-controller: internal/dataplane/kong_client.go"),
    ("KongConfigurationApplyFailed", "Kong/kubernetes-ingress-controller: internal/dataplane/kong_client.go"),
];

/// What a controller says of an object.
pub(super) struct Said {
    pub reason: String,
    pub message: String,
    pub age: Option<i64>,
    /// How often, where it counts.
    pub times: Option<i64>,
}

/// The newest such event about an object.
pub(super) fn newest(cluster: &Cluster<'_>, object: &ObjectRef) -> Option<Said> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let events = cluster.events_about(&object.kind, namespace, &object.name);
    let at = |event: &kubereach_model::snapshot::model::Event| event.last_timestamp.0.max(event.event_time.0);
    let counts = events.iter().filter(|event| {
        REASONS.iter().any(|(word, _)| Some(*word) == event.reason.as_deref())
            && event.message.as_deref().is_some_and(|message| !message.trim().is_empty())
    });
    let event = &counts.max_by_key(|event| at(event))?.get().value;
    Some(Said {
        reason: event.reason.clone()?,
        message: said::quote(event.message.as_deref()?),
        age: cluster.age_seconds(at(event)),
        times: event.count.known().copied().filter(|count| *count > 1),
    })
}

impl Said {
    /// `Its controller said so 4 minutes before the input was taken (FailedBuildModel, 12 times): …`
    pub(super) fn sentence(&self) -> String {
        let when = self.age.map_or_else(|| "at a time that is not shown".to_owned(), before);
        let times = self.times.map_or_else(String::new, |times| format!(", {times} times"));
        format!("Its controller said {when} ({}{times}): {}", self.reason, self.message)
    }
}

fn before(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..120 => return "just before the input was taken".to_owned(),
        120..7200 => (seconds / 60, "minutes"),
        7200..172_800 => (seconds / 3600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit} before the input was taken")
}

#[cfg(test)]
mod tests {
    use super::{REASONS, before};

    #[test]
    fn every_reason_stands_once_and_has_a_source() {
        let words: std::collections::BTreeSet<&str> = REASONS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words.len(), REASONS.len());
        assert!(REASONS.iter().all(|(_, source)| source.contains(':')));
    }

    #[test]
    fn an_age_is_said_in_the_largest_unit_that_fits() {
        for (seconds, words) in [(30, "just"), (240, "4 minutes"), (7200, "2 hours"), (400_000, "4 days")] {
            assert!(before(seconds).starts_with(words), "{seconds}");
        }
    }
}
