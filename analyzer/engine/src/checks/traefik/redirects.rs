//! `traefik/redirects`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "traefik/redirects",
    segment: SegmentName::Rule,
    title: "The route redirects",
    explanation: "A middleware of the route redirects: requests that it takes get another address to ask at, and not \
                  an answer of the Service. redirectScheme takes what is not of the new scheme yet, redirectRegex what \
                  its expression takes.",
    example: "spec: {redirectScheme: {scheme: https}}",
    sources: &["Traefik documentation: RedirectScheme", "Traefik documentation: RedirectRegex"],
});

/// Notes it.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    for redirect in &cx.middlewares.redirects {
        let to = match &redirect.scheme {
            Some(scheme) => format!("what is not {} yet", words::brief(scheme)),
            None => "what its expression takes".to_owned(),
        };
        let message = format!("{} redirects {to}", redirect.object.object());
        segment.add(DOC.finding(cx.of.object(), message).relates(redirect.object.object(), "redirects"));
    }
}
