//! `gateway/certificate-expired`: the certificate is outside its validity.

use jiff::Timestamp;
use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificatesContext;
use crate::resolve::certificate;
use crate::resolve::certificate::{Fact, judged_at};
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::model::Certificate;

pub(super) static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/certificate-expired",
    segment: SegmentName::Tls,
    title: "The certificate is outside its validity",
    explanation: "At the time of the snapshot the certificate had expired or was not valid yet. Clients that verify \
                  certificates refuse the connection; others pass.",
    example: "An HTTPS listener with a certificate whose notAfter has passed.",
    sources: &["RFC 5280, section 4.1.2.5"],
});

/// Where every certificate of the listener was outside its validity at the time of the snapshot.
pub(super) fn check(cx: &CertificatesContext<'_, '_>, segment: &mut Segment) {
    let outside_at = |c: &Certificate| judged_at(cx.cluster, c).and_then(|at| outside(c, at));
    let expired: Vec<_> = cx.certificates.iter().filter_map(|(s, c)| Some((s, outside_at(c)?))).collect();
    if expired.len() != cx.certificates.len() {
        return;
    }
    let Some((secret, when)) = expired.first() else { return };
    let listener = cx.listener;
    let proof = secret.shows(format!("its certificate {when}"));
    segment.add(
        DOC.finding(
            &proof,
            secret.object(),
            format!("the certificate of {} {when}; clients that verify certificates refuse it", listener.describe()),
        )
        .next("Renew the certificate.", command::get(&secret.object(), "-o yaml"))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs"])
        .relates(listener.owner.object(), "the listener's owner"),
    );
}

/// Since when a certificate is expired, or from when it will be valid, as a clause; `None` where it is valid at `at`.
fn outside(certificate: &Certificate, at: Timestamp) -> Option<String> {
    let day = |t: Timestamp| t.to_string().chars().take(10).collect::<String>();
    certificate::of_certificate(certificate, Some(at), &[], 0).into_iter().find_map(|fact| match fact {
        Fact::Expired(end) => Some(format!("expired on {}", day(end))),
        Fact::NotYetValid(start) => Some(format!("is not valid before {}", day(start))),
        _ => None,
    })
}
