//! `ingress/resource-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/resource-backend",
    segment: SegmentName::Reference,
    title: "The path leads to an object that is not a Service",
    explanation: "The backend names an object of another kind, such as a storage bucket. Support is up to the \
                  controller (Traefik and ingress-nginx have none), and what lies behind is not evaluated.",
    example: "backend: {resource: {apiGroup: k8s.example.com, kind: StorageBucket, name: assets}}",
    sources: &["networking.k8s.io/v1 IngressBackend.resource"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Resource(kind, name) = &cx.reference.target else { return };
    let gap =
        Gap::by_design("backends that are not Services are not evaluated", "their meaning is up to the controller");
    let message = format!(
        "{} leads to {} '{}', not to a Service",
        words::brief(&cx.declared.describe()),
        words::brief(kind),
        words::brief(name)
    );
    let (origin, field) = cx.backend_field(field!["resource"]);
    let finding = DOC.finding(&gap, cx.object(), message).at(origin, field);
    segment.add(finding.next("Check that the controller supports it.", words::describe(cx.state)));
}
