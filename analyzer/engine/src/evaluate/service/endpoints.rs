//! The `endpoints` segment: is anything ready behind the Service?

use kubereach_reports::report::SegmentName;

use crate::checks::service::{
    endpoints_not_mirrored, ip_family_mismatch, ip_family_partly_served, mixed_workloads, no_readiness_probe,
    no_ready_endpoints, only_completed_pods, only_terminating_endpoints, published_not_ready, rollout_preview_idle,
    scaled_to_zero, selectorless, selectorless_unseen, selectorless_without_endpoints, selects_no_pod,
    selects_nothing_seen, some_endpoints_not_ready, terminating_not_serving,
};
use crate::checks::{endpoints, pod, workload};
use crate::evaluate::service::context::{Context, Situation};
use crate::evaluate::service::{Check, run};
use crate::resolve::service::Truth;
use kubereach_model::evidence::{Dormant, Segment};

/// Nothing carries: the first that fits says why. What is on purpose comes before what is in doubt, doubt
/// before proof, and among proofs the one that names the nearest cause.
static NOTHING: &[Check] = &[
    endpoints_not_mirrored::finding,
    selectorless_unseen::finding,
    selectorless_without_endpoints::finding,
    ip_family_mismatch::finding,
    only_terminating_endpoints::finding,
    endpoints::stale_target::finding,
    endpoints::address_mismatch::finding,
    endpoints::not_consistent::finding,
    workload::zero_uncertain::finding,
    endpoints::too_young::finding,
    selects_no_pod::finding,
    selects_nothing_seen::finding,
    only_completed_pods::finding,
    terminating_not_serving::finding,
    no_ready_endpoints::finding,
    endpoints::not_collected::finding,
];

/// Something carries: everything that lessens or is inconclusive it.
static CARRIES: &[Check] = &[
    endpoints::stale_target::finding,
    endpoints::address_mismatch::finding,
    endpoints::not_consistent::finding,
    published_not_ready::finding,
    some_endpoints_not_ready::finding,
    endpoints::node_not_ready::finding,
    ip_family_partly_served::finding,
];

static NOTES: &[Check] = &[
    selectorless::finding,
    endpoints::from_endpoints_object::finding,
    endpoints::from_pods::finding,
    endpoints::pods_not_collected::finding,
    endpoints::other_manager::finding,
    endpoints::readiness_disputed::finding,
    endpoints::redacted::finding,
    mixed_workloads::finding,
    no_readiness_probe::finding,
    pod::flapping::finding,
    pod::evicted_leftovers::finding,
];

/// The segment, and whether it carries nothing on purpose.
pub(crate) fn segment(cx: &Context<'_, '_>) -> (Segment, Option<Dormant>) {
    let mut segment = Segment::new(SegmentName::Endpoints, Some(cx.object()));
    if cx.view.is_declared(cx.cluster) {
        segment.declare();
    }
    if let Some(finding) = scaled_to_zero::finding(cx) {
        let reason = finding.message.clone();
        segment.evaluated(evidence(cx));
        segment.add(finding);
        causes(cx, &mut segment);
        return (segment, Some(Dormant::ScaledToZero(reason)));
    }
    if let Some(finding) = rollout_preview_idle::finding(cx) {
        let reason = finding.message.clone();
        segment.evaluated(evidence(cx));
        segment.add(finding);
        return (segment, Some(Dormant::NoTraffic(reason)));
    }
    if let Some(finding) = workload::on_demand::finding(cx) {
        segment.evaluated(evidence(cx));
        segment.add(finding);
        return (segment, None);
    }
    match cx.situation() {
        Situation::Carries => {
            segment.evaluated(evidence(cx));
            run(CARRIES, cx, &mut segment);
        }
        Situation::Fading | Situation::Empty => {
            if let Some(finding) = NOTHING.iter().find_map(|check| check(cx)) {
                if !matches!(cx.view.truth, Truth::Nothing(_)) {
                    segment.evaluated(evidence(cx));
                }
                segment.add(finding);
            } else if crate::evaluate::service::is_api_server(cx) {
                segment.evaluated("the API server keeps its addresses itself");
            }
        }
    }
    causes(cx, &mut segment);
    run(NOTES, cx, &mut segment);
    (segment, None)
}

/// What the pods and workloads say, wherever something is not as asked for.
fn causes(cx: &Context<'_, '_>, segment: &mut Segment) {
    if cx.is_selectorless() || cx.view.declared_only {
        return;
    }
    for cause in cx.causes() {
        // A paused roll-out matters only where something is missing.
        if cause.code() != "workload/paused" || cx.unready_count() > 0 || cx.situation() != Situation::Carries {
            segment.add(cause.clone());
        }
    }
}

/// One clause that shows the state.
fn evidence(cx: &Context<'_, '_>) -> String {
    if cx.view.truth == Truth::Templates {
        let count = cx.behind.endpoints.len();
        return match count {
            0 => "nothing in the input matches its selector".to_owned(),
            1 => format!(
                "{} matches its selector; a manifest cannot show readiness",
                cx.specs().next().map_or_else(String::new, crate::evaluate::service::context::SpecSource::name)
            ),
            n => format!("{n} workloads match its selector; a manifest cannot show readiness"),
        };
    }
    if let Some(before) = cx.cluster.simulated(&cx.view.service) {
        return simulated(cx, before);
    }
    let answering = cx.answering_count();
    let total = answering + cx.unready_count();
    let leaving = cx.behind.counts.terminating_serving;
    let more = if leaving > 0 { format!(", {leaving} shutting down") } else { String::new() };
    if total == 0 && leaving == 0 {
        return format!("no address behind it ({})", cx.source());
    }
    format!("{answering} of {total} addresses ready{more} ({})", cx.source())
}

/// After a change: what stands behind it, and how it stood before.
fn simulated(cx: &Context<'_, '_>, before: &str) -> String {
    let count = |wanted: &dyn Fn(&crate::resolve::service::Endpoint<'_>) -> bool| {
        cx.behind.endpoints.iter().filter(|e| wanted(e)).count()
    };
    let yet_to_come = |e: &crate::resolve::service::Endpoint<'_>| {
        e.template.is_some() || e.pod.is_some_and(|pod| cx.cluster.is_replaced(&pod))
    };
    let coming = count(&yet_to_come);
    let staying = count(&|e| !yet_to_come(e));
    let ready = count(&|e| !yet_to_come(e) && Context::answers(e));
    let mut parts = Vec::new();
    match (coming, staying) {
        (0, 0) => parts.push("after the change nothing is behind it".to_owned()),
        (0, _) => parts.push(format!("after the change {ready} of {staying} addresses ready")),
        (_, 0) => parts.push("judged by the new pod template; a template cannot show readiness".to_owned()),
        _ => parts.push(format!("{ready} of {staying} addresses ready; the others are judged by the new pod template")),
    }
    if !before.is_empty() {
        parts.push(before.to_owned());
    }
    parts.join("; ")
}
