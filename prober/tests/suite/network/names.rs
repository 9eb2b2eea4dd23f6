//! Names, as a pod's resolver asks a real server (Knot DNS) for them.

use std::process::Command;

use super::world::{World, dial, named, plan};
use kubereach_prober::plan::Target;
use kubereach_prober::words::*;

const SEARCH: &str = "search shop.svc.cluster.test svc.cluster.test cluster.test\noptions ndots:5\n";
const GOOD: &str = "nameserver 10.9.0.53\n";

/// Knot DNS with a zone as a cluster has it, and one that it cannot load.
fn knot(world: &World) {
    let many: String = (0..1000).map(|i| format!("many.shop.svc A 10.9.{}.{}\n", i / 250, i % 250 + 1)).collect();
    world.file(
        "cluster.zone",
        &format!(
            "$ORIGIN cluster.test.\n$TTL 5\n@ SOA ns hostmaster 1 60 60 60 60\n@ NS ns\nns A 10.9.0.53\n\
             web.shop.svc A 10.9.0.80\nsix.shop.svc AAAA fd00:9::80\nalias.shop.svc CNAME web.shop.svc\n\
             _http._tcp.web.shop.svc SRV 0 100 8080 web.shop.svc\ntext.shop.svc TXT \"no address\"\n\
             nowhere.shop.svc A 127.0.0.1\n{many}"
        ),
    );
    let at = world.file("knot.conf", "").parent().unwrap().display().to_string();
    world.file(
        "knot.conf",
        &format!(
            "server:\n  rundir: \"{at}\"\n  listen: [10.9.0.53@53, \"fd00:9::53@53\", 169.254.20.10@53]\n  \
             udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n\
             database:\n  storage: \"{at}/db\"\n\
             zone:\n  - domain: cluster.test\n    file: \"{at}/cluster.zone\"\n    zonefile-sync: -1\n    journal-content: none\n  \
             - domain: broken.test\n    file: \"{at}/missing.zone\"\n"
        ),
    );
    // A node-local cache, where some clusters have it.
    world.here("ip route add local 169.254.20.10/32 dev lo");
    world.start(Command::new("knotd").args(["-c", "knot.conf"]), "10.9.0.53:53");
}

fn of(record: RecordType, name: &str) -> Target {
    let mut target = named(Protocol::Dns, name);
    target.records = vec![record];
    target
}

#[test]
fn every_answer_of_a_real_server_has_its_class() {
    let Some(world) = World::enter(module_path!(), "every_answer_of_a_real_server_has_its_class", &["knotd"]) else {
        return;
    };
    knot(&world);
    world.resolver(&format!("{GOOD}{SEARCH}"));
    let name = |name| named(Protocol::Dns, name);
    let rows = world.expect(
        plan(),
        vec![
            ("by the search list", name("web"), "reached dns.ok"),
            ("with the namespace", name("web.shop"), "reached dns.ok"),
            ("absolute", name("web.shop.svc.cluster.test."), "reached dns.ok"),
            ("over IPv6", name("six"), "reached dns.ok"),
            ("an alias", name("alias"), "reached dns.ok"),
            ("a named port", of(RecordType::Srv, "_http._tcp.web.shop.svc"), "reached dns.ok"),
            ("a thousand answers", of(RecordType::A, "many"), "reached dns.ok"),
            ("loopback", name("nowhere"), "reached dns.bad-answer"),
            ("no such name", name("gone.shop.svc.cluster.test."), "unreachable dns.nxdomain"),
            // Asked for as it is last, outside of what this server is for.
            ("no such name, searched", name("gone"), "unreachable dns.refused-rcode"),
            ("no address", name("text.shop.svc.cluster.test."), "unreachable dns.nodata"),
            ("not its zone", name("www.example.com."), "unreachable dns.refused-rcode"),
            ("a broken zone", name("www.broken.test."), "unreachable dns.servfail"),
        ],
    );
    assert_eq!(rows[3].layers[0].addresses, ["fd00:9::80".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(rows[5].layers[0].lookups.last().unwrap().answers, ["web.shop.svc.cluster.test.:8080"]);
    let many = &rows[6].layers[0];
    assert!(many.lookups.iter().any(|lookup| lookup.transport == "tcp" && lookup.result == "NOERROR"), "{many:?}");
    assert!(many.addresses.len() <= 32 && many.detail.contains("1000 addresses"), "{}", many.detail);
    let searched: Vec<&str> = rows[9].layers[0].lookups.iter().map(|lookup| lookup.result.as_str()).collect();
    assert_eq!(searched[..3], ["NXDOMAIN", "NXDOMAIN", "NXDOMAIN"]);
}

#[test]
fn servers_that_do_not_answer_are_told_apart() {
    let Some(world) = World::enter(module_path!(), "servers_that_do_not_answer_are_told_apart", &["knotd", "nft"])
    else {
        return;
    };
    knot(&world);
    world.here("echo 0 > /proc/sys/net/ipv4/icmp_ratelimit");
    world.here(
        "nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'; \
         nft add rule inet t in ip daddr 10.9.0.60 udp dport 53 drop; \
         nft add rule inet t in ip daddr 10.9.0.62 udp dport 53 reject with icmp type admin-prohibited; \
         nft add rule inet t in ip6 daddr fd00:9::53 tcp dport 53 drop",
    );
    let web = || of(RecordType::A, "web.shop.svc.cluster.test.");
    let with = |servers: &str, what: &'static str, target: Target, expected: &'static str| {
        world.resolver(&format!("{servers}{SEARCH}"));
        world.expect(plan(), vec![(what, target, expected)]).remove(0)
    };
    with("nameserver 10.9.0.60\n", "dropped", web(), "unreachable dns.timeout");
    let closed = with("nameserver 10.9.0.61\n", "nobody listens", web(), "unreachable dns.port-unreachable");
    assert_eq!(closed.layers[0].lookups[0].os_error, Some(111));
    let rejected = with("nameserver 10.9.0.62\n", "rejected", web(), "unreachable dns.error");
    assert_eq!(rejected.layers[0].lookups[0].os_error, Some(113));
    let partial = with(&format!("nameserver 10.9.0.60\n{GOOD}"), "one of two", web(), "reached dns.partial");
    assert_eq!(partial.layers[0].addresses.len(), 1);
    // Policies that allow port 53 over UDP only.
    let many = of(RecordType::A, "many.shop.svc.cluster.test.");
    with("nameserver fd00:9::53\n", "no TCP", many, "unreachable dns.truncated-no-tcp");
    with("", "no server at all", web(), "not-tested norun.no-resolver");
    // The guard's one exception, port 53 of a configured server; and not one port more.
    with("nameserver 169.254.20.10\n", "a node-local cache", web(), "reached dns.ok");
    let cache = dial(Protocol::Tcp, "169.254.20.10:80");
    with("nameserver 169.254.20.10\n", "its other ports", cache, "not-tested norun.guard");
    let mut unlisted = dial(Protocol::Dns, "169.254.20.10:53");
    unlisted.name = Some("web.shop.svc.cluster.test.".to_owned());
    with(GOOD, "a server that is not configured", unlisted, "not-tested norun.guard");
}

/// Each question takes its time: together they are slow, and all the same an answer.
#[test]
fn a_slow_server_is_slow_not_down() {
    let Some(world) = World::enter(module_path!(), "a_slow_server_is_slow_not_down", &["knotd", "nft"]) else {
        return;
    };
    knot(&world);
    // The first packet of every flow is lost for a moment: the second round gets through.
    world.here(
        "nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'; \
         nft add rule inet t in udp dport 53 numgen inc mod 2 0 drop",
    );
    world.resolver(&format!("{GOOD}{SEARCH}"));
    let mut plan = plan();
    plan.limits.dns_ms = 1_200;
    let row = world.expect(plan, vec![("slow", of(RecordType::A, "web"), "reached dns.slow")]).remove(0);
    let results: Vec<&str> = row.layers[0].lookups.iter().map(|lookup| lookup.result.as_str()).collect();
    assert_eq!(results, ["timeout", "NOERROR"]);
}

#[test]
fn datagrams_are_answered_refused_or_inconclusive() {
    let Some(world) = World::enter(module_path!(), "datagrams_are_answered_refused_or_inconclusive", &["knotd", "nft"])
    else {
        return;
    };
    knot(&world);
    world.here(
        "nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'; \
         nft add rule inet t in ip daddr 10.9.0.60 udp dport 53 drop; \
         nft add rule inet t in ip daddr 10.9.0.62 udp dport 53 reject with icmp type admin-prohibited",
    );
    let ask = |server: &str| {
        let mut target = dial(Protocol::Udp, server);
        target.query = Some("web.shop.svc.cluster.test.".to_owned());
        target
    };
    world.expect(
        plan(),
        vec![
            ("answered", ask("10.9.0.53:53"), "reached udp.answered"),
            ("nobody listens", ask("10.9.0.61:53"), "unreachable udp.refused"),
            ("rejected", ask("10.9.0.62:53"), "unreachable udp.refused"),
            ("dropped", ask("10.9.0.60:53"), "not-tested udp.silent"),
            ("not DNS", dial(Protocol::Udp, "10.9.0.2:123"), "not-tested norun.protocol"),
            ("SCTP", dial(Protocol::Sctp, "10.9.0.2:123"), "not-tested norun.protocol"),
        ],
    );
}
