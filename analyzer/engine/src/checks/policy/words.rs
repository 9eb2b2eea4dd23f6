//! Phrases and proofs that the checks of this area share.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::policy::{Because, Policy, PolicyAnswer, PolicyKind};
use kubereach_model::evidence::Finding;
use kubereach_model::evidence::command;
use kubereach_model::field;
use kubereach_model::snapshot::Proof;

/// Shown of a long list.
const SHOWN: usize = 3;

/// `a`, `a and b`, `a, b, c and 2 more`.
pub(crate) fn list(items: &[String]) -> String {
    let shown: Vec<String> = items.iter().take(SHOWN).map(|item| command::cut(item)).collect();
    match items.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        _ => match shown.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            Some((last, _)) => last.clone(),
            None => String::new(),
        },
    }
}

/// `80/TCP`, or words where the number is not known.
pub(crate) fn port(number: Option<u16>, protocol: &str) -> String {
    number.map_or_else(|| format!("its {protocol} port"), |number| format!("{number}/{protocol}"))
}

/// Names of the policies that decided, each once.
pub(crate) fn policies<'a, 's: 'a>(
    cluster: &'a Cluster<'s>,
    of: impl IntoIterator<Item = &'a Because<'s>>,
) -> Vec<&'a Policy<'s>> {
    let all = &cluster.policies().policies;
    let mut indexes: Vec<u32> = of.into_iter().map(|because| because.policy).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes.into_iter().filter_map(|index| all.get(index)).collect()
}

/// The policies that let it through, each with its rule: `allow-front (rule ingress[0])`.
pub(crate) fn admitting<'a, 's: 'a>(
    cluster: &'a Cluster<'s>,
    of: impl IntoIterator<Item = &'a Because<'s>>,
) -> Vec<String> {
    let all = &cluster.policies().policies;
    let mut words = Vec::new();
    for because in of {
        let PolicyAnswer::Admits { rule } = because.said else { continue };
        let Some(policy) = all.get(because.policy) else { continue };
        let text = format!("{} (rule {}[{rule}])", policy.object, because.direction.word());
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words
}

/// `policy a isolates`, `policies a and b isolate`: the subject and its verb.
pub(crate) fn policies_do(names: &[String], one: &str, several: &str) -> String {
    match names {
        [name] => format!("policy {} {one}", command::cut(name)),
        _ => format!("policies {} {several}", list(names)),
    }
}

/// What a policy that was read shows.
pub(crate) fn shows(cluster: &Cluster<'_>, policy: &Policy<'_>, fact: &str) -> Option<Proof> {
    let namespace = policy.object.namespace.as_deref().unwrap_or_default();
    match policy.kind() {
        PolicyKind::Core => {
            let found = cluster.snapshot.network_policies.named(namespace, &policy.object.name).next()?;
            Some(found.shows(fact))
        }
        PolicyKind::Admin(..) => {
            let is = |o: &ObjectRef| o.kind == policy.object.kind && o.name == policy.object.name;
            let found = cluster.snapshot.unmodelled.iter().find(|o| is(&o.object()))?;
            Some(found.shows(fact))
        }
    }
}

/// Points a finding at the policies to blame, and says how to look at them.
pub(crate) fn blame(finding: Finding, policies: &[&Policy<'_>], namespace: &str) -> Finding {
    let finding = match policies {
        [one] => finding.next(
            "Look at the policy, and add a rule for this port if it is meant to be open.",
            command::describe(&one.object),
        ),
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
