//! Sentences and proofs that several checks of this area share.

use std::fmt::Write as _;

use crate::evaluate::policy::{CallerContext, Context, EgressContext, Near, Pairs, words};
use crate::policy::reach::port_words;
use crate::policy::{Answer, End, Policy};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, command};
use kubereach_model::field;
use kubereach_model::snapshot::Proof;

/// Points a finding at the policies to blame, and says how to look at them.
pub(super) fn blame(finding: Finding, policies: &[&Policy<'_>], namespace: &str) -> Finding {
    let finding = match policies {
        [one] => {
            finding.next("Look at the policy, and add a rule for this port if it is meant to be open.", one.describe())
        }
        _ => finding.next(
            "Look at the policies, and add a rule for this port if it is meant to be open.",
            command::list("networkpolicy", namespace),
        ),
    };
    let finding = match policies.first() {
        Some(first) => finding.at(first.origin, field!["spec"]),
        None => finding,
    };
    policies.iter().fold(finding, |finding, policy| finding.relates(policy.object.clone(), "isolates the pods"))
}

/// A note on what the pods behind a port may reach.
pub(super) fn note(doc: &'static CheckDoc<Notes>, cx: &EgressContext<'_, '_>, message: String) -> Finding {
    doc.finding(cx.port.view.service.object(), message)
}

/// Names the rules that were meant to let something through, and leads to the first of them.
pub(super) fn nearly(finding: Finding, cx: &EgressContext<'_, '_>, near: &[Near]) -> Finding {
    let policies = &cx.port.cluster.policies().policies;
    let of = |near: &Near| {
        let policy = policies.get(near.policy)?;
        Some((policy, format!("{} rule egress[{}] {}.", policy.object, near.rule, near.text)))
    };
    let found: Vec<(&Policy<'_>, String)> = near.iter().filter_map(of).collect();
    let (Some((first, _)), Some(rule)) = (found.first(), near.first()) else { return finding };
    let sentences: Vec<&str> = found.iter().map(|(_, sentence)| sentence.as_str()).collect();
    finding
        .cause(sentences.join(" "))
        .next("Change the rule that was meant to let it through.", first.describe())
        .at(first.origin, field!["spec", "egress", rule.rule])
}

/// The first policy that decides, and the proof of what it does to the pods.
pub(super) fn isolates<'a, 's>(cx: &Context<'a, 's>, fact: &str) -> Option<(&'a Policy<'s>, Proof)> {
    let first = *cx.policies().first()?;
    Some((first, first.shows(fact)))
}

/// Which ports the same policies do admit somebody on, and what that says about the mistake.
pub(super) fn no_rule_names_this_port(cx: &Context<'_, '_>) -> String {
    let mut cause = format!(
        "The {} the pods and no rule names this port.",
        words::policies_do(&words::names(&cx.policies()), "isolates", "isolate")
    );
    let Some(target) = cx.targets.first() else { return cause };
    let runs = cx.cluster.policies().policies.ports(&End::Anyone, &target.end, cx.protocol);
    let admitted: Vec<_> =
        runs.into_iter().map(|(run, a)| (run, if a == Answer::Denied { a } else { Answer::Allowed })).collect();
    if admitted.iter().any(|(_, a)| *a == Answer::Allowed) {
        let ports = port_words(&admitted, Answer::Allowed);
        let _ = write!(cause, " They do admit somebody on {} port {ports}.", cx.protocol);
        let own = cx.port.port.known().copied();
        let named = own.filter(|own| {
            Some(*own) != target.port && admitted.iter().any(|(run, a)| run.contains(own) && *a == Answer::Allowed)
        });
        if let Some(own) = named {
            let pods = words::port(target.port, cx.protocol.word());
            let _ = write!(cause, " {own} is the Service's port; policies see the pod's own port, which is {pods}.");
        }
    } else {
        cause.push_str(" They admit nobody on any port.");
    }
    cause
}

/// What follows where the policies turn a controller away.
pub(super) fn carries(cx: &CallerContext<'_, '_>, pairs: &Pairs<'_, '_>) -> String {
    let names: Vec<String> = pairs.deciding.iter().map(|policy| policy.object.to_string()).collect();
    format!(
        "{} carries the requests of this entry to the pods; {} its pods through. \
         Requests would be answered with an error of the controller.",
        cx.name,
        words::policies_do(&names, "does not let", "do not let")
    )
}
