//! How handshakes fail.
//!
//! Source: RFC 8446 section 6;
//! `docs/semantics/measurement.md#what-the-probers-tls-does-not-speak-is-not-the-peers-fault`.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use rustls::{AlertDescription, Error};

use crate::class::Class;
use crate::layer::TlsFacts;

/// The class of what ended a handshake, or the connection after it.
pub(super) fn class_of_io(error: &io::Error, asked_for_ours: bool, spoke_tls: bool, facts: &mut TlsFacts) -> Class {
    if let Some(tls) = rustls_error(error) {
        if let Error::AlertReceived(alert) = tls {
            facts.alert = Some(alert.as_str().map_or_else(|| format!("{alert:?}"), str::to_owned));
        }
        return class_of_error(tls, asked_for_ours, spoke_tls);
    }
    match error.kind() {
        ErrorKind::TimedOut => Class::TlsSilent,
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
            if spoke_tls =>
        {
            // It asked, got none, and hung up; a reset may overtake the alert that says so.
            if asked_for_ours { Class::TlsClientCertRequired } else { Class::TlsReset }
        }
        _ if !spoke_tls => Class::TlsNotTls,
        _ => Class::TlsError,
    }
}

/// The class of a TLS error.
pub(crate) fn class_of_error(error: &Error, asked_for_ours: bool, spoke_tls: bool) -> Class {
    match error {
        Error::InvalidMessage(_) if !spoke_tls => Class::TlsNotTls,
        Error::AlertReceived(alert) => class_of_alert(*alert, asked_for_ours),
        // This client is stricter than others: no fault of the peer.
        Error::PeerIncompatible(_) => Class::TlsClientLimit,
        Error::NoApplicationProtocol => Class::TlsNoApplicationProtocol,
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => Class::TlsBadCert,
        _ => Class::TlsError,
    }
}

fn class_of_alert(alert: AlertDescription, asked_for_ours: bool) -> Class {
    match alert {
        AlertDescription::CertificateRequired => Class::TlsClientCertRequired,
        AlertDescription::HandshakeFailure
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
            if asked_for_ours =>
        {
            Class::TlsClientCertRequired
        }
        AlertDescription::ProtocolVersion
        | AlertDescription::HandshakeFailure
        | AlertDescription::InsufficientSecurity
        | AlertDescription::InappropriateFallback => Class::TlsClientLimit,
        AlertDescription::UnrecognisedName => Class::TlsUnrecognizedName,
        AlertDescription::NoApplicationProtocol => Class::TlsNoApplicationProtocol,
        _ => Class::TlsAlert,
    }
}

/// The TLS error behind another one, if there is one.
pub(crate) fn rustls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<Error>() {
            return Some(tls);
        }
        // `io::Error::source` skips the error it wraps.
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            let inner: &(dyn StdError + 'static) = inner;
            if let Some(found) = rustls_error(inner) {
                return Some(found);
            }
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{InvalidMessage, PeerIncompatible};

    #[test]
    fn alerts_and_limits_have_their_class() {
        use AlertDescription as A;
        for (error, asked, expected) in [
            (Error::AlertReceived(A::ProtocolVersion), false, Class::TlsClientLimit),
            (Error::AlertReceived(A::HandshakeFailure), false, Class::TlsClientLimit),
            (Error::AlertReceived(A::HandshakeFailure), true, Class::TlsClientCertRequired),
            (Error::AlertReceived(A::CertificateRequired), true, Class::TlsClientCertRequired),
            (Error::AlertReceived(A::BadCertificate), true, Class::TlsClientCertRequired),
            (Error::AlertReceived(A::UnrecognisedName), false, Class::TlsUnrecognizedName),
            (Error::AlertReceived(A::NoApplicationProtocol), false, Class::TlsNoApplicationProtocol),
            (Error::AlertReceived(A::InternalError), false, Class::TlsAlert),
            (Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered), false, Class::TlsClientLimit),
        ] {
            assert_eq!(class_of_error(&error, asked, true), expected, "{error}");
        }
        let text = Error::InvalidMessage(InvalidMessage::InvalidContentType);
        assert_eq!(class_of_error(&text, false, false), Class::TlsNotTls);
    }

    #[test]
    fn what_is_wrapped_is_found() {
        let wrapped = io::Error::other(io::Error::new(
            ErrorKind::InvalidData,
            Error::AlertReceived(AlertDescription::CertificateRequired),
        ));
        assert!(rustls_error(&wrapped).is_some());
        let mut facts = TlsFacts::default();
        assert_eq!(class_of_io(&wrapped, true, true, &mut facts), Class::TlsClientCertRequired);
        assert_eq!(facts.alert.as_deref(), Some("CertificateRequired"));
        assert!(rustls_error(&io::Error::other("no")).is_none());
    }
}
