//! `workload/daemonset-no-nodes`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/daemonset-no-nodes",
    segment: SegmentName::Endpoints,
    title: "No node matches the DaemonSet",
    explanation: "Its node selector, affinity or the nodes' taints leave it no place. A DaemonSet runs one pod on every node that it matches. It matches none, so it has no pod.",
    example: "A nodeSelector that no node has.",
    sources: &["apps/v1 DaemonSet status.desiredNumberScheduled"],
});

/// Wants no pod, because no node fits.
pub fn finding(_cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let runs_on_each_node = matches!(workload.kind, WorkloadKind::DaemonSet | WorkloadKind::AdvancedDaemonSet);
    if !runs_on_each_node || workload.desired() != Some(0) {
        return None;
    }
    let wants = workload.get().value.template().map(|t| &t.spec.node_selector).filter(|s| !s.is_empty());
    let cause = wants.map_or_else(
        || "its node affinity or the nodes' taints leave it none".to_owned(),
        |s| {
            format!(
                "it asks for nodes with {}",
                s.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(", ")
            )
        },
    );
    Some(
        DOC.finding(workload.object(), format!("no node matches DaemonSet {}", workload.metadata.name))
            .cause(command::cut(&cause))
            .next("Compare its node selector with the labels of the nodes.", command::describe(&workload.object())),
    )
}
