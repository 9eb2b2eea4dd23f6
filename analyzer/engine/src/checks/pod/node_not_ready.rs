//! `pod/node-not-ready`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::model::current;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/node-not-ready",
    segment: SegmentName::Endpoints,
    title: "The pod's node is not ready",
    explanation: "The node the pod runs on does not report, or reports that it is not ready; its pods are \
         marked not ready with it.",
    example: "A pod on a node whose Ready condition is Unknown.",
    sources: &["core/v1 Node status.conditions", "node lifecycle controller"],
});

/// Its node is down.
pub fn finding(cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let lost = pod.status.as_ref().and_then(|s| s.reason.as_deref()) == Some("NodeLost");
    let name = pod.get().value.spec.node_name.as_deref()?;
    let down = cluster.node_down(name);
    if down.is_none() && !lost {
        return None;
    }
    let words = down
        .and_then(|n| n.get().value.status.as_ref())
        .and_then(|s| current(&s.conditions, "Ready"))
        .map(|c| said::quote(c.message()))
        .filter(|m| !m.is_empty());
    let object = kubereach_reports::report::ObjectRef {
        kind: "Node".to_owned(),
        namespace: None,
        name: name.to_owned(),
        group: None,
    };
    Some(
        DOC.finding(pod.object(), format!("pod {} is on node {name}, which is not ready", pod.metadata.name))
            .cause(words.unwrap_or_else(|| "the node does not report".to_owned()))
            .next("Find out what is wrong with the node.", command::describe(&object))
            .relates(object, "its node"),
    )
}
