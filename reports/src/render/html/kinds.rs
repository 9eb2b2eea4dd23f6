//! Kinds in the plural: `100 Ingresses`.

use std::collections::BTreeMap;

use crate::render::words::number;

/// The plural of a kind.
pub(super) fn several(kind: &str) -> String {
    if kind.ends_with('s') || kind.ends_with('x') {
        format!("{kind}es")
    } else if let Some(stem) = kind.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        format!("{stem}ies")
    } else {
        format!("{kind}s")
    }
}

/// `1 Ingress`, `2 Gateways`.
pub(super) fn some(n: usize, kind: &str) -> String {
    if n == 1 { format!("1 {kind}") } else { format!("{} {}", number(n), several(kind)) }
}

/// How many of each, the most first.
pub(super) fn counted<'a>(kinds: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    counts.into_iter().map(|(kind, n)| some(n, kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_plurals() {
        let of = ["Service", "Ingress", "Gateway", "HTTPProxy", "HTTPRoute"].map(several);
        assert_eq!(of, ["Services", "Ingresses", "Gateways", "HTTPProxies", "HTTPRoutes"]);
    }

    #[test]
    fn the_most_come_first() {
        assert_eq!(counted(["Service", "Ingress", "Ingress"].into_iter()), ["2 Ingresses", "1 Service"]);
    }
}
