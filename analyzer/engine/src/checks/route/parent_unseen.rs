//! `route/parent-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/parent-unseen",
    segment: SegmentName::Listener,
    title: "The parent was not read",
    explanation: "The Gateway, ListenerSet or Service that the route names as its parent is not in the input, and the \
                  input does not prove that it does not exist.",
    example: "An HTTPRoute manifest without its Gateway.",
    sources: &["Gateway API reference: ParentReference"],
});

/// For the parentRef at `index`.
pub fn finding(route: Found<'_, Route>, index: usize, parent: &ObjectRef, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        route.object(),
        format!(
            "the {} {}/{} that {} {} is attached to is not in the input",
            parent.kind,
            parent.namespace.as_deref().unwrap_or_default(),
            parent.name,
            route.kind.word(),
            route.metadata.name
        ),
    )
    .next("look whether the parent exists", command::get(parent, ""))
    .at(route.origin, field!["spec", "parentRefs", index])
}
