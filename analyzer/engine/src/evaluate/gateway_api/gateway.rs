//! Class, controller and addresses of a Gateway.

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, PathState, SegmentName};

use crate::checks::gateway::{
    address_unusable, class_gone, class_missing, class_not_accepted, class_unseen, condition_false, no_address,
    pending, status_stale, unsupported_address_type,
};
use crate::evaluate::gateway_api::{DoorEval, FrontEval};
use crate::evaluate::service::Consumer;
use crate::resolve::conditions::{Says, says};
use crate::resolve::gateway::{Front, Fronts};
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{Condition, ConditionStatus, Gateway};
use kubereach_model::snapshot::{Found, Lookup};

/// Controllers that read EndpointSlices and dial ready addresses themselves, by the start of their
/// controllerName, from their documentation.
const DIAL_ENDPOINTS: [&str; 9] = [
    "gateway.envoyproxy.io/",
    "istio.io/",
    "projectcontour.io/",
    "gateway.nginx.org/",
    "traefik.io/",
    "kgateway.dev/",
    "solo.io/",
    "io.cilium/",
    "konghq.com/",
];

/// What the Gateway's own status says.
struct Word<'s> {
    accepted: Says<'s>,
    programmed: Says<'s>,
}

pub(crate) fn evaluate(fronts: &Fronts<'_>, front: &Front<'_>, doors: &[DoorEval]) -> FrontEval {
    let gateway = front.gateway;
    let conditions = gateway.get().status.as_ref().map(|s| &*s.conditions).unwrap_or_default();
    let generation = &gateway.get().metadata.generation;
    let word = Word {
        accepted: says(conditions, "Accepted", generation),
        programmed: says(conditions, "Programmed", generation),
    };
    let mut controller = Segment::new(SegmentName::Controller, Some(class_ref(&gateway)));
    let name = class(&mut controller, front, &word);
    let mut address = Segment::new(SegmentName::Address, Some(gateway.object()));
    addresses(&mut address, gateway, &word);
    if gateway.status.is_some() {
        let own_faults = front.doors.iter().filter_map(|d| doors.get(*d)).any(faulty);
        let told = !fronts_listener_status(fronts, front).is_empty();
        status(&mut controller, &mut address, gateway, &word, own_faults || told);
    }
    let starts = |list: &[&str]| name.as_deref().is_some_and(|n| list.iter().any(|p| n.starts_with(p)));
    FrontEval {
        consumer: if starts(&DIAL_ENDPOINTS) { Consumer::ReadyEndpoints } else { Consumer::Unknown },
        shares_hostnames: starts(&["istio.io/"]),
        reconciled: matches!(word.accepted, Says::Yes(_) | Says::No(_))
            || matches!(word.programmed, Says::Yes(_) | Says::No(_)),
        address: Arc::new(address),
        controller: Arc::new(controller),
    }
}

fn class_ref(gateway: &Gateway) -> ObjectRef {
    ObjectRef { kind: "GatewayClass".to_owned(), namespace: None, name: gateway.spec.gateway_class_name.clone() }
}

fn faulty(door: &DoorEval) -> bool {
    let bad = |s: &Segment| matches!(s.state(), PathState::Blocked | PathState::Unknown);
    bad(&door.listener) || door.tls.as_deref().is_some_and(bad)
}

/// Conditions of the front's listeners: where there are some, they say which listener is meant.
fn fronts_listener_status<'s>(fronts: &Fronts<'s>, front: &Front<'s>) -> Vec<&'s Condition> {
    let doors = front.doors.iter().filter_map(|d| fronts.doors.get(*d));
    doors.filter_map(|d| d.owner.listener_status(&d.listener.name)).flat_map(|s| &s.conditions).collect()
}

/// Was the Gateway ever programmed? Whatever its age, the status shows it.
fn was_programmed(gateway: &Gateway) -> bool {
    gateway.status.as_ref().is_some_and(|status| {
        let listeners = status.listeners.iter().flat_map(|l| &l.conditions);
        let mut all = status.conditions.iter().chain(listeners);
        !status.addresses.is_empty() || all.any(|c| c.kind == "Programmed" && c.status == ConditionStatus::True)
    })
}

/// The class; returns the controller's name.
fn class(segment: &mut Segment, front: &Front<'_>, word: &Word<'_>) -> Option<String> {
    let gateway = front.gateway;
    match &front.class {
        Lookup::Found(class) => {
            let name = class.spec.controller_name.clone().unwrap_or_default();
            segment.evaluated(format!("GatewayClass {}, controller {}", class.metadata.name, cut(&name)));
            let conditions = class.get().status.as_ref().map(|s| &*s.conditions).unwrap_or_default();
            let settled = word.accepted.is_yes() && word.programmed.is_yes();
            match says(conditions, "Accepted", &class.metadata.generation) {
                Says::No(c) => segment.add(class_not_accepted::finding(gateway, *class, c)),
                Says::Pending(c) if !settled => segment.add(class_not_accepted::finding(gateway, *class, c)),
                Says::Yes(_) | Says::Pending(_) | Says::Stale(_) | Says::Nothing => {}
            }
            Some(name)
        }
        Lookup::Absent(absence) => {
            segment.evaluated("no such GatewayClass");
            if was_programmed(&gateway) {
                segment.add(class_gone::finding(gateway));
            } else {
                segment.add(class_missing::finding(gateway, &absence.proof()));
            }
            None
        }
        Lookup::Unknown(_) if word.accepted.is_yes() => {
            segment.evaluated("a controller accepted the Gateway (its status)");
            None
        }
        Lookup::Unknown(gap) => {
            segment.add(class_unseen::finding(gateway, gap));
            None
        }
    }
}

fn addresses(segment: &mut Segment, gateway: Found<'_, Gateway>, word: &Word<'_>) {
    for (index, address) in gateway.spec.addresses.iter().enumerate() {
        let kind = address.kind.as_deref().unwrap_or_default();
        if !matches!(kind, "" | "IPAddress" | "Hostname") && !word.accepted.is_yes() {
            segment.add(unsupported_address_type::finding(gateway, index, &cut(kind)));
        }
    }
    let Some(status) = &gateway.get().status else {
        let why = if gateway.is_manifest() {
            "declared; a manifest cannot show addresses"
        } else {
            "the input holds no status"
        };
        return segment.evaluated(why);
    };
    if status.addresses.is_empty() {
        segment.evaluated("no address published");
        if word.accepted.is_yes() || word.programmed.is_yes() {
            segment.add(no_address::finding(gateway));
        }
        return;
    }
    let shown: Vec<String> = status
        .addresses
        .iter()
        .take(3)
        .map(|a| match &a.value {
            Field::Known(value) => cut(value),
            Field::Invalid(value) => cut(value),
            Field::Redacted | Field::Absent => "(masked)".to_owned(),
        })
        .collect();
    segment.evaluated(format!("published: {}", shown.join(", ")));
}

/// What the Gateway's conditions add, where nothing else was found.
fn status(controller: &mut Segment, address: &mut Segment, gateway: Found<'_, Gateway>, word: &Word<'_>, told: bool) {
    if controller.state() != PathState::Open {
        return;
    }
    let about = format!("Gateway {}", gateway.metadata.name);
    let empty = gateway.status.as_ref().is_some_and(|s| s.conditions.is_empty() && s.listeners.is_empty());
    match (word.accepted, word.programmed) {
        (Says::No(c), _) => {
            let explained = (c.reason() == "ListenersNotValid" && told)
                || (c.reason() == "UnsupportedAddress" && address.state() != PathState::Open);
            if !explained {
                controller.add(condition_false::finding(gateway.object(), &about, c));
            }
        }
        (Says::Pending(_), _) | (Says::Yes(_) | Says::Nothing, Says::Pending(_)) => {
            controller.add(pending::finding(gateway));
        }
        (Says::Stale(c), _) | (Says::Yes(_) | Says::Nothing, Says::Stale(c)) => {
            controller.add(status_stale::finding(gateway.object(), c));
        }
        (Says::Yes(_) | Says::Nothing, Says::No(c)) => match c.reason() {
            "AddressNotAssigned" | "AddressNotUsable" => address.add(address_unusable::finding(gateway, c)),
            "ListenersNotValid" | "Invalid" if told => {}
            _ => controller.add(condition_false::finding(gateway.object(), &about, c)),
        },
        (Says::Nothing, Says::Nothing) if empty => controller.add(pending::finding(gateway)),
        (Says::Yes(_) | Says::Nothing, Says::Yes(_) | Says::Nothing) => {}
    }
}
