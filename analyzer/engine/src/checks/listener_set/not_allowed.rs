//! `listener-set/not-allowed`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Gateway, ListenerSet};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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
pub fn finding(set: Found<'_, ListenerSet>, gateway: Found<'_, Gateway>) -> Finding {
    let from = gateway
        .spec
        .allowed_listeners
        .as_ref()
        .and_then(|a| a.namespaces.as_ref())
        .and_then(|n| n.from.as_deref())
        .unwrap_or("None");
    let proof = gateway.shows(format!("allowedListeners.namespaces.from is {from}"));
    DOC.finding(
        &proof,
        set.object(),
        format!(
            "Gateway {} does not allow ListenerSet {}/{} to add listeners, so they are not served",
            gateway.metadata.name, set.metadata.namespace, set.metadata.name
        ),
    )
    .cause(format!("its allowedListeners setting ({from}) does not include the set's namespace"))
    .next("allow the namespace in spec.allowedListeners of the Gateway", command::get(&gateway.object(), "-o yaml"))
    .at(gateway.origin, field!["spec", "allowedListeners"])
    .relates(gateway.object(), "the Gateway it wants to extend")
}
