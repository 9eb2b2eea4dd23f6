//! `ingress/external-name-backend`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::ExternalNames;
use crate::resolve::ingress::backend::Target;
use kubereach_model::snapshot::Gap;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/external-name-backend",
    segment: SegmentName::Reference,
    title: "The controller refuses Services that stand for names elsewhere",
    explanation: "The backend is a Service of type ExternalName. Traefik and Contour refuse such backends unless \
                  told otherwise by a flag, and the flag was not seen. Where a flag of the controller's pods allows \
                  it, this is not raised; ingress-nginx serves them unless told otherwise.",
    example: "type: ExternalName behind an Ingress of class traefik",
    sources: &["Traefik: allowExternalNameServices", "Contour: enableExternalNameService"],
});

const FLAGS: [&str; 3] = [
    "--providers.kubernetesingress.allowexternalnameservices",
    "--providers.kubernetesIngress.allowExternalNameServices",
    "--providers.kubernetesingress.allowExternalNameServices",
];

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, _) = &hop.reference.target else { return };
    let refused = hop.front.controller().filter(|c| c.external_names == ExternalNames::Refused);
    let Some(controller) = refused.filter(|_| service.is_external_name()) else { return };
    let allowed = |flag: &&str| hop.front.seen.as_ref().is_some_and(|seen| seen.flag(flag) == Some(true));
    if FLAGS.iter().any(allowed) {
        return;
    }
    let gap = Gap::investigate(
        format!("whether {} was told to serve ExternalName Services is not shown", controller.name),
        "it refuses them unless a flag or its configuration file says otherwise",
    );
    let message = format!("the Service '{}' stands for a name elsewhere, which {} refuses by default", service.metadata.name, controller.name);
    let (origin, field) = hop.backend_field(field!["service", "name"]);
    let finding = DOC.finding(&gap, hop.ingress(), message).relates(service.object(), "of type ExternalName").at(origin, field);
    segment.add(finding.next("Look at the controller's flags", words::controller_pods(hop.front)));
}
