//! `listener-set/not-allowed`: the Gateway does not let the ListenerSet in.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::{Admission, Owner};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "listener-set/not-allowed",
    segment: SegmentName::Listener,
    title: "The Gateway does not let the ListenerSet in",
    explanation: "A Gateway takes listeners from ListenerSets only of the namespaces it allows in allowedListeners, \
                  and by default of none. The listeners of this set are not served.",
    example: "\
kind: Gateway
spec: {gatewayClassName: public, listeners: [...]}   # no allowedListeners",
    sources: &["Gateway API reference: GatewaySpec.allowedListeners"],
});

/// For a listener of a refused set.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Owner::Set(set) = cx.listener.owner else { return };
    let Some(gateway) = cx.gateway.map(|g| g.gateway) else { return };
    if !matches!(cx.listener.admission, Admission::Refused) {
        return;
    }
    let from = gateway
        .spec
        .allowed_listeners
        .as_ref()
        .and_then(|a| a.namespaces.as_ref())
        .and_then(|n| n.from.as_deref())
        .unwrap_or("None");
    let proof = gateway.shows(format!("allowedListeners.namespaces.from is {from}"));
    segment.add(
        DOC.finding(
            &proof,
            set.object(),
            format!(
                "Gateway {} does not allow ListenerSet {}/{} to add listeners, so they are not served",
                gateway.metadata.name, set.metadata.namespace, set.metadata.name
            ),
        )
        .cause(format!("its allowedListeners setting ({from}) does not include the set's namespace"))
        .next(
            "Allow the namespace in spec.allowedListeners of the Gateway.",
            command::get(&gateway.object(), "-o yaml"),
        )
        .at(gateway.origin, field!["spec", "allowedListeners"])
        .relates(gateway.object(), "the Gateway it wants to extend"),
    );
}
