//! Names: the search list walked with absolute names, one server and one type at a time, so that
//! every answer keeps its own place. A resolver library reports the last candidate's error and
//! loses the first; what the system resolver would do is followed here, and all of it recorded.

mod config;
mod exchange;

pub use config::ResolverConfig;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use exchange::{Answer, Asked, ask};

use crate::class::Class;
use crate::layer::{Layer, Lookup};
use crate::probe::clock::millis;
use crate::words::{LayerName, RecordType};

/// Questions recorded at most, so that a long search list times three servers stays readable.
const MAX_LOOKUPS: usize = 64;
/// Addresses kept of one name: more are dialled by nobody, and a row stays readable.
const MAX_ADDRESSES: usize = 32;
/// From here on a lookup is called slow.
const SLOW_MS: u64 = 1_000;

/// Resolve a name as a pod's resolver would.
pub(crate) async fn resolve(config: &ResolverConfig, name: &str, records: &[RecordType], limit: Duration) -> Layer {
    let started = Instant::now();
    let records = if records.is_empty() { &[RecordType::A, RecordType::Aaaa] } else { records };
    let mut walk = Walk { config, limit, lookups: Vec::new(), silent: Vec::new(), answered: false };
    let mut first_cause: Option<(Answer, String)> = None;
    let mut found: Vec<IpAddr> = Vec::new();
    let mut count = 0;
    let mut any = false;
    let mut slowest_silent = false;
    for candidate in config.candidates(name) {
        let verdict = walk.candidate(&candidate, records, &mut found, &mut count, &mut any).await;
        if any {
            break;
        }
        // The first cause that is not "no such name" is the one to report: glibc would.
        let more_telling = first_cause.as_ref().is_none_or(|(cause, _)| *cause == Answer::NxDomain);
        if more_telling && (first_cause.is_none() || verdict != Answer::NxDomain) {
            first_cause = Some((verdict, candidate.clone()));
        }
        // Nobody answered at all: the system resolver gives up here too.
        if matches!(
            verdict,
            Answer::Timeout | Answer::Malformed | Answer::PortUnreachable | Answer::Error | Answer::Local
        ) {
            slowest_silent = true;
            break;
        }
    }
    let elapsed = millis(started);
    let class = if any {
        if !found.is_empty() && found.iter().all(|address| address.is_loopback() || address.is_unspecified()) {
            Class::DnsBadAnswer
        } else if !walk.silent.is_empty() {
            Class::DnsPartial
        } else if elapsed >= SLOW_MS {
            Class::DnsSlow
        } else {
            Class::DnsOk
        }
    } else {
        class_of(first_cause.as_ref().map_or(Answer::NxDomain, |(cause, _)| *cause))
    };
    let mut layer = Layer::new(LayerName::Dns, class, elapsed);
    layer.detail = match &first_cause {
        Some((_, candidate)) if !any => format!("{candidate} ({} questions)", walk.lookups.len()),
        _ => walk.lookups.last().map(|l| l.name.clone()).unwrap_or_default(),
    };
    if slowest_silent && !any {
        layer.detail.push_str("; the search ended there");
    }
    if count > found.len() {
        layer.detail.push_str(&format!(", {count} addresses, of which {} are kept", found.len()));
    }
    layer.addresses = found;
    layer.lookups = walk.lookups;
    layer
}

/// Ask one server about one name, which is asked for as it is.
pub(crate) async fn ask_server(server: SocketAddr, name: &str, records: &[RecordType], limit: Duration) -> Layer {
    let config = ResolverConfig { servers: vec![server], search: Vec::new(), ndots: 0 };
    resolve(&config, name, records, limit).await
}

const fn class_of(answer: Answer) -> Class {
    match answer {
        Answer::Records => Class::DnsOk,
        Answer::NoData => Class::DnsNodata,
        Answer::NxDomain => Class::DnsNxdomain,
        Answer::ServFail => Class::DnsServfail,
        Answer::Refused => Class::DnsRefusedRcode,
        Answer::Timeout => Class::DnsTimeout,
        Answer::Malformed => Class::DnsMalformed,
        Answer::PortUnreachable => Class::DnsPortUnreachable,
        Answer::TruncatedNoTcp => Class::DnsTruncatedNoTcp,
        Answer::Local => Class::NorunLocalStack,
        Answer::Error => Class::DnsError,
    }
}

struct Walk<'a> {
    config: &'a ResolverConfig,
    limit: Duration,
    lookups: Vec<Lookup>,
    /// Servers that did not answer; asked again only if nobody else does.
    silent: Vec<SocketAddr>,
    answered: bool,
}

impl Walk<'_> {
    /// Every type of one absolute name.
    async fn candidate(
        &mut self,
        name: &str,
        records: &[RecordType],
        found: &mut Vec<IpAddr>,
        count: &mut usize,
        any: &mut bool,
    ) -> Answer {
        let mut verdict = Answer::NoData;
        for &record in records {
            let asked = self.servers(name, record).await;
            match asked.answer {
                Answer::Records => {
                    *any = true;
                    *count += asked.addresses.len();
                    for address in asked.addresses {
                        if found.len() < MAX_ADDRESSES && !found.contains(&address) {
                            found.push(address);
                        }
                    }
                }
                // Holds for every type.
                Answer::NxDomain if !*any => return Answer::NxDomain,
                Answer::NxDomain | Answer::NoData => {}
                worse if !*any => {
                    verdict = worse;
                    if !matches!(worse, Answer::ServFail | Answer::Refused) {
                        return worse;
                    }
                }
                _ => {}
            }
        }
        verdict
    }

    /// One question, to one server after the other, in two rounds.
    async fn servers(&mut self, name: &str, record: RecordType) -> Asked {
        let mut last: Option<Asked> = None;
        for round in 0..2 {
            for &server in &self.config.servers {
                if self.silent.contains(&server) && (self.answered || round == 0) {
                    continue;
                }
                let asked = ask(server, name, record, self.limit).await;
                if self.lookups.len() < MAX_LOOKUPS {
                    self.lookups.push(asked.lookup.clone());
                }
                match asked.answer {
                    Answer::Timeout | Answer::Malformed | Answer::PortUnreachable | Answer::Error | Answer::Local => {
                        if !self.silent.contains(&server) {
                            self.silent.push(server);
                        }
                    }
                    Answer::ServFail | Answer::Refused => self.answered = true,
                    _ => {
                        // It did answer, later.
                        self.silent.retain(|s| *s != server);
                        self.answered = true;
                        return asked;
                    }
                }
                // A server that said something outranks one that said nothing, and silence nothing.
                let outranks = last.as_ref().is_none_or(|previous| {
                    asked.answer != Answer::Timeout
                        && matches!(previous.answer, Answer::Timeout | Answer::Error | Answer::Local)
                });
                if outranks {
                    last = Some(asked);
                }
            }
            if last.as_ref().is_some_and(|l| matches!(l.answer, Answer::ServFail | Answer::Refused)) {
                break;
            }
        }
        last.unwrap_or_else(|| nobody(name, record))
    }
}

/// Every server was silent before, and is not asked a third time.
fn nobody(name: &str, record: RecordType) -> Asked {
    Asked {
        answer: Answer::Timeout,
        addresses: Vec::new(),
        lookup: Lookup {
            name: name.to_owned(),
            record,
            server: SocketAddr::from(([0, 0, 0, 0], 53)),
            transport: "udp".to_owned(),
            result: "timeout".to_owned(),
            elapsed_ms: 0,
            answers: Vec::new(),
            os_error: None,
        },
    }
}
