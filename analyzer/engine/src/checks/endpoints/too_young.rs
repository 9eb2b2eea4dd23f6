//! `endpoints/too-young`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Meta;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/too-young",
    segment: SegmentName::Endpoints,
    title: "What is behind the Service had only just been made",
    explanation: "Nothing is ready behind the Service, and its pods (or the Service itself) were seconds old \
         when the snapshot was taken, or its workload's last change had not been acted on yet. That \
         is how every start looks; whether it became ready cannot be told. Pods that fail outright \
         (crash, image, configuration) are not excused by their age.",
    example: "A pod in ContainerCreating, created 8 seconds before the snapshot.",
    sources: &["core/v1 ObjectMeta creationTimestamp", "apps/v1 Deployment status.observedGeneration"],
});

/// Younger than this, in seconds, counts as just made.
const YOUNG: i64 = 60;

/// Findings that no age excuses.
const FAILED: [&str; 4] = ["pod/crash-loop", "pod/out-of-memory", "pod/image-pull", "pod/config-error"];

/// Nothing ready, and no time to become so.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Empty || cx.view.declared_only {
        return None;
    }
    let age = |meta: &Meta| cx.cluster.age_seconds(meta.creation_timestamp.0);
    let view = cx.view;
    let unready = cx.unready();
    let oldest = unready.iter().map(|pod| age(&pod.metadata)).max().flatten();
    let all_known = unready.iter().all(|pod| age(&pod.metadata).is_some());
    let service = age(&view.service.metadata);
    let words = if let Some(seconds) = oldest.filter(|s| all_known && *s < YOUNG) {
        format!("its pods were at most {seconds} seconds old")
    } else if let Some(seconds) = service.filter(|s| *s < YOUNG) {
        format!("it was {seconds} seconds old")
    } else {
        let behind = view.workloads.owners.iter().find(|w| {
            let seen = w.status.as_ref().and_then(|s| s.observed_generation.known());
            matches!((seen, w.metadata.generation.known()), (Some(seen), Some(now)) if seen < now)
        })?;
        format!("the last change of {} had not been acted on", behind.title())
    };
    if cx.causes().iter().any(|cause| FAILED.contains(&cause.finding.code())) {
        return None;
    }
    let gap = Gap::investigate("whether it became ready", words.clone());
    Some(
        DOC.finding(&gap, cx.object(), format!("nothing is ready behind it yet: {words} when the snapshot was taken"))
            .cause("this is how every start looks")
            .next("Look again.", command::labelled("pods", view.namespace(), &view.service.spec.selector)),
    )
}
