//! Filters, losses, and what stands in the way of a connection: nftables as CNIs and firewalls use it.

use super::world::{World, dial, measured_by, plan};
use crate::common::live::{hangs, http, says_at, server_at};
use crate::common::pki::{self, Authority};
use kubereach_prober::words::*;
use tokio::net::TcpSocket;

/// Rules for traffic that comes in, in the order given.
fn filter(world: &World, rules: &[&str]) {
    let rules: String = rules.iter().map(|rule| format!("    {rule}\n")).collect();
    let table = format!("table inet t {{\n  chain in {{\n    type filter hook input priority 0;\n{rules}  }}\n}}\n");
    let file = world.file("filter.nft", &table);
    world.here(&format!("nft -f {}", file.display()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_no_has_its_class() {
    let Some(world) = World::enter(module_path!(), "every_kind_of_no_has_its_class", &["nft"]) else {
        return;
    };
    // The limit on errors has a test of its own.
    world.here("echo 0 > /proc/sys/net/ipv4/icmp_ratelimit");
    filter(
        &world,
        &[
            "tcp dport 1 drop",
            "tcp dport 2 reject with tcp reset",
            "tcp dport 3 reject with icmp type host-unreachable",
            "tcp dport 4 reject with icmp type admin-prohibited",
            "tcp dport 5 reject with icmp type port-unreachable",
            "tcp dport 6 reject with icmp type net-unreachable",
            "tcp dport 7 reject with icmp type prot-unreachable",
            "tcp dport 8 reject with icmp type host-prohibited",
            "meta nfproto ipv6 tcp dport 9 reject with icmpv6 type admin-prohibited",
            // The handshake's last packet, and nothing before.
            "tcp dport 10 tcp flags & (syn | ack | psh | fin) == ack reject with tcp reset",
        ],
    );
    let _accepts = says_at("10.9.0.2:10", "").await;
    let tcp = |port: u16| dial(Protocol::Tcp, &format!("10.9.0.2:{port}"));
    let rows = world.expect(
        plan(),
        vec![
            ("dropped", tcp(1), "unreachable tcp.timeout"),
            ("reset", tcp(2), "unreachable tcp.refused"),
            ("host unreachable", tcp(3), "unreachable tcp.host-unreachable"),
            ("prohibited by the administrator", tcp(4), "unreachable tcp.host-unreachable"),
            ("port unreachable", tcp(5), "unreachable tcp.refused"),
            ("net unreachable", tcp(6), "unreachable tcp.net-unreachable"),
            ("protocol unreachable", tcp(7), "unreachable tcp.error"),
            ("host prohibited", tcp(8), "unreachable tcp.host-unreachable"),
            ("prohibited over IPv6", dial(Protocol::Tcp, "[fd00:9::80]:9"), "unreachable tcp.host-unreachable"),
            ("reset at the last packet", tcp(10), "unreachable tcp.reset"),
            ("nobody listens", tcp(11), "unreachable tcp.refused"),
        ],
    );
    for row in &rows {
        assert_eq!((row.tried, row.answered), (2, 0), "{}", row.target);
        assert!(row.causes.len() != 1, "{}: a symptom lists every cause or none", row.target);
    }
}

/// The trap of parallel probes: a router answers few rejections per second, and the rest looks like
/// silence to who does not ask again alone.
#[test]
fn rejections_that_are_rationed_are_not_taken_for_silence() {
    let test = "rejections_that_are_rationed_are_not_taken_for_silence";
    let Some(world) = World::enter(module_path!(), test, &["nft"]) else {
        return;
    };
    filter(&world, &["tcp dport 1 reject with icmp type port-unreachable"]);
    let mut plan = plan();
    plan.limits.connect_ms = 4_000;
    plan.limits.timeout_ms = 4_000;
    let rejected = |last: usize| dial(Protocol::Tcp, &format!("10.9.0.{last}:1"));
    world.expect(plan, (2..10).map(|last| ("rejected", rejected(last), "unreachable tcp.refused")).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_packet_is_neither_a_refusal_nor_silence() {
    let test = "a_lost_packet_is_neither_a_refusal_nor_silence";
    let Some(world) = World::enter(module_path!(), test, &["nft"]) else {
        return;
    };
    // Of the packets that open a connection every other one is lost, and of the rest one in four.
    filter(
        &world,
        &[
            "tcp dport 80 tcp flags syn numgen inc mod 2 0 drop",
            "tcp dport 80 tcp flags != syn numgen inc mod 4 1 drop",
        ],
    );
    says_at("10.9.0.2:80", http("200 OK", "", &"x".repeat(40_000))).await;
    let mut plan = plan();
    plan.limits.connect_ms = 6_000;
    plan.limits.timeout_ms = 15_000;
    let lossy = || dial(Protocol::Http, "10.9.0.2:80");
    let rows =
        world.expect(plan, vec![("first", lossy(), "verified http.ok"), ("second", lossy(), "verified http.ok")]);
    let slowest = rows.iter().filter_map(|row| row.layers.first()).map(|tcp| tcp.elapsed_ms).max();
    assert!(slowest >= Some(900), "the first packet was sent again after a second: {slowest:?}");
}

/// Small packets pass and large ones vanish: the handshake is silent, and one cause of several is named.
#[tokio::test(flavor = "multi_thread")]
async fn large_packets_that_vanish_leave_a_silent_handshake() {
    let test = "large_packets_that_vanish_leave_a_silent_handshake";
    let Some(world) = World::enter(module_path!(), test, &["nft"]) else {
        return;
    };
    let leaf = Authority::new().leaf(&["shop.example"], |_| {});
    pki::server_at("10.9.0.2:443", pki::config(leaf, &[]), String::new()).await;
    says_at("10.9.0.2:80", http("200 OK", "", &"x".repeat(1_000))).await;
    world.here("nft add table inet o");
    world.here("nft add chain inet o out '{ type filter hook output priority 0; }'");
    world.here("nft add rule inet o out tcp sport '{ 80, 443 }' meta length gt 200 drop");
    let rows = world.expect(
        plan(),
        vec![
            ("TLS", dial(Protocol::Https, "10.9.0.2:443"), "unreachable tls.silent"),
            ("HTTP", dial(Protocol::Http, "10.9.0.2:80"), "unreachable http.silent"),
        ],
    );
    assert_eq!(rows[0].cap, Cap::Unknown);
    assert!(rows[0].causes.iter().any(|cause| cause.contains("MTU")), "{:?}", rows[0].causes);
}

#[tokio::test(flavor = "multi_thread")]
async fn accepting_is_not_answering() {
    let Some(world) = World::enter(module_path!(), "accepting_is_not_answering", &[]) else {
        return;
    };
    server_at("10.9.0.2:80", hangs).await;
    // The kernel accepts for a program that never looks.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("10.9.0.2:81".parse().unwrap()).unwrap();
    let _queue = socket.listen(64).unwrap();
    world.expect(
        plan(),
        vec![
            ("hangs, TCP", dial(Protocol::Tcp, "10.9.0.2:80"), "reached tcp.ok"),
            ("hangs, HTTP", dial(Protocol::Http, "10.9.0.2:80"), "unreachable http.silent"),
            ("hangs, TLS", dial(Protocol::Tls, "10.9.0.2:80"), "unreachable tls.silent"),
            ("nobody looks, TCP", dial(Protocol::Tcp, "10.9.0.2:81"), "reached tcp.ok"),
            ("nobody looks, HTTP", dial(Protocol::Http, "10.9.0.2:81"), "unreachable http.silent"),
        ],
    );
}

/// A mesh proxy beside the prober takes every connection: one that is accepted proves nothing, an
/// answer does.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_in_the_probers_own_pod_is_noticed() {
    let test = "a_proxy_in_the_probers_own_pod_is_noticed";
    let Some(world) = World::enter(module_path!(), test, &["nginx", "ss"]) else {
        return;
    };
    world.nginx_there("server { listen 127.0.0.1:15001; listen 127.0.0.1:15006; }");
    says_at("10.9.0.2:80", http("200 OK", "", "")).await;
    let mut plan = plan();
    plan.targets = vec![dial(Protocol::Tcp, "10.9.0.2:80"), dial(Protocol::Http, "10.9.0.2:80")];
    let observations = measured_by(world.prober().env("KUBERNETES_SERVICE_HOST", "10.96.0.1"), &plan);
    assert!(observations.vantage.sidecar.is_some_and(|proxy| proxy.contains("Istio")));
    let classes: Vec<&str> = observations.results.iter().map(|row| row.class.as_str()).collect();
    assert_eq!(classes, ["tcp.intercepted", "http.ok"]);
}
