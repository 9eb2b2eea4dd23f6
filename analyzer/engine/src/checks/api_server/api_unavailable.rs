//! `api-server/api-unavailable`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::api_server::{CallContext, Caller};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, said};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{ConditionStatus, current};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "api-server/api-unavailable",
    segment: SegmentName::Rule,
    title: "The API server says that an aggregated API is not available",
    explanation: "The API server asks every server of an aggregated API for its discovery document and writes the \
                  outcome into the condition Available. It is False here. Where the Service, its endpoints or the \
                  policies show why, they are named; otherwise the words of the condition are all there is: requests \
                  for the group fail while they hold, and so does what is made of it, as kubectl top and the \
                  HorizontalPodAutoscaler are of metrics.k8s.io.",
    example: "v1beta1.metrics.k8s.io   Available: False (FailedDiscoveryCheck)",
    sources: &[
        "apiregistration.k8s.io/v1 APIServiceStatus.conditions (Available)",
        "kubernetes/kube-aggregator: pkg/controllers/status/remote/remote_available_controller.go",
    ],
});

/// For one API.
pub fn check(cx: &CallContext<'_, '_>, segment: &mut Segment) {
    let Caller::Api(api) = cx.caller else { return };
    let Some(status) = &api.get().value.status else { return };
    let Some(condition) = current(&status.conditions, "Available").filter(|c| c.status != ConditionStatus::True) else {
        return;
    };
    let spec = &api.get().value.spec;
    let gap = Gap::investigate("the API server's condition Available is not True", said::reason(condition));
    let message = format!(
        "the API server says that {}/{} is not available ({})",
        words::brief(&spec.group),
        words::brief(&spec.version),
        said::reason(condition)
    );
    let finding = DOC.finding(&gap, api.object(), message).cause(said::quote(condition.message()));
    segment.add(finding.next("Look at the server behind it.", words::kubectl("describe apiservice", &api.object())));
}
