//! `ingress/host-taken`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::owners::Standing;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/host-taken",
    segment: SegmentName::Rule,
    title: "Another object holds the host, or the minion has no master",
    explanation: "F5 NGINX gives a host to one object only: the oldest Ingress, VirtualServer or passthrough \
                  TransportServer of the class that asks for it. The others get nothing for that host. Several Ingresses \
                  share a host only as mergeable ones: one with the annotation nginx.org/mergeable-ingress-type: master, \
                  which names the host and no path, and minions that bring the paths. A minion without a master that \
                  holds its host is not served.",
    example: "Two Ingresses of class nginx (nginx.org/ingress-controller) for shop.example, neither of them mergeable.",
    sources: &[
        "nginx/kubernetes-ingress internal/k8s/configuration.go",
        "F5 NGINX: handling host and listener collisions",
    ],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.declared.host else { return };
    let finding = match cx.all.owners.standing(cx.state, host) {
        Some(Standing::Taken(claim)) => {
            let object = &claim.object;
            let message = format!("{} {} is older and holds the host {}", object.kind, object.name, words::brief(host));
            let finding = DOC.finding(&claim.proof, cx.object(), message).relates(object.clone(), "holds the host");
            finding.next("Use mergeable Ingresses (master and minion), or another host.", words::list_all(cx.state))
        }
        Some(Standing::NoMaster) if cx.all.complete.is_ok() => {
            let fact = format!("is a minion for {host}, which no master of the cluster holds");
            let message = format!("this Ingress is a minion, and no master holds the host {}", words::brief(host));
            let finding = DOC.finding(&cx.state.ingress.shows(fact), cx.object(), message);
            finding.next("Create the master Ingress for the host.", words::list_all(cx.state))
        }
        _ => return,
    };
    let field = cx.declared.host_field.iter().cloned();
    segment.add(finding.cause("F5 NGINX gives a host to one object.").at(cx.state.ingress.origin, field));
}
