//! What manifests leave to the cluster that they are for: its Ingress classes and the controllers that serve them.

use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Obstacle, Reading};
use kubereach_model::snapshot::Gap;

/// What becomes of the Ingress where it is not so.
pub(super) const COULD: &str = "serve no such class, so that nobody answers for the Ingress";

/// The classes and controllers of the cluster, where nothing but manifests was read.
pub(super) fn of_cluster(state: &IngressState<'_>, gap: Gap) -> Option<Obstacle> {
    Obstacle::of_cluster(state.manifests, "IngressClass", "the Ingress classes and controllers of the cluster", gap)
}

/// How to read the classes.
pub(super) fn classes() -> Reading {
    Reading {
        resource: "ingressclasses.networking.k8s.io".to_owned(),
        arguments: "-o yaml > ingressclasses.yaml".to_owned(),
    }
}
