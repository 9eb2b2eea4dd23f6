//! `service/selectorless-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Endpoints;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/selectorless-unseen",
    segment: SegmentName::Endpoints,
    title: "Nothing shows what stands behind a Service without selector",
    explanation: "The Service has no selector and its addresses were not read, or it belongs to an object (an \
         operator, a leader election) that fills them in when it sees fit. What is behind it cannot \
         be told from the snapshot, by design.",
    example: r"kind: Service
spec:
  ports: [{port: 5432}]   # EndpointSlices were not collected",
    sources: &["core/v1 Service spec.selector"],
});

/// Somebody else keeps its addresses, and they were not read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !cx.is_selectorless() || cx.situation() != Situation::Empty || crate::evaluate::service::is_api_server(cx) {
        return None;
    }
    let (what, reason) = match cx.view.slices_gap(cx.cluster) {
        Some(gap) => (gap.what, gap.reason),
        None if kept_by_somebody(cx) => {
            ("another controller fills in its addresses".to_owned(), "it shows none at the moment".to_owned())
        }
        None => return None,
    };
    Some(
        DOC.finding(
            &Gap::by_design(what, reason),
            cx.object(),
            "it has no selector: who stands behind it is kept outside the Service, and was not read",
        )
        .next(
            "Read its EndpointSlices.",
            format!(
                "{} -l kubernetes.io/service-name={}",
                command::list("endpointslices", cx.view.namespace()),
                command::arg(cx.view.name())
            ),
        ),
    )
}

/// Signs that a controller keeps the addresses: an owner, a leader election, or a name without ports.
pub fn kept_by_somebody(cx: &Context<'_, '_>) -> bool {
    const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";
    let service = &cx.view.service;
    let owned = !service.metadata.owner_references.is_empty() || service.metadata.annotation(LEADER).is_some();
    let elected = || {
        let object = cx.cluster.snapshot.lookup::<Endpoints>(cx.view.namespace(), cx.view.name()).found();
        object.is_some_and(|o| o.metadata.annotation(LEADER).is_some())
    };
    owned || service.spec.ports.is_empty() || crate::evaluate::service::is_api_server(cx) || elected()
}
