//! `dns/node-cache-down`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::{Does, dns};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "dns/node-cache-down",
    segment: SegmentName::Service,
    title: "The DNS cache of a node is not ready",
    explanation: "NodeLocal DNSCache answers names for the pods of its node, and its pod there is not ready. Where \
                  kubelets hand out its link-local address, pods of that node get no answer; where it listens at the \
                  address of cluster DNS as well, queries go to cluster DNS again once its rules are gone. Other \
                  nodes are not concerned, and nothing that is dialled by address is.",
    example: "node-local-dns-x7k2p   0/1   CrashLoopBackOff",
    sources: &["Kubernetes documentation: Using NodeLocal DNSCache in Kubernetes Clusters"],
});

/// For cluster DNS.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !dns::is_cluster_dns(&cx.view.service) {
        return None;
    }
    let agents = cx.cluster.agents();
    let down: Vec<_> = agents.down(cx.cluster.snapshot, Does::NodeNames).collect();
    let (node, first) = down.first()?;
    let more = match down.len() {
        1 => String::new(),
        n => format!(" and on {} more", n - 1),
    };
    let message = format!("the DNS cache on node {}{more} is not ready", words::brief(node));
    Some(
        DOC.finding(first.pod.object(), message)
            .cause("Pods there may get no answer to any name.")
            .next("Find out why it is not ready.", command::describe(&first.pod.object()))
            .relates(cx.object(), "cluster DNS"),
    )
}
