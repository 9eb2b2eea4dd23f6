//! `gateway/mesh-protocol`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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
pub fn finding(door: &Door<'_>) -> Finding {
    let gap =
        Gap::by_design("traffic inside a mesh is not evaluated", "HBONE is a tunnel between the mesh's own proxies");
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("{} carries traffic of a service mesh, which is not evaluated", door.describe()),
    )
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "protocol"])
}
