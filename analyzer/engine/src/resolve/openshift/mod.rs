//! OpenShift Routes: what the API server or a router refuses of them, and who of several gets a host.
//!
//! Sources: `openshift/router` (`pkg/router/controller`, `pkg/router/routeapihelpers`), `openshift/library-go`
//! (`pkg/route/validation`), `openshift/api` (`route/v1/types.go`, `operator/v1/types_ingress.go`).

pub mod claims;
pub mod headers;
pub mod policy;
pub mod port;
pub mod refusal;

use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::OpenShiftRoute;

/// A Route that was read.
pub type Route<'s> = Found<'s, OpenShiftRoute>;

/// The Ingress that the Ingress-to-Route controller made a Route from. Such a Route is no door of its own: its Ingress
/// is (`openshift/route-controller-manager`, `pkg/route/ingress`).
pub fn made_from(route: &OpenShiftRoute) -> Option<&str> {
    let owner = route.metadata.controller()?;
    (owner.kind == "Ingress" && owner.api_version.starts_with("networking.k8s.io/")).then_some(owner.name.as_str())
}
