//! A front door's controller is a caller that is known: evaluated from its pods to the pods behind.

use std::sync::Arc;

use kubereach_reports::report::{PathState, Port, SegmentName};

use super::targets::targets;
use super::{closed_to_controller, closed_to_controller_if_enforced, partly_closed_to_controller, undecidable, words};
use crate::checks::service::BackendStretches;
use crate::evidence::Stretch;
use crate::paths::World;
use crate::paths::service::{PortView, ServiceView};
use crate::policy::cni::Enforcement;
use crate::policy::{Answer, Connection, Decision, End, Missing, Protocol};
use crate::snapshot::model::{Pod, Service};
use crate::snapshot::{Found, Gap};

/// Asked of more pairs than this, the first speak for the rest: replicas of one workload are alike.
const MOST_PAIRS: usize = 4096;

/// Adds to the `policy` segment what the policies say to `pods`, the pods of the controller that serves
/// the entry. Without pods nothing changes.
pub fn through<'s>(
    world: &World<'s>,
    service: Found<'s, Service>,
    port: Option<&Port>,
    controller: &str,
    pods: &[Found<'s, Pod>],
    mut behind: BackendStretches,
) -> BackendStretches {
    let Some(slot) = behind.stretches.iter_mut().find(|s| s.segment == SegmentName::Policy) else { return behind };
    // Where it is blocked or open questions of its own stand, the caller adds nothing to the state.
    if pods.is_empty() || !slot.is_counted() || slot.state() == PathState::Blocked {
        return behind;
    }
    let Some(view) = world.service_view(&service.metadata.namespace, &service.metadata.name) else { return behind };
    let mut stretch = Stretch::clone(slot);
    judge(world, view, port, controller, pods, &mut stretch);
    *slot = Arc::new(stretch);
    behind
}

fn judge<'s>(
    world: &World<'s>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    controller: &str,
    pods: &[Found<'s, Pod>],
    stretch: &mut Stretch,
) {
    let declared = view.service.get().value.spec.ports.iter().find(|p| match port {
        Some(Port::Number(number)) => p.port.known() == Some(number),
        Some(Port::Name(name)) => p.name == *name,
        None => false,
    });
    let Some(declared) = declared else { return };
    let Some(protocol) = Protocol::of(&declared.protocol) else { return };
    let policies = world.policies();
    let targets = targets(world, view, declared, &PortView::of(view, Some(declared)));
    let callers: Vec<End<'s>> = pods.iter().map(|pod| End::Pod(policies.ends.pod(*pod))).collect();
    let decisions: Vec<Decision<'_, 's>> = callers
        .iter()
        .flat_map(|from| targets.iter().map(move |target| (from, target)))
        .take(MOST_PAIRS)
        .map(|(from, target)| policies.decide(&Connection { from, to: &target.end, protocol, port: target.port }))
        .collect();
    let denied = decisions.iter().filter(|d| d.answer == Answer::Denied).count();
    let unknown: Vec<&Decision<'_, 's>> = decisions.iter().filter(|d| d.answer == Answer::Unknown).collect();
    let shown = words::port(targets.first().and_then(|t| t.port), protocol.word());
    if decisions.is_empty() {
        return;
    }
    if denied == 0 && unknown.is_empty() {
        stretch.evaluated(format!("policies let the pods of {controller} connect to {shown}"));
        return;
    }
    let because = words::policies(
        world,
        decisions.iter().flat_map(|d| d.verdict.egress.because.iter().chain(&d.verdict.ingress.because)),
    );
    if denied == 0 {
        // Pods in the node's network are seen as the node: said once, where a rule would have to name them.
        let missing =
            unknown.iter().flat_map(|d| d.verdict.ingress.missing.iter().chain(&d.verdict.egress.missing)).next();
        if let (Some(missing), true) = (missing, stretch.state() == PathState::Open) {
            if *missing == Missing::HostNetwork
                && stretch.findings().iter().all(|f| f.code() != super::admits_some::PAGE.code())
            {
                return;
            }
            let gap = Gap::investigate(format!("whether the pods of {controller} are admitted"), missing.to_string());
            let message =
                format!("it cannot be decided whether the pods of {controller} may connect to {shown}: {missing}");
            let finding = undecidable::PAGE.finding(&gap, view.service.object(), message);
            stretch.add(words::blame(finding, &because, view.namespace()));
        }
        return;
    }
    let Some(first) = because.first() else { return };
    let Some(proof) = words::shows(world, first, &format!("does not let the pods of {controller} connect to {shown}"))
    else {
        return;
    };
    let enforcement = &policies.plugins.enforcement;
    let object = first.object.clone();
    let finding = if denied < decisions.len() {
        let message = format!(
            "the pods of {controller} may not connect to {shown} in {denied} of {} pairs of pods, if network policies are enforced",
            decisions.len()
        );
        partly_closed_to_controller::PAGE.finding(&proof, object, message)
    } else if let (Enforcement::Enforced { .. }, true) = (enforcement, policies.other_systems_read()) {
        let message = format!("network policies do not let the pods of {controller} connect to {shown}");
        closed_to_controller::PAGE.finding(&proof, object, message)
    } else {
        let message =
            format!("network policies do not let the pods of {controller} connect to {shown}, if they are enforced");
        closed_to_controller_if_enforced::PAGE.finding(&proof, object, message)
    };
    let names: Vec<String> = because.iter().map(|policy| policy.object.to_string()).collect();
    let finding = finding.cause(format!(
        "{controller} carries the requests of this entry to the pods; {} let its pods not through. Requests would be answered with an error of the controller.",
        words::list(&names)
    ));
    stretch.add(words::blame(finding, &because, view.namespace()));
}
