//! `ingress/backend-port-masked`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/backend-port-masked",
    segment: SegmentName::Reference,
    title: "The port was masked",
    explanation: "A collector masked the port of the backend, or ports of the Service, so whether they fit cannot be \
                  told. A masked value is neither a missing nor a wrong one.",
    example: "port: {number: \"***HIDDEN***\"}",
    sources: &["networking.k8s.io/v1 ServiceBackendPort"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Masked) = &cx.reference.target else { return };
    let gap = Gap::investigate("a port number is masked", "a collector hid it");
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    let message = "a collector masked the port, so nothing shows whether the Service declares it";
    let finding = DOC.finding(&gap, cx.object(), message).relates(service.object(), "the Service").at(origin, field);
    segment.add(finding.next("Compare the ports.", words::kubectl("get service -o yaml", &service.object())));
}
