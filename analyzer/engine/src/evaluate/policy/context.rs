//! What is known of whom the pods behind a Service port admit: the facts on which the checks decide.

use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::{self, Target};
use crate::evaluate::policy::words;
use crate::policy::cni::Enforcement;
use crate::policy::third_party::ThirdParty;
use crate::policy::{Answer, End, Missing, PodEnd, Policy, Protocol, SideAnswer, Unread};
use crate::resolve::service::ServiceView;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{Pod, Resource as _, ServicePort};

/// Whom the policies of one pod admit, where it is not known who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admits<'s> {
    /// Whoever connects.
    Anyone,
    /// Some callers: it depends on who connects.
    Some,
    /// No caller.
    NoOne,
    /// Cannot be told without this fact.
    Unclear(Missing<'s>),
}

impl<'s> Admits<'s> {
    pub(super) fn of(side: &SideAnswer<'s>) -> Self {
        match side.answer {
            Answer::Allowed => Self::Anyone,
            Answer::Denied => Self::NoOne,
            // Which request it is, like who connects, is a question and no gap.
            Answer::Unknown => match side.missing.iter().find(|missing| !missing.is_question()) {
                Some(missing) => Self::Unclear(*missing),
                None => Self::Some,
            },
        }
    }
}

/// Everything that was found about a port by the policies that were read.
#[derive(Debug)]
pub struct Context<'a, 's> {
    /// The cluster with its policies.
    pub cluster: &'a Cluster<'s>,
    /// The Service.
    pub view: &'a ServiceView<'s>,
    /// The port.
    pub port: &'a ServicePort,
    /// Its protocol.
    pub protocol: Protocol,
    /// The pods behind it, one for each kind.
    pub targets: &'a [Target<'s>],
    /// Policies of other systems that may touch one of the pods, each once.
    pub third_party: Vec<&'a ThirdParty<'s>>,
    /// What the policies of each target say to a caller who is not known.
    pub sides: Vec<SideAnswer<'s>>,
    /// May a node be the one that connects?
    pub node_may_enter: bool,
    /// Why pods behind the port were not read, if some were not.
    pub unread_pods: Option<Gap>,
}

/// Is it an address of which no pod was read?
pub(super) const fn is_unread(target: &Target<'_>) -> bool {
    matches!(target.end, End::Unclear(_) | End::Address(_) | End::UnnamedPod)
}

/// Why pods behind the port were not read, if some were not: those that were read are known by name.
pub(super) fn unread_pods(cluster: &Cluster<'_>, view: &ServiceView<'_>, targets: &[Target<'_>]) -> Option<Gap> {
    // Addresses that somebody keeps by hand need be no pods.
    let of_pods = !view.service.is_selectorless();
    if !of_pods || !targets.iter().any(is_unread) {
        return None;
    }
    cluster.snapshot.is_complete(Pod::KIND, Some(view.namespace())).err()
}

impl<'a, 's> Context<'a, 's> {
    /// Whom each target admits.
    pub fn admits(&self) -> impl Iterator<Item = (&'a Target<'s>, Admits<'s>)> {
        self.targets.iter().zip(self.sides.iter().map(Admits::of))
    }

    /// The number of pods of which this holds.
    pub fn count(&self, of: fn(&Admits<'s>) -> bool) -> usize {
        self.admits().filter(|(_, admits)| of(admits)).map(|(target, _)| target.count).sum()
    }

    /// Pods that admit no caller.
    pub fn closed(&self) -> usize {
        self.count(|admits| *admits == Admits::NoOne)
    }

    /// Pods that admit some callers.
    pub fn open_to_some(&self) -> usize {
        self.count(|admits| *admits == Admits::Some)
    }

    /// Pods of which it cannot be told whom they admit.
    pub fn unclear(&self) -> usize {
        self.count(|admits| matches!(admits, Admits::Unclear(_)))
    }

    /// All pods.
    pub fn all(&self) -> usize {
        targets::count(self.targets)
    }

    /// The first fact without which it cannot be told whom a pod admits.
    pub fn missing(&self) -> Option<Missing<'s>> {
        self.admits().find_map(|(_, admits)| if let Admits::Unclear(missing) = admits { Some(missing) } else { None })
    }

    /// What is known of the plugin that enforces policies.
    pub const fn enforcement(&self) -> &'a Enforcement {
        &self.cluster.policies().plugins.enforcement
    }

    /// Are policies stored and not enforced? Those of a mesh are, whatever plugin runs.
    pub fn is_not_enforced(&self) -> bool {
        matches!(self.enforcement(), Enforcement::NotEnforced { .. })
            && self.sides.iter().all(SideAnswer::is_open_in_mesh)
    }

    /// Are the pods that admit nobody closed by a mesh? Its proxies enforce it, whatever plugin runs, and nodes are
    /// clients like any others.
    pub fn is_closed_by_mesh(&self) -> bool {
        self.sides.iter().filter(|side| side.answer == Answer::Denied).all(SideAnswer::is_closed_in_mesh)
    }

    /// May a policy of another system, or one that was not read, let through what these turn away?
    pub fn another_may_allow(&self) -> bool {
        self.third_party.iter().any(|third_party| third_party.may_allow) || self.may_be_opened_by().is_some()
    }

    /// A kind that was not all read and may let through what these turn away.
    pub fn may_be_opened_by(&self) -> Option<Unread> {
        let unread = self.cluster.policies().unread(self.view.namespace());
        let opens = |unread: &Unread| self.sides.iter().any(|side| side.is_closed_only_by(unread.layer));
        unread.iter().find(|unread| unread.may_allow && opens(unread)).cloned()
    }

    /// Would nobody be admitted to any of the pods, if the policies are enforced?
    pub fn admits_no_one(&self) -> bool {
        let closed = self.closed();
        closed > 0 && closed == self.all() && !self.is_not_enforced() && !self.another_may_allow()
    }

    /// Nothing that was not read could let somebody in: every pod is known, the policies are all there.
    pub fn is_certain(&self) -> bool {
        let pods = self.targets.iter().all(|target| target.end.pod().is_some_and(|pod| !pod.is_template));
        pods && self.may_be_opened_by().is_none()
    }

    /// The policies that decide, each once.
    pub fn policies(&self) -> Vec<&'a Policy<'s>> {
        words::policies(self.cluster, self.sides.iter().flat_map(|side| &side.reasons))
    }

    /// `80/TCP`, as the pods have it.
    pub fn port_words(&self) -> String {
        words::port(self.targets.first().and_then(|t| t.port), self.protocol.word())
    }
}

/// One policy beside the pods behind a port.
#[derive(Debug, Clone, Copy)]
pub struct PolicyContext<'a, 's> {
    /// The port.
    pub port: &'a Context<'a, 's>,
    /// The pods behind it.
    pub pods: &'a [&'a PodEnd<'s>],
    /// The policy's number among all.
    pub index: u32,
    /// The policy.
    pub policy: &'a Policy<'s>,
}
