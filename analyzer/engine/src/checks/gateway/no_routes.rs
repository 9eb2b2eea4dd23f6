//! `gateway/no-routes`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/no-routes",
    segment: SegmentName::Rule,
    title: "No route is attached to a listener",
    explanation: "Nothing is attached to the listener, so every request to it is answered with \"not found\" or refused. \
                  That may be intended, for instance on a new Gateway.",
    example: "A Gateway without any HTTPRoute that names it.",
    sources: &["Gateway API reference: ListenerStatus.attachedRoutes"],
});

/// For a listener without routes among those that were read.
pub fn finding(door: &Door<'_>) -> Finding {
    DOC.finding(door.owner.object(), format!("of the routes that were read, none is attached to {}", door.describe()))
        .next("attach a route to the listener", "kubectl get httproutes,grpcroutes,tlsroutes --all-namespaces")
}
