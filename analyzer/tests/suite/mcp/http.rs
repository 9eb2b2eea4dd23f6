//! `--http`: this machine only, and only with the token.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{bundle, server};
use crate::program::kubereach;

struct Served {
    child: Child,
    address: String,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve() -> Served {
    let mut command = server(&[bundle()]);
    command.args(["--http", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut line = || said.next().unwrap().unwrap();
    let address = line().split_once("http://").unwrap().1.trim_end_matches("/mcp").to_owned();
    let token = line().split_once("Bearer ").unwrap().1.trim_matches('\'').to_owned();
    Served { child, address, token }
}

/// A request as it stands, and the answer as it comes: status, headers and body.
fn raw(address: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    // Whoever is refused may find the connection closed while it still writes.
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    let status = text.split_whitespace().nth(1).unwrap_or("0").parse().unwrap();
    (status, text)
}

fn hello() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"}}})
    .to_string()
}

const ACCEPT: &str = "Content-Type: application/json\r\nAccept: application/json, text/event-stream";

#[test]
fn only_this_machine_with_the_token_is_served() {
    let served = serve();
    let (address, token) = (served.address.as_str(), served.token.as_str());
    let head = |more: &str| format!("POST /mcp HTTP/1.1\r\n{ACCEPT}\r\n{more}");
    let status = |more: &str| raw(address, &head(more), &hello()).0;
    let key = format!("Authorization: Bearer {token}");
    assert_eq!(status(&format!("Host: {address}\r\n{key}")), 200);
    assert_eq!(status(&format!("Host: localhost\r\n{key}\r\nOrigin: http://localhost:6274")), 200);
    // Without the token nothing else is even looked at.
    assert_eq!(status(&format!("Host: {address}")), 401);
    assert_eq!(status(&format!("Host: {address}\r\nAuthorization: Bearer {}", "0".repeat(64))), 401);
    assert_eq!(status(&format!("Host: {address}\r\nAuthorization: Basic {token}")), 401);
    assert_eq!(status(&format!("Host: {address}\r\n{key}\r\n{key}")), 401);
    // A name that leads here, and a page from elsewhere.
    assert_eq!(status(&format!("Host: evil.example\r\n{key}")), 403);
    assert_eq!(status(&format!("Host: {address}\r\n{key}\r\nOrigin: http://evil.example")), 403);
    assert_eq!(status(&format!("Host: {address}\r\n{key}\r\nOrigin: null")), 403);
    assert_eq!(raw(address, &format!("GET / HTTP/1.1\r\nHost: {address}\r\n{key}"), "").0, 404);
    let large = raw(address, &head(&format!("Host: {address}\r\n{key}")), &"x".repeat(300_000)).0;
    assert!(matches!(large, 0 | 413), "{large}");
    assert_eq!(raw(address, &head(&format!("Host: {address}\r\n{key}")), "{").0 / 100, 4);
    // Answers carry no token.
    assert!(!raw(address, &head(&format!("Host: {address}\r\n{key}")), &hello()).1.contains(token));
}

#[test]
fn a_tool_answers_over_http_as_over_standard_output() {
    let served = serve();
    let head = |more: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{ACCEPT}{more}",
            served.address, served.token
        )
    };
    let (status, text) = raw(&served.address, &head(""), &hello());
    assert_eq!(status, 200, "{text}");
    let session =
        text.lines().find_map(|line| line.to_lowercase().strip_prefix("mcp-session-id: ").map(ToOwned::to_owned));
    let session = format!("\r\nMcp-Session-Id: {}\r\nMCP-Protocol-Version: 2025-11-25", session.unwrap());
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
    assert_eq!(raw(&served.address, &head(&session), &ready).0, 202);
    let call =
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "overview", "arguments": {}}});
    let (status, text) = raw(&served.address, &head(&session), &call.to_string());
    assert_eq!(status, 200, "{text}");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).find(|data| data.contains("\"id\":2"));
    let answer: Value = serde_json::from_str(data.unwrap_or_else(|| panic!("{text}"))).unwrap();
    assert_eq!(answer["result"]["structuredContent"], super::shop().tool("overview", json!({})));
}

#[test]
fn no_other_address_than_loopback_is_taken() {
    for address in ["0.0.0.0:0", "192.0.2.1:8765", "[::]:0"] {
        let run = kubereach().args(["mcp", "--http", address]).arg(bundle()).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{address}");
        assert!(String::from_utf8_lossy(&run.stderr).contains("loopback"), "{address}");
    }
}

#[test]
fn standard_input_and_missing_files_are_slips() {
    for (arguments, says) in
        [(&["mcp", "-"][..], "for the client"), (&["mcp", "nothing.tar.gz"], "there is no"), (&["mcp"], "INPUT")]
    {
        let run = kubereach().args(arguments).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&run.stderr).contains(says), "{}", String::from_utf8_lossy(&run.stderr));
    }
}
