//! `traefik/tls-options-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Reading, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/tls-options-unseen",
    segment: SegmentName::Tls,
    title: "The TLS options of the route were not read",
    explanation: "Without its TLSOption Traefik does not know how to speak TLS for the hosts of the route. It was not \
                  read, and the kind was not read completely. In manifests it is assumed to be in the cluster.",
    example: "tls: {options: {name: modern}}   # in a dump without TLSOptions",
    sources: &["traefik/traefik pkg/server/router/tcp/manager.go (broken TLS options)"],
});

/// Adds it where they may be missing.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let Some((name, Lookup::Unknown(gap))) = cx.tls_options() else { return };
    let message = format!("the TLSOption '{}' was not read", words::brief(name));
    if let Some(obstacle) = Obstacle::of_cluster(cx.manifests(), "TLSOption", "TLS options", gap.clone()) {
        let assumption = DOC.assumption(obstacle, cx.object(), message).could("be missing, so that handshakes fail");
        let (resource, arguments) = (format!("tlsoptions.{}", cx.entry.group), "-o yaml > tlsoptions.yaml".to_owned());
        return segment.assume(assumption.read_by(Reading { resource, arguments }), cx.cluster.snapshot.strict);
    }
    let finding = cx.at(DOC.finding(&gap, cx.object(), message), field!["spec", "tls", "options"]);
    segment.add(finding.next("Read the TLSOptions as well.", words::get(cx)));
}
