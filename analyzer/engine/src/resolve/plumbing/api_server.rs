//! The way from the API server: who dials for it, where the certificate of a server that it asks is kept, and which
//! webhook the words of a refusal name.

use kubereach_reports::report::ObjectRef;

use crate::resolve::ClusterIndex;
use crate::resolve::issuance;
use crate::resolve::proxy_pods::{Proxy, TrafficSource};
use kubereach_model::snapshot::model::{Pod, Service, ServiceReference};
use kubereach_model::snapshot::{Found, Snapshot};

/// Labels of those who dial for the API server, the last hop first: the agents of a tunnel, else the API server's own
/// pods (apiserver-network-proxy `examples/kubernetes/konnectivity-agent.yaml`; kubeadm
/// `app/phases/controlplane/manifests.go`; openshift/cluster-kube-apiserver-operator `bindata/assets/kube-apiserver`).
const CALLERS: [(&str, &str, &str); 3] = [
    ("konnectivity-agent", "k8s-app", "konnectivity-agent"),
    ("the API server", "component", "kube-apiserver"),
    ("the API server", "apiserver", "true"),
];

/// Who dials for the API server; `None` where none of them is a pod of this cluster: its address is not known then.
pub fn api_server_callers<'s>(cluster: &ClusterIndex<'s>) -> Option<Proxy<'s>> {
    let system = ["kube-system", "openshift-kube-apiserver"];
    let pods = || system.into_iter().flat_map(|namespace| cluster.snapshot.pods.in_namespace(namespace));
    let living = |pod: &Found<'s, Pod>| !pod.is_finished() && !pod.is_terminating();
    CALLERS.into_iter().find_map(|(name, key, value)| {
        let own: Vec<_> = pods().filter(|pod| pod.metadata.label(key) == Some(value) && living(pod)).collect();
        (!own.is_empty()).then_some(Proxy { name, source: TrafficSource::Pods(own) })
    })
}

/// The Secret that holds the certificate of the server: by what says from where the authority is injected (cert-manager,
/// "CA Injector"), or what makes the certificate of a Service (OpenShift, "Service serving certificates").
pub fn serving_secret<'s>(
    cluster: &ClusterIndex<'s>,
    annotation: &dyn Fn(&str) -> Option<&'s str>,
    service: &ServiceReference,
) -> Option<(String, String)> {
    let split = |text: &'s str| text.split_once('/').map(|(namespace, name)| (namespace.to_owned(), name.to_owned()));
    if let Some(secret) = annotation("cert-manager.io/inject-ca-from-secret").and_then(split) {
        return Some(secret);
    }
    if let Some((namespace, name)) = annotation("cert-manager.io/inject-ca-from").and_then(split) {
        let issued = issuance::certificate(cluster.snapshot, &namespace, &name)?;
        let secret = issued.get().value.spec.get("secretName")?.as_str()?;
        return Some((namespace, secret.to_owned()));
    }
    let found = cluster.snapshot.lookup::<Service>(&service.namespace, &service.name).found()?;
    let keys =
        ["service.beta.openshift.io/serving-cert-secret-name", "service.alpha.openshift.io/serving-cert-secret-name"];
    let name = keys.iter().find_map(|key| found.get().value.metadata.annotation(key))?;
    Some((service.namespace.clone(), name.to_owned()))
}

/// The configuration of the webhook that the API server's words name: `failed calling webhook "NAME"`, or `admission
/// webhook "NAME" denied the request` (kubernetes/apiserver `pkg/admission/plugin/webhook/errors`). The name, and the
/// configuration if it was read.
pub fn webhook_named<'w>(snapshot: &Snapshot, words: &'w str) -> Option<(&'w str, Option<ObjectRef>)> {
    const FAILED: &str = "failed calling webhook \"";
    let (_, rest) = words.split_once(FAILED)?;
    let (name, _) = rest.split_once('"')?;
    let of = snapshot.webhooks.iter().find(|found| found.webhooks.iter().any(|webhook| webhook.name == name));
    Some((name, of.map(|found| found.object())))
}
