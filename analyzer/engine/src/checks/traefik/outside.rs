//! `traefik/outside`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::service::BackendSegments;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "traefik/outside",
    segment: SegmentName::Reference,
    title: "The route leads out of the cluster",
    explanation: "The Service behind the route is an alias (ExternalName) for a name outside the cluster. Traefik \
                  forwards there; what answers under that name is not in the input. An alias for a Service of this \
                  cluster is followed instead.",
    example: "type: ExternalName\nexternalName: app.example.net",
    sources: &["core/v1 ServiceSpec.externalName"],
});

/// Notes it.
pub fn check(cx: &LeafContext<'_, '_>, behind: &BackendSegments, segment: &mut Segment) {
    let Target::Service(service, _) = &cx.leaf.target else { return };
    let leads_on = behind.segments.iter().any(|segment| segment.name == SegmentName::Endpoints);
    if !service.is_external_name() || leads_on {
        return;
    }
    let target = words::brief(service.spec.external_name.as_deref().unwrap_or_default());
    let message = format!("it leads to {target}, outside the cluster; what answers there is not in the input");
    segment.add(DOC.finding(cx.route.of.object(), message).relates(service.object(), "is an alias"));
}
