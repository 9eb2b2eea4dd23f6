//! `traefik/class-not-served`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/class-not-served",
    segment: SegmentName::Controller,
    title: "No Traefik of this cluster serves the class",
    explanation: "Traefik compares the class of an IngressRoute with its own as text; no IngressClass object is \
                  needed. An IngressRoute without a class, or of class traefik, is served by a Traefik that was given \
                  none. Raised where the arguments of every Traefik of the cluster were read and none of them was \
                  given this class.",
    example: "spec.ingressClassName: internal   # Traefik runs with --providers.kubernetescrd.ingressclass=public",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go shouldProcessIngress"],
});

/// Adds it for an object of a class that nobody was given.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let class = cx.entry.class();
    let told = &cx.tier.told;
    let Some(first) = told.first().filter(|_| cx.tier.is_known() && !told.iter().any(|t| t.serves(class))) else {
        return;
    };
    let own = match first.class() {
        "" => "none".to_owned(),
        own => format!("'{}'", words::brief(own)),
    };
    let fact = format!("the class that it was given is {own}");
    let named =
        if class.is_empty() { "it has no class".to_owned() } else { format!("its class is '{}'", words::brief(class)) };
    let message = format!("no Traefik of the cluster serves it: {named}, and Traefik was given {own}");
    let finding = DOC.finding(&first.by.shows(&fact), cx.object(), message);
    let finding =
        finding.cause("Traefik leaves out what is of another class.").relates(first.by.object(), "runs Traefik");
    segment.add(finding.next("Give it the class that Traefik serves.", words::get(cx)));
}
