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

    /// `group/Kind`, or `Kind` for the core group.
    pub fn display(&self) -> String {
        if self.group.is_empty() { self.kind.to_string() } else { format!("{}/{}", self.group, self.kind) }
    }
}

impl std::fmt::Display for GroupKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)
    }
}
