//! `pod/volume-pending`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::scheduled;
use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::Lookup;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::model::{PersistentVolumeClaim, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/volume-pending",
    segment: SegmentName::Endpoints,
    title: "The pod waits for a volume",
    explanation: "The pod refers to a PersistentVolumeClaim that is not bound, does not exist, or cannot be \
         mounted, and cannot start without it.",
    example: "A claim in phase Pending because no StorageClass provides it.",
    sources: &["core/v1 PersistentVolumeClaim status.phase"],
});

/// Pending, with a claim that is not bound or a volume that does not mount.
pub fn finding(cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    if pod.phase() != "Pending" {
        return None;
    }
    let namespace = pod.metadata.namespace.as_str();
    let finding = |cause: String, line: String| {
        DOC.finding(pod.object(), format!("pod {} waits for a volume", pod.metadata.name))
            .cause(cause)
            .next("See why the volume is not there.", line)
    };
    let claims = pod.get().value.spec.volumes.iter().filter_map(|v| v.persistent_volume_claim.as_ref());
    for claim in claims.map(|c| c.claim_name.as_str()) {
        match cluster.snapshot.lookup::<PersistentVolumeClaim>(namespace, claim) {
            Lookup::Found(found) => {
                let phase = found.status.as_ref().and_then(|s| s.phase.clone()).unwrap_or_default();
                if matches!(phase.as_str(), "Pending" | "Lost") {
                    return Some(
                        finding(format!("its claim {claim} is {phase}"), command::describe(&found.object_ref()))
                            .relates(found.object_ref(), "the claim it waits for"),
                    );
                }
            }
            Lookup::Absent(_) => {
                return Some(finding(format!("its claim {claim} does not exist"), command::describe(&pod.object())));
            }
            Lookup::Unknown(_) => {}
        }
    }
    let words = scheduled(pod.get())
        .map(kubereach_model::snapshot::model::Condition::message)
        .filter(|m| m.to_ascii_lowercase().contains("persistentvolumeclaim"));
    let events = cluster.events_about("Pod", namespace, &pod.metadata.name);
    let mount = events.iter().rev().find(|e| matches!(e.reason.as_deref(), Some("FailedMount" | "FailedAttachVolume")));
    let words = words.or_else(|| mount.and_then(|e| e.get().value.message.as_deref()))?;
    Some(finding(said::quote(words), command::describe(&pod.object())))
}
