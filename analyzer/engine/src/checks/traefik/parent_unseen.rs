//! `traefik/parent-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "traefik/parent-unseen",
    segment: SegmentName::Rule,
    title: "The parent of the IngressRoute was not read",
    explanation: "An IngressRoute with parentRefs gets its requests from the routes of its parents. One of those was \
                  not read, and the IngressRoutes of its namespace were not read completely.",
    example: "parentRefs: [{name: front, namespace: edge}]   # a dump of another namespace",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go resolveParentRouterNames"],
});

/// Adds it for each parent that was not read.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    for (i, parent) in cx.of.spec().iter().flat_map(|spec| spec.parent_refs.iter()).enumerate() {
        let Lookup::Unknown(gap) = cx.of.all.parent(cx.of.cluster, cx.of.entry, parent) else { continue };
        let message = format!("its parent, IngressRoute '{}', was not read", words::brief(&parent.name));
        let finding = DOC.finding(&gap, cx.of.object(), message);
        let finding = cx.of.at(finding, field!["spec", "parentRefs", i, "name"]);
        segment.add(finding.next("Read the IngressRoutes of its namespace as well.", words::get(cx.of)));
    }
}
