//! `service/slice-port-name-mismatch`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Source;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use std::collections::BTreeSet;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/slice-port-name-mismatch",
    segment: SegmentName::Port,
    title: "The hand-written addresses name another port",
    explanation: "kube-proxy joins a Service port to the port of the same name in an EndpointSlice. The slices \
         of this Service are kept by hand and none has a port of this name and protocol, so nothing \
         is behind the port. ingress-nginx falls back to a numeric target port and is not concerned.",
    example: r"kind: Service
spec:
  ports: [{name: http, port: 80}]   # the EndpointSlice's port is named web",
    sources: &["core/v1 Service", "discovery.k8s.io/v1 EndpointSlice ports.name"],
});

/// Slices by hand, with other port names.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    if cx.listed || cx.view.endpoints.is_empty() || !cx.view.slices_complete(cx.cluster) {
        return None;
    }
    let by_hand = cx.view.groups.iter().find(|g| !g.managed && !g.ports.is_empty())?;
    let Source::Slice(slice) = by_hand.source else { return None };
    let names: BTreeSet<String> = cx
        .view
        .groups
        .iter()
        .flat_map(|g| &g.ports)
        .map(|p| {
            if p.name.is_empty() {
                format!("an unnamed {} port", p.protocol)
            } else {
                format!("{} ({})", p.name, p.protocol)
            }
        })
        .collect();
    let list = names.into_iter().take(6).collect::<Vec<_>>().join(", ");
    Some(
        DOC.finding(
            &slice.shows(format!("has {list}")),
            slice.object(),
            format!("the Service's port {} has no port of the same name and protocol in its EndpointSlices, which have {list}", port.describe()),
        )
        .cause("ports are joined by name; without a match nothing is behind the Service's port")
        .next("Name the ports alike.", command::get(&slice.object(), "-o yaml"))
        .at(slice.origin, field!["ports"])
        .relates(cx.object(), "the Service"),
    )
}
