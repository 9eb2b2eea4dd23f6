//! Sample documents, and real servers.

use kubereach_prober::OBSERVATIONS_SCHEMA;
#[cfg(feature = "probe")]
pub(crate) mod http2;
#[cfg(feature = "probe")]
pub(crate) mod live;
#[cfg(feature = "probe")]
pub(crate) mod pki;

use kubereach_prober::class::Class;
use kubereach_prober::layer::Layer;
use kubereach_prober::observations::{Observations, Prober, ResultRow, Vantage};
use kubereach_prober::plan::{Plan, Span, Target};
use kubereach_prober::words::*;

pub(crate) const FRONT_DOOR: Span = Span::new(Segment::Address, Segment::Port);

pub(crate) fn plan() -> Plan {
    let mut plan = Plan::new("sha256:00");
    let mut front = Target::new("path-1", FRONT_DOOR, Protocol::Https);
    front.dial = "front-door".to_owned();
    front.address = Some("203.0.113.7".parse().unwrap());
    front.host = Some("shop.example".to_owned());
    front.path = Some("/cart?x=1".to_owned());
    front.headers.insert("x-canary".to_owned(), "yes".to_owned());
    let mut service = Target::new("path-1", Span::new(Segment::Service, Segment::Port), Protocol::Tcp);
    service.dial = "service".to_owned();
    service.name = Some("cart.shop.svc".to_owned());
    service.port = Some(80);
    plan.targets = vec![front, service];
    plan
}

pub(crate) fn row(target: &str, class: Class) -> ResultRow {
    ResultRow {
        target: target.to_owned(),
        dial: String::new(),
        also: Vec::new(),
        span: FRONT_DOOR,
        purpose: Purpose::Path,
        guessed: false,
        layers: vec![Layer::new(LayerName::Tcp, class, 3)],
        outcome: class.outcome(),
        reason: class.rule().says.to_owned(),
        class: class.word().to_owned(),
        failed_layer: None,
        cap: class.cap(),
        causes: Vec::new(),
        tried: 1,
        answered: 1,
        others: Vec::new(),
        at: "2026-01-02T03:04:05Z".to_owned(),
        command: String::new(),
    }
}

pub(crate) fn observations() -> Observations {
    Observations {
        schema: OBSERVATIONS_SCHEMA.to_owned(),
        plan: plan().digest().unwrap(),
        snapshot: String::new(),
        run: Some("run-1".to_owned()),
        prober: Prober { version: "0.1.0".to_owned() },
        vantage: Vantage::new(VantageKind::InCluster),
        started_at: "2026-01-02T03:04:05Z".to_owned(),
        finished_at: "2026-01-02T03:04:06Z".to_owned(),
        limits: kubereach_prober::plan::Limits::default(),
        cut_short: false,
        results: vec![row("path-1", Class::TcpOk), row("path-2", Class::TcpRefused)],
    }
}
