//! `ingress/external-name-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::ExternalNames;
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
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

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, _) = &cx.reference.target else { return };
    let Some(controller) = cx.state.controller().filter(|_| service.is_external_name()) else { return };
    let ExternalNames::RefusedWithout(flags) = controller.external_names else { return };
    let allowed = |flag: &&str| cx.state.seen.as_ref().is_some_and(|seen| seen.flag(flag) == Some(true));
    if flags.iter().any(allowed) {
        return;
    }
    let gap = Gap::investigate(
        format!("whether {} was told to serve ExternalName Services is not shown", controller.name),
        "it refuses them unless a flag or its configuration file says otherwise",
    );
    let message = format!(
        "the Service '{}' stands for a name elsewhere, which {} refuses by default",
        service.metadata.name, controller.name
    );
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    let finding =
        DOC.finding(&gap, cx.object(), message).relates(service.object(), "of type ExternalName").at(origin, field);
    segment.add(finding.next("Look at the controller's flags.", words::controller_pods(cx.state)));
}
