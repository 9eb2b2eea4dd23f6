//! `route/mesh-parent`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Route, Service};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/mesh-parent",
    segment: SegmentName::Rule,
    title: "The route steers traffic inside the mesh",
    explanation: "The parent is a Service: the route concerns requests that workloads of the mesh send to that Service \
                  (GAMMA). It has no Gateway by design. Whether a mesh that supports it is installed is not evaluated.",
    example: "parentRefs: [{group: \"\", kind: Service, name: api}]",
    sources: &["GEP-1324, GEP-1426: mesh routing"],
});

/// For a parentRef that names a Service.
pub fn finding(route: Found<'_, Route>, service: Found<'_, Service>) -> Finding {
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
    .relates(service.object(), "the Service whose traffic it steers")
}
