//! Answers over HTTP and gRPC: nginx as a web server and as a gateway, and servers that misbehave.

use std::time::Duration;

use super::world::{World, dial, named, plan};
use crate::common::http2::{NOT_SERVING, SERVICE_UNKNOWN, SERVING, grpc_at, http2};
use crate::common::live::{hangs, http, resets, says_at, server_at};
use crate::common::pki::Authority;
use kubereach_prober::plan::{Expect, Target};
use kubereach_prober::words::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn web(path: &str) -> Target {
    let mut target = dial(Protocol::Http, "10.9.0.80:80");
    target.path = Some(path.to_owned());
    target
}

fn expecting(body: &str) -> Target {
    let mut target = web("/ok");
    target.expect = Some(Expect { status: None, body_contains: Some(body.to_owned()) });
    target
}

/// Many headers, more than most clients read.
fn headers(count: usize) -> String {
    (0..count).map(|i| format!("add_header x-header-{i} {} always;\n", "v".repeat(100))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_a_real_server_has_its_class() {
    let test = "every_answer_of_a_real_server_has_its_class";
    let Some(world) = World::enter(module_path!(), test, &["nginx"]) else {
        return;
    };
    let leaf = Authority::new().leaf(&["shop.example"], |_| {});
    let certificate = world.file("tls.crt", &leaf.pem.0);
    let key = world.file("tls.key", &leaf.pem.1);
    let large = world.file("large", &"x".repeat(1_000_000));
    world.nginx(
        &format!(
            "limit_req_zone $server_addr zone=few:1m rate=1r/m; limit_req_status 429;
             ssl_certificate {}; ssl_certificate_key {};
             server {{
               listen 10.9.0.80:80; listen 10.9.0.80:81 proxy_protocol; listen 10.9.0.82:80 ssl; listen [fd00:9::80]:80;
               location = / {{ return 200 'root'; }}
               location = /ok {{ return 200 'pong'; }}
               location = /moved {{ return 301 https://shop.example/?x=1; }}
               location = /auth {{ return 401; }}
               location = /forbidden {{ return 403; }}
               location = /route {{ return 404 'default backend - 404'; }}
               location = /method {{ return 405; }}
               location = /misdirected {{ return 421; }}
               location = /upgrade {{ return 426; }}
               location = /teapot {{ return 418; }}
               location = /error {{ return 500; }}
               location = /few {{ limit_req zone=few; try_files /nothing =204; }}
               location = /down {{ return 503; }}
               location = /maintenance {{ return 503 'back soon'; }}
               location = /gateway {{ proxy_pass http://10.9.0.99:9; }}
               location = /slow {{ proxy_pass http://10.9.0.90:80; proxy_read_timeout 1s; }}
               location = /large {{ alias {}; }}
               location = /headers {{ {} return 200 'many'; }}
               location = /too-many {{ {} return 200 'too many'; }}
             }}",
            certificate.display(),
            key.display(),
            large.display(),
            headers(150),
            headers(5_000),
        ),
        "10.9.0.80:80",
    );
    server_at("10.9.0.90:80", hangs).await;
    let mut unresolved = named(Protocol::Http, "web.shop");
    unresolved.vantages = vec![VantageKind::Local];
    let mut nowhere = web("/ok");
    nowhere.port = Some(0);
    let mut few = web("/few");
    few.samples = 3;
    let rows = world.expect(
        plan(),
        vec![
            ("success", web("/ok"), "verified http.ok"),
            ("as declared", expecting("pong"), "verified http.expected"),
            ("not as declared", expecting("ping"), "reached http.unexpected"),
            ("a redirect", web("/moved"), "reached http.redirect"),
            ("credentials", web("/auth"), "reached http.auth"),
            ("forbidden", web("/forbidden"), "reached http.auth"),
            ("no page", web("/missing"), "reached http.not-found"),
            ("no rule", web("/route"), "server-error http.no-route"),
            ("no such method", web("/method"), "reached http.method"),
            ("misdirected", web("/misdirected"), "reached http.misdirected"),
            ("upgrade", web("/upgrade"), "reached http.upgrade"),
            ("a client's error", web("/teapot"), "reached http.client-error"),
            ("the application's error", web("/error"), "reached http.app-error"),
            ("too many requests", few, "reached http.rate-limited"),
            ("nginx's own 503", web("/down"), "server-error http.no-upstream"),
            ("the application's 503", web("/maintenance"), "reached http.app-error"),
            ("a gateway before a closed port", web("/gateway"), "server-error http.bad-gateway"),
            ("a gateway before one that hangs", web("/slow"), "server-error http.gateway-timeout"),
            ("a large body", web("/large"), "verified http.ok"),
            ("many headers", web("/headers"), "verified http.ok"),
            ("more headers than are read", web("/too-many"), "not-tested http.too-large"),
            ("PROXY protocol", dial(Protocol::Http, "10.9.0.80:81"), "unreachable http.reset"),
            ("TLS on 80", dial(Protocol::Http, "10.9.0.82:80"), "reached http.wrong-scheme"),
            (
                "IPv6 only",
                Target { path: Some("/ok".to_owned()), ..dial(Protocol::Http, "[fd00:9::80]:80") },
                "verified http.ok",
            ),
            ("from elsewhere", unresolved, "not-tested norun.vantage"),
            ("no port", nowhere, "not-tested norun.target"),
        ],
    );
    let http = |row: usize| rows[row].layers.last().unwrap().http.clone().unwrap();
    assert_eq!(http(3).location.as_deref(), Some("https://shop.example/"));
    assert_eq!((http(18).body_bytes, http(18).body_cut), (65_536, true));
    assert!(http(19).headers.len() <= 18, "{:?}", http(19));
    // Enough is enough: no third request after the second was turned away.
    assert_eq!((rows[13].tried, rows[13].answered), (2, 2));
    let tls = &rows[22].others[0];
    assert_eq!((tls.why.as_str(), tls.outcome), ("as https", Outcome::Verified));
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_misbehave_are_told_apart() {
    let Some(world) = World::enter(module_path!(), "servers_that_misbehave_are_told_apart", &[]) else {
        return;
    };
    says_at("10.9.0.2:80", "").await;
    says_at("10.9.0.3:80", "SSH-2.0-OpenSSH_9.6\r\n").await;
    says_at("10.9.0.4:80", "HTTP/1.1 200 OK\r\ncontent-le").await;
    says_at("10.9.0.5:80", "HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n").await;
    server_at("10.9.0.6:80", resets).await;
    http2("10.9.0.7:80").await;
    // A byte now and then: the head of the answer does not end in time.
    server_at("10.9.0.8:80", |stream| trickle(stream, http("200 OK", "x-long: 1\r\n", "slow"), 1)).await;
    // The head comes at once, the body does not.
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
    server_at("10.9.0.9:80", move |stream| trickle(stream, format!("{head}{}", "x".repeat(1000)), head.len())).await;
    // SETTINGS, then the end of the one stream there is: REFUSED_STREAM at every connection.
    let refused = [0u8, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7];
    server_at("10.9.0.10:80", move |stream| frames(stream, refused.to_vec())).await;
    // GOAWAY without a fault: the server drains, and a new connection may be made.
    let goaway = [0u8, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    server_at("10.9.0.11:80", move |stream| frames(stream, goaway.to_vec())).await;
    // A length that is none: what follows it could be anything (RFC 9112 section 6.3).
    says_at("10.9.0.12:80", "HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello").await;
    let two = |peer: &str| Target { http: HttpVersion::Http2, ..dial(Protocol::Http, peer) };
    let one = |peer: &str| Target { http: HttpVersion::Http1, ..dial(Protocol::Http, peer) };
    let rows = world.expect(
        plan(),
        vec![
            ("closes", one("10.9.0.2:80"), "unreachable http.reset"),
            ("resets", one("10.9.0.6:80"), "unreachable http.reset"),
            ("another protocol", one("10.9.0.3:80"), "server-error http.not-http"),
            ("breaks off", one("10.9.0.4:80"), "server-error http.incomplete"),
            ("interim", one("10.9.0.5:80"), "reached http.informational"),
            ("HTTP/2 asked over HTTP/1.1", one("10.9.0.7:80"), "server-error http.other-version"),
            ("HTTP/2", two("10.9.0.7:80"), "verified http.ok"),
            ("HTTP/2, found out", dial(Protocol::Http, "10.9.0.7:80"), "verified http.ok"),
            ("a trickle", one("10.9.0.8:80"), "server-error http.incomplete"),
            ("a trickle of a body", one("10.9.0.9:80"), "verified http.ok"),
            ("a length that is none", one("10.9.0.12:80"), "server-error http.malformed"),
            ("a stream that is refused", two("10.9.0.10:80"), "server-error http.stream"),
            ("a server that drains", two("10.9.0.11:80"), "server-error http.stream"),
        ],
    );
    for row in &rows[11..] {
        assert_eq!(row.others.iter().map(|other| other.why.as_str()).collect::<Vec<_>>(), ["again"], "{row:?}");
    }
    assert_eq!(rows[1].tried, 2);
    let body = rows[9].layers.last().unwrap().http.clone().unwrap();
    assert!(body.body_cut && body.body_bytes < 1000, "{body:?}");
}

/// The first `quick` bytes at once, the others one by one.
async fn trickle(mut stream: tokio::net::TcpStream, text: String, quick: usize) {
    let mut request = [0u8; 1024];
    let _ = stream.read(&mut request).await;
    let (quick, slow) = text.as_bytes().split_at(quick);
    let _ = stream.write_all(quick).await;
    for byte in slow {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if stream.write_all(&[*byte]).await.is_err() {
            return;
        }
    }
}

/// Wait for a request over HTTP/2, say these frames, and read on.
async fn frames(mut stream: tokio::net::TcpStream, frames: Vec<u8>) {
    let mut bytes = [0u8; 4096];
    let mut seen = Vec::new();
    // A HEADERS frame of stream 1.
    while !seen.windows(9).any(|w: &[u8]| w[3] == 1 && w[5..] == [0, 0, 0, 1]) {
        match stream.read(&mut bytes).await {
            Ok(n) if n > 0 => seen.extend(&bytes[..n]),
            _ => return,
        }
    }
    let _ = stream.write_all(&frames).await;
    hangs(stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_health_service_has_its_class() {
    let test = "every_answer_of_the_health_service_has_its_class";
    let Some(world) = World::enter(module_path!(), test, &["nginx"]) else {
        return;
    };
    let kind = "application/grpc";
    let mut asked = Vec::new();
    for (last, (what, http, kind, message, status, expected)) in (2..).zip([
        ("serving", 200, kind, SERVING, "0", "verified grpc.serving"),
        ("not serving", 200, kind, NOT_SERVING, "0", "server-error grpc.not-serving"),
        ("unknown", 200, kind, SERVICE_UNKNOWN, "0", "reached grpc.service-unknown"),
        ("no health service", 200, kind, b"", "12", "reached grpc.unimplemented"),
        ("credentials", 200, kind, b"", "16", "reached grpc.denied"),
        ("unavailable", 200, kind, b"", "14", "server-error grpc.unavailable"),
        ("another status", 200, kind, b"", "4", "reached grpc.status"),
        ("a page", 200, "text/html", b"<h1>hello</h1>", "", "server-error grpc.not-grpc"),
        ("an intermediary", 503, "text/plain", b"no healthy upstream", "", "server-error http.no-upstream"),
    ]) {
        let peer = grpc_at(&format!("10.9.0.{last}:50051"), http, kind, message, status).await;
        asked.push((what, dial(Protocol::Grpc, &peer.to_string()), expected));
    }
    // nginx in front of one, and in front of nobody.
    world.nginx(
        "server { listen 10.9.0.80:80 http2; location / { grpc_pass grpc://10.9.0.2:50051; } }
         server { listen 10.9.0.81:80 http2; location / { grpc_pass grpc://10.9.0.99:9; } }
         server { listen 10.9.0.82:80; }",
        "10.9.0.80:80",
    );
    asked.push(("through nginx", dial(Protocol::Grpc, "10.9.0.80:80"), "verified grpc.serving"));
    asked.push(("nginx before nobody", dial(Protocol::Grpc, "10.9.0.81:80"), "server-error http.bad-gateway"));
    asked.push(("HTTP/1.1 only", dial(Protocol::Grpc, "10.9.0.82:80"), "server-error http.other-version"));
    asked.push(("nobody listens", dial(Protocol::Grpc, "10.9.0.83:80"), "unreachable tcp.refused"));
    world.expect(plan(), asked);
}

/// What the limits of a run leave out is a row with its reason.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_limits_leave_out_is_not_tested() {
    let Some(world) = World::enter(module_path!(), "what_the_limits_leave_out_is_not_tested", &[]) else {
        return;
    };
    server_at("10.9.0.2:80", hangs).await;
    let mut plan = plan();
    plan.limits.total_ms = 1_500;
    plan.limits.timeout_ms = 60_000;
    plan.limits.parallel = 1;
    let mut over = dial(Protocol::Tcp, "10.9.0.2:80");
    over.id = "over the limit".to_owned();
    plan.targets = vec![dial(Protocol::Tcp, "10.9.0.2:80"), dial(Protocol::Http, "10.9.0.2:80"), over];
    let mut prober = world.prober();
    prober.args(["--vantage", "in-cluster", "--max-targets", "2"]);
    let observations = super::world::measured_by(&mut prober, &plan);
    let classes: Vec<&str> = observations.results.iter().map(|row| row.class.as_str()).collect();
    assert_eq!(classes, ["tcp.ok", "norun.deadline", "norun.limit"]);
    assert!(observations.cut_short);
    // What the second came to before its time was up is kept.
    assert_eq!(observations.results[1].layers[0].class, "tcp.ok");
}
