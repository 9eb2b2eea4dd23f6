//! `workload/rollout-failed`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/rollout-failed",
    segment: SegmentName::Endpoints,
    title: "The last roll-out of a DeploymentConfig failed",
    explanation: "The newest ReplicationController of the DeploymentConfig is marked Failed, and its controller keeps \
         it at zero. Pods of the newest one that is marked Complete go on serving; where none is, the \
         DeploymentConfig has no pods, however many replicas it asks for.",
    example: "openshift.io/deployment.phase: Failed",
    sources: &[
        "openshift/openshift-controller-manager pkg/apps/deploymentconfig/deploymentconfig_controller.go",
        "openshift/library-go pkg/apps/appsutil ActiveDeployment",
    ],
});

/// The newest roll-out of its owner, and it failed.
pub fn finding(cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let meta = &workload.get().value.metadata;
    if workload.kind != WorkloadKind::ReplicationController
        || meta.annotation("openshift.io/deployment.phase") != Some("Failed")
    {
        return None;
    }
    let name = meta.annotation("openshift.io/deployment-config.name")?;
    let version: i64 = meta.annotation("openshift.io/deployment-config.latest-version")?.parse().ok()?;
    let config =
        cluster.snapshot.workload(WorkloadKind::DeploymentConfig, &meta.namespace, name).found().map(Found::get);
    let newest = config.and_then(|config| config.value.status.as_ref()?.latest_version.known().copied());
    if newest.is_some_and(|newest| version < newest) {
        return None;
    }
    let why = meta.annotation("openshift.io/deployment.status-reason").map_or_else(
        || "its pods did not become ready in time".to_owned(),
        |why| format!("its controller says: {}", said::quote(why)),
    );
    Some(
        DOC.finding(workload.object(), format!("the last roll-out of DeploymentConfig {name} failed ({})", meta.name))
            .cause(why)
            .next("See why its pods did not start.", command::describe(&workload.object())),
    )
}
