//! What tells clusters apart.
//!
//! A uid is given once. What shows one of the namespaces which every cluster has (or, failing that, any other object that
//! stays) with the same uid is of one cluster; what shows such objects only with different uids is of two. Pods and the
//! like come anew under an old name every day: with the same uid they show one cluster, with another they show nothing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::{File, Part};
use kubereach_model::snapshot::is_masked;

/// What tells clusters apart: the uids of objects by their names, both as hashes.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    /// Of objects that live as long as their cluster.
    lasting: HashMap<u64, u64>,
    /// Of objects that seldom come anew.
    usual: HashMap<u64, u64>,
    /// Of objects that come anew under the same name all the time.
    fleeting: HashMap<u64, u64>,
}

impl Identity {
    pub(crate) fn of(part: &Part<'_>) -> Self {
        let mut identity = Self::default();
        for file in &part.files {
            identity.add(file);
        }
        identity
    }

    /// Adds what the objects of a file show.
    pub(crate) fn add(&mut self, file: &File<'_>) {
        for object in file.objects() {
            let meta = object.meta();
            let Some(uid) = &meta.uid else { continue };
            let (kind, namespace, name) = (object.group_kind(), meta.namespace.as_str(), meta.name.as_str());
            let of = match (&*kind.group, &*kind.kind) {
                ("", "Namespace") if matches!(name, "kube-system" | "default" | "kube-public") => &mut self.lasting,
                ("", "Service") if (namespace, name) == ("default", "kubernetes") => &mut self.lasting,
                ("", "Pod" | "Event" | "Endpoints") | ("batch" | "discovery.k8s.io" | "coordination.k8s.io", _) => {
                    &mut self.fleeting
                }
                _ => &mut self.usual,
            };
            let uid = uid.to_string();
            if !is_masked(&uid) {
                of.insert(hash(&(kind, namespace, name)), hash(&uid));
            }
        }
    }

    /// One cluster, two clusters, or nothing to tell by.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        let compare = |a: &HashMap<u64, u64>, b: &HashMap<u64, u64>| {
            let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
            let mut shared = few.iter().filter_map(|(key, uid)| many.get(key).map(|other| uid == other)).peekable();
            shared.peek()?;
            Some(shared.any(|same| same))
        };
        compare(&self.lasting, &other.lasting)
            .or_else(|| compare(&self.usual, &other.usual))
            .or_else(|| compare(&self.fleeting, &other.fleeting).filter(|same| *same))
    }
    #[cfg(test)]
    pub(crate) fn made(lasting: &[(&str, &str)], usual: &[(&str, &str)]) -> Self {
        let own = |all: &[(&str, &str)]| all.iter().map(|(k, v)| (hash(k), hash(v))).collect();
        Self { lasting: own(lasting), usual: own(usual), fleeting: HashMap::new() }
    }

    /// Do both show objects that live as long as their cluster?
    pub(crate) fn lasts(&self, other: &Self) -> bool {
        self.lasting.keys().any(|key| other.lasting.contains_key(key))
    }
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
