//! `traefik/provider-off`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/provider-off",
    segment: SegmentName::Controller,
    title: "Traefik does not read its own kinds here",
    explanation: "IngressRoutes are read by the provider Kubernetes CRD, which is off unless Traefik is told \
                  otherwise. Raised where the arguments of every Traefik of the cluster were read and none of them \
                  turns it on.",
    example: "args: [--providers.kubernetesingress]   # and no --providers.kubernetescrd",
    sources: &["Traefik documentation: Kubernetes CRD provider"],
});

/// Adds it where no Traefik reads the kind.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let told = &cx.tier.told;
    let Some(first) =
        told.first().filter(|_| cx.tier.is_known() && !told.iter().any(crate::resolve::traefik::settings::Told::reads))
    else {
        return;
    };
    let proof = first.by.shows("its arguments configure Traefik and do not turn the provider kubernetescrd on");
    let message = "no Traefik of the cluster reads IngressRoutes: the provider kubernetescrd is off";
    let finding = DOC.finding(&proof, cx.object(), message).relates(first.by.object(), "runs Traefik");
    segment.add(finding.next("Start Traefik with --providers.kubernetescrd.", words::get(cx)));
}
