//! `traefik/external-name-refused`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/external-name-refused",
    segment: SegmentName::Reference,
    title: "Traefik refuses Services that stand for names elsewhere",
    explanation: "Unless Traefik is told allowExternalNameServices, a Service of type ExternalName is not taken, and \
                  the route is left out. Raised where the arguments of every Traefik that serves the class were read \
                  and none of them allows it.",
    example: "type: ExternalName   # behind an IngressRoute",
    sources: &["Traefik documentation: Kubernetes CRD provider, allowExternalNameServices"],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, _) = &cx.leaf.target else { return };
    if !service.is_external_name() {
        return;
    }
    let fact = "its arguments do not allow Services of type ExternalName";
    let Answer::No(proof) = cx.route.of.asked(crate::resolve::traefik::settings::Told::serves_names, fact) else {
        return;
    };
    let message = format!("the Service '{}' stands for a name elsewhere, which Traefik refuses", service.metadata.name);
    let finding = DOC.finding(&proof, cx.route.of.object(), message).relates(service.object(), "of type ExternalName");
    let finding = cx.at(finding, field!["name"]);
    segment.add(
        finding.next(
            "Start Traefik with --providers.kubernetescrd.allowExternalNameServices=true.",
            words::get(cx.route.of),
        ),
    );
}
