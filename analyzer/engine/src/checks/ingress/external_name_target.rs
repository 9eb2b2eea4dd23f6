//! `ingress/external-name-target`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, Finding, CheckDoc, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Gap};
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/external-name-target",
    segment: SegmentName::Reference,
    title: "The path leads to a name outside the cluster",
    explanation: "The Service behind the path is an alias (ExternalName) for a name outside the cluster. The \
                  controller forwards requests there, and the input shows nothing of what answers under that name. \
                  An alias for a Service of this cluster is followed instead.",
    example: "type: ExternalName\nexternalName: app.example.net",
    sources: &["core/v1 ServiceSpec.externalName"],
});

/// For a path to `service`, behind which nothing was evaluated.
pub(crate) fn finding(hop: &Hop<'_, '_>, service: Found<'_, Service>) -> Finding {
    let target = words::brief(service.spec.external_name.as_deref().unwrap_or_default());
    let gap = Gap::by_design(format!("what answers under {target} is not in the input"), "it is outside the cluster");
    let message = format!("this path leads to {target}, outside the cluster, through the Service '{}'", service.metadata.name);
    let (origin, field) = hop.backend_field(field!["service", "name"]);
    DOC.finding(&gap, hop.ingress(), message).relates(service.object(), "is an alias").at(origin, field)
}
