//! Under which settings routers admit Routes: whether a host belongs to one namespace, and whether wildcards are taken.
//!
//! Source: `openshift/api` `operator/v1/types_ingress.go` (`RouteAdmissionPolicy`: `namespaceOwnership` is `Strict` and
//! `wildcardPolicy` is `WildcardsDisallowed` unless said otherwise).

use kubereach_model::snapshot::model::{IngressController, Resource as _};
use kubereach_model::snapshot::{Gap, Snapshot};

/// One way in which a router may admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Admission {
    /// A host belongs to the namespace of its oldest Route.
    pub strict: bool,
    /// Wildcards are taken.
    pub wildcards: bool,
}

/// What is known of the routers.
#[derive(Debug, Clone)]
pub struct Routers {
    /// Every way that is possible; one where it is known.
    pub possible: Vec<Admission>,
    /// Some take only some of the Routes, so that two rivals need not meet.
    pub sharded: bool,
    /// Why there are several.
    pub gap: Option<Gap>,
}

impl Routers {
    /// Reads the `IngressControllers`.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut possible: Vec<Admission> =
            snapshot.ingress_controllers.iter().map(|found| admission(&found.value)).collect();
        let sharded = snapshot.ingress_controllers.iter().any(|found| found.value.is_shard());
        let gap = match snapshot.is_complete(IngressController::KIND, None) {
            Ok(()) if possible.is_empty() => Some(Gap::investigate("no IngressController is in the input", "")),
            Ok(()) => None,
            // One that was read speaks for itself; what else there is may be a shard of its own.
            Err(gap) if possible.is_empty() => Some(gap),
            Err(_) => None,
        };
        if gap.is_some() {
            let both = [true, false];
            possible =
                both.into_iter().flat_map(|strict| both.map(|wildcards| Admission { strict, wildcards })).collect();
        }
        possible.sort_unstable();
        possible.dedup();
        Self { possible, sharded, gap }
    }
}

fn admission(controller: &IngressController) -> Admission {
    let set = &controller.spec.route_admission;
    Admission {
        strict: set.namespace_ownership != "InterNamespaceAllowed",
        wildcards: set.wildcard_policy == "WildcardsAllowed",
    }
}
