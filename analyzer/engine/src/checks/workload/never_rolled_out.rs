//! `workload/never-rolled-out`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/never-rolled-out",
    segment: SegmentName::Endpoints,
    title: "A DeploymentConfig was never rolled out",
    explanation: "A DeploymentConfig makes pods only through roll-outs, each a ReplicationController of its own. \
         status.latestVersion is 0: no roll-out has begun, so there is no pod. Mostly the tag of its image \
         trigger leads to no image: the first roll-out waits until every automatic image trigger has one.",
    example: "An image trigger on ImageStreamTag orders:latest, to which nothing was ever pushed.",
    sources: &[
        "apps.openshift.io/v1 DeploymentConfig status.latestVersion",
        "apps.openshift.io/v1 DeploymentTriggerImageChangeParams lastTriggeredImage",
    ],
});

/// No roll-out has begun.
pub fn finding(_cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let begun = workload.get().value.status.as_ref()?.latest_version.known().copied()?;
    if workload.kind != WorkloadKind::DeploymentConfig || begun != 0 || workload.desired() == Some(0) {
        return None;
    }
    let triggers = &workload.get().value.spec.triggers;
    let unresolved = triggers
        .iter()
        .filter_map(|trigger| trigger.image_change_params.as_ref())
        .find(|image| image.last_triggered_image.as_deref().is_none_or(str::is_empty) && !image.from.name.is_empty());
    let cause = match unresolved {
        Some(image) => {
            let kind = if image.from.kind.is_empty() { "ImageStreamTag" } else { &image.from.kind };
            format!("its image trigger has found no image: {kind} {}", image.from.name)
        }
        None if workload.spec.paused.0 == Some(true) => "it is paused".to_owned(),
        None => "no trigger has begun one".to_owned(),
    };
    Some(
        DOC.finding(workload.object(), format!("{} was never rolled out", workload.title()))
            .cause(command::cut(&cause))
            .next("See what its first roll-out waits for.", command::describe(&workload.object())),
    )
}
