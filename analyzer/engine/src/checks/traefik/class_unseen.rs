//! `traefik/class-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/class-unseen",
    segment: SegmentName::Controller,
    title: "Whether Traefik serves the class is not shown",
    explanation: "The object names a class, and Traefik serves it only if it was started with the same word. What it \
                  was started with was not read: it stands in the arguments of its pods, or in a configuration file or \
                  variables, which no collector keeps. In manifests it is assumed to fit.",
    example: "spec.ingressClassName: internal   # and the Deployment of Traefik is not in the input",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go shouldProcessIngress"],
});

/// Adds it for an object with a class of its own.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let class = cx.entry.class();
    let served = cx.tier.told.iter().any(|told| told.serves(class));
    if matches!(class, "" | "traefik") || served || cx.tier.is_known() {
        return;
    }
    let message = format!("whether Traefik serves the class '{}' is not shown", words::brief(class));
    words::unknown(&DOC, cx, segment, &message, "serve another class only, so that nobody answers");
}
