//! `ingress/backend-port-masked`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::snapshot::Gap;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Masked) = &hop.reference.target else { return };
    let gap = Gap::investigate("a port number is masked", "a collector hid it");
    let (origin, field) = hop.backend_field(field!["service", "port"]);
    let message = "whether the Service declares the port cannot be told: a collector masked it";
    let finding = DOC.finding(&gap, hop.ingress(), message).relates(service.object(), "the Service").at(origin, field);
    segment.add(finding.next("Compare the ports", words::kubectl("get service -o yaml", &service.object())));
}
