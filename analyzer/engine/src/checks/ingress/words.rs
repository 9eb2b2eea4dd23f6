//! Words and commands that the checks of this area share.

use kubereach_reports::report::ObjectRef;

use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::command;

/// A word of a command line: names come from the input and may hold anything.
pub(crate) fn quoted(word: &str) -> String {
    command::arg(word).into_owned()
}

/// `kubectl describe ingress web -n shop`.
pub(crate) fn describe(state: &IngressState<'_>) -> String {
    kubectl(&format!("describe {}", word(state)), &state.ingress.object())
}

/// `kubectl get ingress -o yaml web -n shop`.
pub(crate) fn get(state: &IngressState<'_>) -> String {
    kubectl(&format!("get {} -o yaml", word(state)), &state.ingress.object())
}

/// `kubectl get ingress -A`.
pub(crate) fn list_all(state: &IngressState<'_>) -> String {
    format!("kubectl get {} -A", word(state))
}

/// What kubectl calls the kind.
fn word(state: &IngressState<'_>) -> String {
    state.ingress.kind().to_ascii_lowercase()
}

/// `kubectl VERB NAME -n NAMESPACE`.
pub(crate) fn kubectl(verb: &str, object: &ObjectRef) -> String {
    let name = quoted(&object.name);
    match &object.namespace {
        Some(namespace) => format!("kubectl {verb} {name} -n {}", quoted(namespace)),
        None => format!("kubectl {verb} {name}"),
    }
}

/// `kubectl get WHAT -n NAMESPACE`.
pub(crate) fn list(what: &str, state: &IngressState<'_>) -> String {
    command::list(what, &state.ingress.metadata.namespace)
}

/// The Service of a name in the Ingress's namespace.
pub(crate) fn service(state: &IngressState<'_>, name: &str) -> ObjectRef {
    let namespace = state.ingress.metadata.namespace.clone();
    ObjectRef { kind: "Service".to_owned(), namespace: Some(namespace), name: name.to_owned(), group: None }
}

/// A text from the input, at a length fit for a sentence.
pub(crate) fn brief(text: &str) -> String {
    command::cut(text)
}

/// The command that shows a controller's pods.
pub(crate) fn controller_pods(state: &IngressState<'_>) -> String {
    let seen = state.seen.as_ref().and_then(|seen| seen.pods.first());
    if let Some(pod) = seen {
        return kubectl("describe pod", &pod.object());
    }
    let label = state.controller().and_then(|c| c.labels.first()).filter(|(_, value)| !value.is_empty());
    match label {
        Some((key, value)) => format!("kubectl get pods -A -l {key}={value}"),
        None => "kubectl get pods -A".to_owned(),
    }
}

/// The published address, for evidence.
pub(crate) fn address<'f>(state: &'f IngressState<'_>) -> &'f str {
    match &state.address {
        Address::Published(text) => text,
        Address::None | Address::Manifest | Address::NotCollected => "",
    }
}
