//! `service/selectorless`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/selectorless",
    segment: SegmentName::Endpoints,
    title: "The Service has no selector",
    explanation: "Without a selector Kubernetes fills in no addresses: they were written by hand or by another \
         controller. They are taken as they stand; whether anything listens there is not visible in \
         the cluster, only a live request can tell. An empty selector selects nothing; it does not \
         select every pod.",
    example: r"kind: Service
spec:
  ports: [{port: 5432}]   # and an EndpointSlice written by hand",
    sources: &["core/v1 Service spec.selector", "discovery.k8s.io/v1 EndpointSlice"],
});

/// Its addresses are kept by somebody else.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !cx.is_selectorless() || cx.behind.endpoints.is_empty() || crate::evaluate::service::is_api_server(cx) {
        return None;
    }
    let pods = cx.behind.endpoints.iter().filter(|e| e.pod.is_some()).count();
    let message = if pods == 0 {
        "it has no selector: its addresses are kept by hand or by another controller, are not pods that were read, and only \
         a live request can verify them"
    } else {
        "it has no selector: its addresses are kept by hand or by another controller"
    };
    Some(DOC.finding(cx.object(), message))
}
