//! Who carries the traffic of a door to what is behind it.

use kubereach_reports::report::ObjectRef;

/// Those whose connections a segment speaks of, where it speaks of certain ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carriers {
    /// These pods.
    Pods(Vec<ObjectRef>),
    /// A proxy on the nodes that the network plugin knows by an identity of its own.
    OwnIdentity,
    /// Pods of the cluster that were not seen.
    Unseen,
    /// Somebody outside the cluster: a load balancer of the cloud.
    Outside,
}
