//! `traefik/middleware-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::evaluate::traefik::at;
use crate::resolve::traefik::middlewares::What;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/middleware-missing",
    segment: SegmentName::Rule,
    title: "A middleware of the route does not exist or cannot be made",
    explanation: "A route with a middleware that does not exist is not served: requests get 404. The same holds for a \
                  middleware that Traefik cannot make (basicAuth without its Secret, a page for errors without its \
                  Service, a chain that leads back to itself). Raised only where the kind was read completely.",
    example: "middlewares: [{name: strip}]   # there is no Middleware strip in the namespace",
    sources: &[
        "traefik/traefik pkg/server/middleware/middlewares.go",
        "traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go",
    ],
});

/// Adds it for each of them.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    for fault in &cx.middlewares.faults {
        let name = words::brief(&fault.name);
        let (proof, message) = match &fault.what {
            What::Missing(absence) => (absence.proof(), format!("the middleware '{name}' does not exist")),
            What::Lacks(object, absence) => {
                (absence.proof(), format!("{} cannot be made: {} does not exist", object.object(), absence.what()))
            }
            What::Unusable(object, why) => {
                let why = words::brief(why);
                (object.shows(why.clone()), format!("{} cannot be made: {why}", object.object()))
            }
            What::Unseen(_) | What::SecretUnseen(..) | What::Crosses(_) | What::Elsewhere => continue,
        };
        let finding = DOC.finding(&proof, cx.of.object(), format!("{message}, so Traefik does not serve the route"));
        let finding = at(finding, &fault.naming, []);
        segment.add(finding.next("Create what is missing, or take the middleware out.", words::get(cx.of)));
    }
}
