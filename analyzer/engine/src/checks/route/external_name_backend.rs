//! `route/external-name-backend`: the backend is a Service of type ExternalName.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/external-name-backend",
    segment: SegmentName::Reference,
    title: "The backend is a Service of type ExternalName",
    explanation: "An ExternalName Service is an alias for a name outside. The specification advises against supporting \
                  it as a backend because it can be used to reach what should not be reached; implementations differ.",
    example: "\
kind: Service
spec: {type: ExternalName, externalName: api.example.net}",
    sources: &["Gateway API reference: BackendObjectReference", "CVE-2021-25740"],
});

/// For a Service of that type.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Service(service, _) = &cx.target.named else { return };
    if !service.is_external_name() {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let gap = Gap::investigate(
        "whether the controller forwards to ExternalName Services is not known",
        "the specification advises against it and implementations differ",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "Service {}/{} is only an alias for {}, which many controllers refuse as a backend",
                target.namespace,
                target.name,
                command::cut(service.spec.external_name.as_deref().unwrap_or("an outside name"))
            ),
        )
        .next("Look at the ResolvedRefs condition of the route.", command::describe(&route.object()))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index]),
    );
}
