//! The pod (`docs/semantics/measurement.md#the-probers-pod-passes-the-restricted-level`).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, ConfigMapVolumeSource, Container, EnvVar, EnvVarSource, LocalObjectReference, NodeAffinity,
    NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, ObjectFieldSelector, PodReadinessGate, PodSecurityContext,
    PodSpec, ResourceRequirements, SeccompProfile, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::{IMAGE, JobOptions};

/// The prober's container, among those that admission may add.
pub const CONTAINER: &str = "prober";
/// Name of the plan in its `ConfigMap` and directory.
pub(super) const PLAN_FILE: &str = "plan.json";
/// Nobody ever sets it: the pod is never ready, so that no Service sends it traffic.
const NEVER: &str = "kubereach.dev/never-ready";

/// Requests and limits of the prober's container, as Kubernetes writes quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// CPU: request and limit.
    pub cpu: (String, String),
    /// Memory: request and limit.
    pub memory: (String, String),
}

impl Default for Resources {
    fn default() -> Self {
        let pair = |request: &str, limit: &str| (request.to_owned(), limit.to_owned());
        Self { cpu: pair("10m", "500m"), memory: pair("16Mi", "64Mi") }
    }
}

pub(super) fn spec(config_map: &str, labels: &BTreeMap<String, String>, seconds: i64, options: &JobOptions) -> PodSpec {
    let affinity = affinity(options);
    let pull: Vec<LocalObjectReference> =
        options.pull_secrets.iter().map(|name| LocalObjectReference { name: name.clone() }).collect();
    PodSpec {
        active_deadline_seconds: Some(seconds),
        affinity,
        automount_service_account_token: Some(false),
        containers: vec![container(labels, options)],
        enable_service_links: Some(false),
        image_pull_secrets: (!pull.is_empty()).then_some(pull),
        node_selector: Some(
            options
                .node_selector
                .clone()
                .into_iter()
                // The image is of Linux, whatever the client is.
                .chain([("kubernetes.io/os".to_owned(), "linux".to_owned())])
                .collect(),
        ),
        readiness_gates: Some(vec![PodReadinessGate { condition_type: NEVER.to_owned() }]),
        restart_policy: Some("Never".to_owned()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
            ..PodSecurityContext::default()
        }),
        service_account_name: options.service_account.clone(),
        // The prober prints what it has on SIGTERM; one second is plenty.
        termination_grace_period_seconds: Some(5),
        tolerations: (!options.tolerations.is_empty()).then(|| options.tolerations.clone()),
        volumes: Some(vec![Volume {
            name: "plan".to_owned(),
            config_map: Some(ConfigMapVolumeSource { name: config_map.to_owned(), ..ConfigMapVolumeSource::default() }),
            ..Volume::default()
        }]),
        ..PodSpec::default()
    }
}

fn container(labels: &BTreeMap<String, String>, options: &JobOptions) -> Container {
    let mut args = vec![format!("/plan/{PLAN_FILE}")];
    for range in &options.allow {
        args.extend(["--allow-address".to_owned(), range.to_string()]);
    }
    let image = if options.image.is_empty() { IMAGE.to_owned() } else { options.image.clone() };
    Container {
        name: CONTAINER.to_owned(),
        image: Some(image),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        args: Some(args),
        env: Some(environment(labels)),
        resources: Some(ResourceRequirements {
            requests: Some(quantities(&options.resources.cpu.0, &options.resources.memory.0)),
            limits: Some(quantities(&options.resources.cpu.1, &options.resources.memory.1)),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        termination_message_policy: Some("File".to_owned()),
        volume_mounts: Some(vec![VolumeMount {
            name: "plan".to_owned(),
            mount_path: "/plan".to_owned(),
            read_only: Some(true),
            ..VolumeMount::default()
        }]),
        ..Container::default()
    }
}

fn quantities(cpu: &str, memory: &str) -> BTreeMap<String, Quantity> {
    [("cpu", cpu), ("memory", memory)].map(|(what, much)| (what.to_owned(), Quantity(much.to_owned()))).into()
}

/// Who the prober is, so that it can say so: it has no other way to know.
fn environment(labels: &BTreeMap<String, String>) -> Vec<EnvVar> {
    let field = |name: &str, path: &str| EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            field_ref: Some(ObjectFieldSelector { api_version: Some("v1".to_owned()), field_path: path.to_owned() }),
            ..EnvVarSource::default()
        }),
    };
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    vec![
        field("KUBEREACH_NAMESPACE", "metadata.namespace"),
        field("KUBEREACH_POD", "metadata.name"),
        field("KUBEREACH_NODE", "spec.nodeName"),
        field("KUBEREACH_SERVICE_ACCOUNT", "spec.serviceAccountName"),
        EnvVar { name: "KUBEREACH_LABELS".to_owned(), value: Some(labels.join(",")), value_from: None },
    ]
}

/// The client's node class, and the one node that was asked for. A node is chosen by its own name, through the
/// scheduler: its host name label may differ, and a pod that names its node itself bypasses quotas of the scheduler.
fn affinity(options: &JobOptions) -> Option<Affinity> {
    let class = options.node_affinity.as_ref().map(|class| class.node_selector_terms.clone());
    let mut terms = class.unwrap_or_default();
    if let Some(node) = &options.node {
        if terms.is_empty() {
            terms.push(NodeSelectorTerm::default());
        }
        for term in &mut terms {
            term.match_fields.get_or_insert_default().push(NodeSelectorRequirement {
                key: "metadata.name".to_owned(),
                operator: "In".to_owned(),
                values: Some(vec![node.clone()]),
            });
        }
    }
    (!terms.is_empty()).then(|| Affinity {
        node_affinity: Some(NodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(NodeSelector { node_selector_terms: terms }),
            ..NodeAffinity::default()
        }),
        ..Affinity::default()
    })
}
