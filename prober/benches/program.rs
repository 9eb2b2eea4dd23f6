//! Figures of the program itself: its size, its start, its memory, and a plan with 1,000 targets against
//! servers on this machine.
//!
//! `cargo bench -p kubereach-prober` measures the release build; `KUBEREACH_PROBER=FILE` another one, such
//! as the image's. The yardstick of the same run is a plain loop over blocking sockets.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a bench is read by a person, beside its figures")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kubereach_prober::Observations;
use kubereach_prober::plan::{Plan, Span, Target};
use kubereach_prober::words::{Outcome, Protocol, Segment};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

const TARGETS: u32 = 1_000;
const RUNS: usize = 5;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

fn main() {
    let program = std::env::var_os("KUBEREACH_PROBER")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_kubereach-prober")), PathBuf::from);
    let size = std::fs::metadata(&program).unwrap().len();
    println!("program: {} ({:.2} MiB)", program.display(), size as f64 / f64::from(1 << 20));
    println!("start and end (--version): {:.1} ms", median(|| started(&program, "--version")).as_secs_f64() * 1e3);

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (http, https) = (serve(&runtime, false), serve(&runtime, true));
    // A result larger than a pipe holds keeps the program waiting, and so its memory can be read.
    let mut one = plan(http, 8, Protocol::Http, |_| Ipv4Addr::LOCALHOST);
    one.targets.truncate(1);
    one.run = Some("x".repeat(100_000));
    let (elapsed, memory, _) = run(&program, &one);
    println!("1 target: {:.1} ms, {:.1} MiB at the most", elapsed.as_secs_f64() * 1e3, mebibytes(memory));

    let yardstick = median(|| blocking(http));
    println!(
        "yardstick, {TARGETS} HTTP requests in a loop over blocking sockets: {:.0} ms",
        yardstick.as_secs_f64() * 1e3
    );
    let apart = |i: u32| Ipv4Addr::from_bits(0x7f01_0000 + i);
    let together = |_| Ipv4Addr::LOCALHOST;
    type Place<'a> = &'a dyn Fn(u32) -> Ipv4Addr;
    let situations: [(&str, u16, Protocol, u32, Place<'_>); 5] = [
        ("TCP, an address each, 8 at once", http, Protocol::Tcp, 8, &apart),
        ("HTTP, an address each, 8 at once", http, Protocol::Http, 8, &apart),
        ("HTTP, an address each, 64 at once", http, Protocol::Http, 64, &apart),
        ("HTTP, one address, 8 at once", http, Protocol::Http, 8, &together),
        ("HTTPS, an address each, 8 at once", https, Protocol::Https, 8, &apart),
    ];
    println!("| {TARGETS} targets | time | of the yardstick | memory at the most |\n|---|---|---|---|");
    for (name, port, protocol, parallel, place) in situations {
        let plan = plan(port, parallel, protocol, place);
        let mut memory = 0;
        let elapsed = median(|| {
            let (elapsed, most, observations) = run(&program, &plan);
            memory = most.max(memory);
            let answered = observations.results.iter().filter(|row| row.outcome >= Outcome::Reached).count();
            assert_eq!(answered, TARGETS as usize, "{name}: every target answers");
            elapsed
        });
        println!(
            "| {name} | {:.0} ms | {:.1} × | {:.1} MiB |",
            elapsed.as_secs_f64() * 1e3,
            elapsed.as_secs_f64() / yardstick.as_secs_f64(),
            mebibytes(memory)
        );
    }
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| measure()).collect();
    times.sort();
    times[RUNS / 2]
}

fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

fn started(program: &Path, argument: &str) -> Duration {
    let begun = Instant::now();
    assert!(Command::new(program).arg(argument).stdout(Stdio::null()).status().unwrap().success());
    begun.elapsed()
}

fn plan(port: u16, parallel: u32, protocol: Protocol, place: impl Fn(u32) -> Ipv4Addr) -> Plan {
    let mut plan = Plan::new("");
    plan.limits.parallel = parallel;
    plan.targets = (0..TARGETS)
        .map(|i| {
            let mut target = Target::new(format!("path-{i}"), Span::new(Segment::Address, Segment::Port), protocol);
            target.address = Some(place(i).into());
            target.port = Some(port);
            target.host = (protocol == Protocol::Https).then(|| "shop.example".to_owned());
            target
        })
        .collect();
    plan
}

/// Time, most memory in KiB, and what was measured.
fn run(program: &Path, plan: &Plan) -> (Duration, u64, Observations) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&serde_json::to_vec(plan).unwrap()).unwrap();
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["--bare", "--vantage", "in-cluster", "--allow-address", "127.0.0.0/8"])
        .arg(file.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut json = vec![0];
    output.read_exact(&mut json).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    output.read_to_end(&mut json).unwrap();
    assert!(child.wait().unwrap().success());
    (begun.elapsed(), most.unwrap(), Observations::parse(&json).unwrap().observations)
}

/// The same requests, one after the other.
fn blocking(port: u16) -> Duration {
    let begun = Instant::now();
    for _ in 0..TARGETS {
        let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, ANSWER);
    }
    begun.elapsed()
}

/// A server at every address of 127.0.0.0/8, that says one thing.
fn serve(runtime: &Runtime, tls: bool) -> u16 {
    let acceptor = tls.then(|| {
        let made = rcgen::generate_simple_self_signed(vec!["shop.example".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    });
    let listener = runtime.block_on(TcpListener::bind("0.0.0.0:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                match acceptor {
                    None => answer(stream).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            answer(stream).await;
                        }
                    }
                }
            });
        }
    });
    port
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut request = [0u8; 2048];
    if stream.read(&mut request).await.is_ok_and(|n| n > 0) {
        let _ = stream.write_all(ANSWER).await;
        let _ = stream.shutdown().await;
    }
}
