//! `service/external-name-in-cluster`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Proof;
use kubereach_reports::report::ObjectRef;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/external-name-in-cluster",
    segment: SegmentName::Service,
    title: "The alias leads to a Service that does not serve it",
    explanation: "The ExternalName is the name of another Service of this cluster, which was proved not to \
         exist, does not offer the port that is asked for, or leads back to the alias.",
    example: r"kind: Service
spec: {type: ExternalName, externalName: api.backend.svc.cluster.local}   # no such Service",
    sources: &["core/v1 Service spec.externalName", "Kubernetes DNS specification"],
});

/// The target is not there.
pub fn missing(cx: &Context<'_, '_>, proof: &Proof, namespace: &str, name: &str) -> Finding {
    DOC.finding(proof, cx.object(), format!("it is an alias for Service {namespace}/{name}, which does not exist"))
        .cause("the name does not resolve")
        .next("Correct the alias, or create the Service it names.", command::get(&cx.object(), "-o yaml"))
        .at(cx.view.service.origin, field!["spec", "externalName"])
}

/// The target does not offer the port.
pub fn port_missing(cx: &Context<'_, '_>, proof: &Proof, target: ObjectRef, port: &str) -> Finding {
    DOC.finding(proof, cx.object(), format!("it is an alias for {target}, which does not offer port {port}"))
        .cause("an alias does not translate ports: the client dials this port of the target")
        .next("Use a port that the target offers.", command::get(&target, "-o yaml"))
        .relates(target, "the target of the alias")
}

/// The aliases lead round in a circle.
pub fn circle(cx: &Context<'_, '_>) -> Finding {
    let proof = cx.view.service.shows("leads back to itself through other aliases");
    DOC.finding(&proof, cx.object(), "it is an alias that leads back to itself")
        .cause("the name does not resolve")
        .next("Correct the alias.", command::get(&cx.object(), "-o yaml"))
        .at(cx.view.service.origin, field!["spec", "externalName"])
}
