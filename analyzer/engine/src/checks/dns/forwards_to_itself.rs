//! `dns/forwards-to-itself`

use std::collections::BTreeSet;

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::dns;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "dns/forwards-to-itself",
    segment: SegmentName::Service,
    title: "Cluster DNS forwards to itself",
    explanation: "A server block of the Corefile forwards a zone to the cluster address of the very Service, or to one \
                  of the pods behind it: a query for a name there that no other plugin answers goes round until it \
                  times out. With the plugin loop CoreDNS finds out when it starts, and exits ('Loop … detected'), so \
                  that its pods restart for ever. Names that the plugin kubernetes answers are not concerned while a \
                  server runs.",
    example: ".:53 {\n  kubernetes cluster.local\n  forward . 10.96.0.10   # kube-dns itself\n}",
    sources: &["coredns.io: plugin loop", "coredns.io: plugin forward"],
});

/// For cluster DNS.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let service = cx.view.service;
    if !dns::is_cluster_dns(&service) {
        return None;
    }
    let (map, file) = dns::settings(cx.cluster, cx.view.namespace())?;
    let behind = cx.view.endpoints.iter().filter_map(|endpoint| endpoint.address);
    let own: BTreeSet<&str> = dns::addresses(&service.get().value).chain(behind).collect();
    let (zone, to, block) = file.blocks.iter().find_map(|block| {
        let forwards = block.plugins.iter().filter(|(name, _)| name == "forward");
        let (zone, to) = forwards.filter_map(|(_, arguments)| arguments.split_first()).find_map(|(zone, to)| {
            let first = to.iter().find(|to| own.contains(host(to)))?;
            // Of several servers another may answer.
            to.iter().all(|to| own.contains(host(to))).then_some((zone, first))
        })?;
        Some((zone, to, block))
    })?;
    let object = map.object();
    let what = if zone == "." { "every other name".to_owned() } else { format!("names of {}", command::cut(zone)) };
    let message =
        format!("ConfigMap {} forwards {what} to {}, which is cluster DNS itself", object.name, command::cut(to));
    let cause = if block.has("loop") {
        "Its servers notice it when they start, by the plugin loop, and exit."
    } else {
        "Such a query goes round until it times out."
    };
    let proof = map.shows(format!("its Corefile forwards {zone} to {to}"));
    Some(
        DOC.finding(&proof, object.clone(), message)
            .cause(cause)
            .next("Forward to name servers outside, or to /etc/resolv.conf.", command::get(&object, "-o yaml"))
            .relates(cx.object(), "cluster DNS")
            .at(map.origin, field!["data", "Corefile"]),
    )
}

/// The host of `dns://10.96.0.10:53`.
fn host(to: &str) -> &str {
    let to = to.split_once("://").map_or(to, |(_, rest)| rest);
    match to.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None if to.matches(':').count() == 1 => to.split_once(':').map_or(to, |(host, _)| host),
        None => to,
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn scheme_port_and_brackets_are_no_part_of_the_host() {
        for (to, is) in [
            ("10.96.0.10", "10.96.0.10"),
            ("dns://10.96.0.10:53", "10.96.0.10"),
            ("tls://[fd00::a]:853", "fd00::a"),
            ("fd00::a", "fd00::a"),
            ("/etc/resolv.conf", "/etc/resolv.conf"),
        ] {
            assert_eq!(host(to), is);
        }
    }
}
