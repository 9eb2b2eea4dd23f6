//! Trust, name and dates: three questions, three answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

use super::facts;
use super::roots::Roots;
use super::verifier::{Presented, provider};
use crate::class::Class;
use crate::layer::{Certificate, Judgement};

/// Judge what was presented. Revocation is not looked at.
pub(super) fn judge(
    presented: &Presented,
    asked: Option<&ServerName<'_>>,
    other_names: &[String],
    roots: &Roots,
    now: SystemTime,
) -> Certificate {
    let Some(leaf) = presented.chain.first() else {
        return facts::nothing();
    };
    let mut certificate = facts::read(leaf, presented.chain.len());
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let dates = facts::dates(leaf);
    certificate.dates = judge_dates(dates, seconds);
    certificate.days_left = dates
        .map_or(0, |(_, until)| until.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX)).div_euclid(86_400));
    let Ok(parsed) = ParsedCertificate::try_from(leaf) else {
        certificate.trust = Judgement::Failed("bad-encoding".to_owned());
        return certificate;
    };
    certificate.name = asked.map_or(Judgement::Skipped, |name| covers(&parsed, name));
    for other in other_names {
        let name = other.replacen('*', "any", 1);
        let covered = ServerName::try_from(name).is_ok_and(|name| covers(&parsed, &name) == Judgement::Ok);
        certificate.other_names.insert(other.clone(), covered);
    }
    (certificate.trust, certificate.trusted_by) = if presented.bad_signature {
        (Judgement::Failed("bad-signature".to_owned()), String::new())
    } else if roots.is_pinned(leaf) {
        (Judgement::Ok, "plan".to_owned())
    } else {
        trust(&parsed, presented, roots, dates, seconds, certificate.self_signed)
    };
    certificate
}

/// Ask each set; the dates are another question, so the chain is judged at a moment within them.
fn trust(
    parsed: &ParsedCertificate<'_>,
    presented: &Presented,
    roots: &Roots,
    dates: Option<(i64, i64)>,
    seconds: u64,
    self_signed: bool,
) -> (Judgement, String) {
    let moment = dates.map_or(seconds, |(from, until)| {
        let from = u64::try_from(from).unwrap_or(0);
        let until = u64::try_from(until).unwrap_or(0).max(from);
        seconds.clamp(from, until)
    });
    let now = UnixTime::since_unix_epoch(Duration::from_secs(moment));
    let intermediates: &[CertificateDer<'_>] = presented.chain.get(1..).unwrap_or_default();
    let algorithms = provider().signature_verification_algorithms.all;
    let mut first: Option<Error> = None;
    for (set, store) in roots.sets() {
        match verify_server_cert_signed_by_trust_anchor(parsed, store, intermediates, now, algorithms) {
            Ok(()) => return (Judgement::Ok, (*set).to_owned()),
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    let why = first.map_or("unknown-issuer", |error| reason(&error, self_signed));
    (Judgement::Failed(why.to_owned()), String::new())
}

fn reason(error: &Error, self_signed: bool) -> &'static str {
    let Error::InvalidCertificate(error) = error else {
        return "unusable";
    };
    match error {
        // For the latter: what `openssl req -x509` makes; other clients accept it where they know it.
        CertificateError::UnknownIssuer | CertificateError::Other(_) if self_signed => "self-signed",
        CertificateError::UnknownIssuer => "unknown-issuer",
        CertificateError::BadEncoding => "bad-encoding",
        // An authority that was made anew under its old name: the one we know did not sign this.
        CertificateError::BadSignature => "unknown-issuer",
        CertificateError::UnhandledCriticalExtension => "unhandled-critical-extension",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => "invalid-purpose",
        CertificateError::Revoked => "revoked",
        // An authority in the middle that is out of date.
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => "chain-out-of-date",
        CertificateError::Other(_) => "ca-as-leaf",
        _ => "unsupported-algorithm",
    }
}

fn covers(parsed: &ParsedCertificate<'_>, name: &ServerName<'_>) -> Judgement {
    match verify_server_name(parsed, name) {
        Ok(()) => Judgement::Ok,
        Err(_) => Judgement::Failed("other-name".to_owned()),
    }
}

fn judge_dates(dates: Option<(i64, i64)>, seconds: u64) -> Judgement {
    let now = i64::try_from(seconds).unwrap_or(i64::MAX);
    match dates {
        None => Judgement::Skipped,
        Some((from, _)) if now < from => Judgement::Failed("not-yet-valid".to_owned()),
        Some((_, until)) if now > until => Judgement::Failed("expired".to_owned()),
        Some(_) => Judgement::Ok,
    }
}

/// The server's clock differs from ours: if its own clock finds the dates good, ours may be the one
/// that is wrong, and nothing is held against the certificate.
pub(crate) fn rejudge_dates(certificate: &mut Certificate, ahead_s: i64) -> bool {
    let parse = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let (Some(from), Some(until)) = (parse(&certificate.not_before), parse(&certificate.not_after)) else {
        return false;
    };
    let theirs = jiff::Timestamp::now().as_second().saturating_add(ahead_s);
    let excused = certificate.dates.failed() && (from..=until).contains(&theirs);
    if excused {
        certificate.dates = Judgement::Skipped;
    }
    excused
}

/// The class of a completed handshake: the worst of the three answers, in words.
pub(crate) fn class(certificate: &Certificate) -> (Class, String) {
    let subject = &certificate.subject;
    let until = &certificate.not_after;
    match (&certificate.dates, &certificate.name, &certificate.trust) {
        (Judgement::Failed(why), ..) if why == "expired" => (Class::TlsExpired, format!("{subject}, since {until}")),
        (Judgement::Failed(_), ..) => (Class::TlsNotYetValid, format!("{subject}, from {}", certificate.not_before)),
        (_, Judgement::Failed(_), _) if certificate.default_of.is_some() => (Class::TlsDefaultCert, subject.clone()),
        (_, Judgement::Failed(_), _) => (Class::TlsWrongName, format!("it is for {}", names(certificate))),
        (_, _, Judgement::Failed(why)) => match why.as_str() {
            "unknown-issuer" => {
                (Class::TlsUntrusted, format!("issued by {}, {} sent", certificate.issuer, certificate.chain_length))
            }
            "self-signed" | "ca-as-leaf" => (Class::TlsSelfSigned, subject.clone()),
            // An algorithm this client lacks is no fault of the certificate.
            "unsupported-algorithm" => (Class::TlsUntrusted, "it uses an algorithm unknown here".to_owned()),
            other => (Class::TlsBadCert, format!("{subject}: {other}")),
        },
        (_, Judgement::Skipped, _) => (Class::TlsUnjudged, subject.clone()),
        _ if certificate.days_left <= 21 => (Class::TlsOk, format!("{subject}, {} days left", certificate.days_left)),
        _ => (Class::TlsOk, subject.clone()),
    }
}

fn names(certificate: &Certificate) -> String {
    match certificate.names.as_slice() {
        [] => format!("no name at all ({})", certificate.subject),
        names => names.iter().take(5).cloned().collect::<Vec<_>>().join(", "),
    }
}
