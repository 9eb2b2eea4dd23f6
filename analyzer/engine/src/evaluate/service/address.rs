//! The `address` segment of node ports and load balancers.

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::CheckTable;
use crate::evaluate::service::context::Context;
use crate::evaluate::service::table::run;
use crate::resolve::metallb::{Announced, Chain};
use crate::resolve::servicelb;
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::model::LoadBalancerIngress;
use kubereach_model::snapshot::model::lenient::Field;

/// The node port; `None` where the port has none.
pub(crate) fn node_port(checks: &CheckTable, cx: &Context<'_, '_>) -> Option<Segment> {
    let service = &cx.view.service;
    let port = cx.port?;
    let words = match &port.node_port {
        Field::Known(0) | Field::Absent if service.spec.kind != "NodePort" => return None,
        Field::Known(number) if *number != 0 => {
            format!("port {number} of every node; firewalls in front of the nodes were not seen")
        }
        Field::Redacted => "a masked port of every node".to_owned(),
        _ if service.is_manifest() => "the API server gives it a port when it is applied".to_owned(),
        _ => return None,
    };
    let mut segment = Segment::new(SegmentName::Address, Some(cx.object()));
    segment.evaluated(words);
    run(checks.node_port, cx, &mut segment);
    Some(segment)
}

/// The load balancer's published addresses.
pub(crate) fn load_balancer(checks: &CheckTable, cx: &Context<'_, '_>) -> Segment {
    let service = &cx.view.service;
    let mut segment = Segment::new(SegmentName::Address, Some(cx.object()));
    let ingress = service.get().value.status.iter().flat_map(|s| &s.load_balancer.ingress);
    let addresses: Vec<String> = ingress.map(words).collect();
    if !addresses.is_empty() {
        segment.evaluated(format!("published at {}", cut(&addresses.join(", "))));
    } else if service.is_manifest() {
        segment.evaluated("declared; a manifest cannot show an address");
    } else if service.status.is_some() {
        segment.evaluated("no address is published");
    }
    if let Some(chain) = cx.announcement() {
        segment.evaluated(announced(&chain));
    }
    if let Some(carried) = carried(cx) {
        segment.evaluated(carried);
    }
    run(checks.load_balancer, cx, &mut segment);
    for assumption in checks.load_balancer_unseen.iter().filter_map(|check| check(cx)) {
        segment.assume(assumption, cx.cluster.snapshot.strict);
    }
    segment
}

/// `from the pool lan, announced by L2Advertisement lan on node-a`.
fn announced(chain: &Chain<'_>) -> String {
    let pool = cut(chain.pool);
    match &chain.announced {
        Announced::By(advertisement, nodes) => {
            let object = advertisement.object();
            let nodes = cut(&nodes.iter().copied().collect::<Vec<_>>().join(", "));
            format!("from the pool {pool}, announced by {} {} on {nodes}", object.kind, object.name)
        }
        Announced::Unseen(advertisement, _) => {
            let object = advertisement.object();
            format!("from the pool {pool}, announced by {} {}", object.kind, object.name)
        }
        _ => format!("from the pool {pool}"),
    }
}

/// Who carries it where that is a pod or a node of this cluster: the pods of k3s, or the node that kube-vip says announces
/// it (kube-vip/kube-vip `pkg/kubevip`, `VipHost`).
fn carried(cx: &Context<'_, '_>) -> Option<String> {
    let service = &cx.view.service;
    if let Some(node) = service.metadata.annotation("kube-vip.io/vipHost").filter(|node| !node.is_empty()) {
        return Some(format!("announced by kube-vip on {}", cut(node)));
    }
    let pods = servicelb::pods(cx.cluster, service);
    let nodes: Vec<&str> = pods.iter().filter_map(|pod| pod.get().value.spec.node_name.as_deref()).collect();
    let pods = if nodes.len() == 1 { "1 pod".to_owned() } else { format!("{} pods", nodes.len()) };
    (!nodes.is_empty()).then(|| format!("carried by {pods} on {}", cut(&nodes.join(", "))))
}

fn words(ingress: &LoadBalancerIngress) -> String {
    let address = match (&ingress.ip, ingress.hostname.as_deref()) {
        (Field::Known(ip), _) => ip.clone(),
        (_, Some(hostname)) if !hostname.is_empty() => hostname.to_owned(),
        (Field::Redacted, _) => "a masked address".to_owned(),
        _ => "an address that could not be read".to_owned(),
    };
    match ingress.ip_mode.as_deref() {
        Some("Proxy") => format!("{address} (proxy mode)"),
        _ => address,
    }
}
