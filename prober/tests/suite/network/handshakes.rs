//! Handshakes with real TLS servers: nginx (OpenSSL), `openssl s_server`, rustls, and some that only
//! pretend.

use std::process::Command;
use std::sync::Arc;

use super::world::{World, dial, plan};
use crate::common::live::{hangs, http, resets, says_at};
use crate::common::pki::{self, Authority, Leaf};
use kubereach_prober::layer::Judgement;
use kubereach_prober::plan::{Plan, Target};
use kubereach_prober::words::*;
use rcgen::DnType;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert, ResolvesServerCertUsingSni};
use rustls::sign::CertifiedKey;

fn https(peer: &str) -> Target {
    let mut target = dial(Protocol::Https, peer);
    target.host = Some("shop.example".to_owned());
    target
}

fn tls(peer: &str) -> Target {
    Target { protocol: Protocol::Tls, ..https(peer) }
}

/// An nginx server block with a certificate.
fn block(world: &World, listen: &str, leaf: &Leaf, rest: &str) -> String {
    let name = listen.replace([':', ' '], "-");
    let certificate = world.file(&format!("{name}.crt"), &leaf.pem.0);
    let key = world.file(&format!("{name}.key"), &leaf.pem.1);
    format!(
        "server {{ listen {listen}; ssl_certificate {}; ssl_certificate_key {}; location / {{ return 200 'hello\\n'; }} {rest} }}\n",
        certificate.display(),
        key.display()
    )
}

fn trusting(authority: &Authority) -> Plan {
    let mut plan = plan();
    plan.roots = vec![authority.pem()];
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn every_certificate_of_a_real_server_has_its_class() {
    let test = "every_certificate_of_a_real_server_has_its_class";
    let Some(world) = World::enter(module_path!(), test, &["nginx"]) else {
        return;
    };
    let (authority, stranger) = (Authority::new(), Authority::new());
    let good = |names: &[&str]| authority.leaf(names, |_| {});
    let controllers = authority.leaf(&["ingress.local"], |params| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Kubernetes Ingress Controller Fake Certificate");
    });
    let as_authority = pki::self_signed(&["shop.example"], |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let blocks = [
        block(&world, "10.9.0.10:443 ssl http2", &good(&["shop.example"]), ""),
        block(&world, "10.9.0.11:443 ssl", &authority.leaf(&["shop.example"], pki::expired), ""),
        block(&world, "10.9.0.12:443 ssl", &authority.leaf(&["shop.example"], pki::of_the_future), ""),
        block(&world, "10.9.0.13:443 ssl", &good(&["other.example"]), ""),
        block(&world, "10.9.0.14:443 ssl", &pki::self_signed(&["shop.example"], |_| {}).0, ""),
        block(&world, "10.9.0.15:443 ssl", &as_authority.0, ""),
        block(&world, "10.9.0.16:443 ssl", &stranger.leaf(&["shop.example"], |_| {}), ""),
        block(&world, "10.9.0.17:443 ssl", &controllers, ""),
        block(&world, "[fd00:9::80]:443 ssl", &good(&["shop.example"]), ""),
    ];
    world.nginx(&blocks.concat(), "10.9.0.17:443");
    let mut nameless = dial(Protocol::Https, "10.9.0.10:443");
    nameless.tls_names = vec!["shop.example".to_owned(), "other.example".to_owned()];
    let rows = world.expect(
        trusting(&authority),
        vec![
            ("good, HTTP/2", https("10.9.0.10:443"), "verified http.ok"),
            ("no name", nameless, "verified http.ok"),
            ("expired", https("10.9.0.11:443"), "server-error tls.expired"),
            ("not yet valid", https("10.9.0.12:443"), "server-error tls.not-yet-valid"),
            ("for another name", https("10.9.0.13:443"), "server-error tls.wrong-name"),
            ("self-signed", https("10.9.0.14:443"), "verified http.ok"),
            ("self-signed, as an authority", https("10.9.0.15:443"), "verified http.ok"),
            ("unknown authority", https("10.9.0.16:443"), "verified http.ok"),
            ("a controller's own", https("10.9.0.17:443"), "server-error tls.default-cert"),
            ("IPv6 only", https("[fd00:9::80]:443"), "verified http.ok"),
            ("handshake alone", tls("10.9.0.10:443"), "reached tls.ok"),
            ("handshake alone, nameless", dial(Protocol::Tls, "10.9.0.10:443"), "reached tls.unjudged"),
        ],
    );
    let layer = |row: usize| rows[row].layers.iter().find(|layer| layer.layer == LayerName::Tls).unwrap();
    let classes: Vec<&str> = [0, 1, 5, 6, 7].map(|row| layer(row).class.as_str()).to_vec();
    assert_eq!(classes, ["tls.ok", "tls.unjudged", "tls.self-signed", "tls.self-signed", "tls.untrusted"]);
    assert_eq!(layer(0).tls.as_ref().unwrap().alpn.as_deref(), Some("h2"));
    assert_eq!(rows[0].layers.last().unwrap().http.as_ref().unwrap().version, "2");
    let names = &layer(1).certificate.as_ref().unwrap().other_names;
    assert_eq!((names["shop.example"], names["other.example"]), (true, false));
    assert_eq!(layer(7).certificate.as_ref().unwrap().trust, Judgement::Failed("unknown-issuer".to_owned()));
    assert!(layer(8).certificate.as_ref().unwrap().default_of.as_deref() == Some("ingress-nginx"));
}

/// Serves one certificate whatever was asked for.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn resolved_by(resolver: Arc<dyn ResolvesServerCert>) -> rustls::ServerConfig {
    rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(resolver)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_a_handshake_fails_has_its_class() {
    let test = "every_way_a_handshake_fails_has_its_class";
    let Some(world) = World::enter(module_path!(), test, &["nginx", "openssl"]) else {
        return;
    };
    let authority = Authority::new();
    let good = || authority.leaf(&["shop.example"], |_| {});
    let leaf = good();
    let ca = world.file("ca.crt", &authority.pem());
    let demands = format!("ssl_client_certificate {}; ssl_verify_client on;", ca.display());
    let blocks = [
        block(&world, "10.9.0.20:443 ssl", &leaf, &demands),
        "server { listen 10.9.0.21:443 ssl; ssl_reject_handshake on; }\n".to_owned(),
        block(&world, "10.9.0.22:443 ssl proxy_protocol", &leaf, ""),
        "server { listen 10.9.0.23:443; location / { return 200 'plain'; } }\n".to_owned(),
    ];
    world.nginx(&blocks.concat(), "10.9.0.23:443");
    // Key exchange by RSA is all it offers.
    world.here(&format!(
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=old -keyout {0}.key -out {0}.crt 2>/dev/null",
        world.file("old", "").display()
    ));
    let old = ["s_server", "-quiet", "-accept", "10.9.0.24:443", "-cert", "old.crt", "-key", "old.key", "-tls1_2"];
    world.start(Command::new("openssl").args(old).args(["-cipher", "AES128-SHA:@SECLEVEL=0"]), "10.9.0.24:443");
    for (address, version) in [("10.9.0.25:443", &rustls::version::TLS12), ("10.9.0.26:443", &rustls::version::TLS13)] {
        pki::server_at(address, pki::mutual(good(), &authority, &[version]), http("200 OK", "", "")).await;
    }
    pki::server_at("10.9.0.27:443", pki::config(good(), &["acme-tls/1"]), http("200 OK", "", "")).await;
    pki::server_at("10.9.0.28:443", resolved_by(Arc::new(ResolvesServerCertUsingSni::new())), String::new()).await;
    let key = rustls::crypto::ring::sign::any_supported_type(&leaf.key).unwrap();
    let other = CertificateDer::from(good().chain[0].as_ref().to_vec());
    let forged = Always(Arc::new(CertifiedKey::new(vec![other], key)));
    pki::server_at("10.9.0.29:443", resolved_by(Arc::new(forged)), http("200 OK", "", "")).await;
    crate::common::live::server_at("10.9.0.30:443", resets).await;
    crate::common::live::server_at("10.9.0.31:443", hangs).await;
    says_at("10.9.0.32:443", "SSH-2.0-OpenSSH_9.6\r\n").await;
    // A record of a handshake that is none.
    says_at("10.9.0.33:443", vec![22, 3, 3, 0, 6, 99, 0, 0, 2, 1, 1]).await;

    let wanted = "reached tls.client-cert-required";
    let grpcs = |peer: &str| Target { protocol: Protocol::Grpcs, ..https(peer) };
    let rows = world.expect(
        trusting(&authority),
        vec![
            // nginx shakes hands and answers 400.
            ("a client certificate, nginx", https("10.9.0.20:443"), "reached http.client-error"),
            ("a client certificate, TLS 1.2", https("10.9.0.25:443"), wanted),
            ("a client certificate, TLS 1.3", https("10.9.0.26:443"), wanted),
            ("a client certificate, handshake alone", tls("10.9.0.26:443"), wanted),
            ("no such name, nginx", https("10.9.0.21:443"), "unreachable tls.unrecognized-name"),
            ("no such name, rustls", https("10.9.0.28:443"), "unreachable tls.alert"),
            ("PROXY protocol", https("10.9.0.22:443"), "unreachable tls.reset"),
            ("plain text on 443", https("10.9.0.23:443"), "server-error tls.not-tls"),
            ("another protocol", tls("10.9.0.32:443"), "server-error tls.not-tls"),
            ("old cipher suites only", https("10.9.0.24:443"), "not-tested tls.client-limit"),
            ("no protocol of ours", grpcs("10.9.0.27:443"), "reached tls.no-application-protocol"),
            ("none of ours, asked without", https("10.9.0.27:443"), "verified http.ok"),
            ("a stranger's certificate", https("10.9.0.29:443"), "server-error tls.bad-cert"),
            ("reset", https("10.9.0.30:443"), "unreachable tls.reset"),
            ("hangs", https("10.9.0.31:443"), "unreachable tls.silent"),
            ("garbage in records", tls("10.9.0.33:443"), "unreachable tls.error"),
        ],
    );
    let plain = &rows[7];
    assert_eq!((plain.others[0].why.as_str(), plain.others[0].outcome), ("as http", Outcome::Verified));
    for row in rows.iter().filter(|row| row.outcome == Outcome::Unreachable) {
        assert!(row.tried == 2 && row.cap <= Cap::Broken, "{}", row.target);
    }
}
