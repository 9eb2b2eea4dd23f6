//! `listener-set/allowed-unseen`: whether the Gateway lets the ListenerSet in is not known.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::conditions::state;
use crate::resolve::gateway::listener::{Admission, Owner};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/allowed-unseen",
    segment: SegmentName::Listener,
    title: "Whether the Gateway lets the ListenerSet in is not known",
    explanation: "The Gateway selects the namespaces of ListenerSets by label, and the labels of the set's namespace \
                  were not read. Whether the set may attach, and its listeners exist at all, cannot be told.",
    example: "\
allowedListeners: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}} in a dump without Namespaces",
    sources: &["Gateway API reference: GatewaySpec.allowedListeners"],
});

/// For a listener of a set about which labels would decide, unless a controller accepted the set.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Owner::Set(set) = cx.listener.owner else { return };
    let Admission::Undecided(gap) = &cx.listener.admission else { return };
    let owner = cx.listener.owner;
    if state(owner.conditions(), "Accepted", owner.generation()).is_true() {
        return;
    }
    segment.add(
        DOC.finding(
            gap,
            set.object(),
            format!(
                "whether its Gateway allows ListenerSet {}/{} depends on namespace labels that were not read",
                set.metadata.namespace, set.metadata.name
            ),
        )
        .next(
            "Look at the labels of the namespace.",
            command::get(
                &ObjectRef {
                    kind: "Namespace".to_owned(),
                    namespace: None,
                    name: set.metadata.namespace.clone(),
                    group: None,
                },
                "--show-labels",
            ),
        ),
    );
}
