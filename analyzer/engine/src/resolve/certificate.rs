//! What a TLS Secret holds and whether its certificate fits the hosts it is meant for. Used for Ingresses
//! and for Gateway listeners alike; each words what it finds.
//!
//! Sources: core/v1 Secret type `kubernetes.io/tls`; RFC 5280 section 4.1.2.5 (validity); RFC 6125 section
//! 6.4.3 (a wildcard stands for one label).

use jiff::Timestamp;

use crate::resolve::ClusterIndex;
use crate::resolve::ingress::rules::covers;
use crate::resolve::issuance::{self, BrokenLink};
use kubereach_model::snapshot::model::{Certificate, Secret};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup, is_masked};

/// The type of a TLS Secret.
pub const TLS_TYPE: &str = "kubernetes.io/tls";

/// One thing that is so about a Secret or its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// There is no such Secret.
    Missing(Absence),
    /// It was not read.
    Unseen(Gap),
    /// Its type is another and it lacks what a TLS Secret has.
    WrongType(String),
    /// Its type is another, but both keys are there.
    OtherType(String),
    /// These keys are not in it.
    Lacks(Vec<&'static str>),
    /// It is there and its certificate was masked or dropped by a collector.
    Masked(Gap),
    /// Its certificate cannot be decoded: why.
    Unreadable(String),
    /// Ended at this time.
    Expired(Timestamp),
    /// Begins at this time.
    NotYetValid(Timestamp),
    /// Ends at this time, within the days of [`kubereach_model::snapshot::Thresholds`].
    ExpiresSoon(Timestamp),
    /// Ends at this time; the input says no time to judge it at.
    DatesNotJudged(Timestamp),
    /// These hosts are not among its names.
    OtherName(Vec<String>),
    /// cert-manager's placeholder until the real one is issued.
    Temporary,
    /// Signed by itself.
    SelfSigned,
}

/// A Secret inspected for some hosts.
#[derive(Debug, Clone)]
pub struct CertificateFacts<'s> {
    /// Namespace of the Secret.
    pub namespace: String,
    /// Name of the Secret.
    pub name: String,
    /// The Secret, if it was read.
    pub secret: Option<Found<'s, Secret>>,
    /// Its certificate, if it could be read.
    pub certificate: Option<&'s Certificate>,
    /// What is so, the gravest first.
    pub facts: Vec<Fact>,
    /// Where it is not there or not good: why it has not been issued, as far as that was read.
    pub issuance: Option<BrokenLink>,
}

/// Inspects a Secret for the hosts it should serve (wildcards allowed; none: names are not judged). Dates
/// are judged at the snapshot's time and not at all without one.
pub fn inspect<'s>(cluster: &ClusterIndex<'s>, namespace: &str, name: &str, hosts: &[&str]) -> CertificateFacts<'s> {
    let (secret, certificate, facts) = match cluster.snapshot.lookup::<Secret>(namespace, name) {
        Lookup::Absent(absence) => (None, None, vec![Fact::Missing(absence)]),
        Lookup::Unknown(gap) => (None, None, vec![Fact::Unseen(gap)]),
        Lookup::Found(secret) => {
            let value = &secret.get().value;
            let certificate = value.certificate.as_ref().and_then(|read| read.as_ref().ok());
            let mut facts = of_secret(value);
            if let Some(certificate) = certificate {
                facts.extend(of_certificate(
                    certificate,
                    judged_at(cluster, certificate),
                    hosts,
                    cluster.snapshot.thresholds.expires_soon_days,
                ));
            }
            (Some(secret), certificate, facts)
        }
    };
    let lacking = |fact: &Fact| matches!(fact, Fact::Missing(_) | Fact::Temporary | Fact::Expired(_) | Fact::Lacks(_));
    let issuance = facts.iter().any(lacking).then(|| issuance::broken(cluster, namespace, name)).flatten();
    CertificateFacts { namespace: namespace.to_owned(), name: name.to_owned(), secret, certificate, facts, issuance }
}

/// The time to judge dates at: the snapshot's; else the newest time any object mentions, where even then
/// the certificate had expired already.
pub fn judged_at(cluster: &ClusterIndex<'_>, certificate: &Certificate) -> Option<Timestamp> {
    cluster.snapshot.taken_at.or_else(|| cluster.snapshot.newest.filter(|newest| *newest > certificate.not_after))
}

fn of_secret(secret: &Secret) -> Vec<Fact> {
    let masked = |key: &str| secret.masked_keys.iter().any(|k| k == key);
    let has = |key: &str| secret.keys.iter().any(|k| k == key) || masked(key);
    if secret.stripped {
        let reason = "its data is not in the input (a live read and a snapshot hold certificates with --read-tls)";
        return vec![Fact::Masked(Gap::investigate("the Secret's data is not in the input", reason))];
    }
    let lacking: Vec<&'static str> = ["tls.crt", "tls.key"].into_iter().filter(|key| !has(key)).collect();
    let mut facts = Vec::new();
    match secret.kind.as_deref().filter(|kind| !kind.is_empty() && *kind != TLS_TYPE) {
        Some(kind) if !lacking.is_empty() && kind != "Opaque" => facts.push(Fact::WrongType(kind.to_owned())),
        Some(kind) if lacking.is_empty() => facts.push(Fact::OtherType(kind.to_owned())),
        _ => {}
    }
    if !lacking.is_empty() && facts.is_empty() {
        facts.push(Fact::Lacks(lacking));
    }
    if masked("tls.crt") {
        facts.push(Fact::Masked(Gap::investigate("the certificate was masked", "a collector hid it")));
    }
    if let Some(Err(why)) = &secret.certificate {
        facts.push(Fact::Unreadable(why.clone()));
    }
    facts
}

/// What is so about a certificate at a time, for some hosts; its end is near within so many days.
pub fn of_certificate(certificate: &Certificate, at: Option<Timestamp>, hosts: &[&str], soon_days: i64) -> Vec<Fact> {
    let mut facts = Vec::new();
    if certificate.issuer.contains("CN=cert-manager.local") {
        facts.push(Fact::Temporary);
    } else if certificate.self_signed {
        facts.push(Fact::SelfSigned);
    }
    match at {
        None => facts.push(Fact::DatesNotJudged(certificate.not_after)),
        Some(now) if now > certificate.not_after => facts.push(Fact::Expired(certificate.not_after)),
        Some(now) if now < certificate.not_before => facts.push(Fact::NotYetValid(certificate.not_before)),
        Some(now) if days_between(now, certificate.not_after) <= soon_days => {
            facts.push(Fact::ExpiresSoon(certificate.not_after));
        }
        Some(_) => {}
    }
    let uncovered: Vec<String> = hosts
        .iter()
        .filter(|host| !is_masked(host) && !certificate.names.iter().any(|name| covers(name, host)))
        .map(|host| (*host).to_owned())
        .collect();
    if !uncovered.is_empty() && !certificate.names.iter().any(|name| is_masked(name)) {
        facts.push(Fact::OtherName(uncovered));
    }
    facts
}

/// Whole days from one time to a later one.
pub fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    const SECONDS_OF_A_DAY: i64 = 86_400;
    (to.as_second() - from.as_second()) / SECONDS_OF_A_DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> Certificate {
        Certificate {
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            issuer: "CN=Test CA".into(),
            subject: "CN=shop".into(),
            not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
            not_after: "2026-04-01T00:00:00Z".parse().unwrap(),
            self_signed: false,
        }
    }

    #[test]
    fn dates_are_judged_at_the_snapshots_time_and_not_without_one() {
        let end: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (at, expected) in [
            (Some("2026-02-01T00:00:00Z"), vec![]),
            (Some("2026-03-25T00:00:00Z"), vec![Fact::ExpiresSoon(end)]),
            (Some("2026-04-02T00:00:00Z"), vec![Fact::Expired(end)]),
            (Some("2025-12-31T00:00:00Z"), vec![Fact::NotYetValid(begin)]),
            (None, vec![Fact::DatesNotJudged(end)]),
        ] {
            let at = at.map(|text| text.parse().unwrap());
            assert_eq!(of_certificate(&certificate(&["a.example"]), at, &["a.example"], 14), expected, "{at:?}");
        }
    }

    #[test]
    fn masked_hosts_are_not_called_uncovered() {
        let at = Some("2026-02-01T00:00:00Z".parse().unwrap());
        assert_eq!(of_certificate(&certificate(&["*.example.com"]), at, &["***HIDDEN***"], 14), vec![]);
        let deep = of_certificate(&certificate(&["*.example.com"]), at, &["a.b.example.com"], 14);
        assert_eq!(deep, vec![Fact::OtherName(vec!["a.b.example.com".into()])]);
    }

    #[test]
    fn a_secret_without_its_data_is_masked_and_one_without_a_key_lacks_it() {
        let stripped = Secret { stripped: true, kind: Some(TLS_TYPE.into()), ..Secret::default() };
        assert!(matches!(of_secret(&stripped).as_slice(), [Fact::Masked(_)]));
        let keyless = Secret { kind: Some(TLS_TYPE.into()), keys: vec!["tls.crt".into()], ..Secret::default() };
        assert_eq!(of_secret(&keyless), vec![Fact::Lacks(vec!["tls.key"])]);
        let both = vec!["tls.crt".into(), "tls.key".into()];
        let unmodelled = Secret { kind: Some("Opaque".into()), keys: both, ..Secret::default() };
        assert_eq!(of_secret(&unmodelled), vec![Fact::OtherType("Opaque".into())]);
    }
}
