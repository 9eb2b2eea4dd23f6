//! `service/endpoints-not-mirrored`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{EndpointSlice, Endpoints};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/endpoints-not-mirrored",
    segment: SegmentName::Endpoints,
    title: "Hand-written Endpoints are kept from kube-proxy",
    explanation: "kube-proxy reads EndpointSlices. Hand-written Endpoints reach it through a mirror that the \
         control plane makes, unless they carry the label endpointslice.kubernetes.io/skip-mirror: \
         then nothing serves the Service's address although the Endpoints object looks filled.",
    example: r#"kind: Endpoints
metadata:
  labels: {endpointslice.kubernetes.io/skip-mirror: "true"}"#,
    sources: &["EndpointSlice mirroring controller"],
});

/// Addresses exist where kube-proxy does not look.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Empty || !cx.view.slices_complete(cx.cluster) {
        return None;
    }
    let object = cx.cluster.snapshot.lookup::<Endpoints>(cx.view.namespace(), cx.view.name()).found()?;
    let skips = object.metadata.label("endpointslice.kubernetes.io/skip-mirror") == Some("true");
    let filled = object.subsets.iter().any(|s| !s.addresses.is_empty());
    if !skips || !filled {
        return None;
    }
    let what = format!("an EndpointSlice of {}", cx.view.title());
    let absence = cx.cluster.snapshot.nothing_else::<EndpointSlice>(Some(cx.view.namespace()), what).ok()?;
    Some(
        DOC.finding(
            &absence.proof(),
            object.object(),
            "its Endpoints are labelled skip-mirror, so no EndpointSlice exists and nothing serves the Service's address",
        )
        .cause("kube-proxy reads EndpointSlices, not Endpoints")
        .next("Remove the label, or write an EndpointSlice.", command::get(&object.object(), "-o yaml"))
        .at(object.origin, field!["metadata", "labels", "endpointslice.kubernetes.io/skip-mirror"])
        .relates(cx.object(), "the Service without addresses"),
    )
}
