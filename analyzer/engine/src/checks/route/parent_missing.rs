//! `route/parent-missing`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Absence, Found};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/parent-missing",
    segment: SegmentName::Listener,
    title: "The parent does not exist",
    explanation: "The Gateway, ListenerSet or Service that the route names as its parent does not exist. Nothing \
                  serves the route there. Raised only where the collection that would hold it was read completely.",
    example: "parentRefs: [{name: not-there}]",
    sources: &["Gateway API reference: ParentReference"],
});

/// For the parentRef at `index`.
pub fn finding(route: Found<'_, Route>, index: usize, parent: &ObjectRef, absence: &Absence) -> Finding {
    let namespace = parent.namespace.clone().unwrap_or_default();
    DOC.finding(
        &absence.proof(),
        route.object(),
        format!(
            "the {} {namespace}/{} that {} {} is attached to does not exist",
            parent.kind,
            parent.name,
            route.kind.word(),
            route.metadata.name
        ),
    )
    .cause("a route is served only by an existing parent")
    .next(
        "create the parent or correct the parentRef",
        command::list(&format!("{}s", parent.kind.to_ascii_lowercase()), &namespace),
    )
    .at(route.origin, field!["spec", "parentRefs", index, "name"])
}
