//! What every evaluation asks: the snapshot with its index and its compiled policies.

use std::ops::Deref;

use crate::policy::PolicyView;
use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::Snapshot;

/// One cluster, indexed, with its policies compiled; linear in the snapshot.
#[derive(Debug)]
pub struct Cluster<'s> {
    index: ClusterIndex<'s>,
    policies: PolicyView<'s>,
}

impl<'s> Cluster<'s> {
    /// Builds the index and compiles the policies.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let (index, policies) = rayon::join(|| ClusterIndex::new(snapshot), || compiled(snapshot));
        Self { index, policies }
    }

    /// The network policies, compiled.
    pub const fn policies(&self) -> &PolicyView<'s> {
        &self.policies
    }
}

impl<'s> Deref for Cluster<'s> {
    type Target = ClusterIndex<'s>;

    fn deref(&self) -> &Self::Target {
        &self.index
    }
}

/// The policies; what does nothing of them is asked at the first pod that they select.
fn compiled(snapshot: &Snapshot) -> PolicyView<'_> {
    let view = PolicyView::new(snapshot);
    if !view.policies.is_empty() {
        view.ineffective();
    }
    view
}
