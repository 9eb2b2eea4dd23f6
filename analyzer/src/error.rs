//! Why nothing could be said.

use kubereach_engine::change::ChangeError;
use kubereach_engine::observation::ObservationError;
use kubereach_engine::question::Unresolved;
use kubereach_intake::IntakeError;

/// Why an [`Analyzer`](crate::Analyzer) has no answer. What is wrong with a part of the input is no error: it is in
/// the report's `snapshot.problems`, and everything else is judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing of the input could be read.
    #[error(transparent)]
    Input(#[from] IntakeError),
    /// Observations are not what a prober writes.
    #[error(transparent)]
    Observations(#[from] ObservationError),
    /// A change cannot be applied over what was read.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// A source or destination is not one.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// What was declared complete is no kind of object.
    #[error("{0}; name kinds such as Service,ConfigMap/ns=shop, or * for everything")]
    AssumeComplete(String),
    /// A plan or a question is about one cluster.
    #[error("the input holds {0} clusters; give one of them")]
    Clusters(usize),
    /// A plan or a question is about a cluster, and there are no objects.
    #[error("the input holds no objects")]
    Empty,
}
