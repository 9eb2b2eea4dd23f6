//! `traefik/entry-point-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/entry-point-missing",
    segment: SegmentName::Listener,
    title: "None of its entry points exists",
    explanation: "A route is served at the entry points that it names; an entry point is a port that Traefik was told \
                  to listen on. Raised where the arguments of every Traefik that serves the class were read and none \
                  of them defines one of these entry points.",
    example: "spec.entryPoints: [websecured]   # Traefik has web and websecure",
    sources: &["traefik/traefik pkg/config/runtime/runtime_http.go (no valid entryPoint for this router)"],
});

/// Adds it where all are missing.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let Some(spec) = cx.spec().filter(|spec| !spec.entry_points.is_empty()) else { return };
    let fact = "its arguments define none of these entry points";
    let Answer::No(proof) = cx.asked(|told| cx.listens(told), fact) else { return };
    let named = spec.entry_points.iter().map(|name| format!("'{}'", words::brief(name))).collect::<Vec<_>>().join(", ");
    let there: Vec<&str> = cx.tier.told.iter().flat_map(|told| told.entry_points().into_keys()).collect();
    let message = format!("Traefik has no entry point {named}; it has {}", words::brief(&there.join(", ")));
    let finding = cx.at(DOC.finding(&proof, cx.object(), message), field!["spec", "entryPoints"]);
    segment.add(finding.next("Name an entry point that Traefik has.", words::get(cx)));
}
