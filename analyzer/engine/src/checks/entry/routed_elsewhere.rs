//! `entry/routed-elsewhere`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::entries::{UnmodelledEntries, object_of};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Resource as _;
use kubereach_reports::report::ObjectRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "entry/routed-elsewhere",
    segment: SegmentName::Rule,
    title: "A mesh or another front door decides about this host or Service",
    explanation: "An Istio VirtualService routes the very host of this path at a gateway of its own, or a \
                  VirtualService or TrafficSplit rewrites what clients in the mesh reach under the name of the \
                  Service behind it. These kinds are not evaluated, so where requests of this path end cannot be \
                  told.",
    example: "VirtualService with hosts: [web.shop.svc.cluster.local] that sends a part to web-v2",
    sources: &["Istio: VirtualService hosts and gateways", "SMI: TrafficSplit"],
});

/// Adds it for a path whose host or Service another entry decides about.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let service = cx.service();
    let service = service.as_ref().map(|s| (s.metadata.namespace.as_str(), s.metadata.name.as_str()));
    if let Some(finding) = finding(cx.entries, &cx.object(), cx.declared.host, service) {
        segment.add(finding);
    }
}

/// For a path of `entry` to a Service (namespace and name) under a host.
fn finding(
    entries: &UnmodelledEntries<'_>,
    entry: &ObjectRef,
    host: Option<&str>,
    service: Option<(&str, &str)>,
) -> Option<Finding> {
    let by_host = host.and_then(|host| Some((entries.claiming(host)?, format!("the host {}", words::brief(host)))));
    let by_service = || {
        let (namespace, name) = service?;
        Some((entries.rewriting(namespace, name)?, format!("requests for the Service '{}'", words::brief(name))))
    };
    let (object, what) = by_host.or_else(by_service)?;
    let elsewhere = object_of(&object);
    let kind = object.get().value.group_kind();
    let gap = Gap::by_design(format!("{kind} objects are not evaluated"), "only what they name is known");
    let message = format!("{} routes {what} as well", words::brief(&elsewhere.to_string()));
    let group = if kind.group.is_empty() { String::new() } else { format!(".{}", kind.group) };
    // The kind comes from the input, and may be anything.
    let resource = words::quoted(&format!("{}{group}", kind.kind.to_ascii_lowercase()));
    let command = words::kubectl(&format!("get {resource} -o yaml"), &elsewhere);
    let finding = DOC.finding(&gap, entry.clone(), message).relates(elsewhere, "routes it");
    Some(finding.next("Find out where it sends requests.", command))
}
