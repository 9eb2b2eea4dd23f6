//! Clients that mean harm, or are broken: the server stands, answers the next one, and stays small.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Client, bundle, server, shop};

#[test]
fn what_makes_no_sense_is_refused_and_the_next_call_is_answered() {
    let mut client = shop();
    let unknown = client.ask("tools/call", json!({"name": "../../bin/sh", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    // Tools that this server does not offer are unknown, too.
    for tool in ["measure", "refresh", "diff"] {
        assert_eq!(client.ask("tools/call", json!({"name": tool, "arguments": {}}))["error"]["code"], -32602);
    }
    assert_eq!(client.ask("no/such/method", json!({}))["error"]["code"], -32601);
    let wrong = [
        json!({"kind": "Service", "namespace": "shop", "name": "cart", "kubeconfig": "/etc/kubernetes/admin.conf"}),
        json!({"kind": "Service", "namespace": "shop", "name": ["cart"]}),
        json!({"kind": 7}),
        json!({}),
        json!({"kind": "Service", "namespace": "shop", "name": "cart", "max_bytes": 10}),
        json!({"kind": "Service", "namespace": "shop", "name": "cart", "max_bytes": "all"}),
        json!({"kind": "Service", "namespace": "shop", "name": "cart", "cursor": "9999999999999999999999.x"}),
        json!({"kind": "Service", "namespace": "shop", "name": "x".repeat(70_000)}),
    ];
    for arguments in wrong {
        let why = client.refused("diagnose", arguments);
        assert!(why.len() < 1_000 && why.contains("error"), "{why}");
    }
    // Too deep to be read, and no JSON at all: nobody knows whom to answer.
    client.raw("[".repeat(100_000).as_bytes());
    client.raw(b"}{ not json");
    client.raw(b"\xff\xfe\x00");
    client.raw(&vec![b'x'; 5 * 1024 * 1024]);
    let huge = json!({"jsonrpc": "2.0", "id": "huge", "method": "tools/call", "params": {"name": "overview", "arguments": {"source": "y".repeat(5 * 1024 * 1024)}}});
    client.send(&huge);
    assert_eq!(client.tool("overview", json!({}))["summary"]["broken"], 1);
}

#[test]
fn no_name_leads_out_of_the_sources() {
    let mut client = shop();
    for source in
        ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "live", "~/.kube/config", "", "codes", "%2e%2e"]
    {
        let why = client.refused("overview", json!({"source": source}));
        assert!(why.contains("there is no source") && !why.contains("root:"), "{why}");
    }
    let uris = [
        "file:///etc/passwd",
        "kubereach://../../etc/passwd",
        "kubereach://support-bundle-2026-01-02t03-04-05/../../../../etc/passwd",
        "kubereach://support-bundle-2026-01-02t03-04-05/report/../../x",
        "kubereach://codes/../../../etc/passwd",
        "kubereach://codes/%2e%2e/x",
        "kubereach://",
        "http://169.254.169.254/latest/meta-data",
        "",
    ];
    for uri in uris {
        let answer = client.ask("resources/read", json!({"uri": uri}));
        assert_eq!(answer["error"]["code"], -32002, "{uri}: {answer}");
    }
    // A URL to follow is followed through the configuration; nothing is sent and nothing is read.
    let answer = client.tool("request", json!({"url": "http://169.254.169.254/latest/meta-data"}));
    assert!(matches!(answer["hops"][0]["answer"].as_str(), Some("unknown" | "refused" | "response")), "{answer:#}");
    let answer = client.call("request", json!({"url": "file:///etc/passwd"}));
    assert!(!answer.to_string().contains("root:"), "{answer}");
    for from in ["../../etc/passwd", "$(id)", "pod/../../x"] {
        let answer = client.call("can_reach", json!({"from": from, "to": "shop/service/web"}));
        assert_eq!(answer["isError"], true, "{answer}");
    }
}

#[test]
fn a_thousand_calls_at_once_are_all_answered() {
    let mut client = shop();
    let mut open: std::collections::BTreeSet<u64> = (0..1_000)
        .map(|n| {
            let tool = ["overview", "coverage", "sources", "explain"][n % 4];
            client.begin("tools/call", json!({"name": tool, "arguments": {}}))
        })
        .collect();
    while !open.is_empty() {
        let answer = client.receive();
        assert!(open.remove(&answer["id"].as_u64().unwrap()), "{answer}");
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    assert_eq!(client.end(), 0);
}

/// The memory that a process holds, in KiB.
#[cfg(target_os = "linux")]
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_never_reads_is_not_read_without_end() {
    use std::sync::atomic::{AtomicU64, Ordering};

    let mut client = shop();
    client.tool("overview", json!({}));
    let pid = client.id();
    let before = resident(pid);
    let sent = std::sync::Arc::new(AtomicU64::new(0));
    let count = std::sync::Arc::clone(&sent);
    std::thread::spawn(move || {
        // It writes until nobody takes it any more, and is ended with the test.
        loop {
            client.begin("tools/call", json!({"name": "overview", "arguments": {}}));
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    // It has come to rest when nothing was taken for a while.
    let (mut last, mut since, begun) = (0, Instant::now(), Instant::now());
    while since.elapsed() < Duration::from_secs(3) && begun.elapsed() < Duration::from_mins(2) {
        std::thread::sleep(Duration::from_millis(100));
        let now = sent.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    assert!(since.elapsed() >= Duration::from_secs(3), "{last} calls, and still more are taken");
    let grown = resident(pid).saturating_sub(before);
    assert!(grown < 200 * 1024, "{grown} KiB more after {last} calls");
    assert!(std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_client_that_goes_away_is_no_error() {
    let client = Client::spawn(server(&[bundle()]));
    assert_eq!(client.end(), 0);
    let mut client = shop();
    for _ in 0..20 {
        client.begin("tools/call", json!({"name": "overview", "arguments": {}}));
    }
    assert_eq!(client.end(), 0);
}

#[test]
fn what_cannot_be_read_is_said_by_the_call_and_the_server_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.tar.gz");
    std::fs::write(&file, b"\x1f\x8b\x08\x00 not an archive").unwrap();
    let mut client = Client::start(server(&[file]));
    let why: Value = serde_json::from_str(&client.refused("overview", json!({}))).unwrap();
    assert!(!why["error"].as_str().unwrap().is_empty());
    assert_eq!(client.tool("explain", json!({"code": "service/selects-no-pod"}))["page"]["effect"], "blocks");
}
