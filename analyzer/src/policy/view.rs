//! The policies of one cluster as its paths and `can` ask about them: the evaluator, plus what was not
//! read, what is not evaluated, and whether anything is enforced.

use super::answer::{Answer, Direction, Protocol, Truth};
use super::cni::Plugins;
use super::ends::{End, Ends, PodEnd};
use super::foreign::{Foreign, foreign};
use super::options::Assumed;
use super::set::{Connection, Policies, Verdict};
use crate::snapshot::model::{NetworkPolicy, Resource as _};
use crate::snapshot::{Gap, GroupKind, Snapshot};

/// Kinds of admin policies that are evaluated.
pub(super) const ADMIN_KINDS: [GroupKind; 3] = [
    GroupKind::known("policy.networking.k8s.io", "AdminNetworkPolicy"),
    GroupKind::known("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    GroupKind::known("policy.networking.k8s.io", "ClusterNetworkPolicy"),
];

/// The policies of one cluster.
#[derive(Debug)]
pub struct View<'s> {
    /// Ends of connections.
    pub ends: Ends<'s>,
    /// The evaluator.
    pub policies: Policies<'s>,
    /// Which plugins run.
    pub plugins: Plugins,
    /// Policies of other systems.
    pub foreign: Vec<Foreign<'s>>,
}

/// The whole answer to one connection.
#[derive(Debug, Clone)]
pub struct Decision<'v, 's> {
    /// What may be said.
    pub answer: Answer,
    /// What the evaluated policies say by themselves.
    pub verdict: Verdict<'s>,
    /// Policies of other systems that may touch an end.
    pub foreign: Vec<(&'v Foreign<'s>, Direction)>,
    /// What was not read, where it matters.
    pub unread: Vec<Gap>,
    /// On what the answer rests beside the snapshot.
    pub assumptions: Vec<Assumed>,
}

impl<'s> View<'s> {
    /// Compiles, indexes and looks around: linear in the snapshot.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let plugins = Plugins::detect(snapshot);
        let policies = Policies::new(snapshot, plugins.options());
        Self { ends: Ends::new(snapshot), policies, plugins, foreign: foreign(snapshot) }
    }

    /// May this connection be made?
    pub fn decide(&self, connection: &Connection<'_, 's>) -> Decision<'_, 's> {
        let verdict = self.policies.evaluate(connection);
        let assumptions = self.policies.assumptions(connection, &verdict);
        if verdict.same_pod {
            let answer = verdict.answer;
            return Decision { answer, verdict, foreign: Vec::new(), unread: Vec::new(), assumptions };
        }
        let mut touching = Vec::new();
        let mut unread = Vec::new();
        for (end, direction) in [(connection.from, Direction::Egress), (connection.to, Direction::Ingress)] {
            let Some(pod) = end.pod() else { continue };
            touching.extend(self.touching(pod, direction).map(|foreign| (foreign, direction)));
            unread.extend(self.unread(pod.namespace));
        }
        unread.dedup();
        let mut answer = verdict.answer;
        let may_allow = touching.iter().any(|(foreign, _)| foreign.may_allow);
        // Another system's policy may turn away what is allowed; some may let through what is denied. A
        // policy that was not read may do both.
        if !unread.is_empty() || may_allow || (!touching.is_empty() && answer == Answer::Allowed) {
            answer = Answer::Unknown;
        }
        Decision { answer, verdict, foreign: touching, unread, assumptions }
    }

    /// Policies of other systems that may touch a pod.
    pub fn touching(&self, pod: &PodEnd<'s>, direction: Direction) -> impl Iterator<Item = &Foreign<'s>> {
        self.foreign.iter().filter(move |foreign| foreign.touches(pod, direction) != Truth::No)
    }

    /// Evaluated kinds of policy that were not read where they matter to a namespace. Of manifests nothing
    /// is missing: what is not among them was not declared.
    pub fn unread(&self, namespace: &str) -> Vec<Gap> {
        let snapshot = self.ends.snapshot();
        let mut gaps = Vec::new();
        if snapshot.is_manifests() {
            return gaps;
        }
        gaps.extend(snapshot.is_complete(NetworkPolicy::KIND, Some(namespace)).err());
        for kind in &ADMIN_KINDS {
            // Few clusters have these kinds: nothing is missing unless the snapshot shows that they are served.
            let served = snapshot.crds.iter().any(|crd| {
                crd.get().value.spec.group == kind.group && crd.get().value.spec.names.kind == kind.kind
            });
            if served {
                gaps.extend(snapshot.is_complete(kind, None).err());
            }
        }
        gaps
    }

    /// Whoever a path without a known caller comes from: is everyone admitted to this port of the pod?
    pub fn anyone(&self, to: &End<'s>, protocol: Protocol, port: Option<u16>) -> Decision<'_, 's> {
        self.decide(&Connection { from: &End::Anyone, to, protocol, port })
    }
}
