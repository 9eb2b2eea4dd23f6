//! `service/named-target-port-missing`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::PodSpec;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Resource, ServicePort};
use kubereach_model::snapshot::{Found, Proof};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/named-target-port-missing",
    segment: SegmentName::Port,
    title: "The named target port exists in no pod",
    explanation: "A target port given by name is looked up in each pod by name and protocol, in its containers \
         and native sidecars; ordinary init containers do not count. No pod (or template) declares \
         it, so nothing is behind this port. Other ports of the Service are not concerned.",
    example: r"kind: Service
spec:
  ports: [{port: 80, targetPort: http}]   # the container's port is named web",
    sources: &["core/v1 Service spec.ports.targetPort", "Kubernetes endpoint slice controller", "KEP-753"],
});

/// Every pod that was read lacks the name, and no other pod can be there.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let Some(PortRef::Name(name)) = &port.target_port else { return None };
    if cx.listed || cx.is_selectorless() {
        return None;
    }
    let view = cx.view;
    let all_pods = view.selected.gap.is_none() || view.declared_only;
    let slices_show = matches!(view.truth, Truth::Slices(None)) && !view.endpoints.is_empty();
    if !all_pods && !slices_show {
        return None;
    }
    let live = view.selected.live.iter().map(|p| (&p.get().value.spec, shows(*p, name, port)));
    let templates = view.workloads.templates().filter_map(|w| Some((w.get().value.pod_spec()?, shows(w, name, port))));
    let specs: Vec<(&PodSpec, Proof)> =
        if view.selected.live.is_empty() { templates.collect() } else { live.collect() };
    if specs.iter().any(|(spec, _)| spec.has_unreadable_port() || spec.named_port(name, &port.protocol).is_some()) {
        return None;
    }
    let (spec, proof) = specs.first()?;
    let count = specs.len();
    let whose = if count == 1 { "the pod behind it does not declare" } else { "no pod behind it declares" };
    Some(
        DOC.finding(
            proof,
            cx.object(),
            format!("port {} leads to a {} port named {name:?}, which {whose}", port.describe(), port.protocol),
        )
        .cause(hint(spec, name, &port.protocol))
        .next("Use a port name that the containers declare.", command::get(&cx.object(), "-o yaml"))
        .at(view.service.origin, field!["spec", "ports", cx.index, "targetPort"]),
    )
}

fn shows<T: Resource>(object: Found<'_, T>, name: &str, port: &ServicePort) -> Proof {
    object.shows(format!("declares no {} port named {name:?} in a container or native sidecar", port.protocol))
}

/// Where the name is, if it is there in a way that does not count, else what is declared.
fn hint(spec: &PodSpec, name: &str, protocol: &str) -> String {
    if let Some(other) = spec.serving_containers().flat_map(|c| &c.ports).find(|p| p.name == name) {
        return format!("{name:?} is declared as {}, and the Service asks for {protocol}", other.protocol);
    }
    if spec.init_containers.iter().flat_map(|c| &c.ports).any(|p| p.name == name) {
        return format!("only an init container declares {name:?}, and it is gone when the pod serves");
    }
    let declared: Vec<String> = spec
        .serving_containers()
        .flat_map(|c| &c.ports)
        .take(6)
        .map(|p| {
            let number = p.container_port.known().map_or_else(|| "?".to_owned(), u16::to_string);
            if p.name.is_empty() {
                format!("{number}/{} without a name", p.protocol)
            } else {
                format!("{} ({number}/{})", p.name, p.protocol)
            }
        })
        .collect();
    if declared.is_empty() {
        "its containers declare no port".to_owned()
    } else {
        format!("they declare {}", declared.join(", "))
    }
}
