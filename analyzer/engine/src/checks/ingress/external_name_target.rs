//! `ingress/external-name-target`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::FollowedPath;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
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

/// Adds it for a path to an alias behind which nothing was evaluated.
pub fn check(followed: &FollowedPath<'_, '_>, segment: &mut Segment) {
    let cx = followed.path;
    let Some(service) = cx.service().filter(|service| service.is_external_name() && !followed.leads_on()) else {
        return;
    };
    let target = words::brief(service.spec.external_name.as_deref().unwrap_or_default());
    let gap = Gap::by_design(format!("what answers under {target} is not in the input"), "it is outside the cluster");
    let message =
        format!("this path leads to {target}, outside the cluster, through the Service '{}'", service.metadata.name);
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    segment.add(DOC.finding(&gap, cx.object(), message).relates(service.object(), "is an alias").at(origin, field));
}
