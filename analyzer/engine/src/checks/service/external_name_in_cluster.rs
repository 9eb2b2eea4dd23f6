//! `service/external-name-in-cluster`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::{AliasContext, AliasStep};
use crate::resolve::service::Alias;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Lookup, Proof};

/// What `explain` says of it.
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

/// The target is not there, does not offer the port, or is the alias itself.
pub fn finding(cx: &AliasContext<'_, '_>) -> Option<Finding> {
    match cx.step {
        AliasStep::Leads(Alias::Service { namespace, name, target: Lookup::Absent(absence) }) => {
            let message = format!("it is an alias for Service {namespace}/{name}, which does not exist");
            let action = "Correct the alias, or create the Service it names.";
            Some(unresolved(cx, &absence.proof(), message, action))
        }
        AliasStep::Leads(_) => None,
        AliasStep::Circle => {
            let proof = cx.service.shows("leads back to itself through other aliases");
            Some(unresolved(cx, &proof, "it is an alias that leads back to itself", "Correct the alias."))
        }
        AliasStep::NoPort(target, port) => Some(no_port(cx, target.service, port)),
    }
}

fn unresolved(cx: &AliasContext<'_, '_>, proof: &Proof, message: impl Into<String>, action: &str) -> Finding {
    let service = cx.service;
    DOC.finding(proof, service.object(), message)
        .cause("the name does not resolve")
        .next(action, command::get(&service.object(), "-o yaml"))
        .at(service.origin, field!["spec", "externalName"])
}

fn no_port(cx: &AliasContext<'_, '_>, target: Found<'_, Service>, port: u16) -> Finding {
    let proof = target.shows(format!("offers no port {port}"));
    let object = target.object();
    DOC.finding(&proof, cx.service.object(), format!("it is an alias for {object}, which does not offer port {port}"))
        .cause("an alias does not translate ports: the client dials this port of the target")
        .next("Use a port that the target offers.", command::get(&object, "-o yaml"))
        .relates(object, "the target of the alias")
}
