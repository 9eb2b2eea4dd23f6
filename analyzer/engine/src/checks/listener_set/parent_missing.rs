//! `listener-set/parent-missing`: the Gateway of the ListenerSet does not exist.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::{Admission, Owner};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Owner::Set(set) = cx.listener.owner else { return };
    let Admission::ParentMissing(absence) = &cx.listener.admission else { return };
    let parent = &set.spec.parent_ref;
    let namespace = parent.namespace.as_deref().unwrap_or(&set.metadata.namespace);
    segment.add(
        DOC.finding(
            &absence.proof(),
            set.object(),
            format!(
                "the Gateway {namespace}/{} that ListenerSet {}/{} extends does not exist",
                parent.name, set.metadata.namespace, set.metadata.name
            ),
        )
        .next("Create the Gateway or correct the parentRef.", command::list("gateways", namespace))
        .at(set.origin, field!["spec", "parentRef"]),
    );
}
