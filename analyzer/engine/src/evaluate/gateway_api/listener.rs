//! A listener: may it stand there, does it collide, what may attach, what does its status say?

use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::gateway::{
    condition_false, invalid_route_kinds, listener_hostname_conflict, listener_mixed_protocols,
    listener_port_contested, listener_protocol_conflict, mesh_protocol, no_valid_route_kinds, status_stale,
    unsupported_protocol,
};
use crate::checks::listener_set::{
    allowed_unseen, conflict_order_unseen, conflicted, not_allowed, parent_missing, parent_unseen,
};
use crate::evaluate::Cluster;
use crate::evaluate::gateway_api::{DoorEval, tls};
use crate::resolve::conditions::{Says, says};
use crate::resolve::gateway::door::{Admission, Clash, Door, Owner};
use crate::resolve::gateway::kinds::Kinds;
use crate::resolve::gateway::{Fronts, GROUP};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::Condition;

/// What the listener's current conditions say.
pub(crate) struct Word<'s> {
    conditions: &'s [Condition],
    owner: Owner<'s>,
}

impl<'s> Word<'s> {
    fn new(door: &Door<'s>) -> Self {
        let conditions = door.owner.listener_status(&door.listener.name).map(|s| &*s.conditions).unwrap_or_default();
        Self { conditions, owner: door.owner }
    }

    pub(crate) fn says(&self, kind: &str) -> Says<'s> {
        says(self.conditions, kind, self.owner.generation())
    }

    /// The controller vouches for it: accepted, and not in conflict.
    fn accepted(&self) -> bool {
        self.says("Accepted").is_yes() && !self.says("Conflicted").is_yes()
    }
}

pub(crate) fn evaluate(cluster: &Cluster<'_>, fronts: &Fronts<'_>, door: &Door<'_>) -> DoorEval {
    let said = Word::new(door);
    let mut listener = Segment::new(SegmentName::Listener, Some(door.owner.object()));
    listener.evaluated(format!("{}: {}", door.describe(), door.serves()));
    admission(&mut listener, fronts, door);
    conflict(&mut listener, fronts, door, &said);
    kinds(&mut listener, door, &said);
    let tls = tls::evaluate(cluster, fronts, door, &said);
    status(&mut listener, tls.as_ref(), door, &said);
    DoorEval { listener: Arc::new(listener), tls: tls.map(Arc::new) }
}

fn admission(segment: &mut Segment, fronts: &Fronts<'_>, door: &Door<'_>) {
    let Owner::Set(set) = door.owner else { return };
    match &door.admission {
        Admission::Admitted => {}
        Admission::Refused => {
            if let Some(front) = door.front.and_then(|f| fronts.fronts.get(f)) {
                segment.add(not_allowed::finding(set, front.gateway));
            }
        }
        Admission::Undecided(gap) => {
            if !says(door.owner.conditions(), "Accepted", door.owner.generation()).is_yes() {
                segment.add(allowed_unseen::finding(set, gap));
            }
        }
        Admission::ParentMissing(absence) => segment.add(parent_missing::finding(set, absence)),
        Admission::ParentUnseen(gap) => segment.add(parent_unseen::finding(set, gap)),
    }
}

fn conflict(segment: &mut Segment, fronts: &Fronts<'_>, door: &Door<'_>, said: &Word<'_>) {
    let Some(conflict) = &door.conflict else { return };
    let Some(other) = fronts.doors.get(conflict.with) else { return };
    let yields = door.owner.object() != other.owner.object();
    segment.add(match conflict.clash {
        Clash::Mixed | Clash::Contested if said.accepted() => return,
        Clash::Contested => listener_port_contested::finding(door, other),
        Clash::Mixed => listener_mixed_protocols::finding(door, other),
        Clash::Hostname | Clash::Protocol if yields && conflict.order_unknown => {
            conflict_order_unseen::finding(door, other)
        }
        Clash::Hostname | Clash::Protocol if yields => conflicted::finding(door, other),
        Clash::Hostname => listener_hostname_conflict::finding(door, other),
        Clash::Protocol => listener_protocol_conflict::finding(door, other),
    });
}

fn kinds(segment: &mut Segment, door: &Door<'_>, said: &Word<'_>) {
    match &door.kinds {
        Kinds::ThirdParty if door.listener.protocol == "HBONE" => segment.add(mesh_protocol::finding(door)),
        Kinds::ThirdParty if said.accepted() => {}
        Kinds::ThirdParty => segment.add(unsupported_protocol::finding(door)),
        Kinds::Known { invalid, .. } if invalid.is_empty() || said.says("ResolvedRefs").is_yes() => {}
        Kinds::Known { allowed, invalid } => {
            // Kinds of other groups are an implementation's own; it may well take them.
            let own = invalid.iter().all(|k| k.group.as_deref().is_none_or(|g| g == GROUP));
            if allowed.is_empty() && own {
                segment.add(no_valid_route_kinds::finding(door, invalid));
            } else {
                segment.add(invalid_route_kinds::finding(door, invalid));
            }
        }
    }
}

/// The status speaks only where the configuration shows no fault.
fn status(listener: &mut Segment, tls: Option<&Segment>, door: &Door<'_>, said: &Word<'_>) {
    let tls_open = tls.is_none_or(|s| matches!(s.state(), PathState::Open | PathState::Narrowed));
    if listener.state() != PathState::Open || !tls_open {
        return;
    }
    let about = door.describe();
    let bad = ["Accepted", "ResolvedRefs", "Programmed"].into_iter().find_map(|kind| match said.says(kind) {
        Says::No(c) => Some(c),
        _ => None,
    });
    let conflicted = match said.says("Conflicted") {
        Says::Yes(c) => Some(c),
        _ => None,
    };
    let stale = ["Accepted", "Programmed"].into_iter().find_map(|kind| match said.says(kind) {
        Says::Stale(c) => Some(c),
        _ => None,
    });
    if let Some(condition) = bad.or(conflicted) {
        listener.add(condition_false::finding(door.owner.object(), &about, condition));
    } else if let Some(condition) = stale {
        listener.add(status_stale::finding(door.owner.object(), condition));
    }
}
