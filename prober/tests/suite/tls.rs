//! Handshakes with real TLS servers: trust, name and dates judged apart, and every way to fail.

use crate::common;
use crate::common::live::*;
use crate::common::pki::{self, Authority};
use kubereach_prober::layer::{Judgement, Layer};
use kubereach_prober::observations::ResultRow;
use kubereach_prober::plan::Target;
use kubereach_prober::words::*;
use rcgen::DnType;

fn ok() -> String {
    http("200 OK", "", "hello")
}

fn https(peer: std::net::SocketAddr, host: &str) -> Target {
    let mut target = target(Protocol::Https, peer);
    target.host = Some(host.to_owned());
    target
}

async fn trusting(target: Target, authority: &Authority) -> ResultRow {
    let mut plan = plan(vec![target]);
    plan.roots = vec![authority.pem()];
    row_of(plan, &options()).await
}

fn tls(row: &ResultRow) -> &Layer {
    row.layers.iter().find(|layer| layer.layer == LayerName::Tls).expect("a TLS layer")
}

#[tokio::test]
async fn a_good_certificate_of_the_plans_authority_is_verified() {
    let authority = Authority::new();
    let peer = pki::server(pki::config(authority.leaf(&["shop.example", "*.shop.example"], |_| {}), &[]), ok()).await;
    let mut asked = https(peer, "shop.example:443");
    asked.tls_names = vec!["a.shop.example".to_owned(), "a.b.shop.example".to_owned()];
    let row = trusting(asked, &authority).await;
    assert_eq!(verdict(&row), "verified http.ok");
    let layer = tls(&row);
    assert_eq!(layer.class, "tls.ok");
    let certificate = layer.certificate.as_ref().unwrap();
    assert_eq!(
        (&certificate.trust, &certificate.name, &certificate.dates),
        (&Judgement::Ok, &Judgement::Ok, &Judgement::Ok)
    );
    assert_eq!(certificate.trusted_by, "plan");
    assert_eq!(certificate.names, ["shop.example", "*.shop.example"]);
    // A wildcard of a certificate covers exactly one label.
    assert!(certificate.other_names["a.shop.example"]);
    assert!(!certificate.other_names["a.b.shop.example"]);
    let facts = layer.tls.as_ref().unwrap();
    assert_eq!(facts.sni.as_deref(), Some("shop.example"));
    assert_eq!(facts.version.as_deref(), Some("1.3"));
    assert!(facts.cipher.is_some());
}

#[tokio::test]
async fn an_unknown_authority_is_a_fact_and_no_fault() {
    let authority = Authority::new();
    let peer = pki::server(pki::config(authority.leaf(&["shop.example"], |_| {}), &[]), ok()).await;
    let row = row(https(peer, "shop.example")).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert_eq!(tls(&row).class, "tls.untrusted");
    let certificate = tls(&row).certificate.as_ref().unwrap();
    assert_eq!(certificate.trust, Judgement::Failed("unknown-issuer".to_owned()));
    assert_eq!(certificate.name, Judgement::Ok);
    assert!(certificate.issuer.contains("Test Authority"));
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_accepted_where_the_plan_names_it() {
    for ca in [false, true] {
        let change = |params: &mut rcgen::CertificateParams| {
            if ca {
                params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            }
        };
        let (leaf, pem) = pki::self_signed(&["shop.example"], change);
        let peer = pki::server(pki::config(leaf, &[]), ok()).await;
        let row = row(https(peer, "shop.example")).await;
        assert_eq!((verdict(&row).as_str(), tls(&row).class.as_str()), ("verified http.ok", "tls.self-signed"));
        let mut plan = plan(vec![https(peer, "shop.example")]);
        plan.roots = vec![pem];
        assert_eq!(tls(&row_of(plan, &options()).await).class, "tls.ok");
    }
}

#[tokio::test]
async fn expired_early_and_misnamed_certificates_are_server_errors_and_hide_nothing() {
    let authority = Authority::new();
    for (leaf, class) in [
        (authority.leaf(&["shop.example"], pki::expired), "tls.expired"),
        (authority.leaf(&["shop.example"], pki::of_the_future), "tls.not-yet-valid"),
        (authority.leaf(&["other.example"], |_| {}), "tls.wrong-name"),
        (
            authority.leaf(&["ingress.local"], |params| {
                params.distinguished_name = rcgen::DistinguishedName::new();
                params.distinguished_name.push(DnType::CommonName, "Kubernetes Ingress Controller Fake Certificate");
            }),
            "tls.default-cert",
        ),
    ] {
        let peer = pki::server(pki::config(leaf, &[]), ok()).await;
        let row = trusting(https(peer, "shop.example"), &authority).await;
        assert_eq!(verdict(&row), format!("server-error {class}"));
        assert_eq!(row.failed_layer, Some(LayerName::Tls));
        // The answer behind it is on record all the same, and so is the trust.
        assert_eq!(row.layers.last().unwrap().status, Some(200));
        assert_eq!(tls(&row).certificate.as_ref().unwrap().trust, Judgement::Ok, "{class}");
        // Where clients do not verify, nothing is wrong.
        let mut lax = https(peer, "shop.example");
        lax.verify = false;
        assert_eq!(verdict(&trusting(lax, &authority).await), "verified http.ok");
    }
}

#[tokio::test]
async fn without_a_name_the_name_is_not_judged() {
    let authority = Authority::new();
    let peer = pki::server(pki::config(authority.leaf(&["shop.example"], |_| {}), &[]), ok()).await;
    let row = trusting(target(Protocol::Https, peer), &authority).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert_eq!(tls(&row).class, "tls.unjudged");
    assert_eq!(tls(&row).tls.as_ref().unwrap().sni, None);
}

#[tokio::test]
async fn dates_that_only_our_clock_finds_bad_are_excused() {
    let authority = Authority::new();
    let answer = http("200 OK", "date: Mon, 01 Jun 2020 00:00:00 GMT\r\n", "");
    let peer = pki::server(pki::config(authority.leaf(&["shop.example"], pki::expired), &[]), answer).await;
    let row = trusting(https(peer, "shop.example"), &authority).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert!(tls(&row).detail.contains("clock"), "{}", tls(&row).detail);
}

#[tokio::test]
async fn a_demand_for_a_client_certificate_is_reached_in_both_versions() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for protocol in [Protocol::Tls, Protocol::Https] {
            let config = pki::mutual(authority.leaf(&["shop.example"], |_| {}), &authority, &[version]);
            let peer = pki::server(config, ok()).await;
            let mut asked = https(peer, "shop.example");
            asked.protocol = protocol;
            let row = trusting(asked, &authority).await;
            assert_eq!(verdict(&row), "reached tls.client-cert-required", "{version:?} {protocol}");
            assert!(tls(&row).tls.as_ref().unwrap().client_certificate_requested);
        }
    }
}

#[tokio::test]
async fn plain_text_where_tls_was_planned_gets_one_second_try() {
    let peer = says(http("200 OK", "", "plain")).await;
    let row = row(https(peer, "shop.example")).await;
    assert_eq!(verdict(&row), "server-error tls.not-tls");
    assert_eq!(row.others.len(), 1);
    assert_eq!((row.others[0].why.as_str(), row.others[0].outcome), ("as http", Outcome::Verified));
    assert!(row.reason.contains("as http"), "{}", row.reason);
    assert_eq!((row.tried, row.answered), (1, 0));

    let mut assumed = https(peer, "shop.example");
    assumed.protocol_assumed = true;
    assert_eq!(common::live::row(assumed).await.outcome, Outcome::Reached);
    let ssh = says("SSH-2.0-OpenSSH_9.6\r\n").await;
    assert_eq!(verdict(&common::live::row(target(Protocol::Tls, ssh)).await), "server-error tls.not-tls");
}

#[tokio::test]
async fn alerts_have_their_meaning() {
    for (alert, expected) in [
        (70u8, "not-tested tls.client-limit"),
        (40, "not-tested tls.client-limit"),
        (112, "unreachable tls.unrecognized-name"),
        (80, "unreachable tls.alert"),
    ] {
        let peer = says(vec![21, 3, 3, 0, 2, 2, alert]).await;
        let row = row(https(peer, "shop.example")).await;
        assert_eq!(verdict(&row), expected, "{alert}");
        assert!(tls(&row).tls.as_ref().unwrap().alert.is_some());
    }
}

#[tokio::test]
async fn silence_and_closing_during_the_handshake_are_told_apart() {
    let row = row(https(server(hangs).await, "shop.example")).await;
    assert_eq!((verdict(&row).as_str(), row.cap), ("unreachable tls.silent", Cap::Unknown));
    let closes = says("").await;
    let row = common::live::row(https(closes, "shop.example")).await;
    assert_eq!((verdict(&row).as_str(), row.cap), ("unreachable tls.reset", Cap::Unknown));
    assert!(row.causes.len() > 2);
    let row = common::live::row(https(server(resets).await, "shop.example")).await;
    assert_eq!(verdict(&row), "unreachable tls.reset");
}

#[tokio::test]
async fn a_server_without_our_application_protocols_is_asked_without() {
    let authority = Authority::new();
    let config = pki::config(authority.leaf(&["shop.example"], |_| {}), &["acme-tls/1"]);
    let peer = pki::server(config, ok()).await;
    let row = trusting(https(peer, "shop.example"), &authority).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert_eq!(row.others[0].class, "tls.no-application-protocol");
}
