//! Phrases of the evidence of the `policy` segment, which its checks use too.

use crate::evaluate::Cluster;
use crate::policy::{Policy, PolicyAnswer, Reason};
use kubereach_model::evidence::command;

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
pub(crate) fn policies<'a, 'r, 's: 'r>(
    cluster: &'a Cluster<'s>,
    of: impl IntoIterator<Item = &'r Reason<'s>>,
) -> Vec<&'a Policy<'s>> {
    let all = &cluster.policies().policies;
    let mut indexes: Vec<u32> = of.into_iter().map(|reason| reason.policy).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes.into_iter().filter_map(|index| all.get(index)).collect()
}

/// The policies that let it through, each with its rule: `allow-front (rule ingress[0])`.
pub(crate) fn admitting<'r, 's: 'r>(
    cluster: &Cluster<'s>,
    of: impl IntoIterator<Item = &'r Reason<'s>>,
) -> Vec<String> {
    let all = &cluster.policies().policies;
    let mut words = Vec::new();
    for reason in of {
        let PolicyAnswer::Admits { rule } = reason.answer else { continue };
        let Some(policy) = all.get(reason.policy) else { continue };
        let text = format!("{} (rule {}[{rule}])", policy.object, reason.direction.word());
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

/// Their names.
pub(crate) fn names(policies: &[&Policy<'_>]) -> Vec<String> {
    policies.iter().map(|policy| policy.object.name.clone()).collect()
}
