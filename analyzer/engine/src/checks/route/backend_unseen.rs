//! `route/backend-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-unseen",
    segment: SegmentName::Reference,
    title: "The Service was not read",
    explanation: "The Service is not in the input, and the input does not prove that it does not exist. What lies \
                  behind it cannot be told.",
    example: "An HTTPRoute manifest without the Service it names.",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>, gap: &Gap) -> Finding {
    let service =
        ObjectRef { kind: "Service".to_owned(), namespace: Some(target.namespace.clone()), name: target.name.clone() };
    DOC.finding(gap, route.object(), format!("the Service {}/{} is not in the input", target.namespace, target.name))
        .next("look whether the Service exists", command::get(&service, ""))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "name"])
}
