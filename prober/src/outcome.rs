//! What a ladder comes to (`docs/design.md#measurement`): a pure function of the target, the layers and the
//! vantage. The rows are in [`crate::class`]; here are the few rules that look at more than one.

use std::net::IpAddr;

use crate::class::Class;
use crate::guard;
use crate::layer::Layer;
use crate::observations::Vantage;
use crate::plan::Target;
use crate::words::{Cap, LayerName, LayerState, Outcome, Protocol, VantageKind};

/// What the layers of one attempt come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The outcome.
    pub outcome: Outcome,
    /// The class that decided; the word itself if it is one of a newer program.
    pub class: String,
    /// Why, in words.
    pub reason: String,
    /// The layer that failed, if one did.
    pub failed_layer: Option<LayerName>,
    /// The worst that may be concluded.
    pub cap: Cap,
    /// Causes that fit.
    pub causes: Vec<String>,
}

/// Judge the layers of one attempt at `target`, in the order they were climbed.
pub fn judge(target: &Target, layers: &[Layer], vantage: &Vantage) -> Judged {
    let Some(last) = layers.last() else {
        return of(Class::NorunDeadline, None, "nothing was begun");
    };
    let Some(class) = Class::from_word(&last.class) else {
        return Judged {
            outcome: Outcome::NotTested,
            class: last.class.clone(),
            reason: format!("{} is not a class this program knows", crate::error::shortened(&last.class)),
            failed_layer: None,
            cap: Cap::Nothing,
            causes: Vec::new(),
        };
    };
    let plain = of(class, Some(last), &last.detail);
    vantage_rules(target, layers, vantage, class, &plain)
        .or_else(|| assumed_protocol(target, layers, class))
        .or_else(|| certificate_rule(target, layers, &plain))
        .or_else(|| resolved_name(target, class, last))
        .unwrap_or(plain)
}

/// A row of the table, in words.
fn of(class: Class, layer: Option<&Layer>, detail: &str) -> Judged {
    let rule = class.rule();
    let blames = matches!(rule.outcome, Outcome::Unreachable | Outcome::ServerError);
    Judged {
        outcome: rule.outcome,
        class: class.word().to_owned(),
        reason: if detail.is_empty() { rule.says.to_owned() } else { format!("{}: {detail}", rule.says) },
        failed_layer: layer.filter(|layer| blames || layer.state == LayerState::Failed).map(|layer| layer.layer),
        cap: rule.cap,
        causes: rule.causes.iter().map(|cause| (*cause).to_owned()).collect(),
    }
}

/// What this vantage cannot tell is not tested: success that its own proxy fakes, and failures that
/// may be its own (a name only the cluster resolves, a private address of another network).
fn vantage_rules(target: &Target, layers: &[Layer], vantage: &Vantage, class: Class, plain: &Judged) -> Option<Judged> {
    if class == Class::TcpOk
        && let Some(proxy) = &vantage.sidecar
    {
        return Some(of(Class::TcpIntercepted, layers.last(), proxy));
    }
    if vantage.kind != VantageKind::Local || plain.outcome != Outcome::Unreachable {
        return None;
    }
    let layer = layers.last()?;
    if layer.layer == LayerName::Dns {
        let detail = format!("the name does not resolve from here ({class}); elsewhere it may");
        return Some(of(Class::NorunVantage, None, &detail));
    }
    let dialled: Option<IpAddr> = layers.iter().rev().find_map(|l| l.peer).map(|peer| peer.ip());
    let private = dialled.or(target.address).is_some_and(guard::is_private);
    private.then(|| {
        let detail = format!("a private address that may not be routed to from here ({class})");
        of(Class::NorunVantage, None, &detail)
    })
}

/// The protocol was a guess, and something accepted the connection: what failed above it is the
/// guess, not the target. Only what the transport showed is said.
fn assumed_protocol(target: &Target, layers: &[Layer], class: Class) -> Option<Judged> {
    let above = layers.last().is_some_and(|layer| layer.layer > LayerName::Tcp);
    let failed = class.state() == LayerState::Failed;
    let connected = layers.iter().any(|l| l.layer == LayerName::Tcp && l.state == LayerState::Passed);
    (target.protocol_assumed && above && failed && connected).then(|| Judged {
        outcome: Outcome::Reached,
        class: class.word().to_owned(),
        reason: format!("a connection was accepted; that it speaks {} was only assumed ({class})", target.protocol),
        failed_layer: None,
        cap: Cap::Nothing,
        causes: Vec::new(),
    })
}

/// A certificate that verifying clients refuse outweighs a good answer behind it. Where clients do
/// not verify, it is a fact of the layer and no more.
fn certificate_rule(target: &Target, layers: &[Layer], plain: &Judged) -> Option<Judged> {
    let tls = layers.iter().find(|layer| layer.layer == LayerName::Tls)?;
    let class = Class::from_word(&tls.class).filter(|class| class.is_certificate_fault())?;
    if !target.verify {
        return (plain.class == tls.class).then(|| Judged {
            outcome: Outcome::Reached,
            failed_layer: None,
            cap: Cap::Nothing,
            causes: Vec::new(),
            ..plain.clone()
        });
    }
    matches!(plain.outcome, Outcome::Reached | Outcome::Verified).then(|| of(class, Some(tls), &tls.detail))
}

/// Where the question is the name itself, its answer is an answer.
fn resolved_name(target: &Target, class: Class, layer: &Layer) -> Option<Judged> {
    (target.protocol == Protocol::Dns && class.state() == LayerState::Passed)
        .then(|| Judged { outcome: Outcome::Reached, ..of(class, None, &layer.detail) })
}
