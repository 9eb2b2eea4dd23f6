//! `ingress/regex-host`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(by) = cx.all.claims.regex(cx.state, cx.declared).filter(|_| !cx.declared.path_type.is_empty()) else {
        return;
    };
    let host = words::brief(cx.declared.host.unwrap_or("(any host)"));
    let message = format!("every path of {host} is a regular expression that ignores case, because of {}", by.object());
    segment.add(DOC.finding(cx.object(), message).relates(by.object(), "asks for it"));
}
