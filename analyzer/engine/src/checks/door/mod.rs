//! References of doors to Services: OpenShift Routes, Contour's HTTPProxies and others that are not Ingresses.

pub mod external_name;
pub mod external_name_refused;
pub mod port_missing;
pub mod port_unknown;
pub mod proxy_doubtful;
pub mod proxy_unseen;
pub mod service_missing;
pub mod service_unseen;

use kubereach_reports::report::ObjectRef;

use crate::checks::{api_server, httpproxy, openshift};
use crate::evaluate::door::CheckTable;
use crate::evaluate::door::lead::{Lead, LeadCheck};
use kubereach_model::evidence::{CatalogueEntry, command};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    external_name::DOC.entry(),
    external_name_refused::DOC.entry(),
    port_missing::DOC.entry(),
    port_unknown::DOC.entry(),
    proxy_doubtful::DOC.entry(),
    proxy_unseen::DOC.entry(),
    service_missing::DOC.entry(),
    service_unseen::DOC.entry(),
];

/// Of one reference.
const LEAD: &[LeadCheck] = &[
    service_missing::check,
    service_unseen::check,
    port_missing::check,
    port_unknown::check,
    external_name::check,
    external_name_refused::check,
];

/// The checks of doors, where evaluation asks them.
pub const TABLE: CheckTable =
    CheckTable { api_server: api_server::TABLE, lead: LEAD, contour: httpproxy::TABLE, openshift: openshift::TABLE };

/// The Service that is referred to.
fn service(lead: &Lead<'_>) -> ObjectRef {
    let namespace = Some(lead.backend.namespace.clone());
    ObjectRef { kind: "Service".to_owned(), namespace, name: lead.backend.name.clone(), group: None }
}

/// How to list the Services of its namespace.
fn list(lead: &Lead<'_>) -> String {
    command::list("services", &lead.backend.namespace)
}

/// Is the pod not ready, and on a network of its own?
pub(crate) fn is_unready_and_off_the_node(pod: &Found<'_, Pod>) -> bool {
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    let on_node = pod.spec.is_host_network() || ports.into_iter().any(|port| !port.host_port.is_absent());
    !on_node && pod.is_ready() == Some(false)
}
