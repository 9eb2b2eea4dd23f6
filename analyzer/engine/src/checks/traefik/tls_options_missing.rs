//! `traefik/tls-options-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "traefik/tls-options-missing",
    segment: SegmentName::Tls,
    title: "The TLS options of the route do not exist",
    explanation: "Without its TLSOption Traefik does not know how to speak TLS for the hosts of the route: handshakes \
                  for them are refused. Which versions still answer with the default options is not settled, so less \
                  is said than that it is down. Raised only where the kind was read completely.",
    example: "tls: {options: {name: modern}}   # there is no TLSOption modern",
    sources: &["traefik/traefik pkg/server/router/tcp/manager.go (broken TLS options)"],
});

/// Adds it where there are none of that name.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let Some((name, Lookup::Absent(absence))) = cx.tls_options() else { return };
    let message = format!("the TLSOption '{}' does not exist: handshakes for its hosts fail", words::brief(name));
    let finding = cx.at(DOC.finding(&absence.proof(), cx.object(), message), field!["spec", "tls", "options"]);
    segment.add(finding.next("Create the TLSOption, or take it out.", words::get(cx)));
}
