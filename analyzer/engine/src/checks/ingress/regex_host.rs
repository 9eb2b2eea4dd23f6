//! `ingress/regex-host`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/regex-host",
    segment: SegmentName::Rule,
    title: "The paths of this host are regular expressions",
    explanation: "With the annotations use-regex or rewrite-target on any Ingress of a host, ingress-nginx treats \
                  every path of that host, of every Ingress of the class, as a regular expression that ignores case. \
                  Which path takes a request may then differ from what the path types say.",
    example: "nginx.ingress.kubernetes.io/rewrite-target: /$2",
    sources: &["ingress-nginx: Ingress path matching"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Some(by) = hop.all.claims.regex(hop.front, hop.path).filter(|_| !hop.path.path_type.is_empty()) else { return };
    let host = words::brief(hop.path.host.unwrap_or("(any host)"));
    let message = format!("every path of {host} is a regular expression that ignores case, because of {}", by.object());
    segment.add(DOC.finding(hop.ingress(), message).relates(by.object(), "asks for it"));
}
