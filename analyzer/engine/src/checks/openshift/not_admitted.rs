//! `openshift/not-admitted`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, said};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "openshift/not-admitted",
    segment: SegmentName::Rule,
    title: "No router has admitted the Route",
    explanation: "The routers' own words: every router that has looked at the Route refuses it, and what was read does \
                  not explain why (denied domains, RBAC of an external certificate, Routes that were not read); or the \
                  status was collected and no router has looked at it, as happens when no shard's selector matches it.",
    example: "status.ingress[0].conditions: [{type: Admitted, status: \"False\", reason: RouteNotAdmitted}]",
    sources: &["route.openshift.io/v1 RouteIngressCondition"],
});

/// Where nothing else explains it.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(status) = cx.value().status.as_ref().filter(|_| !cx.is_explained()) else { return };
    let refused = status.ingress.iter().find_map(|router| match router.admitted() {
        Some((false, condition)) => Some((router, condition)),
        _ => None,
    });
    let (gap, message) = match refused {
        Some((router, condition)) => {
            let said = said::told(condition);
            let router = words::brief(&router.router_name);
            let gap = Gap::investigate("what the router found is not in the input", said.clone());
            (gap, format!("the router {router} does not admit it ({said})"))
        }
        None if cx.route.is_manifest() => return,
        None => {
            let gap = Gap::investigate("no router has written into its status", "none has looked at it, or not yet");
            (gap, "no router has admitted this Route".to_owned())
        }
    };
    let finding = DOC.finding(&gap, cx.route.object(), message);
    segment.add(finding.next("Look at its status.", words::kubectl("describe route", &cx.route.object())));
}
