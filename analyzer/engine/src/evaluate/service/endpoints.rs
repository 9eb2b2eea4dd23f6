//! The `endpoints` segment: is anything ready behind the Service?

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::CheckTable;
use crate::evaluate::service::context::{AtRest, Context, Situation};
use crate::evaluate::service::table::run;
use crate::resolve::service::Truth;
use kubereach_model::evidence::{Dormant, Segment};

/// The segment, and whether it carries nothing on purpose.
pub(crate) fn segment(checks: &CheckTable, cx: &Context<'_, '_>) -> (Segment, Option<Dormant>) {
    let mut segment = Segment::new(SegmentName::Endpoints, Some(cx.object()));
    if cx.view.is_declared(cx.cluster) {
        segment.declare();
    }
    if let Some(rest) = cx.at_rest() {
        segment.evaluated(evidence(cx));
        checks.at_rest.iter().find_map(|check| check(cx)).into_iter().for_each(|finding| segment.add(finding));
        let dormant = match rest {
            AtRest::Zero(_) => {
                causes(cx, &mut segment);
                Some(Dormant::ScaledToZero(rest.reason()))
            }
            AtRest::UnusedPreview(_) => Some(Dormant::NoTraffic(rest.reason())),
            AtRest::OnDemand => None,
        };
        return (segment, dormant);
    }
    match cx.situation() {
        Situation::Carries => {
            segment.evaluated(evidence(cx));
            run(checks.something_answers, cx, &mut segment);
        }
        Situation::Fading | Situation::Empty => {
            if let Some(finding) = checks.nothing_answers.iter().find_map(|check| check(cx)) {
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
    run(checks.endpoints, cx, &mut segment);
    (segment, None)
}

/// What the pods and workloads say, wherever something is not as asked for.
fn causes(cx: &Context<'_, '_>, segment: &mut Segment) {
    if cx.is_selectorless() || cx.view.declared_only {
        return;
    }
    for cause in cx.causes() {
        if !cause.only_while_missing || cx.unready_count() > 0 || cx.situation() != Situation::Carries {
            segment.add(cause.finding.clone());
        }
    }
}

/// One clause that shows the state.
fn evidence(cx: &Context<'_, '_>) -> String {
    if let Some(who) = cx.view.redirected_by() {
        return format!("a placeholder stands behind it; {who} redirects its traffic to a proxy of its own");
    }
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
