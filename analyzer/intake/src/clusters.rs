//! Which bundles speak of the same cluster.
//!
//! A uid is given once. Two bundles that show one of the namespaces which every cluster has (or, failing
//! that, any Namespace, Node, Service or definition of a custom kind) with the same uid are of one cluster;
//! if they show such objects only with different uids they are of two. A bundle that shows nothing of the
//! kind joins the only cluster there is; where there are several it is kept apart, and said.

use std::collections::{BTreeMap, BTreeSet};

use super::layouts::{File, Part};
use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::model::Resource as _;

/// What tells clusters apart: uids of objects that live as long as their cluster, and of objects that
/// seldom come anew.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    lasting: BTreeMap<String, String>,
    usual: BTreeMap<String, String>,
}

impl Identity {
    pub(crate) fn of(part: &Part<'_>) -> Self {
        let mut identity = Self::default();
        for object in part.files.iter().flat_map(File::objects) {
            let (meta, kind) = match object {
                AnyObject::Namespace(o) => (o.meta(), "Namespace"),
                AnyObject::Node(o) => (o.meta(), "Node"),
                AnyObject::Service(o) => (o.meta(), "Service"),
                AnyObject::CustomResourceDefinition(o) => (o.meta(), "CustomResourceDefinition"),
                _ => continue,
            };
            let uid = meta.uid.as_ref().map(ToString::to_string);
            let Some(uid) = uid.filter(|uid| !kubereach_model::snapshot::is_masked(uid)) else {
                continue;
            };
            let lasting = kind == "Namespace"
                && matches!(meta.name.as_str(), "kube-system" | "default" | "kube-public")
                || (kind == "Service" && meta.namespace == "default" && meta.name == "kubernetes");
            let key = format!("{kind}/{}/{}", meta.namespace, meta.name);
            if lasting { &mut identity.lasting } else { &mut identity.usual }.insert(key, uid);
        }
        identity
    }

    /// One cluster, two clusters, or nothing to tell by.
    fn same(&self, other: &Self) -> Option<bool> {
        let compare = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| {
            let shared: Vec<bool> = a.iter().filter_map(|(key, uid)| b.get(key).map(|other| uid == other)).collect();
            (!shared.is_empty()).then(|| shared.contains(&true))
        };
        compare(&self.lasting, &other.lasting).or_else(|| compare(&self.usual, &other.usual))
    }
}

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
        let own = |all: &[(&str, &str)]| all.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Identity { lasting: own(lasting), usual: own(usual) }
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
