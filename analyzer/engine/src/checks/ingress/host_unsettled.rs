//! `ingress/host-unsettled`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::owners::Standing;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/host-unsettled",
    segment: SegmentName::Rule,
    title: "Which object holds the host is not shown",
    explanation: "F5 NGINX gives a host to the oldest object of the class that asks for it, and several do; their times of \
                  creation do not show which that is. Or this Ingress is a minion, and its master was not seen because \
                  the Ingresses of the cluster were not all read.",
    example: "Two manifests for one host, class nginx (nginx.org/ingress-controller).",
    sources: &["nginx/kubernetes-ingress internal/k8s/configuration.go"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.declared.host else { return };
    let (gap, message) = match (cx.all.owners.standing(cx.state, host), &cx.all.complete) {
        (Some(Standing::Unsettled(claim)), _) => {
            let object = &claim.object;
            let gap = Gap::investigate("which of them is older", "their times of creation do not tell");
            (gap, format!("{} {} asks for the host {}, too", object.kind, object.name, words::brief(host)))
        }
        (Some(Standing::NoMaster), Err(gap)) => {
            (gap.clone(), format!("this Ingress is a minion, and its master for {} was not seen", words::brief(host)))
        }
        _ => return,
    };
    let finding = DOC.finding(&gap, cx.object(), message);
    let field = cx.declared.host_field.iter().cloned();
    segment.add(finding.at(cx.state.ingress.origin, field).next("See every Ingress.", words::list_all(cx.state)));
}
