//! Words and commands that the checks of this area share.

use std::borrow::Cow;

use kubereach_reports::report::ObjectRef;

use crate::evaluate::istio::GatewayContext;
use crate::resolve::istio::objects::GROUP;
use kubereach_model::evidence::{Reading, command};

/// A text from the input, at a length fit for a sentence.
pub(super) fn brief(text: &str) -> String {
    command::cut(text)
}

/// A word of a command line.
pub(super) fn arg(text: &str) -> Cow<'_, str> {
    command::arg(text)
}

/// `kubectl get virtualservice.networking.istio.io web -n shop -o yaml`.
pub(super) fn get(object: &ObjectRef) -> String {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let kind = object.kind.to_ascii_lowercase();
    format!("kubectl get {kind}.{GROUP} {} -n {} -o yaml", command::arg(&object.name), command::arg(namespace))
}

/// The command that shows the pods of a gateway.
pub(super) fn pods(cx: &GatewayContext<'_, '_>) -> String {
    if let Some(pod) = cx.tier.pods.first() {
        return command::describe(&pod.object());
    }
    let pairs: Vec<String> =
        cx.gateway.spec.iter().flat_map(|spec| spec.selector.iter()).map(|(k, v)| format!("{k}={v}")).collect();
    if pairs.is_empty() {
        "kubectl get pods -A".to_owned()
    } else {
        format!("kubectl get pods -A -l {}", arg(&pairs.join(",")))
    }
}

/// A Secret's name for a finding.
pub(super) fn secret(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: "Secret".to_owned(), namespace: Some(namespace.to_owned()), name: name.to_owned(), group: None }
}

/// How to read one of Istio's kinds.
pub(super) fn reading(resource: &str) -> Reading {
    Reading { resource: format!("{resource}.{GROUP}"), arguments: format!("-o yaml > {resource}.yaml") }
}

/// How to read the pods of gateways.
pub(super) fn reading_pods() -> Reading {
    Reading { resource: "pods".to_owned(), arguments: "-l istio -o yaml > gateway-pods.yaml".to_owned() }
}

/// How to read the Services of gateways.
pub(super) fn reading_services() -> Reading {
    Reading { resource: "services".to_owned(), arguments: "-o yaml > services.yaml".to_owned() }
}
