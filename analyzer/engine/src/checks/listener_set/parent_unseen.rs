//! `listener-set/parent-unseen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::ListenerSet;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/parent-unseen",
    segment: SegmentName::Listener,
    title: "The Gateway of the ListenerSet was not read",
    explanation: "The Gateway that the ListenerSet extends is not in the input, or is of a kind that is not evaluated, \
                  so it is not known whether the listeners are served.",
    example: "A ListenerSet manifest without its Gateway.",
    sources: &["Gateway API reference: ListenerSetSpec.parentRef"],
});

/// For a listener of such a set.
pub fn finding(set: Found<'_, ListenerSet>, gap: &Gap) -> Finding {
    let parent = &set.spec.parent_ref;
    let namespace = parent.namespace.as_deref().unwrap_or(&set.metadata.namespace);
    DOC.finding(
        gap,
        set.object(),
        format!(
            "the parent {namespace}/{} of ListenerSet {}/{} was not read",
            parent.name, set.metadata.namespace, set.metadata.name
        ),
    )
    .next("look whether the Gateway exists", command::list("gateways", namespace))
    .at(set.origin, field!["spec", "parentRef"])
}
