//! Every cluster has a Service `kubernetes` in namespace `default`: the API server makes it, and makes it anew when
//! somebody deletes it (`pkg/controlplane/controller/kubernetesservice`).
//!
//! It shows what somebody asked `kubectl` for. Collectors ask for whole kinds; what some of them leave out themselves
//! says nothing about the rest.
//!
//! Where the namespaces were listed and `default` is none of them, the input is no print of a whole cluster: a made-up one,
//! or several files made into one. Then nothing is to be expected in `default`.

use kubereach_model::snapshot::model::{Namespace, Resource as _, Service};

use super::{Claims, Signs};

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    let namespace = Some("default");
    let namespaces = &claims.snapshot.namespaces;
    let without = claims.list(Namespace::KIND, None).is_some() && namespaces.named("", "default").next().is_none();
    let there = || claims.snapshot.services.named("default", "kubernetes").next().is_some();
    let by_hand = claims.list(Service::KIND, namespace).filter(|list| !claims.is_collected(Service::KIND, list.scope));
    if by_hand.is_some() && !without && !there() {
        signs.list(
            Service::KIND,
            namespace,
            "every cluster has a Service default/kubernetes, the list does not hold it",
        );
    }
}
