//! `ingress/snippet`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/snippet",
    segment: SegmentName::Rule,
    title: "Configuration text is pasted into the proxy",
    explanation: "A snippet annotation pastes text into the proxy's configuration. It can return, rewrite, deny or \
                  send requests elsewhere, and it is not interpreted here, so what becomes of a request cannot be \
                  told.",
    example: "nginx.ingress.kubernetes.io/configuration-snippet: |\n  return 403;",
    sources: &[
        "ingress-nginx: annotations, configuration-snippet",
        "F5 NGINX: server-snippets",
        "HAProxy: backend-config-snippet",
    ],
});

const SNIPPETS: [&str; 8] = [
    "nginx.ingress.kubernetes.io/configuration-snippet",
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/auth-snippet",
    "nginx.ingress.kubernetes.io/modsecurity-snippet",
    "nginx.org/server-snippets",
    "nginx.org/location-snippets",
    "haproxy.org/backend-config-snippet",
    "haproxy-ingress.github.io/config-backend",
];

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(key) = SNIPPETS.into_iter().find(|key| cx.state.annotation(key).is_some()) else { return };
    let gap = Gap::by_design("what the pasted configuration does to requests is not evaluated", key);
    let message = format!("the annotation {key} changes the proxy's configuration by hand");
    let finding =
        DOC.finding(&gap, cx.object(), message).at(cx.state.ingress.origin, field!["metadata", "annotations", key]);
    segment.add(finding.next("Read the annotation.", words::describe(cx.state)));
}
