//! Connections: one at a time per address, and what the operating system says when there is none.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::clock::millis;
use super::gate::Gate;
use crate::class::Class;
use crate::layer::Layer;
use crate::words::LayerName;

/// Error numbers of connect(2) that the standard library has no kind for.
#[cfg(not(windows))]
mod number {
    pub(super) const PERM: i32 = 1;
    pub(super) const ACCES: i32 = 13;
    pub(super) const INVAL: i32 = 22;
    pub(super) const NFILE: i32 = 23;
    pub(super) const MFILE: i32 = 24;
    #[cfg(target_os = "linux")]
    pub(super) const NOBUFS: i32 = 105;
    #[cfg(not(target_os = "linux"))]
    pub(super) const NOBUFS: i32 = 55;
}

/// The same as Winsock has them; a filter's refusal has no number of its own there.
#[cfg(windows)]
mod number {
    pub(super) const PERM: i32 = i32::MIN;
    pub(super) const ACCES: i32 = 10013;
    pub(super) const INVAL: i32 = 10022;
    pub(super) const NFILE: i32 = i32::MIN;
    pub(super) const MFILE: i32 = 10024;
    pub(super) const NOBUFS: i32 = 10055;
}

/// Connect to one address. `alone` waits until no other connection is being made: a router that
/// limits the ICMP errors of a rejecting rule makes parallel refusals look like silence.
pub(crate) async fn connect(gate: &Gate, peer: SocketAddr, limit: Duration, alone: bool) -> (Layer, Option<TcpStream>) {
    let _turn = gate.turn(peer.ip(), alone).await;
    let started = Instant::now();
    let result = match tokio::time::timeout(limit, TcpStream::connect(peer)).await {
        Ok(result) => result,
        Err(_) => Err(ErrorKind::TimedOut.into()),
    };
    let elapsed = millis(started);
    match result {
        Ok(stream) => {
            let mut layer = Layer::new(LayerName::Tcp, Class::TcpOk, elapsed);
            layer.peer = Some(peer);
            layer.source = stream.local_addr().ok();
            let _ = stream.set_nodelay(true);
            (layer, Some(stream))
        }
        Err(error) => (failed(LayerName::Tcp, peer, &error, elapsed), None),
    }
}

/// The layer of a failed connection.
pub(crate) fn failed(layer: LayerName, peer: SocketAddr, error: &io::Error, elapsed: u64) -> Layer {
    let mut layer = Layer::new(layer, class(error, peer), elapsed);
    layer.peer = Some(peer);
    layer.os_error = error.raw_os_error();
    layer.detail = match error.kind() {
        ErrorKind::TimedOut => format!("{peer} did not answer within {elapsed} ms"),
        _ => format!("{peer}: {error} after {elapsed} ms"),
    };
    layer
}

/// Nothing left this machine: the error is its own, and no statement about the peer.
pub(crate) fn is_local(error: &io::Error, peer: SocketAddr) -> bool {
    class(error, peer) == Class::NorunLocalStack
}

/// The class of a connection error (connect(2)). Whether an unreachable network is ours or the path's is told
/// by whether this machine has a route at all: `docs/semantics/measurement.md#unreachable-may-be-ours-or-the-networks`.
fn class(error: &io::Error, peer: SocketAddr) -> Class {
    match error.kind() {
        ErrorKind::ConnectionRefused => Class::TcpRefused,
        ErrorKind::TimedOut => Class::TcpTimeout,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Class::TcpReset,
        ErrorKind::HostUnreachable if has_route(peer) => Class::TcpHostUnreachable,
        ErrorKind::NetworkUnreachable if has_route(peer) => Class::TcpNetUnreachable,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
            Class::NorunLocalStack
        }
        _ => match error.raw_os_error() {
            Some(number::PERM) => Class::TcpNotPermitted,
            // What an ICMPv6 error of a filter on the way becomes.
            Some(number::ACCES) if peer.is_ipv6() && has_route(peer) => Class::TcpHostUnreachable,
            Some(number::ACCES | number::INVAL | number::NFILE | number::MFILE | number::NOBUFS) => {
                Class::NorunLocalStack
            }
            _ => Class::TcpError,
        },
    }
}

/// This machine has a route to the address: choosing one for a datagram socket sends nothing.
fn has_route(peer: SocketAddr) -> bool {
    let any: SocketAddr = if peer.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    UdpSocket::bind(any).is_ok_and(|socket| socket.connect(peer).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Linux reports, and what may be concluded of it.
    #[cfg(target_os = "linux")]
    #[test]
    fn every_error_number_has_its_class() {
        let here: SocketAddr = "127.0.0.1:9".parse().unwrap();
        for (errno, expected) in [
            (111, Class::TcpRefused),
            (110, Class::TcpTimeout),
            (104, Class::TcpReset),
            (113, Class::TcpHostUnreachable),
            (101, Class::TcpNetUnreachable),
            (99, Class::NorunLocalStack),
            (1, Class::TcpNotPermitted),
            (13, Class::NorunLocalStack),
            (22, Class::NorunLocalStack),
            (24, Class::NorunLocalStack),
            (105, Class::NorunLocalStack),
            (71, Class::TcpError),
        ] {
            assert_eq!(class(&io::Error::from_raw_os_error(errno), here), expected, "{errno}");
        }
    }
}
