//! The table of classes, row by row, and the few rules that look at more than one layer.

use crate::common;
use kubereach_prober::class::Class;
use kubereach_prober::layer::Layer;
use kubereach_prober::observations::Vantage;
use kubereach_prober::outcome::{Judged, judge};
use kubereach_prober::plan::Target;
use kubereach_prober::words::*;

/// What a ladder that ends so comes to, and the worst it may be used for: `docs/semantics/measurement.md`, as far as
/// a unit can show it.
const ROWS: &str = "
norun.rbac skipped not-tested nothing
norun.admission skipped not-tested nothing
norun.quota skipped not-tested nothing
norun.unschedulable skipped not-tested nothing
norun.image skipped not-tested nothing
norun.container skipped not-tested nothing
norun.sandbox skipped not-tested nothing
norun.mesh-init skipped not-tested nothing
norun.deadline skipped not-tested nothing
norun.result-lost skipped not-tested nothing
norun.no-resolver skipped not-tested nothing
norun.guard skipped not-tested nothing
norun.protocol skipped not-tested nothing
norun.local-stack skipped not-tested nothing
norun.version skipped not-tested nothing
norun.vantage skipped not-tested nothing
norun.target skipped not-tested nothing
norun.limit skipped not-tested nothing
dns.ok passed not-tested nothing
dns.slow passed not-tested nothing
dns.partial passed not-tested nothing
dns.bad-answer passed not-tested nothing
dns.truncated-no-tcp failed unreachable degraded
dns.nxdomain failed unreachable broken
dns.nodata failed unreachable broken
dns.servfail failed unreachable degraded
dns.refused-rcode failed unreachable unknown
dns.timeout failed unreachable unknown
dns.malformed failed unreachable unknown
dns.port-unreachable failed unreachable broken
dns.error failed unreachable unknown
tcp.ok passed reached nothing
tcp.intercepted skipped not-tested nothing
tcp.refused failed unreachable broken
tcp.timeout failed unreachable broken
tcp.host-unreachable failed unreachable broken
tcp.net-unreachable failed unreachable broken
tcp.not-permitted failed unreachable unknown
tcp.reset failed unreachable broken
tcp.error failed unreachable unknown
tls.ok passed reached nothing
tls.unjudged passed reached nothing
tls.untrusted passed reached nothing
tls.self-signed passed reached nothing
tls.expired passed server-error degraded
tls.not-yet-valid passed server-error degraded
tls.wrong-name passed server-error degraded
tls.default-cert passed server-error degraded
tls.bad-cert passed server-error degraded
tls.not-tls failed server-error degraded
tls.client-limit failed not-tested nothing
tls.client-cert-required failed reached nothing
tls.unrecognized-name failed unreachable broken
tls.no-application-protocol failed reached nothing
tls.alert failed unreachable unknown
tls.reset failed unreachable unknown
tls.silent failed unreachable unknown
tls.error failed unreachable unknown
http.ok passed verified nothing
http.expected passed verified nothing
http.unexpected passed reached nothing
http.informational passed reached nothing
http.redirect passed reached nothing
http.wrong-scheme passed reached nothing
http.auth passed reached nothing
http.not-found passed reached nothing
http.no-route passed server-error degraded
http.method passed reached nothing
http.misdirected passed reached nothing
http.upgrade passed reached nothing
http.rate-limited passed reached nothing
http.client-error passed reached nothing
http.app-error passed reached nothing
http.no-upstream passed server-error degraded
http.bad-gateway passed server-error degraded
http.gateway-timeout passed server-error degraded
http.not-http failed server-error degraded
http.malformed failed server-error degraded
http.too-large failed not-tested nothing
http.other-version failed server-error degraded
http.reset failed unreachable unknown
http.incomplete failed server-error degraded
http.silent failed unreachable degraded
http.stream failed server-error degraded
grpc.serving passed verified nothing
grpc.not-serving passed server-error degraded
grpc.service-unknown passed reached nothing
grpc.unimplemented passed reached nothing
grpc.denied passed reached nothing
grpc.unavailable passed server-error degraded
grpc.status passed reached nothing
grpc.not-grpc passed server-error degraded
udp.answered passed reached nothing
udp.refused failed unreachable broken
udp.silent skipped not-tested nothing
";

#[test]
fn every_class_comes_to_what_the_taxonomy_says() {
    let table: Vec<String> = Class::ALL
        .iter()
        .map(|class| format!("{class} {} {} {}", class.state(), class.outcome(), class.cap()))
        .collect();
    let expected: Vec<&str> = ROWS.trim().lines().collect();
    assert_eq!(table, expected);
}

#[test]
fn words_are_unique_and_read_back() {
    for class in Class::ALL {
        assert_eq!(Class::from_word(class.word()), Some(*class));
        assert!(!class.rule().says.is_empty());
    }
    assert_eq!(Class::from_word("tcp.of-the-future"), None);
}

#[test]
fn nothing_that_could_not_run_and_no_answer_may_condemn() {
    for class in Class::ALL {
        let rule = class.rule();
        if class.could_not_run() {
            assert_eq!((rule.state, rule.outcome), (LayerState::Skipped, Outcome::NotTested), "{class}");
        }
        if matches!(rule.outcome, Outcome::NotTested | Outcome::Reached | Outcome::Verified) {
            assert_eq!(rule.cap, Cap::Nothing, "{class}");
        } else {
            assert_ne!(rule.cap, Cap::Nothing, "{class}");
        }
        if rule.outcome == Outcome::ServerError {
            assert!(rule.cap <= Cap::Degraded, "{class}");
        }
    }
}

fn layer(name: LayerName, class: Class) -> Layer {
    let mut layer = Layer::new(name, class, 1);
    layer.peer = Some("10.0.0.1:443".parse().unwrap());
    layer
}

fn target(protocol: Protocol) -> Target {
    let mut target = Target::new("p", common::FRONT_DOOR, protocol);
    target.address = Some("10.0.0.1".parse().unwrap());
    target
}

fn judged(target: &Target, layers: &[Layer], kind: VantageKind) -> Judged {
    judge(target, layers, &Vantage::new(kind))
}

#[test]
fn a_certificate_that_clients_refuse_outweighs_the_answer_behind_it() {
    let layers = [
        layer(LayerName::Tcp, Class::TcpOk),
        layer(LayerName::Tls, Class::TlsExpired),
        layer(LayerName::Http, Class::HttpOk),
    ];
    let mut target = target(Protocol::Https);
    let verdict = judged(&target, &layers, VantageKind::InCluster);
    assert_eq!((verdict.outcome, verdict.class.as_str()), (Outcome::ServerError, "tls.expired"));
    assert_eq!(verdict.failed_layer, Some(LayerName::Tls));
    // Behind a controller that does not verify it is a fact and no more.
    target.verify = false;
    assert_eq!(judged(&target, &layers, VantageKind::InCluster).outcome, Outcome::Verified);
    let handshake_only = &layers[..2];
    target.protocol = Protocol::Tls;
    assert_eq!(judged(&target, handshake_only, VantageKind::InCluster).outcome, Outcome::Reached);
}

#[test]
fn an_unknown_authority_does_not_spoil_a_success() {
    let layers = [layer(LayerName::Tls, Class::TlsUntrusted), layer(LayerName::Http, Class::HttpOk)];
    let verdict = judged(&target(Protocol::Https), &layers, VantageKind::InCluster);
    assert_eq!(verdict.outcome, Outcome::Verified);
}

#[test]
fn a_certificate_fault_does_not_hide_a_worse_answer() {
    let layers = [layer(LayerName::Tls, Class::TlsWrongName), layer(LayerName::Http, Class::HttpSilent)];
    let verdict = judged(&target(Protocol::Https), &layers, VantageKind::InCluster);
    assert_eq!((verdict.outcome, verdict.class.as_str()), (Outcome::Unreachable, "http.silent"));
}

#[test]
fn a_laptop_condemns_no_private_address_and_no_name() {
    let refused = [layer(LayerName::Tcp, Class::TcpRefused)];
    let target = target(Protocol::Tcp);
    assert_eq!(judged(&target, &refused, VantageKind::Local).class, "norun.vantage");
    assert_eq!(judged(&target, &refused, VantageKind::InCluster).outcome, Outcome::Unreachable);
    let mut public = layer(LayerName::Tcp, Class::TcpRefused);
    public.peer = Some("203.0.113.9:443".parse().unwrap());
    assert_eq!(judged(&target, &[public], VantageKind::Local).outcome, Outcome::Unreachable);
    let mut name = layer(LayerName::Dns, Class::DnsNxdomain);
    name.peer = None;
    let verdict = judged(&target, &[name.clone()], VantageKind::Local);
    assert_eq!((verdict.outcome, verdict.cap), (Outcome::NotTested, Cap::Nothing));
    assert_eq!(judged(&target, &[name], VantageKind::InCluster).outcome, Outcome::Unreachable);
    // An answer stays an answer, for that vantage.
    let ok = [layer(LayerName::Tcp, Class::TcpOk)];
    assert_eq!(judged(&target, &ok, VantageKind::Local).outcome, Outcome::Reached);
}

#[test]
fn a_connection_through_a_proxy_at_the_vantage_proves_nothing() {
    let mut vantage = Vantage::new(VantageKind::InCluster);
    vantage.sidecar = Some("Istio".to_owned());
    let ok = [layer(LayerName::Tcp, Class::TcpOk)];
    assert_eq!(judge(&target(Protocol::Tcp), &ok, &vantage).class, "tcp.intercepted");
    // An answer of the application does.
    let answered = [layer(LayerName::Tcp, Class::TcpOk), layer(LayerName::Http, Class::HttpOk)];
    assert_eq!(judge(&target(Protocol::Http), &answered, &vantage).outcome, Outcome::Verified);
}

#[test]
fn a_protocol_that_was_only_assumed_is_not_held_against_the_target() {
    let mut target = target(Protocol::Http);
    let layers = [layer(LayerName::Tcp, Class::TcpOk), layer(LayerName::Http, Class::HttpNotHttp)];
    assert_eq!(judged(&target, &layers, VantageKind::InCluster).outcome, Outcome::ServerError);
    target.protocol_assumed = true;
    let verdict = judged(&target, &layers, VantageKind::InCluster);
    assert_eq!((verdict.outcome, verdict.cap), (Outcome::Reached, Cap::Nothing));
    // A refusal is one in every protocol, and so is an intermediary's answer.
    let refused = [layer(LayerName::Tcp, Class::TcpRefused)];
    assert_eq!(judged(&target, &refused, VantageKind::InCluster).outcome, Outcome::Unreachable);
    let gateway = [layer(LayerName::Tcp, Class::TcpOk), layer(LayerName::Http, Class::HttpBadGateway)];
    assert_eq!(judged(&target, &gateway, VantageKind::InCluster).outcome, Outcome::ServerError);
}

#[test]
fn a_name_that_resolves_is_reachability_of_nothing_but_the_name() {
    let resolved = [layer(LayerName::Dns, Class::DnsOk)];
    assert_eq!(judged(&target(Protocol::Http), &resolved, VantageKind::InCluster).outcome, Outcome::NotTested);
    assert_eq!(judged(&target(Protocol::Dns), &resolved, VantageKind::InCluster).outcome, Outcome::Reached);
}

#[test]
fn a_class_of_the_future_and_no_layer_at_all_are_not_tested() {
    let mut future = layer(LayerName::Tcp, Class::TcpOk);
    future.class = "tcp.of-the-future".to_owned();
    assert_eq!(judged(&target(Protocol::Tcp), &[future], VantageKind::InCluster).outcome, Outcome::NotTested);
    assert_eq!(judged(&target(Protocol::Tcp), &[], VantageKind::InCluster).outcome, Outcome::NotTested);
}
