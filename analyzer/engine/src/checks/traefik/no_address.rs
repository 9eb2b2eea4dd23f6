//! `traefik/no-address`

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::traefik::words;
use crate::evaluate::service::BackendSegments;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::snapshot::model::EndpointSlice;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/no-address",
    segment: SegmentName::Reference,
    title: "No EndpointSlice lists a ready address of the Service",
    explanation: "Traefik does not use the address of a Service but dials the addresses that EndpointSlices list for \
                  it. All of them were read, those of this Service list none that is ready, and so the route is left \
                  out, or answers 503 where Traefik was told allowEmptyServices. Not raised for nativeLB.",
    example: "endpoints: []   # in the only EndpointSlice of the Service",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go loadServers"],
});

/// Adds it where what lies behind the Service does not say so already.
pub fn check(cx: &LeafContext<'_, '_>, behind: &BackendSegments, segment: &mut Segment) {
    let Target::Service(service, _) = &cx.leaf.target else { return };
    let said = behind.segments.iter().any(|segment| segment.state() == PathState::Blocked);
    let cluster = cx.route.of.cluster;
    if said || service.is_external_name() || cx.is_native() || cluster.is_simulated(service) {
        return;
    }
    let slices = cluster.slices_of(service);
    let ready =
        |slice: &EndpointSlice| slice.endpoints.iter().any(|endpoint| endpoint.conditions.ready.0 != Some(false));
    if slices.is_empty() || slices.iter().any(|slice| ready(&slice.get().value)) {
        return;
    }
    let name = words::brief(&service.metadata.name);
    let what = format!("a ready address of Service {name}");
    let Ok(absence) = cluster.snapshot.nothing_else::<EndpointSlice>(Some(&service.metadata.namespace), what) else {
        return;
    };
    let message = format!("no EndpointSlice lists a ready address of the Service '{name}'");
    let finding = cx.at(DOC.finding(&absence.proof(), service.object(), message), []);
    let finding = finding.relates(cx.route.of.object(), "refers to it");
    segment.add(finding.next("Look at the pods behind the Service.", words::services(&cx.leaf.backend.namespace)));
}
