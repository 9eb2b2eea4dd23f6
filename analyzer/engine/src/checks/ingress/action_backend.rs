//! `ingress/action-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::actions::{self, Action};
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/action-backend",
    segment: SegmentName::Reference,
    title: "The path leads to an action of the load balancer",
    explanation: "With the port name use-annotation the backend is not a Service but an action of the AWS Load \
                  Balancer Controller, defined by an annotation of the same name: a redirect, a fixed response, or a \
                  weighted choice of Services or target groups. Services it forwards to are evaluated as paths of \
                  their own; target groups outside the cluster are not.",
    example: "backend: {service: {name: ssl-redirect, port: {name: use-annotation}}}",
    sources: &["AWS Load Balancer Controller: annotation actions"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let name = match (&cx.reference.target, cx.action) {
        (_, Some(name)) => name,
        (Target::Action(name), None) => *name,
        _ => return,
    };
    let does = match actions::of(cx.state, name) {
        Some(Action::Answered(does)) => format!("the load balancer {does} by itself"),
        Some(Action::Forwards { outside, .. }) if outside > 0 => {
            "it forwards, among others to target groups outside the cluster that are not evaluated".to_owned()
        }
        Some(Action::Forwards { .. }) => "it forwards to Services".to_owned(),
        Some(Action::Unreadable) | None => return,
    };
    let message = format!("this path leads to the action '{}': {does}", words::brief(name));
    let finding = DOC.finding(cx.object(), message);
    segment.add(
        finding.at(cx.state.ingress.origin, field!["metadata", "annotations", actions::annotation_of(name).as_str()]),
    );
}
