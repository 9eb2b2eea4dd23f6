//! `traefik/class-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/class-unseen",
    segment: SegmentName::Controller,
    title: "Whether some Traefik serves it is not shown",
    explanation: "Traefik serves an object if it was started with its class, its namespace, one of its entry points \
                  and the provider that reads it. What was read of Traefik does not show that, and not all of it was \
                  read: it stands in the arguments of its pods, or in a configuration file or variables, which no \
                  collector keeps. In manifests it is assumed to fit.",
    example: "spec.ingressClassName: internal   # and the Deployment of Traefik is not in the input",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go shouldProcessIngress"],
});

/// Adds it for an object that no Traefik which was read serves.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let (class, told) = (cx.entry.class(), &cx.tier.told);
    if cx.tier.is_known() || told.iter().any(|told| cx.fits(told) && cx.listens(told)) {
        return;
    }
    // Without a word of what it was told, Traefik serves what names no class of its own.
    if told.is_empty() && matches!(class, "" | "traefik") {
        return;
    }
    let message = match class {
        "" => "whether some Traefik serves it is not shown".to_owned(),
        class => format!("whether Traefik serves the class '{}' is not shown", words::brief(class)),
    };
    words::unknown(&DOC, cx, segment, &message, "serve something else only, so that nobody answers");
}
