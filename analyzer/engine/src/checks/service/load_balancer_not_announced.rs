//! `service/load-balancer-not-announced`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::metallb::Announced;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/load-balancer-not-announced",
    segment: SegmentName::Address,
    title: "Nobody announces the address of the load balancer",
    explanation: "MetalLB gave the Service an address, and nobody answers for it on the network: no L2Advertisement or \
                  BGPAdvertisement is for its pool, no speaker is ready, or every node with a speaker is left out (by \
                  the selectors of the advertisement, by the label exclude-from-external-load-balancers that speakers \
                  honour since 0.14.4, or because no ready pod runs there under externalTrafficPolicy Local). The \
                  failure is silent. The cluster address and node ports are not concerned.",
    example: "An IPAddressPool without an L2Advertisement.",
    sources: &[
        "metallb/metallb speaker/layer2_controller.go",
        "metallb/metallb website/content/troubleshooting/_index.md",
    ],
});

/// From the pool to the nodes: where the chain breaks.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let chain = cx.announcement()?;
    let (object, pool) = (cx.object(), command::cut(chain.pool));
    let advertise = "kubectl get l2advertisements.metallb.io,bgpadvertisements.metallb.io -A";
    let finding = match &chain.announced {
        Announced::By(..) | Announced::Unseen(..) | Announced::Unread(..) | Announced::PerhapsNoNode(_) => return None,
        Announced::Nothing(absence) => {
            let message = format!("no L2Advertisement or BGPAdvertisement is for the pool {pool} of its address");
            DOC.finding(&absence.proof(), object, message)
                .next("Create an L2Advertisement or BGPAdvertisement for the pool.", advertise)
        }
        Announced::NoSpeaker(pod) => {
            let message = "no speaker of MetalLB is ready, so nobody announces its address";
            DOC.finding(&pod.shows("not ready, like every other speaker"), object, message)
                .relates(pod.object(), "a speaker")
                .next("Find out why the speakers are not ready.", command::describe(&pod.object()))
        }
        Announced::NoNode(node, why) => {
            let message = format!("no node announces its address; of {} {why}", node.metadata.name);
            DOC.finding(&node.shows(*why), object, message)
                .relates(node.object(), "is left out")
                .next("Let a node with a speaker announce it.", command::describe(&node.object()))
        }
    };
    let cause = "an address that nobody announces cannot be reached from outside; the cluster address is not concerned";
    Some(finding.cause(cause).at(cx.view.service.origin, field!["status", "loadBalancer"]))
}
