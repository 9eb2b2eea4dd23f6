//! Datagrams: DNS only. Any other service cannot be asked without knowing its language, and its
//! silence would prove nothing.

use std::net::SocketAddr;
use std::time::Duration;

use super::dns;
use crate::class::Class;
use crate::layer::Layer;
use crate::words::{LayerName, RecordType};

/// Ask a DNS server behind an address for one name.
pub(crate) async fn ask(peer: SocketAddr, name: &str, records: &[RecordType], limit: Duration) -> Layer {
    let asked = dns::ask_server(peer, name, records, limit).await;
    let class = match Class::from_word(&asked.class) {
        Some(Class::DnsTimeout) => Class::UdpSilent,
        Some(Class::DnsPortUnreachable) => Class::UdpRefused,
        // A router or a firewall on the way answered for it.
        Some(Class::DnsError) if asked.lookups.last().is_some_and(|l| l.os_error.is_some_and(is_rejection)) => {
            Class::UdpRefused
        }
        Some(Class::NorunLocalStack | Class::DnsError) | None => Class::NorunLocalStack,
        // Any rcode is a datagram that came back.
        Some(_) => Class::UdpAnswered,
    };
    let mut layer = Layer::new(LayerName::Udp, class, asked.elapsed_ms);
    layer.peer = Some(peer);
    layer.detail = format!("{name}: {}", asked.lookups.last().map_or("no answer", |l| l.result.as_str()));
    layer.addresses = asked.addresses;
    layer.os_error = asked.lookups.last().and_then(|l| l.os_error);
    layer.lookups = asked.lookups;
    layer
}

/// `EHOSTUNREACH` and `ENETUNREACH` where there is a route: an ICMP error came back.
fn is_rejection(os_error: i32) -> bool {
    let kind = std::io::Error::from_raw_os_error(os_error).kind();
    matches!(kind, std::io::ErrorKind::HostUnreachable | std::io::ErrorKind::NetworkUnreachable)
}
