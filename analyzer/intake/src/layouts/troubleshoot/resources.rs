//! The folders and files of `cluster-resources`.

use kubereach_model::snapshot::kinds::{self, Kind};

/// A folder or file of `cluster-resources`: its names through the versions, its kind, and since when it
/// is collected.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) names: &'static [&'static str],
    pub(super) group: &'static str,
    pub(super) plural: &'static str,
    pub(super) since: Option<&'static str>,
}

const fn resource(
    names: &'static [&'static str],
    group: &'static str,
    plural: &'static str,
    since: Option<&'static str>,
) -> Resource {
    Resource { names, group, plural, since }
}

/// Per namespace. From 2023-01 to v0.123.16 the replica sets were written to a folder that was meant to
/// be the errors file of the stateful sets.
pub(super) static NAMESPACED: [Resource; 15] = [
    resource(&["pods"], "", "pods", None),
    resource(&["services"], "", "services", None),
    resource(&["endpoints"], "", "endpoints", Some("v0.69.1")),
    resource(&["endpointslices"], "discovery.k8s.io", "endpointslices", Some("v0.106.0")),
    resource(&["ingress"], "networking.k8s.io", "ingresses", None),
    resource(&["network-policy"], "networking.k8s.io", "networkpolicies", Some("v0.57.0")),
    resource(&["configmaps"], "", "configmaps", Some("v0.72.0")),
    resource(&["deployments"], "apps", "deployments", None),
    resource(&["replicasets", "statefulsets-errors.json"], "apps", "replicasets", None),
    resource(&["statefulsets"], "apps", "statefulsets", None),
    resource(&["daemonsets"], "apps", "daemonsets", None),
    resource(&["jobs"], "batch", "jobs", None),
    resource(&["cronjobs"], "batch", "cronjobs", None),
    resource(&["pvcs"], "", "persistentvolumeclaims", None),
    resource(&["events"], "", "events", None),
];

/// Once per cluster.
pub(super) static CLUSTER: [Resource; 3] = [
    resource(&["nodes"], "", "nodes", None),
    resource(&["namespaces"], "", "namespaces", None),
    resource(
        &["ingress-classes", "ingressclasses", "ingressClasses"],
        "networking.k8s.io",
        "ingressclasses",
        Some("v0.124.0"),
    ),
];

/// The definitions of custom kinds.
pub(super) static DEFINITIONS: Resource = resource(
    &["custom-resource-definitions", "customresourcedefinitions", "customResourceDefinitions"],
    "apiextensions.k8s.io",
    "customresourcedefinitions",
    None,
);

impl Resource {
    pub(super) fn kind(&self) -> Option<&'static Kind> {
        kinds::by_resource(self.plural, Some(self.group))
    }
}

/// The kind of kind-less items in a member of `cluster-resources`, by the folders below it and the name.
pub(super) fn kind_of(folders: &[&str], stem: &str) -> Option<&'static Kind> {
    let named =
        |all: &'static [Resource], name: &str| all.iter().find(|r| r.names.contains(&name)).and_then(Resource::kind);
    match folders {
        [] if DEFINITIONS.names.contains(&stem) => DEFINITIONS.kind(),
        [] => named(&CLUSTER, stem),
        [folder] => named(&NAMESPACED, folder),
        ["custom-resources", crd] => kinds::by_name(crd),
        _ => None,
    }
}
