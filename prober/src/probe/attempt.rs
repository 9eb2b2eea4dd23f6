//! One target: the ladder, the second try in another protocol, the repetition of a failure, the
//! further samples.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

use super::clock::now;
use super::engine::Engine;
use super::http::request;
use super::{dns, grpc, http, tcp, tls, udp};
use crate::class::Class;
use crate::layer::Layer;
use crate::outcome::{Judged, judge};
use crate::plan::Target;
use crate::words::{HttpVersion, LayerName, LayerState, Outcome, Protocol};

/// Addresses of one name that are dialled, one after the other.
const MAX_ADDRESSES: usize = 4;

/// What was done for one target so far. It outlives the work, so that an interrupted run keeps it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Every attempt that came to an end.
    pub(super) attempts: Vec<Done>,
    /// For every sample the attempt that decided it.
    pub(super) samples: Vec<usize>,
    /// The layers of the attempt under way.
    pub(super) current: Vec<Layer>,
    /// When the first attempt began.
    pub(super) at: String,
}

/// An attempt that came to an end.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) at_ms: u64,
    pub(super) why: String,
    /// It was spoken to in another way than planned.
    pub(super) otherwise: bool,
    pub(super) layers: Vec<Layer>,
    pub(super) judged: Judged,
}

/// How an attempt differs from the plain one.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    alone: bool,
    without_alpn: bool,
}

/// Something answered.
pub(super) fn passed(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Verified | Outcome::Reached)
}

/// Measure a target: every sample on a new connection, a first failure repeated once.
pub(super) async fn measure(engine: &Engine, target: &Target, progress: &mut Progress) {
    progress.at = now();
    let mut repeated = false;
    for sample in 0..target.samples.clamp(1, 10) {
        let why = if sample == 0 { "" } else { "sample" };
        let mut result = attempt(engine, target, How::default(), why, progress).await;
        if let Some(second) = other_way(target, progress, result) {
            let index = attempt(engine, &second.target, second.how, &second.why, progress).await;
            let answered = progress.attempts.get(index).is_some_and(|d| passed(d.judged.outcome));
            if let Some(done) = progress.attempts.get_mut(index) {
                done.otherwise = !(second.counts && answered);
            }
            if second.counts && answered {
                result = index;
            }
        }
        let class = class_of(progress, result);
        if !repeated && outcome_of(progress, result) == Outcome::Unreachable {
            repeated = true;
            let alone = class == Some(Class::TcpTimeout);
            if !alone {
                tokio::time::sleep(Duration::from_millis(engine.limits.retry_ms)).await;
            }
            let how = How { alone, ..How::default() };
            let again = attempt(engine, target, how, "again", progress).await;
            result = more_telling(progress, result, again);
        }
        progress.samples.push(result);
        let outcome = outcome_of(progress, result);
        // What nobody answered will not be answered by asking more, and who has enough said so.
        let enough = outcome == Outcome::NotTested
            || matches!(
                class_of(progress, result),
                Some(Class::TcpTimeout | Class::HttpSilent | Class::TlsSilent | Class::HttpRateLimited)
            );
        if enough {
            break;
        }
    }
}

/// Of a failure and its repetition: an answer, else the one that is not mere silence.
fn more_telling(progress: &Progress, first: usize, again: usize) -> usize {
    let (before, after) = (outcome_of(progress, first), outcome_of(progress, again));
    let silent = |index| matches!(class_of(progress, index), Some(Class::TcpTimeout | Class::DnsTimeout));
    if passed(after) || (before == Outcome::Unreachable && after == Outcome::ServerError) {
        again
    } else if after == Outcome::NotTested || (silent(again) && !silent(first)) {
        first
    } else {
        again
    }
}

fn outcome_of(progress: &Progress, index: usize) -> Outcome {
    progress.attempts.get(index).map_or(Outcome::NotTested, |done| done.judged.outcome)
}

fn class_of(progress: &Progress, index: usize) -> Option<Class> {
    progress.attempts.get(index)?.layers.last().and_then(|layer| Class::from_word(&layer.class))
}

async fn attempt(engine: &Engine, target: &Target, how: How, why: &str, progress: &mut Progress) -> usize {
    let at_ms = engine.at();
    progress.current.clear();
    climb(engine, target, how, &mut progress.current).await;
    excuse_clock(&mut progress.current);
    let layers = std::mem::take(&mut progress.current);
    let judged = judge(target, &layers, &engine.options.vantage);
    progress.attempts.push(Done { at_ms, why: why.to_owned(), otherwise: false, layers, judged });
    progress.attempts.len() - 1
}

/// The second try that the first one suggests, if any.
struct Second {
    target: Target,
    how: How,
    why: String,
    /// The plan leaves this open, so its answer is the target's.
    counts: bool,
}

/// At most one second try: plain text where there was no TLS, TLS where it was asked for, the other
/// HTTP where its frames came back, the same where the server asks for it.
fn other_way(target: &Target, progress: &Progress, index: usize) -> Option<Second> {
    let done = progress.attempts.get(index)?;
    let class = class_of(progress, index)?;
    let mut second = target.clone();
    second.port = request::port(target);
    second.protocol_assumed = false;
    let mut how = How::default();
    let mut counts = false;
    let why = match (class, target.protocol) {
        (Class::TlsNotTls, Protocol::Https) => {
            second.protocol = Protocol::Http;
            "as http".to_owned()
        }
        (Class::TlsNotTls, Protocol::Grpcs) => {
            second.protocol = Protocol::Grpc;
            "as grpc".to_owned()
        }
        (Class::HttpWrongScheme, Protocol::Http) => {
            second.protocol = Protocol::Https;
            "as https".to_owned()
        }
        (Class::TlsNoApplicationProtocol, Protocol::Https) => {
            how.without_alpn = true;
            counts = target.http == HttpVersion::Auto;
            "without ALPN".to_owned()
        }
        // The server said that it did not begin with the request (RFC 9113 sections 6.8 and 8.7).
        (Class::HttpStream, _) if was_turned_away(&done.layers) => {
            counts = true;
            "again".to_owned()
        }
        (Class::HttpOtherVersion, Protocol::Http | Protocol::Https) => {
            second.http = if spoke_http2(target, &done.layers) { HttpVersion::Http1 } else { HttpVersion::Http2 };
            counts = target.http == HttpVersion::Auto;
            format!("as HTTP/{}", second.http)
        }
        _ => return None,
    };
    Some(Second { target: second, how, why, counts })
}

/// A server that drains its connections, or that had no room for the stream: a new connection may
/// be asked at once.
fn was_turned_away(layers: &[Layer]) -> bool {
    let reason = layers.last().and_then(|layer| layer.http.as_ref()?.h2_reason.as_deref());
    matches!(reason, Some("NO_ERROR" | "REFUSED_STREAM"))
}

fn spoke_http2(target: &Target, layers: &[Layer]) -> bool {
    match target.http {
        HttpVersion::Http1 => false,
        HttpVersion::Http2 => true,
        HttpVersion::Auto => {
            layers.iter().find_map(|layer| layer.tls.as_ref()).is_some_and(|tls| tls.alpn.as_deref() == Some("h2"))
        }
    }
}

/// Climb as far as it goes. Layers are pushed as they end.
async fn climb(engine: &Engine, target: &Target, how: How, layers: &mut Vec<Layer>) {
    let lowest = if target.protocol == Protocol::Udp { LayerName::Udp } else { LayerName::Tcp };
    let unknown = match target.protocol {
        Protocol::Sctp => Some("SCTP is not spoken here"),
        Protocol::Udp if target.query.is_none() => Some("of UDP services only DNS can be asked"),
        _ => None,
    };
    if let Some(why) = unknown {
        layers.push(Layer::new(lowest, Class::NorunProtocol, 0).with_detail(why));
        return;
    }
    if let Err(why) = request::check(target) {
        layers.push(Layer::new(lowest, Class::NorunTarget, 0).with_detail(why));
        return;
    }
    // Checked just now.
    let port = request::port(target).unwrap_or_default();
    if target.protocol == Protocol::Dns {
        layers.push(ask_dns(engine, target, port).await);
        return;
    }
    let Some(peers) = addresses(engine, target, port, lowest, layers).await else {
        return;
    };
    if target.protocol == Protocol::Udp {
        let query = target.query.as_deref().unwrap_or_default();
        if let Some(peer) = peers.first() {
            let limit = engine.limit(engine.limits.dns_ms);
            layers.push(udp::ask(*peer, query, &target.records, limit).await);
        }
        return;
    }
    let Some(stream) = connect(engine, &peers, how.alone, layers).await else {
        return;
    };
    speak(engine, target, how, stream, layers).await;
}

async fn ask_dns(engine: &Engine, target: &Target, port: u16) -> Layer {
    let name = target.name.as_deref().unwrap_or_default();
    let limit = engine.limit(engine.limits.dns_ms);
    if let Some(server) = target.address {
        if let Some(why) = engine.options.refusal(server, port) {
            return Layer::new(LayerName::Dns, Class::NorunGuard, 0).with_detail(format!("{server} is {why}"));
        }
        return dns::ask_server(SocketAddr::new(server, port), name, &target.records, limit).await;
    }
    match &engine.options.resolver {
        Some(resolver) => dns::resolve(resolver, name, &target.records, limit).await,
        None => Layer::new(LayerName::Dns, Class::NorunNoResolver, 0),
    }
}

/// The addresses to dial: the plan's own, or what its name resolves to; none that is guarded.
async fn addresses(
    engine: &Engine,
    target: &Target,
    port: u16,
    lowest: LayerName,
    layers: &mut Vec<Layer>,
) -> Option<Vec<SocketAddr>> {
    let found = if let Some(address) = target.address {
        vec![address]
    } else {
        let mut asked = target.clone();
        asked.records.clear();
        let layer = ask_dns(engine, &asked, 53).await;
        let found = layer.addresses.clone();
        let resolved = layer.state == LayerState::Passed;
        layers.push(layer);
        if !resolved {
            return None;
        }
        found
    };
    let mut open = Vec::new();
    for address in found {
        match engine.options.refusal(address, port) {
            None => open.push(SocketAddr::new(address, port)),
            Some(why) => {
                let mut layer = Layer::new(lowest, Class::NorunGuard, 0);
                layer.peer = Some(SocketAddr::new(address, port));
                layers.push(layer.with_detail(format!("{address} is {why}")));
            }
        }
    }
    open.truncate(MAX_ADDRESSES);
    (!open.is_empty()).then_some(open)
}

/// Connect to the first address that accepts. Nothing races: every address that did not is on
/// record, and what could not be tried here stands before what was.
async fn connect(engine: &Engine, peers: &[SocketAddr], alone: bool, layers: &mut Vec<Layer>) -> Option<TcpStream> {
    let mut failed = Vec::new();
    for &peer in peers {
        if !engine.gate.spend() {
            failed.push(Layer::new(LayerName::Tcp, Class::NorunLimit, 0).with_detail("no connections left"));
            break;
        }
        // The very address that is connected to is looked at once more.
        if let Some(why) = engine.options.refusal(peer.ip(), peer.port()) {
            failed.push(Layer::new(LayerName::Tcp, Class::NorunGuard, 0).with_detail(why));
            continue;
        }
        let limit = engine.limit(engine.limits.connect_ms);
        let (layer, stream) = tcp::connect(&engine.gate, peer, limit, alone).await;
        if let Some(stream) = stream {
            layers.extend(failed);
            layers.push(layer);
            return Some(stream);
        }
        failed.push(layer);
    }
    failed.sort_by_key(|layer| layer.state != LayerState::Skipped);
    layers.extend(failed);
    None
}

/// Everything above the connection.
async fn speak(engine: &Engine, target: &Target, how: How, stream: TcpStream, layers: &mut Vec<Layer>) {
    let limit = engine.limit(engine.limits.timeout_ms);
    if !target.protocol.is_tls() {
        match target.protocol {
            Protocol::Http => {
                let http2 = target.http == HttpVersion::Http2;
                layers.push(http::ask(stream, target, false, http2, limit).await);
            }
            Protocol::Grpc => layers.push(grpc::ask(stream, target, false, limit).await),
            _ => {}
        }
        return;
    }
    let alpn: &[&str] = match (target.protocol, target.http) {
        _ if how.without_alpn => &[],
        (Protocol::Grpcs, _) | (Protocol::Https, HttpVersion::Http2) => &["h2"],
        (Protocol::Https, HttpVersion::Auto) => &["h2", "http/1.1"],
        (Protocol::Https, HttpVersion::Http1) => &["http/1.1"],
        _ => &[],
    };
    let ask = tls::Ask {
        name: name_of(target),
        other_names: &target.tls_names,
        alpn,
        linger: target.protocol == Protocol::Tls,
    };
    let (layer, stream) = tls::handshake(stream, &ask, engine.roots(), engine.limit(engine.limits.tls_ms)).await;
    let chosen = layer.tls.as_ref().and_then(|tls| tls.alpn.clone());
    layers.push(layer);
    let Some(stream) = stream else { return };
    match target.protocol {
        Protocol::Https => {
            let http2 = match target.http {
                HttpVersion::Auto => chosen.as_deref() == Some("h2"),
                version => version == HttpVersion::Http2,
            };
            layers.push(http::ask(stream, target, true, http2, limit).await);
        }
        Protocol::Grpcs => layers.push(grpc::ask(stream, target, true, limit).await),
        _ => {}
    }
}

/// The name of the handshake: the plan's, or the host without its port, or the name that was resolved.
fn name_of(target: &Target) -> Option<&str> {
    target
        .sni
        .as_deref()
        .or_else(|| target.host.as_deref().map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name)))
        .or(target.name.as_deref())
        .filter(|name| !name.is_empty())
}

/// A certificate that is good by the server's own clock, where that differs from ours by more than
/// an hour, is not held against it.
fn excuse_clock(layers: &mut [Layer]) {
    let ahead = layers
        .iter()
        .find_map(|layer| layer.http.as_ref().and_then(|http| http.clock_ahead_s))
        .filter(|ahead| ahead.abs() > 3_600);
    let Some(ahead) = ahead else { return };
    for layer in layers {
        if let Some(certificate) = &mut layer.certificate
            && tls::rejudge_dates(certificate, ahead)
        {
            let (class, detail) = tls::class(certificate);
            class.word().clone_into(&mut layer.class);
            layer.state = class.state();
            layer.detail = format!("{detail}; its dates are good by the server's clock, {ahead} s ahead of ours");
        }
    }
}
