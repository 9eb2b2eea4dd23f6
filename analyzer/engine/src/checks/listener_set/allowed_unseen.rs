//! `listener-set/allowed-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::ListenerSet;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/allowed-unseen",
    segment: SegmentName::Listener,
    title: "Whether the Gateway lets the ListenerSet in is not known",
    explanation: "The Gateway selects the namespaces of ListenerSets by label, and the labels of the set's namespace \
                  were not read. Whether the set may attach, and its listeners exist at all, cannot be told.",
    example: "\
allowedListeners: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}} in a dump without Namespaces",
    sources: &["Gateway API reference: GatewaySpec.allowedListeners"],
});

/// For a listener of a set about which labels would decide.
pub fn finding(set: Found<'_, ListenerSet>, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        set.object(),
        format!(
            "whether its Gateway allows ListenerSet {}/{} depends on namespace labels that were not read",
            set.metadata.namespace, set.metadata.name
        ),
    )
    .next(
        "look at the labels of the namespace",
        command::get(
            &ObjectRef { kind: "Namespace".to_owned(), namespace: None, name: set.metadata.namespace.clone() },
            "--show-labels",
        ),
    )
}
