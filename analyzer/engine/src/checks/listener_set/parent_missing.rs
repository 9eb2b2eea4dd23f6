//! `listener-set/parent-missing`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::ListenerSet;
use kubereach_model::snapshot::{Absence, Found};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "listener-set/parent-missing",
    segment: SegmentName::Listener,
    title: "The Gateway of the ListenerSet does not exist",
    explanation: "A ListenerSet adds listeners to the Gateway that its parentRef names. There is no such Gateway, so \
                  the listeners are served nowhere.",
    example: "\
kind: ListenerSet
spec: {parentRef: {name: not-there}, listeners: [...]}",
    sources: &["Gateway API reference: ListenerSetSpec.parentRef"],
});

/// For a listener of such a set.
pub fn finding(set: Found<'_, ListenerSet>, absence: &Absence) -> Finding {
    let parent = &set.spec.parent_ref;
    let namespace = parent.namespace.as_deref().unwrap_or(&set.metadata.namespace);
    DOC.finding(
        &absence.proof(),
        set.object(),
        format!(
            "the Gateway {namespace}/{} that ListenerSet {}/{} extends does not exist",
            parent.name, set.metadata.namespace, set.metadata.name
        ),
    )
    .next("create the Gateway or correct the parentRef", command::list("gateways", namespace))
    .at(set.origin, field!["spec", "parentRef"])
}
