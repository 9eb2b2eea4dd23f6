//! `route/backend-not-found`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Absence, Found};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-not-found",
    segment: SegmentName::Reference,
    title: "The Service does not exist",
    explanation: "The rule sends requests to a Service that does not exist. Its share of the requests gets status 500 \
                  (HTTP), fails (gRPC) or is refused (TCP, TLS, UDP). Raised only where the Services of the namespace \
                  were read completely.",
    example: "backendRefs: [{name: not-there, port: 80}]",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For the backendRef at `index` of the rule at `rule`; `share` says which part of the requests it gets.
pub fn finding(
    route: Found<'_, Route>,
    rule: usize,
    index: usize,
    target: &Target<'_>,
    share: &str,
    absence: &Absence,
) -> Finding {
    DOC.finding(
        &absence.proof(),
        route.object(),
        format!(
            "the Service {}/{} that {} {} sends {share} to does not exist",
            target.namespace,
            target.name,
            route.kind.word(),
            route.metadata.name
        ),
    )
    .cause("a rule cannot forward to a Service that is not there")
    .next("create the Service or correct the reference", command::list("services", &target.namespace))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "name"])
}
