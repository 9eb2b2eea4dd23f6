//! Connections, guards and limits, on real sockets.

use std::time::{Duration, Instant};

use crate::common::live::*;
use kubereach_prober::probe::Stop;
use kubereach_prober::words::*;
use tokio::net::{TcpSocket, TcpStream};

#[tokio::test]
async fn an_accepted_connection_is_reached_and_no_more() {
    let peer = server(|stream| async move { drop(stream) }).await;
    let row = row(target(Protocol::Tcp, peer)).await;
    assert_eq!(verdict(&row), "reached tcp.ok");
    assert_eq!(row.layers[0].peer, Some(peer));
    assert!(row.layers[0].source.is_some());
    assert_eq!((row.tried, row.answered), (1, 1));
    assert!(row.command.starts_with("nc -vz"), "{}", row.command);
}

#[tokio::test]
async fn a_refusal_is_asked_twice_and_keeps_its_error_number() {
    let row = row(target(Protocol::Tcp, nobody().await)).await;
    assert_eq!(verdict(&row), "unreachable tcp.refused");
    assert_eq!(row.failed_layer, Some(LayerName::Tcp));
    assert_eq!(row.layers[0].os_error, Some(111));
    assert_eq!((row.tried, row.answered, row.others.len()), (2, 0, 1));
    assert_eq!(row.cap, Cap::Broken);
    assert!(row.causes.len() > 2, "a refusal has several causes");
}

/// A listener whose queue is full lets the handshake's first packet fall: silence, on loopback.
async fn silent() -> (tokio::net::TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let peer = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(peer)).await {
        held.push(stream);
        assert!(held.len() < 50);
    }
    (listener, held)
}

#[tokio::test]
async fn silence_is_called_so_only_after_a_second_try_alone() {
    let (listener, _held) = silent().await;
    let row = row(target(Protocol::Tcp, listener.local_addr().unwrap())).await;
    assert_eq!(verdict(&row), "unreachable tcp.timeout");
    assert_eq!((row.tried, row.others.len()), (2, 1));
    assert_eq!(row.others[0].why, "first");
}

#[tokio::test]
async fn guarded_addresses_are_not_tested_at_any_vantage() {
    let peer = server(|stream| async move { drop(stream) }).await;
    for kind in [VantageKind::InCluster, VantageKind::Local] {
        let mut options = options();
        options.vantage.kind = kind;
        options.allow.clear();
        let mut metadata = target(Protocol::Http, peer);
        metadata.address = Some("169.254.169.254".parse().unwrap());
        let mut mapped = target(Protocol::Tcp, peer);
        mapped.address = Some("::ffff:127.0.0.1".parse().unwrap());
        let targets = vec![target(Protocol::Tcp, peer), metadata, mapped];
        for row in measured(&plan(targets), &options).await.results {
            assert_eq!(verdict(&row), "not-tested norun.guard");
            assert_eq!(row.cap, Cap::Nothing);
            assert_eq!(row.tried, 0);
        }
    }
}

#[tokio::test]
async fn the_operator_can_name_a_guarded_range() {
    let peer = server(|stream| async move { drop(stream) }).await;
    let mut mapped = target(Protocol::Tcp, peer);
    mapped.address = Some("::ffff:127.0.0.1".parse().unwrap());
    assert_eq!(verdict(&row(mapped).await), "reached tcp.ok");
}

#[tokio::test]
async fn what_is_never_sent_is_not_tested_and_says_why() {
    let peer = nobody().await;
    let mut cookie = target(Protocol::Http, peer);
    cookie.headers.insert("Cookie".to_owned(), "a=b".to_owned());
    let mut space = target(Protocol::Http, peer);
    space.path = Some("/a b".to_owned());
    let mut nowhere = target(Protocol::Tcp, peer);
    nowhere.address = None;
    let mut portless = target(Protocol::Tcp, peer);
    portless.port = None;
    let udp = target(Protocol::Udp, peer);
    let sctp = target(Protocol::Sctp, peer);
    let mut elsewhere = target(Protocol::Tcp, peer);
    elsewhere.vantages = vec![VantageKind::Local];
    let rows = measured(&plan(vec![cookie, space, nowhere, portless, udp, sctp, elsewhere]), &options()).await.results;
    let classes: Vec<&str> = rows.iter().map(|row| row.class.as_str()).collect();
    assert_eq!(
        classes,
        [
            "norun.target",
            "norun.target",
            "norun.target",
            "norun.target",
            "norun.protocol",
            "norun.protocol",
            "norun.vantage"
        ]
    );
    for row in &rows {
        assert_eq!(row.outcome, Outcome::NotTested);
        assert!(row.reason.contains(':'), "{}", row.reason);
    }
}

#[tokio::test]
async fn a_spent_budget_leaves_rows_not_failures() {
    let (listener, _held) = silent().await;
    let peer = listener.local_addr().unwrap();
    let mut plan = plan((0..6).map(|_| target(Protocol::Tcp, peer)).collect());
    plan.limits.parallel = 1;
    plan.limits.connect_ms = 5_000;
    plan.limits.timeout_ms = 5_000;
    plan.limits.total_ms = 300;
    let started = Instant::now();
    let observations = measured(&plan, &options()).await;
    assert!(started.elapsed() < Duration::from_secs(3));
    assert!(observations.cut_short);
    for row in &observations.results {
        assert_eq!(verdict(row), "not-tested norun.deadline");
    }
}

#[tokio::test]
async fn a_run_that_is_ended_keeps_what_was_measured() {
    let good = server(|stream| async move { drop(stream) }).await;
    let (listener, _held) = silent().await;
    let mut plan = plan(vec![target(Protocol::Tcp, good), target(Protocol::Tcp, listener.local_addr().unwrap())]);
    plan.limits.connect_ms = 10_000;
    plan.limits.timeout_ms = 10_000;
    let mut options = options();
    let (handle, stop) = Stop::new();
    options.stop = Some(stop);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        handle.pull();
    });
    let observations = measured(&plan, &options).await;
    assert!(observations.cut_short);
    assert_eq!(verdict(&observations.results[0]), "reached tcp.ok");
    assert_eq!(verdict(&observations.results[1]), "not-tested norun.deadline");
}

#[tokio::test]
async fn limits_on_targets_and_connections_are_said() {
    let peer = server(|stream| async move { drop(stream) }).await;
    let plan = plan((0..4).map(|_| target(Protocol::Tcp, peer)).collect());
    let mut few = options();
    few.max_targets = 2;
    let classes: Vec<String> = measured(&plan, &few).await.results.iter().map(verdict).collect();
    assert_eq!(classes[1..3], ["reached tcp.ok", "not-tested norun.limit"]);
    let mut frugal = options();
    frugal.max_connections = 3;
    let rows = measured(&plan, &frugal).await.results;
    assert_eq!(rows.iter().filter(|row| row.outcome == Outcome::Reached).count(), 3);
    assert_eq!(rows.iter().filter(|row| row.class == "norun.limit").count(), 1);
}

#[tokio::test]
async fn one_address_never_gets_two_handshakes_at_once() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    // Sixty targets, one address, everything in parallel: all answered, none lost to its neighbours.
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let peer = server(move |stream| {
        seen.fetch_add(1, Ordering::Relaxed);
        async move { drop(stream) }
    })
    .await;
    let mut plan = plan((0..60).map(|_| target(Protocol::Tcp, peer)).collect());
    plan.limits.parallel = 60;
    let rows = measured(&plan, &options()).await.results;
    assert!(rows.iter().all(|row| verdict(row) == "reached tcp.ok"));
    assert_eq!(count.load(Ordering::Relaxed), 60);
}
