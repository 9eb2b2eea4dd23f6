//! A listener, declared by a Gateway or by a ListenerSet attached to one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kubereach_reports::report::ObjectRef;

use super::kinds::Kinds;
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{
    Condition, Gateway, GatewayAddress, Listener, ListenerSet, ListenerStatus, Resource as _,
};
use kubereach_model::snapshot::{Absence, Found, Gap, Proof};

/// Who declares a listener.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'s> {
    /// The Gateway itself.
    Gateway(Found<'s, Gateway>),
    /// A ListenerSet (or its experimental predecessor).
    Set(Found<'s, ListenerSet>),
}

impl<'s> Owner<'s> {
    /// Its name.
    pub fn object(&self) -> ObjectRef {
        match self {
            Self::Gateway(g) => g.object_ref(),
            Self::Set(s) => s.object_ref(),
        }
    }

    /// Its kind, as grants name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Gateway(_) => "Gateway",
            Self::Set(_) => "ListenerSet",
        }
    }

    /// Its namespace.
    pub fn namespace(&self) -> &'s str {
        match self {
            Self::Gateway(g) => &g.get().metadata.namespace,
            Self::Set(s) => &s.get().metadata.namespace,
        }
    }

    /// Its labels.
    pub fn labels(&self) -> &'s BTreeMap<String, String> {
        match self {
            Self::Gateway(g) => &g.get().value.metadata.labels,
            Self::Set(s) => &s.get().value.metadata.labels,
        }
    }

    /// Its origin, for positions.
    pub fn origin(&self) -> u32 {
        match self {
            Self::Gateway(g) => g.origin,
            Self::Set(s) => s.origin,
        }
    }

    /// Its listeners.
    pub fn listeners(&self) -> &'s [Listener] {
        match self {
            Self::Gateway(g) => &g.get().spec.listeners,
            Self::Set(s) => &s.get().spec.listeners,
        }
    }

    /// A positive fact of it.
    pub fn shows(&self, fact: impl Into<String>) -> Proof {
        match self {
            Self::Gateway(g) => g.shows(fact),
            Self::Set(s) => s.shows(fact),
        }
    }

    /// The generation of its spec.
    pub fn generation(&self) -> &'s Field<i64> {
        match self {
            Self::Gateway(g) => &g.get().metadata.generation,
            Self::Set(s) => &s.get().metadata.generation,
        }
    }

    /// When it was created.
    pub fn created(&self) -> Option<Timestamp> {
        match self {
            Self::Gateway(g) => g.metadata.creation_timestamp.0,
            Self::Set(s) => s.metadata.creation_timestamp.0,
        }
    }

    /// Does it carry a status at all? Without one, nothing was said about it.
    pub fn has_status(&self) -> bool {
        match self {
            Self::Gateway(g) => g.status.is_some(),
            Self::Set(s) => s.status.is_some(),
        }
    }

    /// Its own conditions.
    pub fn conditions(&self) -> &'s [Condition] {
        let status = match self {
            Self::Gateway(g) => g.get().status.as_ref(),
            Self::Set(s) => s.get().status.as_ref(),
        };
        status.map(|s| &*s.conditions).unwrap_or_default()
    }

    /// What its status says of one listener.
    pub fn listener_status(&self, name: &str) -> Option<&'s ListenerStatus> {
        let status = match self {
            Self::Gateway(g) => g.get().status.as_ref(),
            Self::Set(s) => s.get().status.as_ref(),
        };
        status?.listeners.iter().find(|l| l.name == name)
    }

    /// The addresses its status publishes.
    pub fn addresses(&self) -> &'s [GatewayAddress] {
        let status = match self {
            Self::Gateway(g) => g.get().status.as_ref(),
            Self::Set(s) => s.get().status.as_ref(),
        };
        status.map(|s| &*s.addresses).unwrap_or_default()
    }
}

/// May the listeners of a ListenerSet stand on its Gateway?
#[derive(Debug, Clone)]
pub enum Admission {
    /// The Gateway's own listener, or the Gateway lets the set in.
    Admitted,
    /// The Gateway does not let the set in.
    Refused,
    /// Whether it does depends on labels that were not read.
    Undecided(Gap),
    /// There is no such Gateway.
    ParentMissing(Absence),
    /// The Gateway was not read, or the parent is not a Gateway.
    ParentUnseen(Gap),
}

/// Why two listeners cannot both be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// Same port, protocol and host name.
    Hostname,
    /// Same port, protocols that cannot share it.
    Protocol,
    /// Same port of a protocol that needs one to itself; this listener is the first of them.
    Contested,
    /// Same port; whether an implementation can tell the two apart is its own affair.
    Mixed,
}

/// A conflict with other listeners of the same Gateway.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Why.
    pub clash: Clash,
    /// The listener it clashes with (index in [`super::Gateways::listeners`]).
    pub with: usize,
    /// Which of the two yields depends on creation times that are not known.
    pub order_unknown: bool,
}

/// A listener with what decides whether it is served.
#[derive(Debug, Clone)]
pub struct ListenerState<'s> {
    /// Who declares it.
    pub owner: Owner<'s>,
    /// Index of its Gateway in [`super::Gateways::all`]; `None` if the parent was not found.
    pub gateway: Option<usize>,
    /// Index among the owner's listeners.
    pub index: usize,
    /// The listener as it is declared.
    pub spec: &'s Listener,
    /// Does it stand on the Gateway?
    pub admission: Admission,
    /// What may attach.
    pub kinds: Kinds<'s>,
    /// With whom it clashes.
    pub conflict: Option<Conflict>,
}

impl ListenerState<'_> {
    /// `Kind/namespace/name/listener`: unique in a cluster.
    pub fn key(&self) -> String {
        format!("{}/{}", self.owner.object(), self.spec.name)
    }

    /// `listener http`, or `listener http of ListenerSet shop/extra`, for prose.
    pub fn describe(&self) -> String {
        match self.owner {
            Owner::Gateway(_) => format!("listener {}", self.spec.name),
            Owner::Set(s) => {
                format!("listener {} of ListenerSet {}/{}", self.spec.name, s.metadata.namespace, s.metadata.name)
            }
        }
    }

    /// `HTTPS on port 443`, for prose.
    pub fn serves(&self) -> String {
        let port = self.spec.port.known().map_or_else(|| "an unknown port".to_owned(), |p| format!("port {p}"));
        match &self.spec.hostname {
            Some(host) if !host.is_empty() => format!("{} on {port} for {host}", self.spec.protocol),
            _ => format!("{} on {port}", self.spec.protocol),
        }
    }

    /// Is traffic decrypted here?
    pub fn terminates_tls(&self) -> bool {
        let mode = self.spec.tls.as_ref().and_then(|tls| tls.mode.as_deref()).unwrap_or("Terminate");
        matches!(self.spec.protocol.as_str(), "HTTPS" | "TLS") && mode != "Passthrough"
    }
}
