//! HTTP/1.1 on a socket: just enough of RFC 9112 for a client that behaves.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::{Cluster, Fault, answer, watch};

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As it was sent.
    pub(crate) target: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    /// Names in lower case; what was sent more than once is joined with commas.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn token(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn serve(stream: TcpStream, cluster: &Cluster) {
    let mut writer = stream.try_clone().unwrap();
    converse(BufReader::new(stream), &mut writer, cluster, None);
}

/// Answers what comes until the other side has enough. `known` is who a client certificate names.
pub(crate) fn converse(mut reader: impl BufRead, mut writer: &mut impl Write, cluster: &Cluster, known: Option<&str>) {
    while let Some(mut request) = read(&mut reader) {
        if let Some(name) = known {
            request.headers.entry("authorization".to_owned()).or_insert_with(|| format!("Bearer {name}"));
        }
        cluster.log.lock().unwrap().push(request.clone());
        let fault = {
            let mut troubles = cluster.troubles.lock().unwrap();
            let asks = ["continue", "watch"].into_iter().find(|key| request.query.contains_key(*key));
            let whole = format!("{}?{}", request.path, asks.unwrap_or_default());
            let found = troubles.iter_mut().find(|t| t.times > 0 && whole.contains(&t.path));
            found.map(|t| {
                t.times -= 1;
                t.fault.clone()
            })
        };
        let status = |code: u16| answer::status(code, "Trouble", "the server has a bad day");
        let (response, cut) = match fault {
            Some(Fault::Hangup) => return,
            Some(Fault::Status(code, after)) => (Response { retry_after: after, ..status(code) }, false),
            Some(Fault::Expired) => {
                (answer::status(410, "Expired", "The provided continue parameter is too old"), false)
            }
            Some(Fault::Malformed) => (
                Response {
                    status: 200,
                    body: b"{\"kind\": \"PodList\", \"items\": [{\"meta".to_vec(),
                    ..Response::default()
                },
                false,
            ),
            Some(Fault::Slow(time)) => {
                std::thread::sleep(time);
                (answer::answer(&request, cluster), false)
            }
            Some(Fault::ThirdParty(code, headers, text)) => {
                let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                (Response { status: code, headers, body: text.as_bytes().to_vec(), ..Response::default() }, false)
            }
            Some(Fault::Endless) => {
                let mut list = answer::answer(&request, cluster);
                let mut body: serde_json::Value = serde_json::from_slice(&list.body).unwrap();
                body["metadata"]["continue"] = "again".into();
                list.body = serde_json::to_vec(&body).unwrap();
                (list, false)
            }
            Some(Fault::Cut) => (answer::answer(&request, cluster), true),
            None if request.query.get("watch").is_some_and(|watch| watch == "true") => {
                if watch::serve(&mut writer, &request, cluster).is_err() {
                    return;
                }
                continue;
            }
            None => (answer::answer(&request, cluster), false),
        };
        if write(&mut writer, &request, &response, cut, cluster).is_err() || cut {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    });
    let mut request =
        Request { method, path: decode(path), query: query.collect(), target: target.clone(), ..Request::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            let all = request.headers.entry(name.to_ascii_lowercase()).or_default();
            all.push_str(if all.is_empty() { "" } else { "," });
            all.push_str(value.trim());
        }
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(byte) = hex {
            out.push(byte);
            at += 3;
        } else {
            out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

fn write(
    writer: &mut impl Write,
    request: &Request,
    response: &Response,
    cut: bool,
    cluster: &Cluster,
) -> std::io::Result<()> {
    let gzip = request.header("accept-encoding").contains("gzip") && response.body.len() > 128 * 1024;
    let body = if gzip {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&response.body)?;
        encoder.finish()?
    } else {
        response.body.clone()
    };
    let mut head = format!("HTTP/1.1 {} X\r\ncontent-length: {}\r\n", response.status, body.len());
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if response.headers.is_empty() {
        head.push_str("content-type: application/json\r\n");
    }
    if gzip {
        head.push_str("content-encoding: gzip\r\n");
    }
    if let Some(seconds) = response.retry_after {
        head.push_str(&format!("retry-after: {seconds}\r\n"));
    }
    if let Some(date) = &cluster.date {
        head.push_str(&format!("date: {date}\r\n"));
    }
    head.push_str("\r\n");
    // In one piece: a client that waits before it acknowledges the head would hold the body back.
    let mut whole = head.into_bytes();
    if request.method != "HEAD" {
        whole.extend_from_slice(if cut { &body[..body.len() / 2] } else { &body });
    }
    writer.write_all(&whole)?;
    writer.flush()
}
