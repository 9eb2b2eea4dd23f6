//! Listeners that cannot be told apart (API reference: `GatewaySpec.listeners`, "Distinct Listeners";
//! `ListenerSetSpec.listeners` for the order of precedence).

use std::collections::HashMap;

use super::hostname;
use super::listener::{Clash, Conflict, ListenerState};

/// Who listens on one port.
#[derive(Default)]
struct Port {
    tcp: Vec<usize>,
    udp: Vec<usize>,
    /// HTTP, HTTPS, TLS: by host name; `None` for any.
    named: [HashMap<Option<String>, Vec<usize>>; 3],
}

/// Index into [`Port::named`].
fn family(protocol: &str) -> Option<usize> {
    ["HTTP", "HTTPS", "TLS"].iter().position(|p| *p == protocol)
}

impl Port {
    fn add(&mut self, id: usize, listener: &ListenerState<'_>) {
        match listener.spec.protocol.as_str() {
            "TCP" => self.tcp.push(id),
            "UDP" => self.udp.push(id),
            protocol => {
                let named = family(protocol).and_then(|f| self.named.get_mut(f));
                if let Some(named) = named {
                    named.entry(hostname::normal(listener.spec.hostname.as_deref())).or_default().push(id);
                }
            }
        }
    }

    fn any(&self, family: usize) -> impl Iterator<Item = usize> {
        // The smallest index, so that the answer does not depend on the order of a hash map.
        self.named.get(family).into_iter().flat_map(HashMap::values).flatten().copied().min().into_iter()
    }

    fn clash(&self, id: usize, listener: &ListenerState<'_>) -> Option<(Clash, usize)> {
        let other = |list: &[usize]| list.iter().copied().find(|o| *o != id);
        match listener.spec.protocol.as_str() {
            "UDP" => other(&self.udp).map(|o| (alone(id, o), o)),
            "TCP" => (0..3)
                .flat_map(|f| self.any(f))
                .next()
                .map(|o| (Clash::Protocol, o))
                .or_else(|| other(&self.tcp).map(|o| (alone(id, o), o))),
            protocol => {
                let own = family(protocol)?;
                let host = hostname::normal(listener.spec.hostname.as_deref());
                let same = |f: usize| self.named.get(f).and_then(|n| n.get(&host)).and_then(|ids| other(ids));
                let mixed = match own {
                    0 => self.any(1).next().or_else(|| self.any(2).next()),
                    1 => self.any(0).next().or_else(|| same(2)),
                    _ => self.any(0).next().or_else(|| same(1)),
                };
                other(&self.tcp)
                    .map(|o| (Clash::Protocol, o))
                    .or_else(|| same(own).map(|o| (Clash::Hostname, o)))
                    .or_else(|| mixed.map(|o| (Clash::Mixed, o)))
            }
        }
    }
}

/// Of several listeners that each need a port to themselves the specification serves none; an
/// implementation that picks one all the same picks the first.
const fn alone(id: usize, other: usize) -> Clash {
    if id < other { Clash::Contested } else { Clash::Protocol }
}

/// Marks the listeners of one Gateway that clash. `groups` are its owners in order of precedence (the Gateway
/// first), each with its listeners. A later owner yields to an earlier one; within one owner nobody wins.
pub(super) fn mark(listeners: &mut [ListenerState<'_>], groups: &[Vec<usize>]) {
    let mut taken: HashMap<u16, Port> = HashMap::new();
    for group in groups {
        let mut own: HashMap<u16, Port> = HashMap::new();
        let mut left = Vec::new();
        for &id in group {
            let Some(listener) = listeners.get(id) else { continue };
            let Some(port) = listener.spec.port.known().copied().filter(|_| !is_inert(listener)) else { continue };
            if let Some((clash, with)) = taken.get(&port).and_then(|p| p.clash(id, listener)) {
                let order_unknown = order_unknown(listeners, id, with);
                if let Some(listener) = listeners.get_mut(id) {
                    listener.conflict = Some(Conflict { clash, with, order_unknown });
                }
            } else {
                own.entry(port).or_default().add(id, listener);
                left.push((id, port));
            }
        }
        for (id, port) in left {
            let Some(listener) = listeners.get(id) else { continue };
            let found = own.get(&port).and_then(|p| p.clash(id, listener));
            if found.is_none_or(|(clash, _)| matches!(clash, Clash::Mixed | Clash::Contested)) {
                taken.entry(port).or_default().add(id, listener);
            }
            if let (Some((clash, with)), Some(listener)) = (found, listeners.get_mut(id)) {
                listener.conflict = Some(Conflict { clash, with, order_unknown: false });
            }
        }
    }
}

/// A TLS listener without `tls` cannot serve, so it takes nothing from others.
fn is_inert(listener: &ListenerState<'_>) -> bool {
    listener.spec.protocol == "TLS" && listener.spec.tls.is_none()
}

fn order_unknown(listeners: &[ListenerState<'_>], a: usize, b: usize) -> bool {
    let (Some(a), Some(b)) = (listeners.get(a), listeners.get(b)) else { return true };
    let is_set = |l: &ListenerState<'_>| matches!(l.owner, super::listener::Owner::Set(_));
    is_set(a) && is_set(b) && (a.owner.created().is_none() || b.owner.created().is_none())
}
