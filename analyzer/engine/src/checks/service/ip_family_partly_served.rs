//! `service/ip-family-partly-served`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::Truth;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/ip-family-partly-served",
    segment: SegmentName::Endpoints,
    title: "One of the Service's IP families has no ready address",
    explanation: "The Service is dual-stack and has ready addresses of one family only. Clients that use its \
         address of the other family are refused. Not raised for a headless Service without selector, which \
         the API server makes dual-stack without being asked.",
    example: "A dual-stack Service in front of pods with IPv4 addresses only.",
    sources: &["core/v1 Service spec.ipFamilies", "KEP-563"],
});

/// Two families, one served.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let view = cx.view;
    // The API server makes a headless Service without selector dual-stack on its own, whatever the cluster
    // speaks (KEP-563): nobody declared the second family.
    if cx.is_selectorless() && view.service.is_headless() {
        return None;
    }
    if view.families.len() < 2 || cx.situation() != Situation::Carries || !matches!(view.truth, Truth::Slices(None)) {
        return None;
    }
    let served = &cx.behind.ready_by_family;
    let missing = view.families.iter().find(|f| !served.contains_key(f))?;
    let (present, _) = served.first_key_value()?;
    let absence = cx.nothing_else(format!("a ready {} address behind {}", missing.word(), view.title())).ok()?;
    Some(
        DOC.finding(
            &absence.proof(),
            cx.object(),
            format!("it is declared for {} as well, and only {} addresses are ready", missing.word(), present.word()),
        )
        .cause(format!("clients that use its {} address are refused", missing.word()))
        .next(
            "Give the pods addresses of both families, or make the Service single-stack.",
            command::get(&cx.object(), "-o yaml"),
        )
        .at(view.service.origin, field!["spec", "ipFamilies"]),
    )
}
