//! `service/headless-port-not-translated`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/headless-port-not-translated",
    segment: SegmentName::Port,
    title: "A headless Service does not translate ports",
    explanation: "A headless Service has no address of its own: its name resolves to the pods, and clients \
         dial the pods' ports. A port that differs from its target port is not translated, so a \
         client that dials the Service's port is refused while one that dials the target port gets \
         through.",
    example: r"kind: Service
spec:
  clusterIP: None
  ports: [{port: 80, targetPort: 8080}]",
    sources: &["core/v1 Service spec.clusterIP", "Kubernetes documentation: headless Services"],
});

/// `port` differs from every number it leads to.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let number = *port.port.known()?;
    // Only name lookups and the cluster address go by the port of the Service; gateways read the slices
    // (Gateway API conformance: headless Services work as backends).
    let direct = cx.consumer != Consumer::ClusterIp;
    let numbers = cx.numbers();
    if !cx.view.service.is_headless() || direct || numbers.is_empty() || numbers.contains(&number) {
        return None;
    }
    let list = numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let fact = format!("clusterIP: None, port {number}, target port {list}");
    Some(
        DOC.finding(
            &cx.view.service.shows(fact),
            cx.object(),
            format!("it is headless, so port {number} is not translated: only {list} answers"),
        )
        .cause("clients of a headless Service dial the pods directly")
        .next(
            format!("Dial port {list}, or give port and target port the same number."),
            command::get(&cx.object(), "-o yaml"),
        )
        .at(cx.view.service.origin, field!["spec", "ports", cx.index, "port"]),
    )
}
