//! The closed vocabularies of plans and observations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident = $default:ident { $($body:tt)+ }) => {
        $crate::words::words! { $(#[$meta])* $name { $($body)+ } }
        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }
    };
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant),+
        }
        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word as it is written in JSON and prose.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// One stretch of a path. The same words, in the same order, as in a report.
    Segment {
        /// Where clients dial.
        Address = "address",
        /// Who serves the entry.
        Controller = "controller",
        /// The port, protocol and host name that listens.
        Listener = "listener",
        /// Which rule takes the request.
        Rule = "rule",
        /// From the rule to its backend.
        Reference = "reference",
        /// The Service itself.
        Service = "service",
        /// The ready addresses behind it.
        Endpoints = "endpoints",
        /// From Service port to container port.
        Port = "port",
        /// Network policy, for the source that measured.
        Policy = "policy",
        /// Certificates and TLS modes.
        Tls = "tls",
    }
}

words! {
    /// How a target is spoken to.
    Protocol {
        /// A TCP connection, nothing sent.
        Tcp = "tcp",
        /// A TLS handshake.
        Tls = "tls",
        /// HTTP in the clear.
        Http = "http",
        /// HTTP over TLS.
        Https = "https",
        /// gRPC health over HTTP/2 in the clear.
        Grpc = "grpc",
        /// gRPC health over HTTP/2 and TLS.
        Grpcs = "grpcs",
        /// A DNS question to the resolver of the vantage, or to `address`.
        Dns = "dns",
        /// A DNS question over UDP; any other UDP service cannot be measured without knowing it.
        Udp = "udp",
        /// Never measured: said in the row.
        Sctp = "sctp",
    }
}

impl Protocol {
    /// TLS is spoken before anything else.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::Https | Self::Grpcs)
    }

    /// The port that goes without saying, if the protocol has one.
    pub const fn default_port(self) -> Option<u16> {
        match self {
            Self::Http | Self::Grpc => Some(80),
            Self::Https | Self::Grpcs | Self::Tls => Some(443),
            Self::Dns | Self::Udp => Some(53),
            Self::Tcp | Self::Sctp => None,
        }
    }
}

words! {
    /// The only request methods that are sent: none of them changes anything.
    Method = Get {
        /// `GET`.
        Get = "GET",
        /// `HEAD`.
        Head = "HEAD",
        /// `OPTIONS`.
        Options = "OPTIONS",
    }
}

words! {
    /// Which HTTP is spoken.
    HttpVersion = Auto {
        /// HTTP/2 where ALPN chooses it, HTTP/1.1 otherwise.
        Auto = "auto",
        /// HTTP/1.1.
        Http1 = "1.1",
        /// HTTP/2; in the clear with prior knowledge (RFC 9113 section 3.3).
        Http2 = "2",
    }
}

words! {
    /// A DNS record type that can be asked for.
    RecordType {
        /// IPv4 addresses.
        A = "A",
        /// IPv6 addresses.
        Aaaa = "AAAA",
        /// Named ports of a Service.
        Srv = "SRV",
        /// An alias.
        Cname = "CNAME",
    }
}

words! {
    /// Where a measurement is made.
    VantageKind {
        /// From a pod.
        InCluster = "in-cluster",
        /// From the operator's machine.
        Local = "local",
        /// Relayed by the API server: localizes, never judges.
        Apiserver = "apiserver",
    }
}

words! {
    /// What the API server relays to.
    RelayedResource {
        /// One of the ready pods of a Service.
        Services = "services",
        /// One pod.
        Pods = "pods",
    }
}

words! {
    /// Why a target is in the plan.
    Purpose = Path {
        /// It measures a path.
        Path = "path",
        /// It shows that the vantage works, or what an entry answers to a host nobody declared.
        Control = "control",
    }
}

words! {
    /// One rung of the ladder, in the order it is climbed.
    LayerName {
        /// Name resolution. Success is never reachability.
        Dns = "dns",
        /// The connection.
        Tcp = "tcp",
        /// The handshake.
        Tls = "tls",
        /// The answer to one request.
        Http = "http",
        /// The answer of the health service.
        Grpc = "grpc",
        /// The answer to one datagram.
        Udp = "udp",
    }
}

words! {
    /// What happened on one rung.
    LayerState {
        /// It did what it is for.
        Passed = "passed",
        /// It did not.
        Failed = "failed",
        /// It was not tried, or could not be; says nothing of the target.
        Skipped = "skipped",
    }
}

words! {
    /// What a target's measurement came to, worst first.
    Outcome {
        /// Transport failure, with evidence.
        Unreachable = "unreachable",
        /// Something answered that could not do its part: an intermediary without its upstream, a
        /// certificate that verifying clients refuse, a peer that speaks another protocol.
        ServerError = "server-error",
        /// Nothing usable was measured; the reason says why.
        NotTested = "not-tested",
        /// Something answered that is not a success, or the target asks for transport only.
        Reached = "reached",
        /// HTTP 2xx, gRPC SERVING, or the plan's own expectation met.
        Verified = "verified",
    }
}

words! {
    /// How far a measurement speaks for real traffic.
    Confidence {
        /// Relayed by the API server.
        Indirect = "indirect",
        /// Dialled the way traffic flows.
        Real = "real",
    }
}

words! {
    /// The worst that may be concluded of a failure, from a vantage that represents the client and
    /// with corroboration. Without either it is one step less.
    Cap = Nothing {
        /// Says nothing against the target.
        Nothing = "nothing",
        /// At most that it cannot be told.
        Unknown = "unknown",
        /// At most that traffic suffers.
        Degraded = "degraded",
        /// That traffic does not get through.
        Broken = "broken",
    }
}
