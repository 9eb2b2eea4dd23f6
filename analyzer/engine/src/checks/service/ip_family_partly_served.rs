//! `service/ip-family-partly-served`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::{Family, Truth};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::{Absence, Gap};

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
    let (present, missing) = families(cx)?;
    let view = cx.view;
    let absence = nothing_else(cx, missing).ok()?;
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

/// Of a dual-stack Service that carries traffic: the family that has ready addresses, and the one of which none was
/// read.
pub(super) fn families(cx: &Context<'_, '_>) -> Option<(Family, Family)> {
    let view = cx.view;
    // The API server makes a headless Service without selector dual-stack on its own, whatever the cluster
    // speaks (KEP-563): nobody declared the second family.
    if cx.is_selectorless() && view.service.is_headless() {
        return None;
    }
    if view.families.len() < 2 || cx.situation() != Situation::Carries {
        return None;
    }
    let served = &cx.behind.ready_by_family;
    let missing = view.families.iter().find(|family| !served.contains_key(family))?;
    let (present, _) = served.first_key_value()?;
    // An Endpoints object and a part of the slices hold less than the pods show: of a running pod's addresses the
    // control plane makes endpoints of each family.
    let shown = |ip: &str| Family::of_address(ip) == Some(*missing);
    let by_pods =
        !matches!(view.truth, Truth::Slices(None)) && view.selected.live.iter().any(|pod| pod.ips().any(shown));
    let declared_only = matches!(view.truth, Truth::Templates | Truth::Simulated(_));
    (!by_pods && !declared_only).then_some((*present, *missing))
}

/// That no ready address of the family exists. An Endpoints object holds those of the first family only.
pub(super) fn nothing_else(cx: &Context<'_, '_>, missing: Family) -> Result<Absence, Gap> {
    let view = cx.view;
    let what = format!("a ready {} address behind {}", missing.word(), view.title());
    if !matches!(view.truth, Truth::EndpointsObject { .. }) {
        return cx.nothing_else(what);
    }
    match &view.selected.gap {
        None if !cx.is_selectorless() => cx.cluster.snapshot.nothing_else::<Pod>(Some(view.namespace()), what),
        _ => Err(Gap::investigate(format!("EndpointSlices of namespace {} were not collected", view.namespace()), "")),
    }
}
