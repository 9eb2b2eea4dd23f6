//! Every cluster has a Service `kubernetes` in namespace `default`: the API server makes it, and makes it anew when
//! somebody deletes it (`pkg/controlplane/controller/kubernetesservice`).

use kubereach_model::snapshot::model::{Resource as _, Service};

use super::{Claims, Signs};

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    let namespace = Some("default");
    let there = || claims.snapshot.services.named("default", "kubernetes").next().is_some();
    if claims.list(Service::KIND, namespace).is_some() && !there() {
        signs.list(
            Service::KIND,
            namespace,
            "every cluster has a Service default/kubernetes, the list does not hold it",
        );
    }
}
