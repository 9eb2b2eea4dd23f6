//! OpenShift Routes: who gets a host, what is refused, and the routers that serve them.

pub mod certificate_chain;
pub mod certificate_not_valid;
pub mod certificate_other_name;
pub mod every_port;
pub mod host_contested;
pub mod host_taken;
pub mod no_host;
pub mod not_admitted;
pub mod refused;
pub mod refused_by_one_router;
pub mod router_not_ready;
pub mod router_not_seen;
pub mod weights_zero;

use crate::checks::door::{proxy_doubtful, proxy_unseen};
use crate::checks::ingress::{controller_doubtful, controller_not_ready, words};
use crate::checks::tls;
use crate::evaluate::door::openshift::{CheckTable, RouteContext};
use crate::resolve::openshift::claims::{How, Lost};
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    certificate_chain::DOC.entry(),
    certificate_not_valid::DOC.entry(),
    certificate_other_name::DOC.entry(),
    every_port::DOC.entry(),
    host_contested::DOC.entry(),
    host_taken::DOC.entry(),
    no_host::DOC.entry(),
    not_admitted::DOC.entry(),
    refused::DOC.entry(),
    refused_by_one_router::DOC.entry(),
    router_not_ready::DOC.entry(),
    router_not_seen::DOC.entry(),
    weights_zero::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    controller: &[controller_not_ready::check, controller_doubtful::check, proxy_unseen::router],
    router: &[router_not_ready::check, proxy_doubtful::router, router_not_seen::check],
    rule: &[host_taken::check, host_contested::check, refused::check, certificate_chain::check, no_host::check],
    status: &[not_admitted::check],
    weightless: &[weights_zero::check],
    inline: &[certificate_not_valid::finding, certificate_other_name::finding],
    certificate: tls::CERTIFICATE,
    certificate_unseen: tls::UNSEEN,
    notes: &[refused_by_one_router::finding, every_port::finding],
};

/// On the pods of a router: its name.
pub(crate) const ROUTER: &str = "ingresscontroller.operator.openshift.io/deployment-ingresscontroller";

/// How to see every Route with its host and age.
const LIST: &str = "kubectl get routes.route.openshift.io -A --sort-by=.metadata.creationTimestamp";

/// Why a Route does not get its host.
fn why(cx: &RouteContext<'_, '_>, lost: &Lost<'_>) -> String {
    let host = words::brief(&cx.value().spec.host);
    let Some(other) = &lost.to else { return format!("no router takes wildcards, and '{host}' is asked for as one") };
    let other = words::brief(&other.object().to_string());
    match lost.how {
        How::SamePath => format!("{other} is older and has the host '{host}' with the same path"),
        How::OtherNamespace => format!("{other} is older, and its namespace owns the host '{host}'"),
        How::Passthrough => {
            format!("{other} is older and has the host '{host}'; passthrough shares a host with no other TLS")
        }
        How::Wildcard | How::WildcardsDisallowed => {
            format!("{other} is older, and a wildcard and the host '{host}' exclude each other")
        }
    }
}

/// Is the certificate known not to have expired?
fn in_time(cx: &RouteContext<'_, '_>) -> bool {
    let tls = cx.value().spec.tls.as_ref();
    let own = tls.and_then(|tls| tls.certificate.certificate.as_ref()?.as_ref().ok());
    own.zip(cx.now).is_some_and(|(certificate, now)| now <= certificate.not_after)
}
