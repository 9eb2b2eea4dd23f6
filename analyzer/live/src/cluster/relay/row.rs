//! From what came back to the row of a target.

use std::time::Duration;

use kubereach_prober::class::Class;
use kubereach_prober::layer::Layer;
use kubereach_prober::observations::{ResultRow, Vantage};
use kubereach_prober::outcome::judge;
use kubereach_prober::plan::{Span, Target};
use kubereach_prober::probe::answered;
use kubereach_prober::words::{Cap, LayerName, Outcome, RelayedResource, Segment, VantageKind};

use super::super::call::{CallError, Peeked};
use super::place::{Place, Refusal, subresource};
use super::table::{Came, own_word};

/// A target that nothing was sent for.
pub(super) fn refused(target: &Target, (class, why): Refusal) -> ResultRow {
    row(target, None, layer(class, 0, why))
}

/// A target that was asked for.
pub(super) fn of(
    target: &Target,
    place: &Place,
    outcome: Result<Peeked, CallError>,
    waited: Duration,
    at: String,
) -> ResultRow {
    let elapsed = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    let layer = match outcome {
        Ok(peeked) => of_answer(target, peeked, elapsed),
        Err(CallError::Slow) => {
            let why = format!(
                "no answer came back within {} ms, of the target or of the API server; clients may fare better: network \
                 policy may keep out the control plane alone",
                waited.as_millis()
            );
            layer(Class::NorunDeadline, elapsed, why)
        }
        Err(CallError::Deadline) => layer(Class::NorunDeadline, elapsed, "the limit of the run".to_owned()),
        Err(CallError::Request(why)) => layer(Class::NorunTarget, elapsed, why),
        Err(CallError::Unauthorized(why)) => layer(Class::NorunRbac, elapsed, why),
        Err(error) => layer(
            Class::NorunVantage,
            elapsed,
            format!("the API server itself was not reached, which says nothing of the target: {error}"),
        ),
    };
    let mut row = row(target, Some(place), layer);
    row.at = at;
    row
}

fn of_answer(target: &Target, peeked: Peeked, elapsed: u64) -> Layer {
    let body = String::from_utf8_lossy(&peeked.body).into_owned();
    let relay = target.relay.as_ref();
    let name = relay.map_or("", |relay| relay.name.as_str());
    let came = Came { status: peeked.head.status.as_u16(), body: &body, name };
    match own_word(came) {
        Some((class @ Class::NorunRbac, words)) => {
            let grant = relay.map(grant).unwrap_or_default();
            layer(class, elapsed, format!("{words}{grant}"))
        }
        // A guess of the protocol that turns out wrong is the guess's fault.
        Some((class, words)) if target.protocol_assumed && above_transport(class) => layer(
            Class::NorunProtocol,
            elapsed,
            format!("that it speaks {} was only assumed; {words}", target.protocol),
        ),
        Some((class, words)) => layer(class, elapsed, words),
        None => {
            let mut layer = answered(&peeked.head, peeked.body, peeked.cut, target, elapsed);
            // Headers may be the API server's own; who answered is not told by them here.
            layer.answered_by = None;
            if matches!(came.status, 502..=504) {
                layer.detail.push_str(", of the target or of a balancer before the API server");
            }
            layer
        }
    }
}

fn grant(relay: &kubereach_prober::plan::Relay) -> String {
    format!(
        "; to be allowed to, ask for: kubectl create role kubereach-relay -n {} --verb=get --resource={} (and a \
         rolebinding to it)",
        relay.namespace,
        subresource(relay.resource)
    )
}

const fn above_transport(class: Class) -> bool {
    matches!(class, Class::TlsNotTls | Class::TlsAlert | Class::HttpNotHttp | Class::HttpReset | Class::HttpSilent)
}

fn layer(class: Class, elapsed: u64, detail: String) -> Layer {
    let name = match class.word().split_once('.') {
        Some(("dns", _)) => LayerName::Dns,
        Some(("tcp", _)) => LayerName::Tcp,
        Some(("tls", _)) => LayerName::Tls,
        _ => LayerName::Http,
    };
    Layer::new(name, class, elapsed).with_detail(detail)
}

fn row(target: &Target, place: Option<&Place>, layer: Layer) -> ResultRow {
    let judged = judge(target, std::slice::from_ref(&layer), &Vantage::new(VantageKind::Apiserver));
    // The API server's own words come first; what its class says of a direct dial is not quite what happened.
    let reason = match (judged.outcome, layer.detail.is_empty()) {
        (Outcome::Unreachable | Outcome::NotTested, false) => layer.detail.clone(),
        _ => judged.reason,
    };
    let tried = u32::from(place.is_some() && judged.outcome != Outcome::NotTested);
    let answered = u32::from(matches!(judged.outcome, Outcome::Verified | Outcome::Reached));
    let on_pod = target.relay.as_ref().is_some_and(|relay| relay.resource == RelayedResource::Pods);
    ResultRow {
        target: target.id.clone(),
        dial: target.dial.clone(),
        also: target.also.clone(),
        // What the control plane dials crosses no policy of a client.
        span: if on_pod { Span::new(target.span.from, target.span.to.min(Segment::Port)) } else { target.span },
        purpose: target.purpose,
        guessed: target.guessed || place.is_some_and(|place| place.altered),
        outcome: judged.outcome,
        reason,
        class: judged.class,
        failed_layer: judged.failed_layer,
        // It says nothing against the way clients take.
        cap: judged.cap.min(Cap::Unknown),
        causes: judged.causes,
        tried,
        answered,
        others: Vec::new(),
        at: super::now(),
        command: place.filter(|place| !place.is_head()).map(command).unwrap_or_default(),
        layers: vec![layer],
    }
}

fn command(place: &Place) -> String {
    format!("kubectl get --raw '{}'", place.url().replace('\'', "'\\''"))
}
