//! `listener-set/parent-unseen`: the Gateway of the ListenerSet was not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::{Admission, Owner};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/parent-unseen",
    segment: SegmentName::Listener,
    title: "The Gateway of the ListenerSet was not read",
    explanation: "The Gateway that the ListenerSet extends is not in the input, or is of a kind that is not evaluated, \
                  so it is not known whether the listeners are served.",
    example: "A ListenerSet manifest without its Gateway.",
    sources: &["Gateway API reference: ListenerSetSpec.parentRef"],
});

/// For a listener of such a set.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Owner::Set(set) = cx.listener.owner else { return };
    let Admission::ParentUnseen(gap) = &cx.listener.admission else { return };
    let parent = &set.spec.parent_ref;
    let namespace = parent.namespace.as_deref().unwrap_or(&set.metadata.namespace);
    segment.add(
        DOC.finding(
            gap,
            set.object(),
            format!(
                "the parent {namespace}/{} of ListenerSet {}/{} was not read",
                parent.name, set.metadata.namespace, set.metadata.name
            ),
        )
        .next("Check whether the Gateway exists.", command::list("gateways", namespace))
        .at(set.origin, field!["spec", "parentRef"]),
    );
}
