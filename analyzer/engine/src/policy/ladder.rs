//! The tiers in the order in which a connection goes through them.

use super::engine::{ENGINES, Order, Policy, Tier};
use kubereach_model::snapshot::Snapshot;

/// One tier in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) tier: Tier,
    pub(super) order: Order,
}

impl Rung {
    /// Tiers that every cluster has.
    pub(super) const PERIMETER: Self = Self { tier: Tier::Perimeter, order: Order::ByPriority };
    pub(super) const ADMIN: Self = Self { tier: Tier::Admin, order: Order::ByPriority };
    pub(super) const NAMESPACE: Self = Self { tier: Tier::Namespace, order: Order::AnyAdmits };
    pub(super) const BASELINE: Self = Self { tier: Tier::Baseline, order: Order::ByPriority };

    /// Those of meshes, which come after all of the network's.
    const MESH: [Self; 5] = [
        Self { tier: Tier::WaypointDeny, order: Order::ByPriority },
        Self { tier: Tier::WaypointAllow, order: Order::AnyAdmits },
        Self { tier: Tier::MeshTransport, order: Order::ByPriority },
        Self { tier: Tier::MeshDeny, order: Order::ByPriority },
        Self { tier: Tier::MeshAllow, order: Order::AnyAdmits },
    ];
}

/// All of them.
#[derive(Debug)]
pub(super) struct Ladder(Vec<Rung>);

impl Ladder {
    /// Those of Kubernetes, or those of the system whose policies bring their own; then those of meshes.
    pub(super) fn of(snapshot: &Snapshot, policies: &[Policy<'_>]) -> Self {
        let brought = ENGINES.iter().find_map(|engine| engine.ladder(snapshot, policies));
        let mut rungs = brought.unwrap_or_else(|| vec![Rung::PERIMETER, Rung::ADMIN, Rung::NAMESPACE, Rung::BASELINE]);
        rungs.extend(Rung::MESH);
        Self(rungs)
    }

    /// In the order of precedence.
    pub(super) fn rungs(&self) -> &[Rung] {
        &self.0
    }

    /// Where a tier stands.
    pub(super) fn place(&self, tier: Tier) -> Option<usize> {
        self.0.iter().position(|rung| rung.tier == tier)
    }
}
