//! `traefik/namespace-not-watched`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/namespace-not-watched",
    segment: SegmentName::Controller,
    title: "Traefik does not read this namespace",
    explanation: "With providers.kubernetescrd.namespaces Traefik reads only the namespaces of that list. Raised where \
                  the arguments of every Traefik of the cluster were read and none that serves the class reads this \
                  namespace.",
    example: "args: [--providers.kubernetescrd.namespaces=shop]   # the IngressRoute is in namespace stage",
    sources: &["Traefik documentation: Kubernetes CRD provider, namespaces"],
});

/// Adds it for an object outside of every list.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let of_class = || cx.tier.told.iter().filter(|told| told.reads() && told.serves(cx.entry.class()));
    let Some(first) = of_class().next().filter(|_| cx.tier.is_known()) else { return };
    if of_class().any(|told| told.watches(cx.entry.namespace())) {
        return;
    }
    let proof = first.by.shows("its argument providers.kubernetescrd.namespaces leaves the namespace out");
    let message = format!("Traefik does not read namespace {}", words::brief(cx.entry.namespace()));
    let finding = DOC.finding(&proof, cx.object(), message).relates(first.by.object(), "runs Traefik");
    segment.add(finding.next("Add the namespace to the list of Traefik.", words::get(cx)));
}
