//! How a Service port is spoken to: what was declared first, what is usual last and only assumed.
//!
//! Sources: core/v1 `ServicePort.appProtocol` (IANA service names, `kubernetes.io/h2c`, `/ws`, `/wss`, KEP-3726;
//! Istio's protocol selection for port names), the annotations of the controllers, and IANA port numbers.

use kubereach_prober::words::{HttpVersion, Protocol};

use kubereach_model::snapshot::model::ServicePort;

/// A way to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// The protocol.
    pub protocol: Protocol,
    /// The version, where it speaks HTTP.
    pub http: HttpVersion,
    /// Nothing says so: a failure above TCP is then no statement about the port.
    pub assumed: bool,
    /// A DNS server: the one thing that can be asked over UDP.
    pub dns: bool,
}

impl Spoken {
    /// Declared to be spoken to like this.
    pub(crate) const fn declared(protocol: Protocol) -> Self {
        Self { protocol, http: HttpVersion::Auto, assumed: false, dns: false }
    }

    const fn http2(protocol: Protocol) -> Self {
        Self { http: HttpVersion::Http2, ..Self::declared(protocol) }
    }

    const fn assumed(protocol: Protocol) -> Self {
        Self { assumed: true, ..Self::declared(protocol) }
    }
}

/// How to speak to a port. `hint` is what leads to it: an annotation, the kind of a route, the scheme of
/// a readiness probe.
pub(crate) fn of_port(port: &ServicePort, hint: Option<Spoken>) -> Spoken {
    match port.protocol.as_str() {
        "SCTP" => return Spoken::declared(Protocol::Sctp),
        "UDP" => return Spoken { dns: is_dns(port), ..Spoken::declared(Protocol::Udp) },
        _ => {}
    }
    let declared = port.app_protocol.as_deref().filter(|p| !p.is_empty()).map(|word| {
        // A word that is not known is the owner's own protocol.
        of_word(&word.to_ascii_lowercase()).unwrap_or(Spoken::declared(Protocol::Tcp))
    });
    declared.or(hint).or_else(|| of_name(&port.name)).unwrap_or_else(|| of_number(port.port.known().copied()))
}

/// A DNS server, by name or number.
pub(crate) fn is_dns(port: &ServicePort) -> bool {
    port.port.known() == Some(&53) || port.name == "dns" || port.name.starts_with("dns-")
}

/// An application protocol by its word, in lower case.
pub(crate) fn of_word(word: &str) -> Option<Spoken> {
    Some(match word {
        "http" | "http1" | "http/1.1" | "ws" | "kubernetes.io/ws" | "grpc-web" | "http-web" => {
            Spoken::declared(Protocol::Http)
        }
        "https" | "https1" | "wss" | "kubernetes.io/wss" => Spoken::declared(Protocol::Https),
        "h2c" | "http2" | "kubernetes.io/h2c" => Spoken::http2(Protocol::Http),
        "https2" | "h2" => Spoken::http2(Protocol::Https),
        "grpc" => Spoken::declared(Protocol::Grpc),
        "grpcs" => Spoken::declared(Protocol::Grpcs),
        "tls" | "ssl" => Spoken::declared(Protocol::Tls),
        "tcp" | "postgres" | "postgresql" | "pgsql" | "mysql" | "mariadb" | "mongo" | "mongodb" | "redis"
        | "rediss" | "kafka" | "amqp" | "amqps" | "nats" | "mqtt" | "mqtts" | "memcached" | "memcache" | "smtp"
        | "smtps" | "imap" | "imaps" | "ldap" | "ldaps" | "ssh" | "ftp" | "zookeeper" | "cassandra" | "cql"
        | "mssql" | "oracle" | "dns" | "thrift" | "rsync" | "nfs" | "rdp" => Spoken::declared(Protocol::Tcp),
        _ => return None,
    })
}

/// A port's name: the word itself, or the word before a dash (`http-metrics`).
fn of_name(name: &str) -> Option<Spoken> {
    let name = name.to_ascii_lowercase();
    of_word(&name).or_else(|| {
        let (first, _) = name.split_once('-')?;
        of_word(first)
    })
}

/// Numbers say what is usual, and no more.
fn of_number(number: Option<u16>) -> Spoken {
    Spoken::assumed(match number {
        Some(443 | 6443 | 8443 | 9443 | 10250) => Protocol::Https,
        Some(
            21 | 22 | 25 | 53 | 110 | 143 | 389 | 465 | 587 | 636 | 993 | 995 | 1433 | 1521 | 1883 | 2049 | 2181 | 2379
            | 2380 | 3306 | 3389 | 4222 | 5432 | 5671 | 5672 | 6379 | 6380 | 7000 | 7001 | 8883 | 9042 | 9092 | 9093
            | 9094 | 11211 | 26379 | 27017 | 27018,
        ) => Protocol::Tcp,
        _ => Protocol::Http,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::lenient::Field;

    fn port(name: &str, number: u16, app: Option<&str>, transport: &str) -> ServicePort {
        ServicePort {
            name: name.to_owned(),
            protocol: transport.to_owned(),
            port: Field::Known(number),
            app_protocol: app.map(str::to_owned),
            ..ServicePort::default()
        }
    }

    #[test]
    fn what_is_declared_outranks_what_is_usual() {
        for (name, number, app, transport, expected, assumed) in [
            ("", 80, None, "TCP", Protocol::Http, true),
            ("", 443, None, "TCP", Protocol::Https, true),
            ("", 5432, None, "TCP", Protocol::Tcp, true),
            ("http", 5432, None, "TCP", Protocol::Http, false),
            ("http-metrics", 9090, None, "TCP", Protocol::Http, false),
            ("https-webhook", 80, None, "TCP", Protocol::Https, false),
            ("grpc", 80, None, "TCP", Protocol::Grpc, false),
            ("tls-x", 80, None, "TCP", Protocol::Tls, false),
            ("web", 8080, Some("kubernetes.io/h2c"), "TCP", Protocol::Http, false),
            ("http", 80, Some("example.com/own"), "TCP", Protocol::Tcp, false),
            ("http", 80, Some("HTTPS"), "TCP", Protocol::Https, false),
            ("dns", 53, None, "UDP", Protocol::Udp, false),
            ("x", 9, None, "SCTP", Protocol::Sctp, false),
            ("redis", 80, None, "TCP", Protocol::Tcp, false),
        ] {
            let spoken = of_port(&port(name, number, app, transport), None);
            assert_eq!((spoken.protocol, spoken.assumed), (expected, assumed), "{name} {number} {app:?}");
        }
        assert!(of_port(&port("dns-udp", 5353, None, "UDP"), None).dns);
        assert!(!of_port(&port("syslog", 514, None, "UDP"), None).dns);
    }

    #[test]
    fn what_leads_to_a_port_outranks_its_name_and_not_its_own_word() {
        let hint = Some(Spoken::declared(Protocol::Https));
        assert_eq!(of_port(&port("http", 80, None, "TCP"), hint).protocol, Protocol::Https);
        assert_eq!(of_port(&port("http", 80, Some("http"), "TCP"), hint).protocol, Protocol::Http);
    }
}
