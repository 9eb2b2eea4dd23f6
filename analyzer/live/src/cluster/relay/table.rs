//! Whose word an answer is, and what it says
//! (`docs/semantics/measurement.md#whose-word-a-relayed-answer-is`): the one table. The first row that fits decides;
//! what none fits is the target's own answer and is classed as any other.
//!
//! | what comes back | comes to |
//! |---|---|
//! | nothing in time | not tested: how long was waited |
//! | no answer of the API server | not tested: it is the API server that was not reached |
//! | no agent, no tunnel to the nodes | not tested |
//! | 403 that names `…/proxy` | not tested: denied, with the grant to ask for |
//! | the API server's own words about the request or the object | not tested |
//! | 503 "no endpoints available" | unreachable: there is no ready endpoint |
//! | 5xx with words that only the API server writes | unreachable, classed by the cause it names |
//! | anything else, an application's 503 too | what its status says |

use kubereach_prober::class::Class;
use serde::Deserialize;

/// Whose form the body must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A `Status`, as the API server writes it.
    Status,
    /// A `Status` about the very object that was named.
    OfObject,
    /// Any.
    Any,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) statuses: &'static [u16],
    pub(super) form: Form,
    /// In lower case; each of them is in the text.
    pub(super) holds: &'static [&'static str],
    pub(super) class: Class,
    /// In words; the server's own follow.
    pub(super) says: &'static str,
}

const SERVER: &[u16] = &[500, 502, 503, 504];

/// The rows, in the order in which they are tried.
pub(super) const TABLE: &[Row] = &[
    Row {
        statuses: SERVER,
        form: Form::Any,
        holds: &["no agent available"],
        class: Class::NorunVantage,
        says: "the API server has no agent that reaches the nodes",
    },
    Row {
        statuses: SERVER,
        form: Form::Any,
        holds: &["tunnel closed"],
        class: Class::NorunVantage,
        says: "the API server's tunnel to the nodes is closed",
    },
    Row {
        statuses: SERVER,
        form: Form::Any,
        holds: &["no tunnels open"],
        class: Class::NorunVantage,
        says: "the API server has no tunnel to the nodes",
    },
    Row { statuses: &[403], form: Form::Status, holds: &["services/proxy"], class: Class::NorunRbac, says: "denied" },
    Row { statuses: &[403], form: Form::Status, holds: &["pods/proxy"], class: Class::NorunRbac, says: "denied" },
    Row {
        statuses: &[401],
        form: Form::Status,
        holds: &["unauthorized"],
        class: Class::NorunRbac,
        says: "the API server does not accept the credentials",
    },
    Row {
        statuses: &[404],
        form: Form::OfObject,
        holds: &["not found"],
        class: Class::NorunTarget,
        says: "the API server does not have it any more",
    },
    Row {
        statuses: &[400],
        form: Form::Status,
        holds: &["address not allowed"],
        class: Class::NorunGuard,
        says: "the API server does not dial this address",
    },
    Row {
        statuses: &[400],
        form: Form::Status,
        holds: &["invalid service request"],
        class: Class::NorunTarget,
        says: "the API server does not take the request",
    },
    Row {
        statuses: &[400],
        form: Form::Status,
        holds: &["invalid pod request"],
        class: Class::NorunTarget,
        says: "the API server does not take the request",
    },
    Row {
        statuses: &[429],
        form: Form::Any,
        holds: &["too many requests, please try again later"],
        class: Class::NorunLimit,
        says: "the API server is too busy to relay",
    },
    Row {
        statuses: &[503],
        form: Form::Status,
        holds: &["no service port", "found for service"],
        class: Class::NorunTarget,
        says: "the Service has no such port any more",
    },
    Row {
        statuses: &[503],
        form: Form::Status,
        holds: &["no endpoints available for service"],
        class: Class::TcpError,
        says: "the API server knows no ready endpoint of this port to relay to",
    },
];

/// Words of a 5xx that only the API server writes.
pub(super) const SIGNATURES: &[&str] = &[
    "error trying to reach service",
    "error dialing backend",
    "proxy error from",
    // Before Kubernetes 1.13 or so, as plain text.
    "trying to reach: 'http",
];

/// What it says of the cause: its connection, dialled from the control plane.
pub(super) const CAUSES: &[(&str, Class)] = &[
    ("connection refused", Class::TcpRefused),
    ("i/o timeout", Class::TcpTimeout),
    ("connection timed out", Class::TcpTimeout),
    ("context deadline exceeded", Class::TcpTimeout),
    ("no route to host", Class::TcpHostUnreachable),
    ("network is unreachable", Class::TcpNetUnreachable),
    ("operation not permitted", Class::TcpNotPermitted),
    ("no such host", Class::DnsNxdomain),
    ("server gave http response to https client", Class::TlsNotTls),
    ("first record does not look like a tls handshake", Class::TlsNotTls),
    ("malformed http response", Class::HttpNotHttp),
    ("malformed http status", Class::HttpNotHttp),
    ("remote error: tls", Class::TlsAlert),
    ("timeout awaiting response headers", Class::HttpSilent),
    ("connection reset by peer", Class::HttpReset),
    ("server closed idle connection", Class::HttpReset),
    ("eof", Class::HttpReset),
];

/// An answer that came back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came<'a> {
    pub(super) status: u16,
    /// The beginning of the body.
    pub(super) body: &'a str,
    /// The object that was named.
    pub(super) name: &'a str,
}

#[derive(Deserialize)]
struct Status {
    kind: String,
    #[serde(rename = "apiVersion")]
    api_version: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<Details>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    kind: String,
    name: String,
}

/// What the API server says by itself: a class and its words. None where the answer is the target's own.
pub(super) fn own_word(came: Came<'_>) -> Option<(Class, String)> {
    let status: Option<Status> = serde_json::from_str(came.body)
        .ok()
        .filter(|status: &Status| status.kind == "Status" && status.api_version == "v1");
    let text = status.as_ref().map_or(came.body, |status| status.message.as_str());
    let lower = text.to_ascii_lowercase();
    let of_object = || {
        status.as_ref().and_then(|status| status.details.as_ref()).is_some_and(|details| {
            ["services", "endpoints", "pods"].contains(&details.kind.as_str()) && details.name == came.name
        })
    };
    let fits = |row: &&Row| {
        row.statuses.contains(&came.status)
            && match row.form {
                Form::Any => true,
                Form::Status => status.is_some(),
                Form::OfObject => of_object(),
            }
            && row.holds.iter().all(|text| lower.contains(text))
    };
    let words = || kubereach_model::evidence::said::quote(&super::super::call::words(text));
    if let Some(row) = TABLE.iter().find(fits) {
        return Some((row.class, format!("{}: {}", row.says, words())));
    }
    let signed = SERVER.contains(&came.status) && SIGNATURES.iter().any(|text| lower.contains(text));
    signed.then(|| {
        let cause = CAUSES.iter().find(|(text, _)| lower.contains(text));
        (cause.map_or(Class::TcpError, |(_, class)| *class), format!("the API server says: {}", words()))
    })
}
