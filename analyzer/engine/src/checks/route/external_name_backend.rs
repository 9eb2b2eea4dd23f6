//! `route/external-name-backend`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Route, Service};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(
    route: Found<'_, Route>,
    rule: usize,
    index: usize,
    target: &Target<'_>,
    service: Found<'_, Service>,
) -> Finding {
    let gap = Gap::investigate(
        "whether the controller forwards to ExternalName Services is not known",
        "the specification advises against it and implementations differ",
    );
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
    .next("look at the ResolvedRefs condition of the route", command::describe(&route.object()))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index])
}
