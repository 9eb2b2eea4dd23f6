//! What the kernel says where there is no way.

use super::world::{World, dial, plan};
use kubereach_prober::words::*;

/// Routes of this machine that lead nowhere: nothing left it, so nothing is said of the target.
#[test]
fn what_this_machine_itself_cannot_send_is_not_tested() {
    let Some(world) = World::enter(module_path!(), "what_this_machine_itself_cannot_send_is_not_tested", &[]) else {
        return;
    };
    world.there("ip route add prohibit 10.8.1.0/24; ip route add blackhole 10.8.2.0/24");
    world.there("ip route add unreachable 10.8.3.0/24; ip route add throw 10.8.4.0/24");
    let tcp = |address: &str| dial(Protocol::Tcp, address);
    let mut dns = dial(Protocol::Dns, "[2001:db8::53]:53");
    dns.name = Some("x.example.".to_owned());
    let local = "not-tested norun.local-stack";
    let rows = world.expect(
        plan(),
        vec![
            ("prohibited", tcp("10.8.1.1:80"), local),
            ("black hole", tcp("10.8.2.1:80"), local),
            ("unreachable", tcp("10.8.3.1:80"), local),
            ("no IPv6 route", tcp("[2001:db8::1]:80"), local),
            ("a name server without a route", dns, local),
        ],
    );
    let numbers: Vec<Option<i32>> = rows.iter().take(4).map(|row| row.layers[0].os_error).collect();
    assert_eq!(numbers, [Some(13), Some(22), Some(113), Some(101)]);
    assert!(rows.iter().all(|row| row.cap == Cap::Nothing && row.failed_layer.is_none()));
}

/// An address of our own network that nobody has: the neighbour does not answer.
#[test]
fn a_neighbour_that_is_gone_is_unreachable() {
    let Some(world) = World::enter(module_path!(), "a_neighbour_that_is_gone_is_unreachable", &[]) else {
        return;
    };
    // One question each instead of three seconds of them.
    world.there("echo 1 > /proc/sys/net/ipv4/neigh/client/mcast_solicit");
    let mut plan = plan();
    plan.limits.connect_ms = 4_000;
    plan.limits.timeout_ms = 4_000;
    let gone = dial(Protocol::Tcp, "10.9.200.1:80");
    let rows = world.expect(plan, vec![("a pod that was", gone, "unreachable tcp.host-unreachable")]);
    assert_eq!((rows[0].layers[0].os_error, rows[0].tried), (Some(113), 2));
}

/// A router on the way that says no, and one that says nothing.
#[test]
fn a_router_that_rejects_and_one_that_drops_are_told_apart() {
    let test = "a_router_that_rejects_and_one_that_drops_are_told_apart";
    let Some(world) = World::enter(module_path!(), test, &[]) else {
        return;
    };
    world.here(
        "echo 1 > /proc/sys/net/ipv4/ip_forward; ip route add unreachable 10.8.1.0/24; \
         ip route add prohibit 10.8.2.0/24; ip route add blackhole 10.8.3.0/24",
    );
    let tcp = |address: &str| dial(Protocol::Tcp, address);
    let rows = world.expect(
        plan(),
        vec![
            ("unreachable", tcp("10.8.1.1:80"), "unreachable tcp.host-unreachable"),
            ("prohibited", tcp("10.8.2.1:80"), "unreachable tcp.host-unreachable"),
            ("black hole", tcp("10.8.3.1:80"), "unreachable tcp.timeout"),
            ("no route at the router", tcp("10.7.0.1:80"), "unreachable tcp.net-unreachable"),
            ("nobody listens", tcp("10.9.0.2:80"), "unreachable tcp.refused"),
        ],
    );
    // Silence is called so after a second try alone.
    assert_eq!((rows[2].tried, rows[2].others.len()), (2, 1));
}
