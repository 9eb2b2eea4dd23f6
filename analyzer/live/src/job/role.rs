//! What the person who runs the Job has to be allowed, and nothing more
//! (`docs/semantics/measurement.md#whoever-measures-needs-no-more-than-this`).

use k8s_openapi::api::rbac::v1::{PolicyRule, Role};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{JobOptions, labels};

pub(super) fn role(instance: &str, options: &JobOptions) -> Role {
    let rule = |group: &str, resource: &str, verbs: &[&str]| PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..PolicyRule::default()
    };
    let mut labels = labels::own(instance);
    // One role serves every run.
    labels.remove(super::INSTANCE);
    Role {
        metadata: ObjectMeta {
            name: Some("kubereach-prober-operator".to_owned()),
            namespace: Some(options.namespace.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        rules: Some(vec![
            // `kubectl wait` lists and watches; deleting by label lists.
            rule("batch", "jobs", &["create", "get", "list", "watch", "delete"]),
            rule("", "configmaps", &["create", "get", "list", "delete"]),
            rule("", "pods", &["get", "list"]),
            rule("", "pods/log", &["get"]),
            // Why a pod did not start.
            rule("", "events", &["list"]),
        ]),
    }
}
