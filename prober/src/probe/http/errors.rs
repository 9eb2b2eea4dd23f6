//! Exchanges that end without an answer.
//!
//! Source: RFC 9113 section 7;
//! `docs/semantics/measurement.md#closed-or-silent-after-the-connection-is-a-list-of-causes`.

use std::error::Error as StdError;
use std::io::ErrorKind;

use crate::class::Class;
use crate::probe::tap::{Seen, looks_like_http1, looks_like_http2, looks_like_tls};
use crate::probe::tls;

/// The class of an error, and the HTTP/2 error code if one came.
pub(crate) fn class_of(error: &hyper::Error, seen: &Seen, http2: bool) -> (Class, Option<String>) {
    if let Some(tls) = tls::rustls_error(error) {
        return (tls::class_of_error(tls, true, true), None);
    }
    let first = seen.first();
    if http2 {
        if looks_like_http1(&first) {
            return (Class::HttpOtherVersion, None);
        }
        if let Some(h2) = find::<h2::Error>(error).filter(|h2| !h2.is_io())
            && let Some(reason) = h2.reason()
        {
            let class = match reason {
                h2::Reason::HTTP_1_1_REQUIRED => Class::HttpOtherVersion,
                // Our side gave up on what it read: those were no frames.
                _ if !h2.is_remote() && !looks_like_http2(&first) => Class::HttpNotHttp,
                _ => Class::HttpStream,
            };
            return (class, Some(format!("{reason:?}")));
        }
        // Frames that only open the connection are not an answer that broke off.
        let opening = seen.bytes() > 0 && !looks_like_http2(&first);
        return (if opening { Class::HttpIncomplete } else { Class::HttpReset }, None);
    }
    if looks_like_http2(&first) || error.is_parse_version_h2() {
        return (Class::HttpOtherVersion, None);
    }
    if looks_like_tls(&first) {
        return (Class::HttpWrongScheme, None);
    }
    let class = if is_too_large(error) {
        Class::HttpTooLarge
    } else if error.is_parse() && looks_like_http1(&first) {
        Class::HttpMalformed
    } else if error.is_parse() {
        Class::HttpNotHttp
    } else if seen.bytes() > 0 {
        Class::HttpIncomplete
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() || closed(error) {
        Class::HttpReset
    } else if find::<std::io::Error>(error).is_some_and(|e| e.kind() == ErrorKind::TimedOut) {
        Class::HttpSilent
    } else {
        Class::HttpReset
    };
    (class, None)
}

/// More headers came than are read. Only hyper's words say so to a client.
pub(super) fn is_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && error.to_string().contains("too large")
}

fn closed(error: &hyper::Error) -> bool {
    find::<std::io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        )
    })
}

/// The first error of a kind among an error and its sources.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// An error with its sources, in one line.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text.chars().take(300).collect()
}
