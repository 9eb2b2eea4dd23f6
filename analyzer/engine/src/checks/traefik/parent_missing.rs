//! `traefik/parent-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/parent-missing",
    segment: SegmentName::Rule,
    title: "The IngressRoute that it names as its parent does not exist",
    explanation: "An IngressRoute with parentRefs gets its requests from the routes of its parents. If one of those \
                  does not exist, Traefik leaves the whole IngressRoute out. Raised only where the IngressRoutes of \
                  the namespace were read completely.",
    example: "parentRefs: [{name: front}]   # there is no IngressRoute front",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go resolveParentRouterNames"],
});

/// Adds it for each parent that is not there.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    for (i, parent) in cx.of.spec().iter().flat_map(|spec| spec.parent_refs.iter()).enumerate() {
        let Lookup::Absent(absence) = cx.of.all.parent(cx.of.cluster, cx.of.entry, parent) else { continue };
        let message = format!("its parent, IngressRoute '{}', does not exist", words::brief(&parent.name));
        let finding = DOC.finding(&absence.proof(), cx.of.object(), message);
        let finding = cx.of.at(finding, field!["spec", "parentRefs", i, "name"]);
        segment.add(finding.next("Create the parent, or correct its name.", words::get(cx.of)));
    }
}
