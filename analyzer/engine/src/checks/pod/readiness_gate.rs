//! `pod/readiness-gate`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::model::{ConditionStatus, current};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/readiness-gate",
    segment: SegmentName::Endpoints,
    title: "A readiness gate of the pod is not met",
    explanation: "The containers are ready, and the pod waits for a condition that another controller is to \
         set (a load balancer's target registration, for example). The controller has not set it, or \
         set it to False.",
    example: r"kind: Pod
spec: {readinessGates: [{conditionType: target-health.elbv2.k8s.aws/web}]}",
    sources: &["core/v1 Pod spec.readinessGates", "KEP-580"],
});

/// Containers ready, a gate not.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let value = &pod.get().value;
    let conditions = &value.status.as_ref()?.conditions;
    let containers = current(conditions, "ContainersReady")?;
    if containers.status != ConditionStatus::True {
        return None;
    }
    let (gate, condition) = value
        .spec
        .readiness_gates
        .iter()
        .map(|g| (&g.condition_type, current(conditions, &g.condition_type)))
        .find(|(_, c)| c.is_none_or(|c| c.status != ConditionStatus::True))?;
    let why = match condition {
        None => "nobody has set the condition".to_owned(),
        Some(c) if c.message().is_empty() => format!("it is {:?} {}", c.status, said::reason(c)),
        Some(c) => format!("it is {:?}: {}", c.status, said::quote(c.message())),
    };
    Some(
        DOC.finding(
            pod.object(),
            format!("pod {} waits for its readiness gate {}", pod.metadata.name, command::cut(gate)),
        )
        .cause(format!("its containers are ready; {}", why.trim_end()))
        .next("Check whether the controller that sets it runs.", command::describe(&pod.object())),
    )
}
