//! Kinds by API group, as Kubernetes names them.

use std::borrow::Cow;

/// A kind and its API group; the version does not matter to what an object means here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKind {
    /// API group; empty for the core group.
    pub group: Cow<'static, str>,
    /// Kind.
    pub kind: Cow<'static, str>,
}

impl GroupKind {
    /// A kind known at compile time.
    pub const fn known(group: &'static str, kind: &'static str) -> Self {
        Self { group: Cow::Borrowed(group), kind: Cow::Borrowed(kind) }
    }

    /// From an object's `apiVersion` (`v1`, `apps/v1`) and `kind`. Old groups that were renamed
    /// without a change of meaning (`extensions` Ingress and workloads) read as today's.
    pub fn of(api_version: &str, kind: &str) -> Self {
        let group = match api_version.split_once('/') {
            Some((group, _)) => group,
            None => "",
        };
        let group = super::kinds::moved_to(group, kind).unwrap_or(group);
        Self { group: Cow::Owned(group.to_owned()), kind: Cow::Owned(kind.to_owned()) }
    }

    /// The group, unless it is one of Kubernetes itself: what tells kinds apart that share a name.
    pub fn other_group(&self) -> Option<String> {
        is_of_others(&self.group).then(|| self.group.to_string())
    }

    /// `group/Kind`, or `Kind` for the core group.
    pub fn display(&self) -> String {
        if self.group.is_empty() { self.kind.to_string() } else { format!("{}/{}", self.group, self.kind) }
    }
}

/// Is it a group of another project than Kubernetes?
pub fn is_of_others(group: &str) -> bool {
    group.contains('.') && !group.ends_with("k8s.io")
}

impl std::fmt::Display for GroupKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)
    }
}
