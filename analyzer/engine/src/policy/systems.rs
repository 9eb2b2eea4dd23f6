//! Kinds of policy of other systems that a snapshot may lack: which systems have them, and which of them may let
//! through what a `NetworkPolicy` turns away.

use kubereach_model::snapshot::kinds::{self, Served};
use kubereach_model::snapshot::{CoverageRecord, GroupKind, Snapshot};
use kubereach_reports::report::CoverageState;

use super::engine::{Layer, Unread, is_served, unread};

/// A kind of policy of another system.
#[derive(Debug)]
pub(super) struct Kind {
    /// Whose it is.
    system: &'static str,
    /// Plugins that have it, as [`super::cni::Plugins`] names them.
    plugins: &'static [&'static str],
    /// Under which groups it is read: any of them will do.
    kinds: &'static [GroupKind],
    namespaced: bool,
    /// May it let through what the policies of its layer that were read turn away?
    may_allow: bool,
    layer: Layer,
}

const CALICO: &[&str] = &["Calico", "Canal"];
const CILIUM: &[&str] = &["Cilium", "GKE Dataplane V2"];
const ANTREA: &[&str] = &["Antrea"];

/// Sources: the API reference of each project (Calico `NetworkPolicy`, `GlobalNetworkPolicy`; Cilium
/// `CiliumNetworkPolicy`, `CiliumClusterwideNetworkPolicy`; Antrea `NetworkPolicy`, `ClusterNetworkPolicy`; Istio
/// `AuthorizationPolicy`, `PeerAuthentication`, `RequestAuthentication`; Linkerd `Server`, `ServerAuthorization`,
/// `AuthorizationPolicy`, `HTTPRoute`).
static KINDS: &[Kind] = &[
    Kind {
        system: "Calico",
        plugins: CALICO,
        kinds: &[
            GroupKind::known("crd.projectcalico.org", "NetworkPolicy"),
            GroupKind::known("projectcalico.org", "NetworkPolicy"),
        ],
        namespaced: true,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Calico",
        plugins: CALICO,
        kinds: &[
            GroupKind::known("crd.projectcalico.org", "GlobalNetworkPolicy"),
            GroupKind::known("projectcalico.org", "GlobalNetworkPolicy"),
        ],
        namespaced: false,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Cilium",
        plugins: CILIUM,
        kinds: &[GroupKind::known("cilium.io", "CiliumNetworkPolicy")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Cilium",
        plugins: CILIUM,
        kinds: &[GroupKind::known("cilium.io", "CiliumClusterwideNetworkPolicy")],
        namespaced: false,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Antrea",
        plugins: ANTREA,
        kinds: &[GroupKind::known("crd.antrea.io", "NetworkPolicy")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Antrea",
        plugins: ANTREA,
        kinds: &[GroupKind::known("crd.antrea.io", "ClusterNetworkPolicy")],
        namespaced: false,
        may_allow: true,
        layer: Layer::Network,
    },
    Kind {
        system: "Istio",
        plugins: &[],
        kinds: &[GroupKind::known("security.istio.io", "AuthorizationPolicy")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Istio",
        plugins: &[],
        kinds: &[GroupKind::known("security.istio.io", "PeerAuthentication")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Istio",
        plugins: &[],
        kinds: &[GroupKind::known("security.istio.io", "RequestAuthentication")],
        namespaced: true,
        may_allow: false,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Linkerd",
        plugins: &[],
        kinds: &[GroupKind::known("policy.linkerd.io", "Server")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Linkerd",
        plugins: &[],
        kinds: &[GroupKind::known("policy.linkerd.io", "ServerAuthorization")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Linkerd",
        plugins: &[],
        kinds: &[GroupKind::known("policy.linkerd.io", "AuthorizationPolicy")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
    Kind {
        system: "Linkerd",
        plugins: &[],
        kinds: &[GroupKind::known("policy.linkerd.io", "HTTPRoute")],
        namespaced: true,
        may_allow: true,
        layer: Layer::Mesh,
    },
];

/// As a live read records what the API server's discovery says of a group: a file that lacks a kind shows nothing.
const DISCOVERY: &str = "/apis";

/// The kinds that this cluster has, as far as the snapshot shows: a plugin of theirs runs, or their definition was read.
pub(super) fn present(snapshot: &Snapshot, plugins: &[&str]) -> Vec<&'static Kind> {
    // A server behind the API server that does not answer is one that is registered.
    let is_down = |kind: &GroupKind| {
        let aggregated = kinds::of(kind).is_some_and(|row| row.served == Served::Aggregated);
        let record = || snapshot.coverage.of(kind, None);
        let named = |record: CoverageRecord| record.state == CoverageState::NotCollected && record.source == DISCOVERY;
        aggregated && named(record())
    };
    let seen = |kind: &&Kind| {
        kind.plugins.iter().any(|plugin| plugins.contains(plugin))
            || kind.kinds.iter().any(|k| is_served(snapshot, k) || is_down(k))
    };
    KINDS.iter().filter(seen).collect()
}

impl Kind {
    /// Was it not all read, where it matters to pods of a namespace?
    pub(super) fn unread(&self, snapshot: &Snapshot, namespace: &str) -> Option<Unread> {
        let scope = self.namespaced.then_some(namespace);
        // One group is another view of the same objects; a group that is not served shows none of them.
        if self.kinds.iter().any(|kind| snapshot.coverage.state(kind, scope) == CoverageState::Complete) {
            return None;
        }
        let first = self.kinds.iter().find_map(|kind| unread(snapshot, kind, scope))?;
        Some(Unread { system: Some(self.system), may_allow: self.may_allow, layer: self.layer, ..first })
    }
}
