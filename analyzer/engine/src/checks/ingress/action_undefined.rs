//! `ingress/action-undefined`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::actions::{self, Action};
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/action-undefined",
    segment: SegmentName::Reference,
    title: "The action of a path is not defined readably",
    explanation: "The backend is an action of the AWS Load Balancer Controller (its port is use-annotation), and the \
                  annotation that would define it is not there or cannot be read. Conditions and actions can also be \
                  read in other spellings by newer versions, so nothing is condemned.",
    example: "port: {name: use-annotation} without alb.ingress.kubernetes.io/actions.NAME",
    sources: &["AWS Load Balancer Controller: annotation actions"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Action(name) = &cx.reference.target else { return };
    let what = match actions::of(cx.state, name) {
        None => "is not there",
        Some(Action::Unreadable) => "cannot be read",
        Some(_) => return,
    };
    let name = words::brief(name);
    let gap = Gap::investigate(format!("what the action '{name}' does is not shown"), format!("its annotation {what}"));
    let message = format!("the annotation that defines the action '{name}' {what}");
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    let finding = DOC.finding(&gap, cx.object(), message).at(origin, field);
    segment.add(finding.next("Read the annotations.", words::describe(cx.state)));
}
