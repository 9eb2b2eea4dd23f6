//! `dns/no-cluster-names`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::corefile::Block;
use crate::resolve::plumbing::dns;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "dns/no-cluster-names",
    segment: SegmentName::Service,
    title: "Cluster DNS is not told to answer for the cluster's own names",
    explanation: "The server block of the Corefile that takes the names of the cluster's domain has no plugin that \
                  could answer for them: neither kubernetes nor one that serves a zone of its own, and what it \
                  forwards goes to the name servers of the node. Queries arrive and are answered with 'no such name' \
                  (NXDOMAIN), so that no Service is found by its name; names outside go on to resolve. Raised only \
                  for a Corefile that was read whole and imports nothing.",
    example: ".:53 {\n  errors\n  forward . /etc/resolv.conf\n}",
    sources: &["coredns.io: plugin kubernetes", "coredns.io: manual, Configuration (server blocks)"],
});

/// Plugins that may answer for a zone.
const ANSWER: [&str; 12] = [
    "kubernetes",
    "file",
    "auto",
    "hosts",
    "etcd",
    "k8s_external",
    "template",
    "secondary",
    "route53",
    "azure",
    "clouddns",
    "rewrite",
];

/// For cluster DNS.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !dns::is_cluster_dns(&cx.view.service) {
        return None;
    }
    let (map, file) = dns::settings(cx.cluster, cx.view.namespace())?;
    let domain = dns::kubelets(cx.cluster).domain;
    if file.imports || file.blocks.iter().any(|block| block.has("kubernetes")) {
        return None;
    }
    let block = file.of_zone(&domain)?;
    if block.plugins.iter().any(|(name, _)| ANSWER.contains(&name.as_str())) || forwards_elsewhere(block) {
        return None;
    }
    let object = map.object();
    let name = &object.name;
    let proof = map.shows(format!("its Corefile has no plugin that answers for {domain}"));
    Some(
        DOC.finding(&proof, object.clone(), format!("ConfigMap {name} tells no server to answer for {domain}"))
            .cause("Every name of a Service is answered with 'no such name'; names outside the cluster resolve.")
            .next("Put the plugin kubernetes back into its Corefile.", command::get(&object, "-o yaml"))
            .relates(cx.object(), "cluster DNS")
            .at(map.origin, field!["data", "Corefile"]),
    )
}

/// Does it hand names to servers that may know those of the cluster?
fn forwards_elsewhere(block: &Block) -> bool {
    let forwards = block.plugins.iter().filter(|(name, _)| matches!(name.as_str(), "forward" | "proxy" | "grpc"));
    forwards.flat_map(|(_, arguments)| arguments.iter().skip(1)).any(|to| to != "/etc/resolv.conf")
}
