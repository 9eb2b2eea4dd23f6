//! `route/mesh-parent`: the route steers traffic inside the mesh.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::parent::Parent;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/mesh-parent",
    segment: SegmentName::Rule,
    title: "The route steers traffic inside the mesh",
    explanation: "The parent is a Service: the route concerns requests that workloads of the mesh send to that Service \
                  (GAMMA). It has no Gateway by design. Whether a mesh that supports it is installed is not evaluated.",
    example: "parentRefs: [{group: \"\", kind: Service, name: api}]",
    sources: &["GEP-1324, GEP-1426: mesh routing"],
});

/// For a parentRef that names a Service.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    let Parent::Mesh(service) = &cx.link.parent else { return };
    let route = cx.route;
    segment.add(
        DOC.finding(
            route.object(),
            format!(
                "{} {} steers requests that workloads of the mesh send to Service {}/{}; it has no Gateway by design",
                route.kind.word(),
                route.metadata.name,
                service.metadata.namespace,
                service.metadata.name
            ),
        )
        .relates(service.object(), "the Service whose traffic it steers"),
    );
}
