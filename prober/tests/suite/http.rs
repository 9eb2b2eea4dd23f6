//! HTTP answers of real servers: statuses, fingerprints, and every way not to answer.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::common;
use crate::common::http2::http2;
use crate::common::live::*;
use kubereach_prober::answered_by::Answerer;
use kubereach_prober::plan::{Expect, ExpectedStatus};
use kubereach_prober::words::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn answer(status: &str, headers: &str, body: &str) -> kubereach_prober::observations::ResultRow {
    let peer = says(http(status, headers, body)).await;
    row(target(Protocol::Http, peer)).await
}

#[tokio::test]
async fn statuses_and_fingerprints_come_to_their_rows() {
    for (status, headers, body, expected, product) in [
        ("200 OK", "", "hi", "verified http.ok", ""),
        ("204 No Content", "", "", "verified http.ok", ""),
        ("301 Moved", "location: https://a.example/?x=1\r\n", "", "reached http.redirect", ""),
        ("401 Unauthorized", "", "", "reached http.auth", ""),
        ("403 Forbidden", "", "RBAC: access denied", "reached http.auth", "Envoy"),
        ("404 Not Found", "", "404 page not found\n", "reached http.not-found", "Traefik or a Go program"),
        ("404 Not Found", "server: envoy\r\n", "", "server-error http.no-route", "Envoy"),
        ("404 Not Found", "server: envoy\r\nx-envoy-upstream-service-time: 3\r\n", "", "reached http.not-found", ""),
        ("404 Not Found", "", "default backend - 404", "server-error http.no-route", "ingress-nginx"),
        (
            "404 Not Found",
            "",
            r#"{"message":"no Route matched with those values"}"#,
            "server-error http.no-route",
            "Kong",
        ),
        ("405 Method Not Allowed", "", "", "reached http.method", ""),
        ("421 Misdirected", "", "", "reached http.misdirected", ""),
        ("426 Upgrade Required", "", "", "reached http.upgrade", ""),
        ("429 Too Many", "", "", "reached http.rate-limited", ""),
        ("418 Teapot", "", "", "reached http.client-error", ""),
        ("500 Oops", "", "stack trace", "reached http.app-error", ""),
        ("503 Unavailable", "", "maintenance, says the app", "reached http.app-error", ""),
        ("503 Unavailable", "server: envoy\r\n", "no healthy upstream", "server-error http.no-upstream", "Envoy"),
        (
            "503 Unavailable",
            "server: envoy\r\n",
            "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
            "server-error http.no-upstream",
            "Envoy",
        ),
        // The application behind the proxy says the same words: it is the application's answer.
        (
            "503 Unavailable",
            "x-envoy-upstream-service-time: 1\r\n",
            "no healthy upstream",
            "reached http.app-error",
            "",
        ),
        ("503 Unavailable", "server: awselb/2.0\r\n", "", "server-error http.no-upstream", "AWS load balancer"),
        (
            "503 Unavailable",
            "",
            "<h1>Application is not available</h1>",
            "server-error http.no-upstream",
            "OpenShift router",
        ),
        (
            "503 Unavailable",
            "",
            "No server is available to handle this request.",
            "server-error http.no-upstream",
            "HAProxy",
        ),
        ("502 Bad Gateway", "", "", "server-error http.bad-gateway", ""),
        ("504 Gateway Timeout", "", "upstream request timeout", "server-error http.gateway-timeout", "Envoy"),
        ("522 Origin", "cf-ray: 1\r\n", "", "server-error http.no-upstream", "Cloudflare"),
    ] {
        let row = answer(status, headers, body).await;
        assert_eq!(verdict(&row), expected, "{status} {headers} {body}");
        let layer = row.layers.last().unwrap();
        assert_eq!(layer.answered_by.as_ref().map_or("", |by| by.product.as_str()), product, "{status} {body}");
        assert_eq!((row.tried, row.answered), (1, u32::from(row.outcome >= Outcome::Reached)), "{status}");
    }
}

#[tokio::test]
async fn nothing_private_of_an_answer_is_kept() {
    let headers = "set-cookie: session=secret\r\nlocation: https://u:pw@a.example/next?code=secret\r\nserver: x\r\n";
    let row = answer("302 Found", headers, "secret body").await;
    let json = serde_json::to_string(&row).unwrap();
    assert!(!json.contains("secret") && !json.contains("pw@"), "{json}");
    let http = row.layers.last().unwrap().http.clone().unwrap();
    assert_eq!(http.location.as_deref(), Some("https://a.example/next"));
    assert_eq!(http.body_bytes, 11);
    assert!(http.body_sha256.is_some());
}

#[tokio::test]
async fn the_request_is_the_plans_byte_for_byte() {
    let seen = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&seen);
    let peer = server(move |mut stream| {
        let log = Arc::clone(&log);
        async move {
            let mut bytes = [0u8; 4096];
            let n = stream.read(&mut bytes).await.unwrap();
            *log.lock().unwrap() = String::from_utf8_lossy(&bytes[..n]).into_owned();
            let _ = stream.write_all(http("200 OK", "", "").as_bytes()).await;
        }
    })
    .await;
    let mut asked = target(Protocol::Http, peer);
    asked.path = Some("//a/../b/./%2Fc%2e?x=1&&y".to_owned());
    asked.host = Some("Shop.Example:8443".to_owned());
    asked.method = Method::Head;
    asked.headers.insert("X-Canary".to_owned(), "always".to_owned());
    assert_eq!(verdict(&row(asked).await), "verified http.ok");
    let request = seen.lock().unwrap().to_lowercase();
    assert!(seen.lock().unwrap().starts_with("HEAD //a/../b/./%2Fc%2e?x=1&&y HTTP/1.1\r\n"), "{request}");
    for header in ["host: shop.example:8443", "x-canary: always", "user-agent: kubereach-prober/"] {
        assert!(request.contains(header), "{request}");
    }
    assert!(!request.contains("authorization") && !request.contains("cookie"));
}

#[tokio::test]
async fn an_expectation_decides_what_success_is() {
    let expect =
        |status: Option<ExpectedStatus>, body: Option<&str>| Expect { status, body_contains: body.map(str::to_owned) };
    let any = |list: &[u16]| Some(ExpectedStatus::Any(list.to_vec()));
    for (status, wanted, expected) in [
        ("404 Not Found", expect(any(&[404, 410]), None), "verified http.expected"),
        ("200 OK", expect(None, Some("pong")), "verified http.expected"),
        ("200 OK", expect(None, Some("other")), "reached http.unexpected"),
        ("200 OK", expect(Some(ExpectedStatus::One(204)), None), "reached http.unexpected"),
        ("503 X", expect(None, Some("pong")), "reached http.app-error"),
        ("502 X", expect(any(&[200]), None), "server-error http.bad-gateway"),
    ] {
        let mut asked = target(Protocol::Http, says(http(status, "", "ping pong")).await);
        asked.expect = Some(wanted);
        assert_eq!(verdict(&row(asked).await), expected, "{status}");
    }
}

#[tokio::test]
async fn an_endless_body_is_an_answer_at_its_headers() {
    let peer = server(|mut stream| async move {
        let mut bytes = [0u8; 1024];
        let _ = stream.read(&mut bytes).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").await;
        while stream.write_all(b"data: tick\n\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let started = Instant::now();
    let row = row(target(Protocol::Http, peer)).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert!(row.layers.last().unwrap().http.as_ref().unwrap().body_cut);
    assert!(started.elapsed() < Duration::from_secs(4));

    let huge = says(http("200 OK", "", &"x".repeat(500_000))).await;
    let row = common::live::row(target(Protocol::Http, huge)).await;
    let http = row.layers.last().unwrap().http.clone().unwrap();
    assert_eq!((http.body_bytes, http.body_cut), (65_536, true));
}

#[tokio::test]
async fn hanging_closing_breaking_off_and_babbling_are_told_apart() {
    let row = row(target(Protocol::Http, server(hangs).await)).await;
    assert_eq!((verdict(&row).as_str(), row.cap, row.tried), ("unreachable http.silent", Cap::Degraded, 2));

    let row = common::live::row(target(Protocol::Http, server(resets).await)).await;
    assert_eq!((verdict(&row).as_str(), row.cap), ("unreachable http.reset", Cap::Unknown));

    for (said, expected) in [
        ("", "unreachable http.reset"),
        ("HTTP/1.1 200 OK\r\ncontent-le", "server-error http.incomplete"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "server-error http.not-http"),
        ("\x15\x03\x01\x00\x02\x02\x46", "reached http.wrong-scheme"),
    ] {
        let peer = says(said).await;
        assert_eq!(verdict(&common::live::row(target(Protocol::Http, peer)).await), expected, "{said:?}");
    }
}

#[tokio::test]
async fn plain_text_at_a_tls_port_is_asked_again_with_tls() {
    let authority = common::pki::Authority::new();
    let leaf = authority.leaf(&["shop.example"], |_| {});
    let peer = common::pki::server(common::pki::config(leaf, &[]), http("200 OK", "", "")).await;
    let mut asked = target(Protocol::Http, peer);
    asked.host = Some("shop.example".to_owned());
    let row = row(asked).await;
    assert_eq!(verdict(&row), "reached http.wrong-scheme");
    assert_eq!((row.others[0].why.as_str(), row.others[0].outcome), ("as https", Outcome::Verified));

    let nginx = says(http("400 Bad Request", "", "The plain HTTP request was sent to HTTPS port")).await;
    assert_eq!(verdict(&common::live::row(target(Protocol::Http, nginx)).await), "reached http.wrong-scheme");
}

#[tokio::test]
async fn http2_in_the_clear_is_spoken_where_asked_and_found_where_not() {
    let peer = http2("127.0.0.1:0").await;
    let mut asked = target(Protocol::Http, peer);
    asked.http = HttpVersion::Http2;
    asked.host = Some("shop.example".to_owned());
    asked.path = Some("/a/../b".to_owned());
    asked.expect = Some(Expect { status: None, body_contains: Some("/a/../b shop.example".to_owned()) });
    let row = row(asked.clone()).await;
    assert_eq!(verdict(&row), "verified http.expected");
    assert_eq!(row.layers.last().unwrap().http.as_ref().unwrap().version, "2");

    // The plan leaves the version open: what answers counts.
    asked.http = HttpVersion::Auto;
    let row = common::live::row(asked.clone()).await;
    assert_eq!(verdict(&row), "verified http.expected");
    assert_eq!((row.tried, row.others.len()), (2, 1));
    // It does not: HTTP/1.1 clients get nothing.
    asked.http = HttpVersion::Http1;
    assert_eq!(verdict(&common::live::row(asked).await), "server-error http.other-version");
}

#[tokio::test]
async fn http2_at_an_http1_server_is_another_version() {
    let mut asked = target(Protocol::Http, says(http("400 Bad Request", "", "")).await);
    asked.http = HttpVersion::Http2;
    let row = row(asked).await;
    assert_eq!(verdict(&row), "server-error http.other-version");
    assert_eq!(row.others[0].why, "as HTTP/1.1");
}

#[tokio::test]
async fn some_of_several_connections_is_less_than_declared() {
    let count = Arc::new(Mutex::new(0));
    let peer = server(move |mut stream| {
        let n = {
            let mut count = count.lock().unwrap();
            *count += 1;
            *count
        };
        async move {
            let mut bytes = [0u8; 1024];
            let _ = stream.read(&mut bytes).await;
            let status = if n % 2 == 0 { "502 Bad Gateway" } else { "200 OK" };
            let _ = stream.write_all(http(status, "", "").as_bytes()).await;
        }
    })
    .await;
    let mut asked = target(Protocol::Http, peer);
    asked.samples = 4;
    let row = row(asked).await;
    assert_eq!(row.outcome, Outcome::ServerError);
    assert_eq!((row.tried, row.answered), (4, 2));
    assert!(row.reason.starts_with("2 of 4 connections answered"), "{}", row.reason);
}

#[tokio::test]
async fn a_pass_after_a_failure_is_flaky_and_on_record() {
    let first = Arc::new(Mutex::new(true));
    let peer = server(move |mut stream| {
        let fails = std::mem::replace(&mut *first.lock().unwrap(), false);
        async move {
            let mut bytes = [0u8; 1024];
            let _ = stream.read(&mut bytes).await;
            if !fails {
                let _ = stream.write_all(http("200 OK", "", "").as_bytes()).await;
            }
        }
    })
    .await;
    let row = row(target(Protocol::Http, peer)).await;
    assert_eq!(verdict(&row), "verified http.ok");
    assert_eq!((row.tried, row.answered), (2, 1));
    assert_eq!((row.others[0].why.as_str(), row.others[0].class.as_str()), ("first", "http.reset"));
}

#[tokio::test]
async fn a_control_and_a_guess_keep_their_marks() {
    let mut asked = target(Protocol::Http, says(http("200 OK", "", "")).await);
    asked.purpose = Purpose::Control;
    asked.guessed = true;
    asked.also = vec!["path-2".to_owned()];
    let row = row(asked).await;
    assert_eq!((row.purpose, row.guessed, row.also.len()), (Purpose::Control, true, 1));
    assert_eq!(row.layers.last().unwrap().answered_by.as_ref().map(|by| by.kind), None::<Answerer>);
}

#[tokio::test]
async fn an_answer_that_http_forbids_is_never_success() {
    let endless = format!("HTTP/1.1 200 OK\r\n{}", "x-a: b\r\n".repeat(100_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-a: b\r\n".repeat(2_000));
    for (bytes, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello", "server-error http.malformed"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5x\r\n\r\nhello", "server-error http.malformed"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!", "server-error http.malformed"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5, 6\r\n\r\nhello!", "server-error http.malformed"),
        (endless.as_str(), "not-tested http.too-large"),
        (many.as_str(), "not-tested http.too-large"),
        // The same length twice is one (RFC 9110 section 8.6).
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello", "verified http.ok"),
    ] {
        let peer = says(bytes).await;
        let row = row(target(Protocol::Http, peer)).await;
        assert_eq!(verdict(&row), expected, "{}", &bytes[..bytes.len().min(80)]);
    }
}

#[tokio::test]
async fn the_digest_of_an_empty_body_is_written_too() {
    let row = answer("404 Not Found", "", "").await;
    let http = row.layers.last().unwrap().http.as_ref().unwrap();
    assert_eq!(http.body_bytes, 0);
    assert!(http.body_sha256.as_deref().is_some_and(|digest| digest.starts_with("e3b0c44298fc1c14")));
}
