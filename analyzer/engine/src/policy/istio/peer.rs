//! `PeerAuthentication`: whether a client has to come with the mesh's TLS.
//! (istio pilot/pkg/security/authn: `ComposePeerAuthentication`; docs/semantics/mesh-policy.md#peerauthentication)

use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, LabelSelector};
use serde_json::Value;

use super::config::Config;
use crate::policy::answer::{Missing, Truth};
use crate::policy::ends::PodEnd;
use crate::policy::selectors::on_labels;

/// What a client has to come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Whatever stands above says it.
    Unset,
    Strict,
    Permissive,
    Disable,
    /// A word this version does not know.
    Unreadable,
}

impl Mode {
    fn of(of: Option<&Value>) -> Self {
        match of.and_then(|of| of.get("mode")) {
            None | Some(Value::Null) => Self::Unset,
            Some(word) => match word.as_str() {
                Some("UNSET") => Self::Unset,
                Some("STRICT") => Self::Strict,
                Some("PERMISSIVE") => Self::Permissive,
                Some("DISABLE") => Self::Disable,
                _ => Self::Unreadable,
            },
        }
    }
}

/// One of them.
#[derive(Debug)]
pub(super) struct Peer<'s> {
    found: Found<'s, Unmodelled>,
    /// `None` where it is for all of its namespace, or of the mesh.
    selector: Option<LabelSelector>,
    mode: Mode,
    ports: Vec<(u16, Mode)>,
}

/// All of them, in the order in which the older one counts.
#[derive(Debug)]
pub(super) struct Peers<'s>(Vec<Peer<'s>>);

/// What holds at a port, and which policy says so.
pub(super) type Effective<'s> = Result<(Mode, Option<usize>), Missing<'s>>;

impl<'s> Peers<'s> {
    pub(super) fn of(found: Vec<Found<'s, Unmodelled>>) -> Self {
        let mut all: Vec<Peer<'s>> = found.into_iter().map(Peer::of).collect();
        all.sort_by_key(|peer| {
            let meta = &peer.found.get().value.metadata;
            (
                meta.creation_timestamp.0.is_none(),
                meta.creation_timestamp.0,
                meta.name.as_str(),
                meta.namespace.as_str(),
            )
        });
        Self(all)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Peer<'s>)> {
        self.0.iter().enumerate()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Peer<'s>> {
        self.0.get(index)
    }

    /// Of the mesh, of the namespace, of the workload, of its port: the narrowest that says something.
    pub(super) fn effective(&self, config: &Config<'s>, pod: &PodEnd<'s>, port: Option<u16>) -> Effective<'s> {
        let mut doubt = None;
        let mut as_root = |peer: &Peer<'s>, taken: bool| match config.is_root(peer.namespace()) {
            Truth::Yes => true,
            Truth::No => false,
            Truth::Unknown(missing) => {
                doubt = Some(missing);
                taken
            }
        };
        let with = self.effective_with(pod, port, &mut |peer| as_root(peer, true));
        let without = self.effective_with(pod, port, &mut |peer| as_root(peer, false));
        match doubt {
            Some(missing) if with.is_ok() && with != without => Err(missing),
            _ => with,
        }
    }

    fn effective_with(
        &self,
        pod: &PodEnd<'s>,
        port: Option<u16>,
        is_root: &mut dyn FnMut(&Peer<'s>) -> bool,
    ) -> Effective<'s> {
        let (mut mesh, mut namespace, mut workload) = (None, None, None);
        for (index, peer) in self.iter() {
            let level = match (&peer.selector, is_root(peer)) {
                (None, true) => &mut mesh,
                (None, false) if peer.namespace() == pod.namespace => &mut namespace,
                (Some(selector), false) if peer.namespace() == pod.namespace => match on_labels(selector, pod.labels) {
                    Truth::Yes => &mut workload,
                    Truth::No => continue,
                    Truth::Unknown(missing) => return Err(missing),
                },
                _ => continue,
            };
            level.get_or_insert((index, peer));
        }
        let mut effective = (Mode::Permissive, None);
        for (index, peer) in [mesh, namespace, workload].into_iter().flatten() {
            if peer.mode != Mode::Unset {
                effective = (peer.mode, Some(index));
            }
        }
        if let Some((index, peer)) = workload.filter(|(_, peer)| !peer.ports.is_empty()) {
            let port = port.ok_or(Missing::Port)?;
            if let Some((_, mode)) = peer.ports.iter().find(|(own, mode)| *own == port && *mode != Mode::Unset) {
                effective = (*mode, Some(index));
            }
        }
        if effective.0 == Mode::Unreadable { Err(Missing::Form) } else { Ok(effective) }
    }
}

impl<'s> Peer<'s> {
    fn of(found: Found<'s, Unmodelled>) -> Self {
        let spec = &found.get().value.spec;
        let ports = spec.get("portLevelMtls").and_then(Value::as_object);
        Self {
            found,
            selector: super::selector(spec).filter(|selector| !selector.is_empty()),
            mode: Mode::of(spec.get("mtls")),
            ports: ports
                .into_iter()
                .flatten()
                .filter_map(|(port, of)| Some((port.parse().ok()?, Mode::of(Some(of)))))
                .collect(),
        }
    }

    pub(super) fn namespace(&self) -> &'s str {
        &self.found.get().value.metadata.namespace
    }

    pub(super) const fn found(&self) -> Found<'s, Unmodelled> {
        self.found
    }

    /// The keys of labels by which it chooses its pods.
    pub(super) fn label_keys(&self) -> impl Iterator<Item = &'s str> {
        let selector = self.found.get().value.spec.get("selector").and_then(|selector| selector.get("matchLabels"));
        selector.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str())
    }

    /// Ports that it speaks of by itself.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.ports.iter().map(|(port, _)| *port)
    }

    /// May it turn a client away, whatever others say?
    pub(super) fn is_strict(&self) -> bool {
        let strict = |mode: Mode| matches!(mode, Mode::Strict | Mode::Unreadable);
        strict(self.mode) || self.ports.iter().any(|(_, mode)| strict(*mode))
    }

    /// May clients not come with the mesh's TLS at some port?
    pub(super) fn matters(&self) -> bool {
        self.mode != Mode::Unset || !self.ports.is_empty()
    }
}
