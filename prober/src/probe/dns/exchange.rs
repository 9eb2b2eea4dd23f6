//! One question to one server over UDP, and over TCP where the answer does not fit.
//!
//! Written by hand, above `hickory-proto`'s messages. What hickory-resolver has for it does not keep what a row needs:
//! its `NameServer::send` is private to that crate; the pool around it chooses the server by its own measured times and
//! asks several at once, so an answer has neither its server nor its time; answers without records come as one error
//! over all of them; and that an answer was cut over UDP, that something undecodable came, and ICMP's *port unreachable*
//! are not told (<https://github.com/hickory-dns/hickory-dns/blob/main/crates/resolver/src/name_server_pool.rs>).

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType as WireType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::layer::Lookup;
use crate::probe::clock::millis;
use crate::probe::tcp;
use crate::words::RecordType;

/// What one question came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Records of the type.
    Records,
    /// The name exists, without such a record.
    NoData,
    /// No such name.
    NxDomain,
    /// SERVFAIL, FORMERR, NOTIMP: the server could not.
    ServFail,
    /// The server declines.
    Refused,
    /// No datagram came back.
    Timeout,
    /// Something came back that is no DNS message (RFC 1035 section 4).
    Malformed,
    /// ICMP said that nothing listens.
    PortUnreachable,
    /// The answer was cut, and TCP did not bring the whole of it.
    TruncatedNoTcp,
    /// This machine itself could not send.
    Local,
    /// Something on the way said no, or the question could not be written.
    Error,
}

/// What one question came to, with its record.
pub(crate) struct Asked {
    pub(crate) answer: Answer,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) lookup: Lookup,
}

/// Ask `server` for records of one type of an absolute name.
pub(crate) async fn ask(server: SocketAddr, name: &str, record: RecordType, limit: Duration) -> Asked {
    let started = Instant::now();
    let mut lookup = Lookup {
        name: name.to_owned(),
        record,
        server,
        transport: "udp".to_owned(),
        result: String::new(),
        elapsed_ms: 0,
        answers: Vec::new(),
        os_error: None,
    };
    let mut addresses = Vec::new();
    let answer = match question(name, record) {
        Err(_) => Answer::Error,
        Ok((message, asked)) => match over_udp(server, &message, limit).await {
            Ok(reply) if reply.metadata.truncation => {
                "tcp".clone_into(&mut lookup.transport);
                match over_tcp(server, &message, limit).await {
                    Ok(reply) => read(&reply, &asked, record, &mut addresses, &mut lookup),
                    Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Answer::Malformed,
                    Err(_) => Answer::TruncatedNoTcp,
                }
            }
            Ok(reply) => read(&reply, &asked, record, &mut addresses, &mut lookup),
            Err(error) => failed(&error, server, &mut lookup),
        },
    };
    lookup.elapsed_ms = millis(started);
    if lookup.result.is_empty() {
        word(answer).clone_into(&mut lookup.result);
    }
    Asked { answer, addresses, lookup }
}

fn failed(error: &std::io::Error, server: SocketAddr, lookup: &mut Lookup) -> Answer {
    lookup.os_error = error.raw_os_error();
    match error.kind() {
        std::io::ErrorKind::TimedOut => Answer::Timeout,
        std::io::ErrorKind::InvalidData => Answer::Malformed,
        std::io::ErrorKind::ConnectionRefused => Answer::PortUnreachable,
        _ if tcp::is_local(error, server) => Answer::Local,
        _ => Answer::Error,
    }
}

const fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Records => "NOERROR",
        Answer::NoData => "NODATA",
        Answer::NxDomain => "NXDOMAIN",
        Answer::ServFail => "SERVFAIL",
        Answer::Refused => "REFUSED",
        Answer::Timeout => "timeout",
        Answer::Malformed => "malformed",
        Answer::PortUnreachable => "port-unreachable",
        Answer::TruncatedNoTcp => "truncated, no answer over TCP",
        Answer::Local | Answer::Error => "error",
    }
}

const fn wire(record: RecordType) -> WireType {
    match record {
        RecordType::A => WireType::A,
        RecordType::Aaaa => WireType::AAAA,
        RecordType::Srv => WireType::SRV,
        RecordType::Cname => WireType::CNAME,
    }
}

fn question(name: &str, record: RecordType) -> Result<(Message, Name), hickory_proto::ProtoError> {
    let mut message = Message::new(id(), MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    let asked = Name::from_ascii(name)?;
    message.add_query(Query::query(asked.clone(), wire(record)));
    // 1232 bytes fit into every path's packets (DNS flag day 2020).
    let mut edns = Edns::new();
    edns.set_max_payload(1232);
    message.set_edns(edns);
    Ok((message, asked))
}

/// A number nobody else guesses. Where the system has no randomness (an empty root without `/dev`)
/// the clock has to do: the socket is connected, so a stranger's answer does not arrive anyway.
fn id() -> u16 {
    let mut bytes = [0u8; 2];
    if crate::probe::tls::random(&mut bytes) {
        return u16::from_be_bytes(bytes);
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let [a, b, ..] = now.map_or(0, |now| now.subsec_nanos()).to_le_bytes();
    u16::from_be_bytes([a, b])
}

async fn over_udp(server: SocketAddr, message: &Message, limit: Duration) -> std::io::Result<Message> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    socket.send(&message.to_vec().map_err(std::io::Error::other)?).await?;
    let mut buffer = vec![0u8; 4096];
    let mut malformed = false;
    let outcome = within(limit, async {
        loop {
            let length = socket.recv(&mut buffer).await?;
            let bytes = buffer.get(..length).unwrap_or_default();
            match Message::from_vec(bytes) {
                // A datagram that does not answer this question is not an answer.
                Ok(reply) if answers(&reply, message) => return Ok(reply),
                Ok(_) => {}
                // Whoever sent it knows the number of the question; an answer may follow.
                Err(_) => malformed |= bytes.get(..2) == Some(&message.metadata.id.to_be_bytes()[..]),
            }
        }
    })
    .await;
    match outcome {
        Err(error) if malformed && error.kind() == std::io::ErrorKind::TimedOut => Err(undecodable()),
        other => other,
    }
}

fn undecodable() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, "what came back is no DNS message")
}

async fn over_tcp(server: SocketAddr, message: &Message, limit: Duration) -> std::io::Result<Message> {
    within(limit, async {
        let mut stream = TcpStream::connect(server).await?;
        let bytes = message.to_vec().map_err(std::io::Error::other)?;
        let length = u16::try_from(bytes.len()).map_err(std::io::Error::other)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(&bytes).await?;
        let length = stream.read_u16().await?;
        let mut reply = vec![0u8; usize::from(length)];
        stream.read_exact(&mut reply).await?;
        let reply = Message::from_vec(&reply).map_err(|_| undecodable())?;
        if answers(&reply, message) {
            Ok(reply)
        } else {
            Err(std::io::Error::other("the answer is to another question"))
        }
    })
    .await
}

async fn within<T>(limit: Duration, work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

fn answers(reply: &Message, message: &Message) -> bool {
    reply.metadata.id == message.metadata.id
        && reply.metadata.message_type == MessageType::Response
        && (reply.queries.is_empty() || reply.queries == message.queries)
}

/// The name that was asked for, and where its aliases lead within the answer (RFC 1034 section 3.6.2). Records of any
/// other name were not asked for, and are not taken.
fn names<'m>(reply: &'m Message, asked: &'m Name) -> Vec<&'m Name> {
    let mut names = vec![asked];
    let mut at = 0;
    while let Some(name) = names.get(at).copied() {
        at += 1;
        for answer in reply.answers.iter().filter(|answer| answer.name == *name) {
            if let RData::CNAME(alias) = &answer.data
                && !names.contains(&&alias.0)
            {
                names.push(&alias.0);
            }
        }
    }
    names
}

/// Records of the type asked for, wherever an alias in the answer leads.
fn read(reply: &Message, asked: &Name, record: RecordType, addresses: &mut Vec<IpAddr>, lookup: &mut Lookup) -> Answer {
    let mut wanted = false;
    let names = names(reply, asked);
    for answer in reply.answers.iter().filter(|answer| names.contains(&&answer.name)) {
        let (text, kind) = match &answer.data {
            RData::A(a) => {
                if record == RecordType::A {
                    addresses.push(IpAddr::V4(a.0));
                }
                (a.0.to_string(), RecordType::A)
            }
            RData::AAAA(a) => {
                if record == RecordType::Aaaa {
                    addresses.push(IpAddr::V6(a.0));
                }
                (a.0.to_string(), RecordType::Aaaa)
            }
            RData::CNAME(alias) => (format!("CNAME {}", alias.0), RecordType::Cname),
            RData::SRV(srv) => (format!("{}:{}", srv.target, srv.port), RecordType::Srv),
            _ => continue,
        };
        wanted |= kind == record;
        if lookup.answers.len() < 32 {
            lookup.answers.push(text);
        }
    }
    match reply.metadata.response_code {
        ResponseCode::NoError if wanted => Answer::Records,
        ResponseCode::NoError => Answer::NoData,
        ResponseCode::NXDomain => Answer::NxDomain,
        ResponseCode::Refused => Answer::Refused,
        ResponseCode::ServFail => Answer::ServFail,
        other => {
            lookup.result = other.to_string();
            Answer::ServFail
        }
    }
}
