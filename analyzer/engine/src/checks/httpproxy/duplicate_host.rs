//! `httpproxy/duplicate-host`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/duplicate-host",
    segment: SegmentName::Rule,
    title: "Several HTTPProxies have the host",
    explanation: "Two root HTTPProxies name the same fqdn, in whatever case. Contour finds both of them invalid \
                  (VirtualHostError, DuplicateVhost) and serves neither: not the older one, and none of their routes.",
    example: "Two HTTPProxies with virtualhost.fqdn: shop.example",
    sources: &["Contour: internal/dag/httpproxy_processor.go", "Contour: site/content/docs (HTTPProxy virtual hosts)"],
});

/// For a root.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let Some(rival) = cx.node.rivals.first() else { return };
    let fqdn = cx.value().spec.virtualhost.as_ref().map(|host| words::brief(&host.fqdn)).unwrap_or_default();
    let other = words::brief(&rival.object().to_string());
    let finding = DOC
        .finding(&rival.shows("has the same fqdn"), cx.proxy.object(), format!("{other} has the host '{fqdn}' too"))
        .cause("Contour serves none of the HTTPProxies that share a host.")
        .relates(rival.object(), "has the same fqdn")
        .at(cx.proxy.origin, field!["spec", "virtualhost", "fqdn"]);
    segment.add(finding.next("Put the routes into one root, and include the rest.", super::LIST));
}
