//! Facts of Gateways, their listeners and certificates.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::resolve::conditions::{ConditionState, state};
use crate::resolve::gateway::clients;
use crate::resolve::gateway::listener::{Conflict, ListenerState, Owner};
use crate::resolve::gateway::trust::Trust;
use crate::resolve::gateway::{GROUP, GatewayState, Gateways, kinds::Kinds};
use kubereach_model::snapshot::model::{
    AllowedKind, Certificate, Condition, ConditionStatus, FrontendValidation, Gateway, ListenerSet, ObjectReference,
    Pod, Route, Secret,
};
use kubereach_model::snapshot::{Found, Gap};

/// One Gateway: its class, its addresses and its own conditions.
pub(crate) struct GatewayContext<'c, 's> {
    /// The snapshot.
    pub(crate) cluster: &'c Cluster<'s>,
    /// The Gateway with its class and listeners.
    pub(crate) state: &'c GatewayState<'s>,
    /// Its `Accepted` condition.
    pub(crate) accepted: ConditionState<'s>,
    /// Its `Programmed` condition.
    pub(crate) programmed: ConditionState<'s>,
}

impl<'c, 's> GatewayContext<'c, 's> {
    pub(crate) fn new(cluster: &'c Cluster<'s>, gateway: &'c GatewayState<'s>) -> Self {
        let object = gateway.gateway.get();
        let conditions = object.status.as_ref().map(|s| &*s.conditions).unwrap_or_default();
        let of = |kind| state(conditions, kind, &object.metadata.generation);
        Self { cluster, state: gateway, accepted: of("Accepted"), programmed: of("Programmed") }
    }

    /// The Gateway.
    pub(crate) const fn gateway(&self) -> Found<'s, Gateway> {
        self.state.gateway
    }

    /// Was the Gateway ever programmed? Its status shows it, however old it is.
    pub(crate) fn was_programmed(&self) -> bool {
        self.gateway().get().status.as_ref().is_some_and(|status| {
            let listeners = status.listeners.iter().flat_map(|l| &l.conditions);
            let mut all = status.conditions.iter().chain(listeners);
            !status.addresses.is_empty() || all.any(|c| c.kind == "Programmed" && c.status == ConditionStatus::True)
        })
    }

    /// The condition that decides about the whole Gateway: `Programmed` once it is accepted, or where no controller
    /// wrote `Accepted`.
    pub(crate) const fn decisive(&self) -> ConditionState<'s> {
        match self.accepted {
            ConditionState::True(_) | ConditionState::Missing => self.programmed,
            other => other,
        }
    }

    /// Is it certain that the Gateway has no listener, of its own or of a ListenerSet?
    pub(crate) fn has_no_listener(&self) -> bool {
        let sets = || self.cluster.snapshot.list::<ListenerSet>(None);
        self.state.listeners.is_empty() && (self.gateway().spec.allowed_listeners.is_none() || sets().is_complete())
    }
}

/// The pods that carry a Gateway's traffic, none of which is ready.
pub(crate) struct ProxyContext<'c, 's> {
    /// The Gateway.
    pub(crate) gateway: &'c GatewayContext<'c, 's>,
    /// As people call the implementation.
    pub(crate) name: &'static str,
    /// One of them.
    pub(crate) pod: Found<'s, Pod>,
    /// How many there are.
    pub(crate) count: usize,
    /// Why it does not prove that nobody takes the traffic.
    pub(crate) doubt: Option<Gap>,
}

/// What a Gateway's own conditions can add to a class, a controller and addresses without a fault.
pub(crate) struct GatewayStatusContext<'c, 's> {
    /// The Gateway.
    pub(crate) gateway: &'c GatewayContext<'c, 's>,
    /// A listener is at fault, or the status speaks of single listeners: that the Gateway's listeners are not valid is
    /// said there.
    pub(crate) listeners_explained: bool,
    /// A fault of the addresses was found.
    pub(crate) addresses_explained: bool,
}

/// One listener on its Gateway.
pub(crate) struct ListenerContext<'c, 's> {
    /// The snapshot.
    pub(crate) cluster: &'c Cluster<'s>,
    /// The listener.
    pub(crate) listener: &'c ListenerState<'s>,
    /// Its Gateway, if that was found.
    pub(crate) gateway: Option<&'c GatewayState<'s>>,
    /// The listener it conflicts with.
    other: Option<&'c ListenerState<'s>>,
    conditions: &'s [Condition],
}

impl<'c, 's> ListenerContext<'c, 's> {
    pub(crate) fn new(cluster: &'c Cluster<'s>, gateways: &'c Gateways<'s>, listener: &'c ListenerState<'s>) -> Self {
        Self {
            cluster,
            listener,
            gateway: listener.gateway.and_then(|id| gateways.all.get(id)),
            other: listener.conflict.as_ref().and_then(|c| gateways.listeners.get(c.with)),
            conditions: listener.owner.listener_status(&listener.spec.name).map(|s| &*s.conditions).unwrap_or_default(),
        }
    }

    /// The state of a condition of this listener.
    pub(crate) fn condition(&self, kind: &str) -> ConditionState<'s> {
        state(self.conditions, kind, self.listener.owner.generation())
    }

    /// Does the controller vouch for it: accepted, and not in conflict?
    pub(crate) fn is_accepted(&self) -> bool {
        self.condition("Accepted").is_true() && !self.condition("Conflicted").is_true()
    }

    /// A current condition that says that the listener is not served as declared.
    pub(crate) fn refusal(&self) -> Option<&'s Condition> {
        let refused = ["Accepted", "ResolvedRefs", "Programmed"].into_iter().find_map(|kind| {
            if let ConditionState::False(condition) = self.condition(kind) { Some(condition) } else { None }
        });
        refused.or_else(|| match self.condition("Conflicted") {
            ConditionState::True(condition) => Some(condition),
            _ => None,
        })
    }

    /// The listener it cannot be served beside.
    pub(crate) fn conflict(&self) -> Option<(&'c Conflict, &'c ListenerState<'s>)> {
        self.listener.conflict.as_ref().zip(self.other)
    }

    /// Does another object declare the listener it conflicts with, so that the later of the two yields?
    pub(crate) fn yields(&self) -> bool {
        self.other.is_some_and(|other| other.owner.object() != self.listener.owner.object())
    }

    /// Route kinds it lists and its protocol cannot carry, where no controller took them all the same; `true` if no
    /// kind is left that it can take. Kinds of other groups are an implementation's own, which may well take them.
    pub(crate) fn unfit_kinds(&self) -> Option<(&'c [&'s AllowedKind], bool)> {
        let Kinds::Known { allowed, invalid } = &self.listener.kinds else { return None };
        if invalid.is_empty() || self.condition("ResolvedRefs").is_true() {
            return None;
        }
        let own = invalid.iter().all(|k| k.group.as_deref().is_none_or(|g| g == GROUP));
        Some((invalid, allowed.is_empty() && own))
    }

    /// The references to its certificates, where it terminates TLS.
    pub(crate) fn certificate_refs(&self) -> Option<&'s [ObjectReference]> {
        let refs = self.listener.spec.tls.as_ref().map(|t| &*t.certificate_refs).unwrap_or_default();
        self.listener.terminates_tls().then_some(refs)
    }

    /// Where its certificate comes from, where the specification names none: options of the implementation, or an
    /// annotation of the Gateway.
    pub(crate) fn certificate_elsewhere(&self) -> Option<&'s str> {
        const MAP: &str = "networking.gke.io/certmap";
        let tls = self.listener.spec.tls.as_ref();
        let is_one = |key: &&String| key.starts_with("networking.gke.io/") && key.contains("cert");
        let option = tls.and_then(|tls| tls.options.keys().find(is_one)).map(String::as_str);
        let gateway = self.gateway.map(|gateway| gateway.gateway.get());
        option.or_else(|| gateway.and_then(|gateway| gateway.metadata.annotation(MAP)).map(|_| MAP))
    }

    /// How an HTTPS listener checks the certificates of clients, and who declares it: its port's setting of the
    /// Gateway, else the Gateway's default, else the listener's older field.
    pub(crate) fn client_validation(&self) -> Option<(&'s FrontendValidation, Owner<'s>)> {
        clients::validation(self.gateway?.gateway, self.listener)
    }
}

/// One reference to a certificate or to a bundle of authorities, of a listener or of its Gateway.
pub(crate) struct CertificateRefContext<'c, 's> {
    /// The listener.
    pub(crate) listener: &'c ListenerContext<'c, 's>,
    /// Index among its references.
    pub(crate) index: usize,
    /// Namespace of what is referred to, defaulted.
    pub(crate) namespace: &'c str,
    /// Its name.
    pub(crate) name: &'c str,
    /// What it leads to.
    pub(crate) target: &'c Trust<'s>,
    /// None of the references beside it can serve either.
    pub(crate) all_at_fault: bool,
}

impl CertificateRefContext<'_, '_> {
    /// The Secret that is meant.
    pub(crate) fn secret(&self) -> ObjectRef {
        ObjectRef {
            kind: "Secret".to_owned(),
            namespace: Some(self.namespace.to_owned()),
            name: self.name.to_owned(),
            group: None,
        }
    }

    /// Does the controller say that every reference of the listener is resolved?
    pub(crate) fn is_resolved(&self) -> bool {
        self.listener.condition("ResolvedRefs").is_true()
    }
}

/// The certificates of a listener, all of which could be read.
pub(crate) struct CertificatesContext<'c, 's> {
    /// The snapshot.
    pub(crate) cluster: &'c Cluster<'s>,
    /// The listener.
    pub(crate) listener: &'c ListenerState<'s>,
    /// The certificates.
    pub(crate) certificates: Vec<(Found<'s, Secret>, &'s Certificate)>,
    /// The host name that is served with them.
    pub(crate) host: Option<&'c str>,
}

/// The routes attached to one listener.
pub(crate) struct AttachedRoutesContext<'c, 's> {
    /// The listener.
    pub(crate) listener: &'c ListenerState<'s>,
    /// How many there are.
    pub(crate) attached: usize,
    /// Those of them that provably lead nowhere from here.
    pub(crate) broken: Vec<Found<'s, Route>>,
    /// Those of which it cannot be told.
    pub(crate) unsettled: Vec<Found<'s, Route>>,
    /// A kind of route that may be attached and that the API server refused to list.
    pub(crate) unread: Option<(&'static str, Gap)>,
}
