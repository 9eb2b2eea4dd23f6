//! `httpproxy/refused`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::contour::Basis;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/refused",
    segment: SegmentName::Rule,
    title: "Contour serves nothing of the HTTPProxy",
    explanation: "Contour finds something wrong with the host of a root and serves nothing of it (TLS that names no \
                  valid Secret or one that is not delegated to the namespace, a tcpproxy without TLS, authorization or \
                  JWT verification that cannot be set up, policies that do not parse), or with a route, and then drops \
                  every route of the object and what it includes. The reason is the one that Contour writes into the \
                  condition Valid.",
    example: "virtualhost: {fqdn: shop.example, tls: {secretName: certs/shop}}   # no TLSCertificateDelegation in certs",
    sources: &[
        "Contour: internal/dag/httpproxy_processor.go",
        "Contour: internal/dag/conditions.go",
        "Contour: internal/dag/policy.go",
        "Contour: internal/dag/secret.go",
    ],
});

/// For everything that is certainly wrong.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    for (proxy, problem) in cx.problems() {
        let what = words::brief(&problem.what);
        let proof = match &problem.basis {
            Basis::Shown => proxy.shows(what.clone()),
            Basis::Missing(absence) => absence.proof(),
            Basis::Unknown(_) | Basis::Secret(_) => continue,
        };
        let whose = super::whose(cx, &proxy);
        let message = format!("Contour drops {whose} ({}): {what}", problem.reason);
        let finding = DOC
            .finding(&proof, proxy.object(), message)
            .cause("Contour serves no part of what it finds invalid.")
            .at(proxy.origin, problem.field.iter().cloned());
        segment.add(finding.next("Correct it.", words::kubectl("describe httpproxy", &proxy.object())));
    }
}
