//! `ingress/no-listener`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::rules::covers;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/no-listener",
    segment: SegmentName::Rule,
    title: "Plain HTTP is switched off, and nothing gives the host TLS",
    explanation: "The annotation kubernetes.io/ingress.allow-http: \"false\" takes the host from the plain listener, and \
                  no entry of spec.tls covers it, so the TLS listener does not get it either. Contour and Google's \
                  controller follow the annotation; for Google's, certificates may also stand in annotations, which \
                  are taken into account. Other controllers do not know it, and nothing is said of them.",
    example: "metadata: {annotations: {kubernetes.io/ingress.allow-http: \"false\"}}   # and no spec.tls",
    sources: &[
        "projectcontour/contour internal/dag/ingress_processor.go (computeIngressRule)",
        "kubernetes/ingress-gce pkg/annotations/ingress.go (AllowHTTPKey, PreSharedCertKey)",
    ],
});

const ALLOW: &str = "kubernetes.io/ingress.allow-http";
/// Certificates of Google's controller that are not in `spec.tls`.
const CERTIFICATES: [&str; 3] = [
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
];

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let state = cx.state;
    let follows = state.is(Product::Contour) || state.is(Product::Gce);
    let own = |key: &&str| state.annotation(key).is_some();
    if !follows || state.annotation(ALLOW) != Some("false") || CERTIFICATES.iter().any(own) {
        return;
    }
    let host = cx.declared.host;
    let covered = state.ingress.tls.iter().any(|entry| {
        let names = |host: &str| entry.hosts.iter().any(|pattern| covers(pattern, host));
        entry.hosts.is_empty() || host.is_some_and(names)
    });
    // Google's controller has one load balancer for all hosts of an Ingress.
    if covered || (state.is(Product::Gce) && !state.ingress.tls.is_empty()) {
        return;
    }
    let what = words::brief(&cx.declared.describe());
    let proof = state.ingress.shows("allow-http is false, and no entry of spec.tls covers the host");
    let message = format!("{what} is served neither on the plain listener (allow-http is false) nor on the TLS one");
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("Plain HTTP is switched off by annotation, and without an entry in spec.tls there is no HTTPS.")
        .at(state.ingress.origin, field!["metadata", "annotations", ALLOW]);
    segment.add(finding.next("Add the host to spec.tls, or allow plain HTTP.", words::get(state)));
}
