//! `service/node-proxy-down`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::Does;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/node-proxy-down",
    segment: SegmentName::Address,
    title: "kube-proxy is not ready on a node that takes connections from outside",
    explanation: "A node port is a port of every node, and kube-proxy is not ready on one of them. Who comes in by \
                  that node is led by the rules that it wrote before, which change no more; a load balancer that \
                  checks the health of its nodes leaves the node out. Other nodes are not concerned, and no verdict \
                  changes.",
    example: "kube-proxy-x7k2p 0/1 CrashLoopBackOff on one node of three",
    sources: &[
        "Kubernetes documentation: Virtual IPs and Service Proxies",
        "core/v1 ServiceSpec.externalTrafficPolicy",
    ],
});

/// For a node port, where others are ready.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (snapshot, agents) = (cx.cluster.snapshot, cx.cluster.agents());
    let (node, first) = agents.down(snapshot, Does::Services).next()?;
    if agents.down_everywhere(snapshot, Does::Services).is_some() {
        return None;
    }
    let pod = first.pod.object();
    let message = format!("{} is not ready on node {}", first.component.name, words::brief(node));
    Some(
        DOC.finding(pod.clone(), message)
            .cause("Who comes in by that node is led by rules that change no more.")
            .next("Find out why it is not ready.", command::describe(&pod))
            .relates(cx.object(), "the Service"),
    )
}
