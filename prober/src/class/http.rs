//! The class of an HTTP answer, from its status and from who gave it.

use super::Class;
use crate::answered_by::{AnsweredBy, Answerer, Sureness};

/// The class of an answer.
///
/// Source: RFC 9110 section 15; `docs/semantics/measurement.md#any-http-answer-shows-that-the-way-works`.
///
/// `wrong_scheme` is set where the body of a 400 says that the port wants TLS.
pub fn class(status: u16, by: Option<&AnsweredBy>, wrong_scheme: bool) -> Class {
    match status {
        100..=199 => Class::HttpInformational,
        200..=299 => Class::HttpOk,
        300..=399 => Class::HttpRedirect,
        400 if wrong_scheme => Class::HttpWrongScheme,
        401 | 403 | 407 => Class::HttpAuth,
        404 if says(by, "no-route") => Class::HttpNoRoute,
        404 => Class::HttpNotFound,
        405 | 501 => Class::HttpMethod,
        421 => Class::HttpMisdirected,
        426 => Class::HttpUpgrade,
        429 => Class::HttpRateLimited,
        400..=499 => Class::HttpClientError,
        502 => Class::HttpBadGateway,
        504 => Class::HttpGatewayTimeout,
        500..=599 if says(by, "no-upstream") => Class::HttpNoUpstream,
        _ => Class::HttpAppError,
    }
}

/// The fingerprint is at least of medium sureness, and of an intermediary that says so itself.
fn says(by: Option<&AnsweredBy>, what: &str) -> bool {
    by.is_some_and(|by| {
        by.kind == Answerer::Intermediary && by.confidence >= Sureness::Medium && by.says.as_deref() == Some(what)
    })
}

/// The body of a 400 says that plain HTTP came to a TLS port (nginx; Go's `net/http`; Apache).
pub fn wants_tls(status: u16, body: &str) -> bool {
    status == 400
        && [
            "plain HTTP request was sent to HTTPS port",
            "Client sent an HTTP request to an HTTPS server",
            "speaking plain HTTP to an SSL-enabled server port",
        ]
        .iter()
        .any(|text| body.contains(text))
}
