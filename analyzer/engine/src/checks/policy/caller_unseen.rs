//! `policy/caller-unseen`

use kubereach_reports::report::{ObjectRef, PathState, SegmentName};

use crate::evaluate::policy::{Asked, CallerContext, OutsideContext, asks_for_identity, words};
use crate::policy::End;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/caller-unseen",
    segment: SegmentName::Policy,
    title: "Only some callers are admitted, and the front door's proxy was not seen",
    explanation: "Network policies admit only some callers to the pods behind this entry. Its requests are carried by \
                  the pods of its controller or Gateway, and none of them was recognised in what was read, so it \
                  cannot be told whether they are among those who are admitted. Of controllers outside the cluster \
                  it is raised where a mesh admits callers by their identity: a load balancer that dials the pods \
                  itself has none. Not raised in manifests, where the proxy is the cluster's.",
    example: "An app's namespace with a policy that admits the namespace ingress-nginx, in a dump of that namespace alone.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where the pods that carry the traffic were not seen and not just anyone is admitted.
pub fn finding(cx: &CallerContext<'_, '_>, segment: &Segment) -> Option<Finding> {
    match cx.asked {
        Asked::OutsideOfMesh if segment.state() == PathState::Open => {
            return Some(outside(cx.view.service.object(), &cx.port_words()));
        }
        Asked::Unseen { restricted: true } => {}
        _ => return None,
    }
    // What is in doubt already says why.
    if segment.state() == PathState::Unknown {
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let gap = Gap::investigate(
        format!("whether the pods of {name} are admitted"),
        "none of them was recognised among the pods that were read",
    );
    let message = format!("only some callers may connect to {port}, and the pods of {name} were not seen among them");
    let finding = DOC.finding(&gap, cx.view.service.object(), message).next(
        "Read the pods of the controller as well, or see whom the policies admit.",
        command::list("networkpolicy", cx.view.namespace()),
    );
    Some(finding)
}

/// Where a mesh asks who the client proves to be, and it comes from outside by a node port or load balancer.
pub fn from_outside(cx: &OutsideContext<'_, '_>) -> Option<Finding> {
    if cx.segment.state() != PathState::Open || cx.cluster.is_manifests() {
        return None;
    }
    let targets = cx.targets();
    let asks = cx.sides(&targets, &End::Outside).iter().any(asks_for_identity);
    let port = words::port(targets.first().and_then(|target| target.port), cx.protocol().word());
    asks.then(|| outside(cx.view.service.object(), &port))
}

fn outside(service: ObjectRef, port: &str) -> Finding {
    let gap = Gap::investigate(
        "whether clients outside of the mesh are admitted",
        "the mesh admits callers by what they prove to be, and who dials from outside was not read",
    );
    let message = format!("the mesh lets in to {port} by what a client proves to be, and who dials is outside of it");
    let next = command::get(&service, "-o yaml");
    DOC.finding(&gap, service, message).next("See whether the load balancer goes through a gateway of the mesh.", next)
}
