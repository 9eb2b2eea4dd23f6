//! Names, against a DNS server in this process: the search list walked as the C library walks it,
//! with every answer kept apart.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common;
use crate::common::live::*;
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SRV};
use hickory_proto::rr::{Name, RData, Record, RecordType as Wire};
use kubereach_prober::observations::ResultRow;
use kubereach_prober::plan::{Span, Target};
use kubereach_prober::words::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What a server says to a question.
#[derive(Clone)]
enum Say {
    Records(Vec<RData>),
    Code(ResponseCode),
    Nothing,
    /// Cut over UDP; whole over TCP, if it listens there.
    Cut(Vec<RData>),
    Late(Vec<RData>),
}

type Asked = Arc<Mutex<Vec<String>>>;

fn reply(question: &Message, say: &Say, tcp: bool) -> Option<Vec<u8>> {
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.queries = question.queries.clone();
    let name = question.queries[0].name().clone();
    let mut add = |records: &[RData]| {
        for data in records {
            answer.add_answer(Record::from_rdata(name.clone(), 5, data.clone()));
        }
    };
    match say {
        Say::Records(records) | Say::Late(records) => add(records),
        Say::Cut(records) if tcp => add(records),
        Say::Cut(_) => answer.metadata.truncation = true,
        Say::Code(code) => answer.metadata.response_code = *code,
        Say::Nothing => return None,
    }
    Some(answer.to_vec().unwrap())
}

/// A server on UDP, and on TCP at the same port if `tcp`.
async fn dns(tcp: bool, say: impl Fn(&str, Wire) -> Say + Send + Sync + 'static) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let say = Arc::new(say);
    let (socket, listener) = loop {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(listener) = TcpListener::bind(socket.local_addr().unwrap()).await {
            break (socket, tcp.then_some(listener));
        }
    };
    let address = socket.local_addr().unwrap();
    let (log, speak) = (Arc::clone(&asked), Arc::clone(&say));
    tokio::spawn(async move {
        let mut buffer = [0u8; 4096];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..n]).unwrap();
            let query = &question.queries[0];
            log.lock().unwrap().push(format!("{} {}", query.name(), query.query_type()));
            let said = speak(&query.name().to_string(), query.query_type());
            if matches!(said, Say::Late(_)) {
                tokio::time::sleep(Duration::from_millis(1_050)).await;
            }
            if let Some(bytes) = reply(&question, &said, false) {
                // Somebody else's answer comes first, and is not taken for ours.
                let mut forged = bytes.clone();
                forged[0] ^= 0xff;
                socket.send_to(&forged, from).await.unwrap();
                socket.send_to(&bytes, from).await.unwrap();
            }
        }
    });
    if let Some(listener) = listener {
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let n = stream.read_u16().await.unwrap();
                let mut buffer = vec![0u8; usize::from(n)];
                stream.read_exact(&mut buffer).await.unwrap();
                let question = Message::from_vec(&buffer).unwrap();
                let query = &question.queries[0];
                let bytes = reply(&question, &say(&query.name().to_string(), query.query_type()), true).unwrap();
                stream.write_u16(u16::try_from(bytes.len()).unwrap()).await.unwrap();
                stream.write_all(&bytes).await.unwrap();
            }
        });
    }
    (address, asked)
}

fn v4(text: &str) -> RData {
    RData::A(A(text.parse().unwrap()))
}

const SEARCH: &[&str] = &["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"];
const NAME: Span = Span::new(Segment::Address, Segment::Address);

fn named(name: &str) -> Target {
    let mut target = Target::new("path-1", NAME, Protocol::Dns);
    target.name = Some(name.to_owned());
    target
}

async fn resolved(servers: &[SocketAddr], target: Target) -> ResultRow {
    let mut options = options();
    options.resolver = Some(resolver(servers, SEARCH, 5));
    row_of(plan(vec![target]), &options).await
}

#[tokio::test]
async fn the_search_list_is_walked_with_absolute_names() {
    let (server, asked) = dns(false, |name, kind| match (name, kind) {
        ("cart.shop.svc.cluster.local.", Wire::A) => Say::Records(vec![v4("10.96.7.7")]),
        ("cart.shop.svc.cluster.local.", _) => Say::Records(vec![]),
        _ => Say::Code(ResponseCode::NXDomain),
    })
    .await;
    let row = resolved(&[server], named("cart.shop")).await;
    assert_eq!(verdict(&row), "reached dns.ok");
    let layer = &row.layers[0];
    assert_eq!(layer.addresses, ["10.96.7.7".parse::<std::net::IpAddr>().unwrap()]);
    let walked: Vec<String> = layer.lookups.iter().map(|l| format!("{} {} {}", l.name, l.record, l.result)).collect();
    assert_eq!(
        walked,
        [
            "cart.shop.shop.svc.cluster.local. A NXDOMAIN",
            "cart.shop.svc.cluster.local. A NOERROR",
            "cart.shop.svc.cluster.local. AAAA NODATA",
        ]
    );
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn every_rcode_keeps_its_own_class() {
    for (say, expected) in [
        (Say::Code(ResponseCode::NXDomain), "unreachable dns.nxdomain"),
        (Say::Code(ResponseCode::ServFail), "unreachable dns.servfail"),
        (Say::Code(ResponseCode::Refused), "unreachable dns.refused-rcode"),
        (Say::Code(ResponseCode::NotImp), "unreachable dns.servfail"),
        (Say::Records(vec![]), "unreachable dns.nodata"),
        (Say::Nothing, "unreachable dns.timeout"),
    ] {
        let (server, _) = dns(false, move |_, _| say.clone()).await;
        assert_eq!(verdict(&resolved(&[server], named("x.example.")).await), expected);
    }
    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let row = resolved(&[nobody], named("x.example.")).await;
    assert_eq!(verdict(&row), "unreachable dns.port-unreachable");
    assert_eq!(row.layers[0].lookups[0].os_error, Some(111));
}

/// A resolver library reports the last candidate's NXDOMAIN here, and loses the cause.
#[tokio::test]
async fn the_first_cause_is_reported_not_the_last_no_such_name() {
    for (first, expected, questions) in [
        (Say::Code(ResponseCode::ServFail), "dns.servfail", 4),
        (Say::Records(vec![]), "dns.nodata", 4),
        // Nobody answers: the C library gives up there.
        (Say::Nothing, "dns.timeout", 1),
    ] {
        let (server, asked) =
            dns(
                false,
                move |name, _| {
                    if name.starts_with("web.shop.") { first.clone() } else { Say::Code(ResponseCode::NXDomain) }
                },
            )
            .await;
        let row = resolved(&[server], named("web")).await;
        assert_eq!(row.class, expected);
        let mut names: Vec<String> =
            asked.lock().unwrap().iter().map(|q| q.split(' ').next().unwrap().to_owned()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), questions, "{names:?}");
    }
}

#[tokio::test]
async fn a_silent_server_beside_one_that_answers_is_partial() {
    let (silent, _) = dns(false, |_, _| Say::Nothing).await;
    let (good, _) = dns(false, |_, _| Say::Records(vec![v4("10.0.0.9")])).await;
    let row = resolved(&[silent, good], named("x.example.")).await;
    assert_eq!(verdict(&row), "reached dns.partial");
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let (server, _) = dns(false, |_, _| Say::Late(vec![v4("10.0.0.9")])).await;
    let mut plan = plan(vec![named("x.example.")]);
    plan.limits.dns_ms = 1_400;
    plan.targets[0].records = vec![RecordType::A];
    let mut options = options();
    options.resolver = Some(resolver(&[server], &[], 1));
    assert_eq!(verdict(&row_of(plan, &options).await), "reached dns.slow");
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_over_tcp() {
    let many = || Say::Cut((1..60).map(|i| v4(&format!("10.0.1.{i}"))).collect());
    let (server, _) = dns(true, move |_, _| many()).await;
    let mut target = named("x.example.");
    target.records = vec![RecordType::A];
    let row = resolved(&[server], target.clone()).await;
    assert_eq!(verdict(&row), "reached dns.ok");
    // More than anybody dials are counted, and not kept.
    assert_eq!((row.layers[0].addresses.len(), row.layers[0].lookups[0].transport.as_str()), (32, "tcp"));
    assert!(row.layers[0].detail.contains("59 addresses"), "{}", row.layers[0].detail);
    let (server, _) = dns(false, move |_, _| many()).await;
    assert_eq!(verdict(&resolved(&[server], target).await), "unreachable dns.truncated-no-tcp");
}

#[tokio::test]
async fn aliases_and_named_ports_are_answers() {
    let target = |record| {
        let mut target = named("x.example.");
        target.records = vec![record];
        target
    };
    let name = |text: &str| Name::from_ascii(text).unwrap();
    let (server, _) = dns(false, move |_, kind| match kind {
        Wire::SRV => Say::Records(vec![RData::SRV(SRV::new(0, 100, 8080, name("a.x.example.")))]),
        Wire::AAAA => Say::Records(vec![
            RData::CNAME(CNAME(name("other.example."))),
            RData::AAAA(AAAA("fd00::7".parse().unwrap())),
        ]),
        _ => Say::Records(vec![RData::CNAME(CNAME(name("other.example.")))]),
    })
    .await;
    let srv = resolved(&[server], target(RecordType::Srv)).await;
    assert_eq!(srv.layers[0].lookups[0].answers, ["a.x.example.:8080"]);
    assert_eq!(verdict(&srv), "reached dns.ok");
    let six = resolved(&[server], target(RecordType::Aaaa)).await;
    assert_eq!(six.layers[0].addresses, ["fd00::7".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(verdict(&resolved(&[server], target(RecordType::Cname)).await), "reached dns.ok");
    // An alias that leads nowhere is no address.
    assert_eq!(verdict(&resolved(&[server], target(RecordType::A)).await), "unreachable dns.nodata");
}

#[tokio::test]
async fn a_name_leads_to_its_addresses_and_guarded_ones_are_left_out() {
    let peer = says(http("200 OK", "", "")).await;
    let (server, _) = dns(false, |_, kind| match kind {
        Wire::A => Say::Records(vec![v4("169.254.169.254"), v4("127.0.0.1")]),
        _ => Say::Records(vec![]),
    })
    .await;
    let mut asked = Target::new("path-1", common::FRONT_DOOR, Protocol::Http);
    asked.name = Some("shop".to_owned());
    asked.port = Some(peer.port());
    let row = resolved(&[server], asked.clone()).await;
    assert_eq!(verdict(&row), "verified http.ok");
    let classes: Vec<&str> = row.layers.iter().map(|l| l.class.as_str()).collect();
    assert_eq!(classes, ["dns.ok", "norun.guard", "tcp.ok", "http.ok"]);

    // A name that leads only there is not tested, at any vantage.
    let (server, _) = dns(false, |_, _| Say::Records(vec![v4("169.254.169.254")])).await;
    let row = resolved(&[server], asked).await;
    assert_eq!(verdict(&row), "not-tested norun.guard");
    assert_eq!(row.layers[0].class, "dns.ok");
}

#[tokio::test]
async fn the_address_that_accepts_carries_on_and_the_other_is_on_record() {
    let peer = says(http("200 OK", "", "")).await;
    let (server, _) = dns(false, |_, kind| match kind {
        // 127.0.0.9 listens to nobody at that port.
        Wire::A => Say::Records(vec![v4("127.0.0.9"), v4("127.0.0.1")]),
        _ => Say::Records(vec![]),
    })
    .await;
    let mut asked = Target::new("path-1", common::FRONT_DOOR, Protocol::Http);
    asked.name = Some("shop.example.".to_owned());
    asked.port = Some(peer.port());
    let row = resolved(&[server], asked).await;
    assert_eq!(verdict(&row), "verified http.ok");
    let tcp: Vec<&str> = row.layers.iter().filter(|l| l.layer == LayerName::Tcp).map(|l| l.class.as_str()).collect();
    assert_eq!(tcp, ["tcp.refused", "tcp.ok"]);
}

#[tokio::test]
async fn without_a_resolver_or_from_a_laptop_a_name_is_not_tested() {
    let mut http = Target::new("path-1", common::FRONT_DOOR, Protocol::Http);
    http.name = Some("shop".to_owned());
    for target in [named("shop"), http] {
        assert_eq!(verdict(&row(target.clone()).await), "not-tested norun.no-resolver");
        let (server, _) = dns(false, |_, _| Say::Code(ResponseCode::NXDomain)).await;
        let mut options = options();
        options.vantage.kind = VantageKind::Local;
        options.resolver = Some(resolver(&[server], SEARCH, 5));
        assert_eq!(verdict(&row_of(plan(vec![target]), &options).await), "not-tested norun.vantage");
    }
}

#[tokio::test]
async fn a_dns_server_behind_a_service_is_asked_over_udp() {
    let (server, _) = dns(false, |_, _| Say::Records(vec![v4("10.96.0.1")])).await;
    let asked = |peer| {
        let mut target = target(Protocol::Udp, peer);
        target.query = Some("kubernetes.default.svc.cluster.local.".to_owned());
        target
    };
    assert_eq!(verdict(&row(asked(server)).await), "reached udp.answered");
    // Any rcode is a datagram that came back.
    let (server, _) = dns(false, |_, _| Say::Code(ResponseCode::Refused)).await;
    assert_eq!(verdict(&row(asked(server)).await), "reached udp.answered");
    let (silent, _) = dns(false, |_, _| Say::Nothing).await;
    assert_eq!(verdict(&row(asked(silent)).await), "not-tested udp.silent");
    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(verdict(&row(asked(nobody)).await), "unreachable udp.refused");
}

#[tokio::test]
async fn one_server_can_be_asked_by_its_address() {
    let (server, asked) = dns(false, |_, _| Say::Records(vec![v4("10.96.0.1")])).await;
    let mut target = named("kubernetes.default.svc.cluster.local");
    target.address = Some(server.ip());
    target.port = Some(server.port());
    assert_eq!(verdict(&row(target.clone()).await), "reached dns.ok");
    // As it is: the search list belongs to the resolver.
    assert!(asked.lock().unwrap()[0].starts_with("kubernetes.default.svc.cluster.local. "));
    target.address = Some("169.254.169.254".parse().unwrap());
    target.port = Some(53);
    assert_eq!(verdict(&row(target).await), "not-tested norun.guard");
}

/// A name that is harmless when it is looked up first and leads to a guarded address later: what is
/// dialled is what was looked at, at every attempt anew.
#[tokio::test]
async fn a_name_that_changes_its_mind_reaches_nothing_guarded() {
    let good = nobody().await;
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let (server, _) = dns(false, move |_, kind| {
        let mut count = count.lock().unwrap();
        *count += usize::from(kind == Wire::A);
        match (kind, *count) {
            // Nobody listens there: the target is tried again, and resolved again.
            (Wire::A, 1) => Say::Records(vec![v4("127.0.0.1")]),
            (Wire::A, _) => Say::Records(vec![v4("169.254.169.254"), v4("0.0.0.0")]),
            _ => Say::Records(vec![]),
        }
    })
    .await;
    let mut target = Target::new("path-1", common::FRONT_DOOR, Protocol::Http);
    target.name = Some("rebind.example.".to_owned());
    target.port = Some(good.port());
    let row = resolved(&[server], target).await;
    assert_eq!(*asked.lock().unwrap(), 2);
    // The refusal of the first attempt stands; the second was never sent.
    assert_eq!(verdict(&row), "unreachable tcp.refused");
    assert_eq!((row.tried, row.others.len()), (1, 1));
    let again: Vec<&str> = row.others[0].layers.iter().map(|layer| layer.class.as_str()).collect();
    assert_eq!(again, ["dns.ok", "norun.guard", "norun.guard"]);
    assert!(row.others[0].layers.iter().all(|layer| layer.source.is_none()));
}

#[tokio::test]
async fn an_answer_of_loopback_addresses_is_a_bad_answer() {
    let (server, _) = dns(false, |_, kind| match kind {
        Wire::A => Say::Records(vec![v4("0.0.0.0"), v4("127.0.0.1")]),
        _ => Say::Records(vec![]),
    })
    .await;
    assert_eq!(verdict(&resolved(&[server], named("ads.example.")).await), "reached dns.bad-answer");
}

#[tokio::test]
async fn names_that_dns_cannot_hold_are_never_asked_for() {
    let (server, asked) = dns(false, |_, _| Say::Code(ResponseCode::NXDomain)).await;
    let (label, long) = ("x".repeat(64), "a.".repeat(140));
    for name in ["a..b", ".a", "a b", "\u{e4}.example", &label, &long] {
        assert_eq!(verdict(&resolved(&[server], named(name)).await), "not-tested norun.target", "{name}");
    }
    assert!(asked.lock().unwrap().is_empty());
    // A suffix that makes the name too long is passed over.
    let fits = format!("{}a", "a.".repeat(120));
    assert_eq!(verdict(&resolved(&[server], named(&fits)).await), "unreachable dns.nxdomain");
}

/// A server that answers every question with what `make` makes of it.
async fn raw(make: impl Fn(&Message) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0u8; 4096];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..n]).unwrap();
            socket.send_to(&make(&question), from).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn what_is_no_dns_message_is_told_from_silence() {
    let server = raw(|question| {
        let mut bytes = question.metadata.id.to_be_bytes().to_vec();
        bytes.extend(b"\x81\x80\x00\x01\x00\x05garbage");
        bytes
    })
    .await;
    let row = resolved(&[server], named("shop")).await;
    assert_eq!(verdict(&row), "unreachable dns.malformed");
    // A stranger's bytes are no answer, well made or not.
    let server = raw(|question| (!question.metadata.id).to_be_bytes().to_vec()).await;
    assert_eq!(verdict(&resolved(&[server], named("shop")).await), "unreachable dns.timeout");
}

#[tokio::test]
async fn records_of_other_names_are_not_taken() {
    let other = |name: &str| Name::from_ascii(name).unwrap();
    let server = raw(move |question| {
        let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
        answer.queries = question.queries.clone();
        let asked = question.queries[0].name().clone();
        answer.add_answer(Record::from_rdata(other("elsewhere.example."), 5, v4("192.0.2.66")));
        answer.add_answer(Record::from_rdata(other("alias.example."), 5, v4("192.0.2.7")));
        answer.add_answer(Record::from_rdata(asked, 5, RData::CNAME(CNAME(other("ALIAS.example.")))));
        answer.to_vec().unwrap()
    })
    .await;
    let mut target = named("shop.example.");
    target.records = vec![RecordType::A];
    let row = resolved(&[server], target).await;
    assert_eq!(row.layers[0].addresses, ["192.0.2.7".parse::<std::net::IpAddr>().unwrap()]);
    assert!(!row.layers[0].lookups[0].answers.iter().any(|answer| answer.contains("66")));
}

#[tokio::test]
async fn no_address_of_the_guards_own_list_is_ever_dialled() {
    let mut targets = Vec::new();
    for (number, (address, _)) in kubereach_prober::guard::METADATA.iter().enumerate() {
        for protocol in [Protocol::Tcp, Protocol::Http, Protocol::Https, Protocol::Udp, Protocol::Dns, Protocol::Grpc] {
            let mut target = Target::new(format!("path-{number}-{protocol}"), common::FRONT_DOOR, protocol);
            target.address = Some(*address);
            target.port = Some(if protocol == Protocol::Dns { 53 } else { 80 });
            target.name = (protocol == Protocol::Dns).then(|| "shop.example.".to_owned());
            target.query = (protocol == Protocol::Udp).then(|| "shop.example.".to_owned());
            targets.push(target);
        }
    }
    assert!(targets.len() > 80);
    for row in measured(&plan(targets), &options()).await.results {
        assert_eq!(verdict(&row), "not-tested norun.guard", "{}", row.target);
    }
}
