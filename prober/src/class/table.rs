//! The table: one row per class.

use crate::words::{Cap, LayerState, Outcome};

/// What a class means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Did the layer do its part? A strict ladder goes on only after `passed`.
    pub state: LayerState,
    /// What the target's measurement comes to if the ladder ends here.
    pub outcome: Outcome,
    /// The worst that may be concluded of it, from a vantage that represents the client and with
    /// corroboration.
    pub cap: Cap,
    /// What happened, in words.
    pub says: &'static str,
    /// Every cause that fits a failure.
    pub causes: &'static [&'static str],
}

macro_rules! classes {
    ($($(#[$meta:meta])* $variant:ident $word:literal : $state:ident, $outcome:ident, $cap:ident, $says:literal $(, [$($cause:literal),+ $(,)?])? ;)+) => {
        /// A stable code. Words are a contract; texts may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Class {
            $(#[doc = $says] $variant),+
        }
        impl Class {
            /// Every class, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word as it is written in observations.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Its row.
            pub const fn rule(self) -> Rule {
                match self {
                    $(Self::$variant => Rule {
                        state: LayerState::$state,
                        outcome: Outcome::$outcome,
                        cap: Cap::$cap,
                        says: $says,
                        causes: &[$($($cause),+)?],
                    }),+
                }
            }
        }
    };
}

classes! {
    // Could not run: says nothing about the target (docs/semantics/measurement.md#could-not-run-is-not-unreachable).
    NorunRbac "norun.rbac": Skipped, NotTested, Nothing, "permission to run the probe or to read its result was refused";
    NorunAdmission "norun.admission": Skipped, NotTested, Nothing, "admission control rejected the probe";
    NorunQuota "norun.quota": Skipped, NotTested, Nothing, "a quota or limit range rejected the probe";
    NorunUnschedulable "norun.unschedulable": Skipped, NotTested, Nothing, "no node took the probe's pod";
    NorunImage "norun.image": Skipped, NotTested, Nothing, "the probe's image could not be pulled or run";
    NorunContainer "norun.container": Skipped, NotTested, Nothing, "the probe's container did not start or was killed";
    NorunSandbox "norun.sandbox": Skipped, NotTested, Nothing, "the probe's pod got no network";
    NorunMeshInit "norun.mesh-init": Skipped, NotTested, Nothing, "the mesh could not prepare the probe's pod";
    NorunDeadline "norun.deadline": Skipped, NotTested, Nothing, "the time for the run was over before this was measured";
    NorunResultLost "norun.result-lost": Skipped, NotTested, Nothing, "the result was lost or damaged";
    NorunNoResolver "norun.no-resolver": Skipped, NotTested, Nothing, "the vantage has no name server configured";
    NorunGuard "norun.guard": Skipped, NotTested, Nothing, "the address is one that is never dialled";
    NorunProtocol "norun.protocol": Skipped, NotTested, Nothing, "the protocol cannot be measured without knowing what the service expects";
    NorunLocalStack "norun.local-stack": Skipped, NotTested, Nothing, "this machine itself could not send: nothing left it";
    NorunVersion "norun.version": Skipped, NotTested, Nothing, "the plan is newer than the prober";
    NorunVantage "norun.vantage": Skipped, NotTested, Nothing, "to be tested from another vantage";
    NorunTarget "norun.target": Skipped, NotTested, Nothing, "the target asks for something that is never sent";
    NorunLimit "norun.limit": Skipped, NotTested, Nothing, "a limit on targets or connections was reached";

    // Names (docs/semantics/measurement.md#what-an-answer-of-dns-means).
    DnsOk "dns.ok": Passed, NotTested, Nothing, "the name resolves";
    DnsSlow "dns.slow": Passed, NotTested, Nothing, "the name resolves, slowly", ["a lost packet or a connection-tracking race (steps of about five seconds)", "a name server that does not answer before the one that does"];
    DnsPartial "dns.partial": Passed, NotTested, Nothing, "the name resolves, but not every name server answers", ["one of the configured name servers is down or blocked"];
    DnsBadAnswer "dns.bad-answer": Passed, NotTested, Nothing, "the name resolves to nothing but loopback or unspecified addresses", ["a resolver that blocks the name", "a wrong record", "another DNS view"];
    DnsTruncatedNoTcp "dns.truncated-no-tcp": Failed, Unreachable, Degraded, "the answer needs TCP, and TCP to the name server fails", ["a policy that allows port 53 over UDP only"];
    DnsNxdomain "dns.nxdomain": Failed, Unreachable, Broken, "no such name in this view", ["the name is misspelled or was removed", "a headless Service without ready endpoints", "an ExternalName whose value is an address", "the name exists only in another DNS view"];
    DnsNodata "dns.nodata": Failed, Unreachable, Broken, "the name exists, without an address", ["only records of another type exist"];
    DnsServfail "dns.servfail": Failed, Unreachable, Degraded, "the name server could not answer", ["its upstream is broken", "it cannot reach the API server", "DNSSEC validation failed"];
    DnsRefusedRcode "dns.refused-rcode": Failed, Unreachable, Unknown, "the name server declines to answer", ["an access list", "the wrong server for this name"];
    DnsTimeout "dns.timeout": Failed, Unreachable, Unknown, "no name server answered", ["a policy that drops port 53", "the DNS Pods are down", "the wrong name server is configured", "lost packets"];
    DnsMalformed "dns.malformed": Failed, Unreachable, Unknown, "what answers at the name server's address sends no DNS messages", ["the wrong name server is configured", "another program listens on the port", "something on the way damages packets"];
    DnsPortUnreachable "dns.port-unreachable": Failed, Unreachable, Broken, "nothing listens at the name server", ["the DNS Service has no endpoints", "a policy that rejects"];
    DnsError "dns.error": Failed, Unreachable, Unknown, "the lookup failed in another way";

    // Sockets (docs/semantics/measurement.md#refused-has-several-meanings and what follows).
    TcpOk "tcp.ok": Passed, Reached, Nothing, "a connection was accepted";
    TcpIntercepted "tcp.intercepted": Skipped, NotTested, Nothing, "a proxy at the vantage accepts every connection, so this one proves nothing";
    TcpRefused "tcp.refused": Failed, Unreachable, Broken, "the connection was refused", ["nothing listens on the port", "the process listens on 127.0.0.1 only", "the Service has no ready endpoints", "a policy or firewall that rejects"];
    TcpTimeout "tcp.timeout": Failed, Unreachable, Broken, "nothing answered, twice", ["a network policy that drops", "a firewall or security group", "the node or address is gone", "a Local traffic policy without endpoints on that node", "lost packets"];
    TcpHostUnreachable "tcp.host-unreachable": Failed, Unreachable, Broken, "something on the way says the host cannot be reached", ["a stale Pod address", "the node is down", "a firewall that rejects as prohibited", "a data plane that answers so for a Service without backends"];
    TcpNetUnreachable "tcp.net-unreachable": Failed, Unreachable, Broken, "a router says it has no route to the address", ["the network is not announced", "the wrong address"];
    TcpNotPermitted "tcp.not-permitted": Failed, Unreachable, Unknown, "the data plane of this node does not permit the connection", ["a Service without backends (with some CNIs)", "a policy for this source on its own node"];
    TcpReset "tcp.reset": Failed, Unreachable, Broken, "the connection was reset while it was made", ["nothing listens behind a proxy that completes handshakes", "the process went away"];
    TcpError "tcp.error": Failed, Unreachable, Unknown, "the connection failed in another way";

    // Handshakes (docs/semantics/measurement.md#a-certificate-that-clients-refuse-is-an-error-of-what-answers).
    TlsOk "tls.ok": Passed, Reached, Nothing, "the handshake completed and the certificate is good";
    TlsUnjudged "tls.unjudged": Passed, Reached, Nothing, "the handshake completed; no name was asked for, so the certificate's was not judged";
    TlsUntrusted "tls.untrusted": Passed, Reached, Nothing, "the handshake completed; the certificate's authority is not known here", ["a private authority", "an intermediate certificate that is not sent"];
    TlsSelfSigned "tls.self-signed": Passed, Reached, Nothing, "the handshake completed; the certificate vouches for itself", ["a self-made certificate that its clients know"];
    TlsExpired "tls.expired": Passed, ServerError, Degraded, "the certificate has expired", ["it was not renewed", "the renewed one is not loaded", "our clock is wrong"];
    TlsNotYetValid "tls.not-yet-valid": Passed, ServerError, Degraded, "the certificate is not valid yet", ["our clock is wrong", "it was issued for later"];
    TlsWrongName "tls.wrong-name": Passed, ServerError, Degraded, "the certificate is for another name", ["the wrong Secret is referenced", "a default certificate is served", "a wildcard that covers one label only"];
    TlsDefaultCert "tls.default-cert": Passed, ServerError, Degraded, "the controller serves its built-in certificate", ["the Secret is missing, unreadable or not of this host"];
    TlsBadCert "tls.bad-cert": Passed, ServerError, Degraded, "the certificate is damaged or unfit";
    TlsNotTls "tls.not-tls": Failed, ServerError, Degraded, "the peer does not speak TLS", ["the port serves plain text", "the wrong port"];
    TlsClientLimit "tls.client-limit": Failed, NotTested, Nothing, "the peer speaks TLS only in a way that this client does not", ["TLS 1.1 or older only", "cipher suites that this client does not offer"];
    TlsClientCertRequired "tls.client-cert-required": Failed, Reached, Nothing, "the peer wants a client certificate";
    TlsUnrecognizedName "tls.unrecognized-name": Failed, Unreachable, Broken, "the peer serves no such name", ["no listener for this server name", "the certificate for this host is not loaded"];
    TlsNoApplicationProtocol "tls.no-application-protocol": Failed, Reached, Nothing, "the peer speaks none of the protocols that were offered";
    TlsAlert "tls.alert": Failed, Unreachable, Unknown, "the peer ended the handshake with an alert", ["no listener for this server name", "a fault of the peer's configuration"];
    TlsReset "tls.reset": Failed, Unreachable, Unknown, "the connection was closed during the handshake", ["a proxy that routes by server name and has no match", "a mesh that demands its own identity", "a plain-text server", "a listener that expects the PROXY protocol"];
    TlsSilent "tls.silent": Failed, Unreachable, Unknown, "the handshake got no answer", ["a hung server", "large packets are lost (MTU)", "a plain-text server that waits for more"];
    TlsError "tls.error": Failed, Unreachable, Unknown, "the handshake failed in another way";

    // HTTP (docs/semantics/measurement.md#any-http-answer-shows-that-the-way-works).
    HttpOk "http.ok": Passed, Verified, Nothing, "answered with success";
    HttpExpected "http.expected": Passed, Verified, Nothing, "answered as the plan expects";
    HttpUnexpected "http.unexpected": Passed, Reached, Nothing, "answered, not as the plan expects";
    HttpInformational "http.informational": Passed, Reached, Nothing, "answered with an interim status";
    HttpRedirect "http.redirect": Passed, Reached, Nothing, "answered with a redirect, which is not followed";
    HttpWrongScheme "http.wrong-scheme": Passed, Reached, Nothing, "answered that it wants TLS";
    HttpAuth "http.auth": Passed, Reached, Nothing, "answered that it wants credentials or forbids";
    HttpNotFound "http.not-found": Passed, Reached, Nothing, "answered 404; who says so cannot be told", ["the application has no such page", "no rule matches"];
    HttpNoRoute "http.no-route": Passed, ServerError, Degraded, "the entry answers that it has no rule for this host and path", ["the rule is not programmed", "another host or path is declared"];
    HttpMethod "http.method": Passed, Reached, Nothing, "answered that the method is not for this path";
    HttpMisdirected "http.misdirected": Passed, Reached, Nothing, "answered that the request was misdirected";
    HttpUpgrade "http.upgrade": Passed, Reached, Nothing, "answered that it wants another protocol on this connection";
    HttpRateLimited "http.rate-limited": Passed, Reached, Nothing, "answered that there are too many requests";
    HttpClientError "http.client-error": Passed, Reached, Nothing, "answered with a client error";
    HttpAppError "http.app-error": Passed, Reached, Nothing, "answered with a server error of its own; the path to it works";
    HttpNoUpstream "http.no-upstream": Passed, ServerError, Degraded, "an intermediary answers that it has no backend to send to", ["no ready endpoints behind it", "its connections to the backend fail"];
    HttpBadGateway "http.bad-gateway": Passed, ServerError, Degraded, "an intermediary could not speak to its backend", ["the backend speaks another protocol", "the backend refuses or resets", "no ready endpoints"];
    HttpGatewayTimeout "http.gateway-timeout": Passed, ServerError, Degraded, "an intermediary waited for its backend in vain", ["the application is slow", "packets are dropped between the two"];
    HttpNotHttp "http.not-http": Failed, ServerError, Degraded, "something answered that is not HTTP", ["the wrong port", "the service speaks another protocol"];
    HttpMalformed "http.malformed": Failed, ServerError, Degraded, "answered with what HTTP forbids, which clients refuse", ["a proxy or application that states a wrong length", "two programs that answer on one connection"];
    HttpTooLarge "http.too-large": Failed, NotTested, Nothing, "answered with more headers than are read here";
    HttpOtherVersion "http.other-version": Failed, ServerError, Degraded, "the peer speaks another version of HTTP", ["a declared protocol that the application does not speak"];
    HttpReset "http.reset": Failed, Unreachable, Unknown, "the connection was closed before any answer", ["a mesh that demands its own identity", "a listener that expects the PROXY protocol or TLS", "an access list", "a balancer without a healthy target"];
    HttpIncomplete "http.incomplete": Failed, ServerError, Degraded, "the answer broke off, or did not come to its end in time", ["the application crashed or stalled", "an idle limit on the way", "large packets are lost (MTU)"];
    HttpSilent "http.silent": Failed, Unreachable, Degraded, "accepted, and never answered", ["the application hangs", "the connection waits in a queue nobody reads", "a listener that expects the PROXY protocol or TLS"];
    HttpStream "http.stream": Failed, ServerError, Degraded, "the HTTP/2 stream was ended by the peer";

    // gRPC (docs/semantics/measurement.md#grpc-answers-by-its-health-service).
    GrpcServing "grpc.serving": Passed, Verified, Nothing, "the health service says SERVING";
    GrpcNotServing "grpc.not-serving": Passed, ServerError, Degraded, "the health service says that it does not serve", ["the application declares itself down"];
    GrpcServiceUnknown "grpc.service-unknown": Passed, Reached, Nothing, "the health service does not know the service that was asked for";
    GrpcUnimplemented "grpc.unimplemented": Passed, Reached, Nothing, "answered that there is no health service";
    GrpcDenied "grpc.denied": Passed, Reached, Nothing, "answered that it wants credentials or forbids";
    GrpcUnavailable "grpc.unavailable": Passed, ServerError, Degraded, "answered UNAVAILABLE", ["an intermediary without a backend", "the application says so itself"];
    GrpcStatus "grpc.status": Passed, Reached, Nothing, "answered with another gRPC status";
    GrpcNotGrpc "grpc.not-grpc": Passed, ServerError, Degraded, "answered over HTTP, not gRPC", ["the wrong port", "an intermediary answered by itself"];

    // Datagrams.
    UdpAnswered "udp.answered": Passed, Reached, Nothing, "a datagram came back";
    UdpRefused "udp.refused": Failed, Unreachable, Broken, "the datagram was rejected", ["nothing listens on the port", "the Service has no ready endpoints", "a policy or firewall that rejects"];
    UdpSilent "udp.silent": Skipped, NotTested, Nothing, "no datagram came back, which is inconclusive";
}
