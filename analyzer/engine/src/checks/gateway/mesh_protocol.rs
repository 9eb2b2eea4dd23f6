//! `gateway/mesh-protocol`: a listener for traffic inside a mesh.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/mesh-protocol",
    segment: SegmentName::Listener,
    title: "A listener for traffic inside a mesh",
    explanation: "HBONE is Istio's tunnel between the proxies of an ambient mesh. Such a listener is no front door: \
                  which workloads send traffic through it is decided by labels and by the mesh, which are not \
                  evaluated.",
    example: "listeners: [{name: mesh, port: 15008, protocol: HBONE}]",
    sources: &["Istio documentation: waypoint proxies"],
});

/// For a waypoint's listener.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let listener = cx.listener;
    if listener.spec.protocol != "HBONE" {
        return;
    }
    let gap =
        Gap::by_design("traffic inside a mesh is not evaluated", "HBONE is a tunnel between the mesh's own proxies");
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("{} carries traffic of a service mesh, which is not evaluated", listener.describe()),
        )
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "protocol"]),
    );
}
