//! `service/only-terminating-endpoints`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/only-terminating-endpoints",
    segment: SegmentName::Endpoints,
    title: "Only pods that are shutting down still answer",
    explanation: "No address is ready, and some belong to pods that are being deleted and still answer. kube- \
         proxy falls back to those until they are gone, so traffic flows for the moment. Consumers \
         that read the addresses themselves do not fall back.",
    example: "A Deployment whose only pod is being replaced with strategy Recreate.",
    sources: &["KEP-1669 ProxyTerminatingEndpoints", "discovery.k8s.io/v1 EndpointSlice"],
});

/// Served only by what is about to go.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Fading {
        return None;
    }
    let count = cx.behind.counts.terminating_serving;
    let endpoint = cx.behind.endpoints.iter().find(|e| e.terminating && e.serving)?;
    let proof = cx.shows(endpoint, "terminating, still serving");
    let message = match count {
        1 => "only one pod that is shutting down still answers".to_owned(),
        n => format!("only {n} pods that are shutting down still answer"),
    };
    Some(
        DOC.finding(&proof, cx.object(), message)
            .cause("no pod is ready; kube-proxy falls back to pods that are being deleted until they are gone")
            .next(
                "See why no new pod has become ready.",
                command::labelled("pods", cx.view.namespace(), &cx.view.service.spec.selector),
            ),
    )
}
