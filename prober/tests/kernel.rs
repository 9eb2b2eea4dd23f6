//! What the kernel says where there is no way, measured in a network of its own. Needs permission to
//! make one (`unshare`) and `ip`; skipped aloud where there is none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::assigning_clones,
    clippy::format_collect,
    clippy::too_many_lines,
    clippy::bool_assert_comparison,
    reason = "tests are read more often than run"
)]
#![cfg(feature = "probe")]

mod common;

use std::process::{Command, Stdio};

use kubereach_prober::Observations;
use kubereach_prober::plan::{Plan, Target};
use kubereach_prober::words::*;

/// Run a plan after some shell lines, in a fresh network namespace.
fn within(setup: &str, plan: &Plan) -> Option<Observations> {
    let script = format!("set -e; ip link set lo up; {setup}; exec \"$PROBER\" --bare --vantage in-cluster -");
    let mut file = tempfile::tempfile().unwrap();
    serde_json::to_writer(&mut file, plan).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let namespace = ["--map-root-user", "--net"];
    let permitted = Command::new("unshare")
        .args(namespace)
        .args(["ip", "link", "add", "left", "type", "veth", "peer", "name", "right"])
        .output();
    if !permitted.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no network namespace can be made here: {permitted:?}");
        return None;
    }
    // From here on a failure is one of the test.
    let output = Command::new("unshare")
        .args(namespace)
        .args(["sh", "-c", &script])
        .env("PROBER", env!("CARGO_BIN_EXE_kubereach-prober"))
        .stdin(Stdio::from(file))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(Observations::parse(&output.stdout).unwrap().observations)
}

fn plan(addresses: &[&str]) -> Plan {
    let mut plan = Plan::new("");
    plan.limits.connect_ms = 4_000;
    plan.limits.retry_ms = 1;
    plan.targets = addresses
        .iter()
        .map(|address| {
            let mut target = Target::new(*address, common::FRONT_DOOR, Protocol::Tcp);
            target.address = Some(address.parse().unwrap());
            target.port = Some(80);
            target
        })
        .collect();
    plan
}

/// Routes of this machine that lead nowhere: nothing left it, so nothing is said of the target.
#[test]
fn what_this_machine_itself_cannot_send_is_not_tested() {
    let setup = "ip route add prohibit 10.9.1.0/24; ip route add blackhole 10.9.2.0/24; \
                 ip route add unreachable 10.9.3.0/24";
    let addresses = ["10.9.1.1", "10.9.2.1", "10.9.3.1", "10.9.4.1", "2001:db8::1"];
    let Some(observations) = within(setup, &plan(&addresses)) else {
        return;
    };
    let seen: Vec<(String, Option<i32>)> = observations
        .results
        .iter()
        .map(|row| (format!("{} {}", row.outcome, row.class), row.layers[0].os_error))
        .collect();
    let local = "not-tested norun.local-stack".to_owned();
    assert_eq!(
        seen,
        [
            (local.clone(), Some(13)),
            (local.clone(), Some(22)),
            (local.clone(), Some(113)),
            (local.clone(), Some(101)),
            (local, Some(101)),
        ]
    );
}

/// An address of our own network that nobody has: the neighbour does not answer.
#[test]
fn a_neighbour_that_is_gone_is_unreachable() {
    let setup = "ip link add left type veth peer name right; ip addr add 10.9.0.1/24 dev left; \
                 ip link set left up; ip link set right up";
    let Some(observations) = within(setup, &plan(&["10.9.0.77"])) else {
        return;
    };
    let row = &observations.results[0];
    assert_eq!((row.outcome, row.class.as_str()), (Outcome::Unreachable, "tcp.host-unreachable"));
    assert_eq!(row.layers[0].os_error, Some(113));
    assert_eq!(row.tried, 2);
}

/// A router on the way that says no, and one that says nothing.
#[test]
fn a_router_that_rejects_and_one_that_drops_are_told_apart() {
    let setup = "unshare --net sleep 9 </dev/null >/dev/null 2>&1 & sleep 0.3; R=$!; \
                 ip link add left type veth peer name right netns $R; \
                 ip addr add 10.9.0.1/24 dev left; ip link set left up; ip route add default via 10.9.0.2; \
                 nsenter --net --target $R sh -c 'ip link set lo up; ip addr add 10.9.0.2/24 dev right; ip link set right up; \
                 echo 1 > /proc/sys/net/ipv4/ip_forward; ip route add unreachable 10.8.1.0/24; \
                 ip route add prohibit 10.8.2.0/24; ip route add blackhole 10.8.3.0/24' </dev/null >/dev/null";
    let mut plan = plan(&["10.8.1.1", "10.8.2.1", "10.8.3.1", "10.9.0.2"]);
    plan.limits.connect_ms = 1_500;
    let Some(observations) = within(setup, &plan) else {
        return;
    };
    let seen: Vec<String> = observations.results.iter().map(|row| format!("{} {}", row.outcome, row.class)).collect();
    assert_eq!(
        seen,
        [
            "unreachable tcp.host-unreachable",
            "unreachable tcp.host-unreachable",
            "unreachable tcp.timeout",
            "unreachable tcp.refused",
        ]
    );
    assert_eq!(observations.results[2].tried, 2);
}
