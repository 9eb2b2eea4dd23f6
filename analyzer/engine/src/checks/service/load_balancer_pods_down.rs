//! `service/load-balancer-pods-down`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::servicelb;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::model::{Condition, current};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/load-balancer-pods-down",
    segment: SegmentName::Address,
    title: "No pod that carries the load balancer is ready",
    explanation: "k3s makes a pod on every node that takes the ports of a load balancer there and leads on to the \
                  Service. Not one of them is ready: clients outside find nobody at the published address, or none is \
                  published. The usual cause is a port of the node that another pod holds, as Traefik's own load \
                  balancer holds 80 and 443; the scheduler then says that nodes have no free ports. The cluster \
                  address of the Service is not concerned.",
    example: "svclb-web-1a2b3c-x7k2p   0/1   Pending   # didn't have free ports for the requested pod ports",
    sources: &["k3s documentation: Service Load Balancer", "k3s-io/k3s: pkg/cloudprovider/servicelb.go"],
});

/// Pods of `ServiceLB`, and none is ready.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let pods = servicelb::pods(cx.cluster, &cx.view.service);
    let pod = pods.first()?;
    if pods.iter().any(|pod| pod.is_ready() != Some(false)) {
        return None;
    }
    let conditions = pod.get().value.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
    let mut words =
        ["PodScheduled", "Ready"].iter().filter_map(|kind| current(conditions, kind).map(Condition::message));
    let why = words.find(|message| !message.is_empty()).map_or_else(|| "it is not ready".to_owned(), said::quote);
    let name = &pod.get().value.metadata.name;
    Some(
        DOC.finding(
            &pod.shows(format!("carries the load balancer and is not ready: {why}")),
            pod.object(),
            format!("none of {} pods that carry its load balancer is ready", pods.len()),
        )
        .cause(format!("pod {name}: {why}"))
        .next("Free the port on the node, or give the Service another one.", command::describe(&pod.object()))
        .relates(cx.object(), "the Service"),
    )
}
