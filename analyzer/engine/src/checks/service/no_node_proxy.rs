//! `service/no-node-proxy`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::plumbing::Does;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/no-node-proxy",
    segment: SegmentName::Service,
    title: "kube-proxy is ready on no node",
    explanation: "kube-proxy writes the rules by which each node takes the addresses of Services, and not one of its \
                  pods is ready. Rules that it wrote before stay in the kernel: traffic may flow as before, until an \
                  endpoint changes that nobody writes down any more. So the address of the Service is in doubt and \
                  nothing is condemned. Dials to the pods themselves, as Ingress controllers and Gateways make them, \
                  need no such rule, nor does a headless Service.",
    example: "kube-proxy-x7k2p   0/1   CrashLoopBackOff, on every node",
    sources: &[
        "Kubernetes documentation: Virtual IPs and Service Proxies",
        "kubernetes/kubernetes: pkg/proxy/iptables/proxier.go",
    ],
});

/// For whoever dials the address of a Service.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let by_address = cx.consumer == Consumer::ClusterIp && !cx.view.service.is_headless();
    if !by_address || cx.situation() == Situation::Empty {
        return None;
    }
    let down = cx.cluster.agents().down_everywhere(cx.cluster.snapshot, Does::Services)?;
    let pod = down.pod.object();
    let name = down.component.name;
    let gap = Gap::investigate("whether nodes still take the addresses of Services is not shown", "");
    let message = format!("{name}, which makes nodes take the address, is ready on no node");
    Some(
        DOC.finding(&gap, pod.clone(), message)
            .cause("Rules that it wrote before stay in the kernel, and no change since then is in them.")
            .next(format!("Find out why {} is not ready.", words::brief(&pod.name)), command::describe(&pod))
            .relates(cx.object(), "the Service"),
    )
}
