//! Ports of rules.

use std::fmt;

use super::answer::{Missing, Protocol, Truth};
use super::ends::{End, PodEnd};
use super::options::{EndPorts, PolicyOptions};
use kubereach_model::snapshot::model::PolicyPort;
use kubereach_model::snapshot::model::lenient::{Field, PortRef};

/// One entry of a rule's ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PortEntry<'s> {
    /// `None`: any protocol (a named port of an admin policy).
    protocol: Option<Protocol>,
    which: Which<'s>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which<'s> {
    /// All of the protocol.
    All,
    /// From and to, both included.
    Range(u16, u16),
    /// Written with `endPort`.
    EndPort(u16, u16),
    /// As the destination pod names it.
    Named(&'s str),
    /// A protocol that policies do not know: matches no TCP, UDP or SCTP traffic.
    Nothing,
    /// Masked, or in a form this version does not know.
    Unreadable,
}

impl fmt::Display for PortEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = self.protocol.map_or("any protocol", Protocol::word);
        match self.which {
            Which::All => write!(f, "every {protocol} port"),
            Which::Range(from, to) | Which::EndPort(from, to) if from == to => write!(f, "{protocol} {from}"),
            Which::Range(from, to) | Which::EndPort(from, to) => write!(f, "{protocol} {from}-{to}"),
            Which::Named(name) => write!(f, "the {protocol} port named {name}"),
            Which::Nothing => f.write_str("a protocol that policies do not know"),
            Which::Unreadable => f.write_str("a port that could not be read"),
        }
    }
}

impl<'s> PortEntry<'s> {
    /// Of a core policy.
    pub(super) fn of(port: &'s PolicyPort) -> Self {
        let protocol = match port.protocol.as_deref() {
            None | Some("") => Some(Protocol::Tcp),
            Some(word) => Protocol::of(word),
        };
        let which = match (protocol, &port.port, &port.end_port) {
            (None, _, _) => Which::Nothing,
            (_, None, _) => Which::All,
            (_, Some(PortRef::Redacted), _) | (_, _, Field::Redacted | Field::Invalid(_)) => Which::Unreadable,
            (_, Some(PortRef::Name(name)), _) => Which::Named(name),
            (_, Some(PortRef::Number(from)), Field::Absent) => Which::Range(*from, *from),
            (_, Some(PortRef::Number(from)), Field::Known(to)) if from == to => Which::Range(*from, *from),
            (_, Some(PortRef::Number(from)), Field::Known(to)) => Which::EndPort(*from, *to),
        };
        Self { protocol, which }
    }

    /// A range of one protocol; the whole protocol without one.
    pub(super) const fn range(protocol: Protocol, range: Option<(u16, u16)>) -> Self {
        let which = match range {
            Some((from, to)) => Which::Range(from, to),
            None => Which::All,
        };
        Self { protocol: Some(protocol), which }
    }

    /// From and to, of one protocol or of any.
    pub(super) const fn numbers(protocol: Option<Protocol>, from: u16, to: u16) -> Self {
        Self { protocol, which: Which::Range(from, to) }
    }

    /// A port by its name at the destination, whatever its protocol.
    pub(super) const fn named(name: &'s str) -> Self {
        Self { protocol: None, which: Which::Named(name) }
    }

    /// A port of one protocol by its name at the destination.
    pub(super) const fn named_of(protocol: Protocol, name: &'s str) -> Self {
        Self { protocol: Some(protocol), which: Which::Named(name) }
    }

    /// Something this version does not know.
    pub(super) const fn unreadable() -> Self {
        Self { protocol: None, which: Which::Unreadable }
    }

    /// Does traffic to this port match? The protocol decides before any doubt about the port.
    pub(super) fn matches(
        &self,
        to: &End<'s>,
        protocol: Protocol,
        port: Option<u16>,
        options: &PolicyOptions,
    ) -> Truth<'s> {
        if self.protocol.is_some_and(|p| p != protocol) {
            return Truth::No;
        }
        let within = |from: u16, to: u16| match port {
            Some(port) => Truth::of((from..=to).contains(&port)),
            None if from <= 1 && to == u16::MAX => Truth::Yes,
            None => Truth::Unknown(Missing::Port),
        };
        match &self.which {
            Which::All => Truth::Yes,
            Which::Nothing => Truth::No,
            Which::Unreadable => Truth::Unknown(Missing::Form),
            Which::Range(from, to) => within(*from, *to),
            Which::EndPort(from, to) => match (options.end_ports, within(*from, *to)) {
                (EndPorts::Undecidable(cni), Truth::Yes) if port != Some(*from) => {
                    Truth::Unknown(Missing::EndPort(cni))
                }
                (_, truth) => truth,
            },
            Which::Named(name) => match to {
                End::Pod(pod) => named(pod, name, protocol, &within),
                End::Service(service) => match &service.pod {
                    Some(pod) => named(pod, name, protocol, &within),
                    None => Truth::Unknown(Missing::NamedPort(name)),
                },
                End::Node(_) | End::Address(_) | End::Outside => Truth::No,
                End::Unclear(_) | End::UnnamedPod | End::OwnProxy | End::Anyone => {
                    Truth::Unknown(Missing::NamedPort(name))
                }
            },
        }
    }

    /// First ports of intervals within which the answer cannot change.
    pub(super) fn boundaries(&self, protocol: Protocol, into: &mut Vec<u16>) {
        if self.protocol.is_none_or(|p| p == protocol)
            && let Which::Range(from, to) | Which::EndPort(from, to) = self.which
        {
            into.push(from);
            into.extend(from.checked_add(1));
            into.extend(to.checked_add(1));
        }
    }

    /// From and to, and the protocol, where it gives numbers.
    pub(super) const fn interval(&self) -> Option<(Protocol, u16, u16)> {
        match (self.protocol, &self.which) {
            (Some(protocol), Which::Range(from, to) | Which::EndPort(from, to)) => Some((protocol, *from, *to)),
            _ => None,
        }
    }

    /// Its number and protocol, where it is one port and no range.
    pub(super) const fn single(&self) -> Option<(Protocol, u16)> {
        match (self.protocol, &self.which) {
            (Some(protocol), Which::Range(from, to)) if *from == *to => Some((protocol, *from)),
            _ => None,
        }
    }

    /// The name, if it names a port.
    pub(super) const fn name(&self) -> Option<&'s str> {
        match self.which {
            Which::Named(name) => Some(name),
            _ => None,
        }
    }

    /// Does the pod declare the port that is named here? Only asked of named ones.
    pub(super) fn is_declared(&self, pod: &PodEnd<'_>) -> bool {
        let Which::Named(name) = self.which else { return true };
        pod.spec
            .serving_containers()
            .flat_map(|c| &c.ports)
            .any(|p| p.name == name && self.protocol.is_none_or(|protocol| p.protocol == protocol.word()))
    }
}

/// Does the pod declare a port of this name and protocol whose number is asked about?
fn named<'s>(pod: &PodEnd<'s>, name: &'s str, protocol: Protocol, within: &dyn Fn(u16, u16) -> Truth<'s>) -> Truth<'s> {
    let declared = pod.spec.serving_containers().flat_map(|c| &c.ports);
    let ours = declared.filter(|p| p.name == name && p.protocol == protocol.word());
    Truth::any(ours.map(|p| match p.container_port.known() {
        Some(number) => within(*number, *number),
        None => Truth::Unknown(Missing::NamedPort(name)),
    }))
}
