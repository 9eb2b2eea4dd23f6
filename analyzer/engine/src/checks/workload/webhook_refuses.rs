//! `workload/webhook-unreachable`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::Cluster;
use crate::resolve::plumbing::webhook_named;
use crate::resolve::service::refusal;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Workload;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/webhook-unreachable",
    segment: SegmentName::Endpoints,
    title: "Pods of the workload are refused because an admission webhook cannot be reached",
    explanation: "The API server asks an admission webhook about every new pod, cannot reach it, and refuses the pod, \
                  because the webhook's failurePolicy is Fail. The workload has nothing to do with it: what is wrong \
                  is the webhook's Service or the server behind it, and every other workload that the webhook's rules \
                  match has the same trouble. The words are the API server's own.",
    example: "Internal error occurred: failed calling webhook \"pods.example.com\": no endpoints available for service \"policy\"",
    sources: &[
        "kubernetes/apiserver: pkg/util/webhook/error.go (failed calling webhook)",
        "admissionregistration.k8s.io/v1 ValidatingWebhook.failurePolicy",
    ],
});

/// Its pods cannot be created for want of a webhook.
pub fn finding(cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let refused = refusal(cluster, workload)?;
    let (webhook, configuration) = webhook_named(cluster.snapshot, &refused)?;
    let webhook = words::brief(webhook);
    let title = workload.title();
    let message = format!("pods of {title} are refused, because the API server cannot reach the webhook {webhook}");
    let finding =
        DOC.finding(configuration.clone().unwrap_or_else(|| workload.object()), message).cause(refused.clone());
    Some(match configuration {
        Some(object) => finding
            .next(
                "Bring the webhook's server back, or remove its configuration if it is gone.",
                command::get(&object, "-o yaml"),
            )
            .relates(workload.object(), "has no pods because of it"),
        None => finding.next(
            "Find the configuration of the webhook, and its server.",
            "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
        ),
    })
}
