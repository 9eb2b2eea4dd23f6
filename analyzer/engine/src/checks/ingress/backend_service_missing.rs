//! `ingress/backend-service-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/backend-service-missing",
    segment: SegmentName::Reference,
    title: "The Service behind a path does not exist",
    explanation: "A path of an Ingress leads to a Service of the same namespace. There is none of that name, so the \
                  controller answers with an error (503 or 404). Raised only where the Services of the namespace \
                  were read completely. The other paths of the Ingress are judged for themselves.",
    example: "backend:\n  service: {name: cart-svc, port: {number: 80}}   # kubectl get service lists cart",
    sources: &["networking.k8s.io/v1 IngressServiceBackend", "ingress-nginx: Service without endpoints"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Missing(name, absence) = &cx.reference.target else { return };
    let what = words::brief(&cx.declared.describe());
    let message = format!("{what} leads to the Service '{}', which does not exist", words::brief(name));
    let cause =
        "Requests for this path reach the controller, which has nowhere to send them and answers with an error.";
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    let finding = DOC
        .finding(&absence.proof(), words::service(cx.state, name), message)
        .cause(cause)
        .relates(cx.object(), "refers to it")
        .at(origin, field);
    let action = "Create the Service, or correct the name in the Ingress.";
    segment.add(finding.next(action, words::list("services", cx.state)));
}
