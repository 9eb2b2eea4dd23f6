//! `openshift/host-contested`

use kubereach_reports::report::SegmentName;

use crate::evaluate::door::openshift::RouteContext;
use crate::resolve::openshift::claims::Claim;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "openshift/host-contested",
    segment: SegmentName::Rule,
    title: "Whether the Route gets its host is not known",
    explanation: "Another Route asks for the same host (or for its domain, by a wildcard), and who gets it depends on \
                  what was not read: the settings of the IngressControllers (namespaceOwnership, wildcardPolicy, \
                  selectors of shards), or which of two manifests is stored first.",
    example: "Two Routes of different namespaces with one host and different paths, and no IngressController in the input.",
    sources: &[
        "operator.openshift.io/v1 RouteAdmissionPolicy",
        "openshift/router: pkg/router/controller/hostindex/activation.go",
    ],
});

/// For a Route that may lose its host.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Claim::Open(lost) = cx.claim else { return };
    if cx.is_admitted() {
        return;
    }
    let gap = match (&cx.routers.gap, cx.routers.sharded) {
        (Some(gap), _) => gap.clone(),
        (None, true) => {
            Gap::investigate("whether both are of one shard is not shown", "IngressControllers have selectors")
        }
        (None, false) => Gap::by_design("which of them is older is not shown", "manifests have no creation time"),
    };
    let message = format!("whether the Route gets its host depends on the routers: {}", super::why(cx, lost));
    let mut finding = DOC.finding(&gap, cx.route.object(), message).at(cx.route.origin, field!["spec", "host"]);
    if let Some(other) = &lost.to {
        finding = finding.relates(other.object(), "asks for the same host");
    }
    let command = "kubectl get ingresscontrollers.operator.openshift.io -n openshift-ingress-operator -o yaml";
    segment.add(finding.next("Look at the settings of the IngressControllers.", command));
}
