//! Real servers on loopback, and plans that dial them.

use std::future::Future;
use std::net::SocketAddr;

use kubereach_prober::observations::{Observations, ResultRow, Vantage};
use kubereach_prober::plan::{Plan, Target};
use kubereach_prober::probe::ResolverConfig;
use kubereach_prober::words::{Protocol, VantageKind};
use kubereach_prober::{Options, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that hands every connection to `serve`.
pub(crate) async fn server<F, W>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    server_at("127.0.0.1:0", serve).await
}

/// The same at an address of its own.
pub(crate) async fn server_at<F, W>(address: &str, serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// A server that reads a request and writes these bytes.
pub(crate) async fn says(answer: impl Into<Vec<u8>>) -> SocketAddr {
    says_at("127.0.0.1:0", answer).await
}

/// The same at an address of its own.
pub(crate) async fn says_at(address: &str, answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    server_at(address, move |mut stream| {
        let answer = answer.clone();
        async move {
            let mut request = [0u8; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
            // Reading on keeps the kernel from turning the end into a reset.
            while stream.read(&mut request).await.is_ok_and(|n| n > 0) {}
        }
    })
    .await
}

/// Reads on, and never says a word.
pub(crate) async fn hangs(mut stream: TcpStream) {
    let mut bytes = [0u8; 4096];
    while stream.read(&mut bytes).await.is_ok_and(|n| n > 0) {}
}

/// Ends the connection with a reset at its first byte.
pub(crate) async fn resets(mut stream: TcpStream) {
    let _ = stream.read_u8().await;
    stream.set_zero_linger().unwrap();
}

/// An HTTP/1.1 answer with a correct length.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// An address nobody listens at.
pub(crate) async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

pub(crate) fn target(protocol: Protocol, peer: SocketAddr) -> Target {
    let mut target = Target::new("path-1", crate::common::FRONT_DOOR, protocol);
    target.address = Some(peer.ip());
    target.port = Some(peer.port());
    target
}

pub(crate) fn plan(targets: Vec<Target>) -> Plan {
    let mut plan = Plan::new("");
    plan.limits.timeout_ms = 1_500;
    plan.limits.connect_ms = 400;
    plan.limits.tls_ms = 500;
    plan.limits.dns_ms = 300;
    plan.limits.retry_ms = 10;
    plan.limits.total_ms = 20_000;
    plan.targets = targets;
    plan
}

/// In a pod, with loopback allowed and a resolver that is asked nothing.
pub(crate) fn options() -> Options {
    let mut options = Options::new(Vantage::new(VantageKind::InCluster));
    options.allow = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    options.resolver = None;
    options.vantage.resolver = None;
    options.system_roots = false;
    options
}

pub(crate) async fn measured(plan: &Plan, options: &Options) -> Observations {
    let observations = run(plan, options).await;
    assert_eq!(observations.results.len(), plan.targets.len());
    // Whatever is measured reads back.
    let json = serde_json::to_vec(&observations).unwrap();
    let read = Observations::parse(&json).unwrap();
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!(read.observations, observations);
    observations
}

pub(crate) async fn row(target: Target) -> ResultRow {
    row_of(plan(vec![target]), &options()).await
}

pub(crate) async fn row_of(plan: Plan, options: &Options) -> ResultRow {
    measured(&plan, options).await.results.remove(0)
}

/// `outcome class`, which is what most tests are about.
pub(crate) fn verdict(row: &ResultRow) -> String {
    format!("{} {}", row.outcome, row.class)
}

pub(crate) fn resolver(servers: &[SocketAddr], search: &[&str], ndots: u32) -> ResolverConfig {
    ResolverConfig { servers: servers.to_vec(), search: search.iter().map(|s| (*s).to_owned()).collect(), ndots }
}
