//! Which bundles speak of the same cluster.
//!
//! Two bundles of which one shows the uid that the other shows are of one cluster, and of two where they contradict each
//! other ([`Identity`]). A bundle that shows nothing of the kind joins the only cluster there is; where there are several
//! it is kept apart, and said.

use std::collections::{BTreeMap, BTreeSet};

use super::layouts::Identity;

/// The parts of each cluster, and the parts of which it could not be told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clusters {
    /// Indexes of parts, each in ascending order.
    pub(crate) groups: Vec<Vec<usize>>,
    /// Parts that are kept apart only because nothing shows where they belong.
    pub(crate) unclear: Vec<usize>,
}

/// Divides parts into clusters.
pub(crate) fn divide(parts: &[Identity]) -> Clusters {
    let mut group_of: Vec<usize> = (0..parts.len()).collect();
    let mut different: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (a, one) in parts.iter().enumerate() {
        for (b, other) in parts.iter().enumerate().skip(a + 1) {
            match one.same(other) {
                Some(true) => {
                    let (from, to) = (root(&group_of, b), root(&group_of, a));
                    if let Some(slot) = group_of.get_mut(from.max(to)) {
                        *slot = from.min(to);
                    }
                }
                Some(false) => {
                    different.insert((a, b));
                }
                None => {}
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for part in 0..parts.len() {
        groups.entry(root(&group_of, part)).or_default().push(part);
    }
    let apart: BTreeSet<usize> = different
        .iter()
        .map(|(a, b)| (root(&group_of, *a), root(&group_of, *b)))
        .filter(|(a, b)| a != b)
        .flat_map(|(a, b)| [a, b])
        .collect();
    if apart.is_empty() {
        return Clusters { groups: vec![(0..parts.len()).collect()], unclear: Vec::new() };
    }
    let unclear = groups.iter().filter(|(key, _)| !apart.contains(key)).flat_map(|(_, parts)| parts.clone()).collect();
    Clusters { groups: groups.into_values().collect(), unclear }
}

fn root(group_of: &[usize], mut part: usize) -> usize {
    while let Some(&up) = group_of.get(part)
        && up != part
    {
        part = up;
    }
    part
}

/// Short names for clusters, from the names of their first parts: as much of the path as it takes to
/// tell them apart.
pub(crate) fn names(firsts: &[String]) -> Vec<String> {
    let tail = |name: &str, depth: usize| {
        let parts: Vec<&str> = name.split(['/', '!']).filter(|p| !p.is_empty()).collect();
        parts.get(parts.len().saturating_sub(depth)..).unwrap_or_default().join("/")
    };
    for depth in 1..6 {
        let names: Vec<String> = firsts.iter().map(|n| without_ending(&tail(n, depth)).to_owned()).collect();
        if names.iter().collect::<BTreeSet<_>>().len() == names.len() {
            return names;
        }
    }
    firsts.iter().enumerate().map(|(n, name)| format!("{name} ({})", n + 1)).collect()
}

fn without_ending(name: &str) -> &str {
    const ENDINGS: [&str; 10] =
        [".tar.gz", ".tar.xz", ".tar.zst", ".tgz", ".tar", ".zip", ".yaml", ".yml", ".json", ".gz"];
    ENDINGS.iter().find_map(|e| name.strip_suffix(e)).filter(|n| !n.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(lasting: &[(&str, &str)], usual: &[(&str, &str)]) -> Identity {
        Identity::made(lasting, usual)
    }

    #[test]
    fn what_shows_no_identity_joins_the_only_cluster() {
        let parts =
            [identity(&[("kube-system", "1")], &[]), identity(&[], &[]), identity(&[("kube-system", "1")], &[])];
        assert_eq!(divide(&parts), Clusters { groups: vec![vec![0, 1, 2]], unclear: vec![] });
    }

    #[test]
    fn different_uids_of_lasting_objects_are_different_clusters() {
        let parts =
            [identity(&[("kube-system", "1")], &[]), identity(&[], &[]), identity(&[("kube-system", "2")], &[])];
        assert_eq!(divide(&parts), Clusters { groups: vec![vec![0], vec![1], vec![2]], unclear: vec![1] });
    }

    #[test]
    fn one_recreated_object_does_not_make_another_cluster() {
        let parts = [
            identity(&[], &[("Service/a", "1"), ("Service/b", "2")]),
            identity(&[], &[("Service/a", "1"), ("Service/b", "9")]),
        ];
        assert_eq!(divide(&parts).groups.len(), 1);
        let parts = [
            identity(&[("kube-system", "1")], &[("Service/a", "1")]),
            identity(&[("kube-system", "1")], &[("Service/a", "9")]),
        ];
        assert_eq!(divide(&parts).groups.len(), 1);
        let parts = [identity(&[], &[("Service/a", "1")]), identity(&[], &[("Service/a", "9")])];
        assert_eq!(divide(&parts).groups.len(), 2);
    }

    #[test]
    fn a_third_bundle_may_join_two() {
        let parts =
            [identity(&[("a", "1")], &[]), identity(&[("b", "2")], &[]), identity(&[("a", "1"), ("b", "2")], &[])];
        assert_eq!(divide(&parts).groups, vec![vec![0, 1, 2]]);
    }

    #[test]
    fn names_are_as_short_as_they_can_be() {
        let names = |all: [&str; 2]| super::names(&all.map(str::to_owned));
        assert_eq!(names(["d/prod.tar.gz", "d/test.tar.gz"]), ["prod", "test"]);
        assert_eq!(names(["prod/dump.yaml", "test/dump.yaml"]), ["prod/dump", "test/dump"]);
        assert_eq!(names(["x", "x"]), ["x (1)", "x (2)"]);
    }
}
