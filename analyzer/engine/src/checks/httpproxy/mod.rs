//! Contour's HTTPProxies: hosts, includes, and what Contour drops.

pub mod duplicate_host;
pub mod envoy_not_ready;
pub mod gateway_listeners;
pub mod include_failed;
pub mod include_unseen;
pub mod orphan_unseen;
pub mod orphaned;
pub mod other_class;
pub mod perhaps_refused;
pub mod refused;
pub mod route_replaced;
pub mod secret_unseen;
pub mod status_invalid;

use crate::checks::door::{proxy_doubtful, proxy_unseen};
use crate::checks::ingress::{controller_doubtful, controller_not_seen, controller_unseen_but_programmed};
use crate::checks::tls;
use crate::evaluate::door::contour::{CheckTable, ProxyContext};
use crate::resolve::contour::Proxy;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    duplicate_host::DOC.entry(),
    envoy_not_ready::DOC.entry(),
    gateway_listeners::DOC.entry(),
    include_failed::DOC.entry(),
    include_unseen::DOC.entry(),
    orphan_unseen::DOC.entry(),
    orphaned::DOC.entry(),
    other_class::DOC.entry(),
    perhaps_refused::DOC.entry(),
    refused::DOC.entry(),
    route_replaced::DOC.entry(),
    secret_unseen::DOC.entry(),
    status_invalid::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    controller: &[
        controller_doubtful::check,
        controller_not_seen::check,
        controller_unseen_but_programmed::check,
        proxy_unseen::envoy,
    ],
    own: &[envoy_not_ready::check, proxy_doubtful::envoy, other_class::check, gateway_listeners::check],
    rule: &[
        duplicate_host::check,
        refused::check,
        perhaps_refused::check,
        secret_unseen::check,
        orphaned::check,
        orphan_unseen::check,
        status_invalid::check,
    ],
    replaced: &[route_replaced::check],
    include: &[include_failed::check, include_unseen::check],
    certificate: tls::CERTIFICATE,
    certificate_unseen: tls::UNSEEN,
};

/// How to see every HTTPProxy with its host and status.
const LIST: &str = "kubectl get httpproxies.projectcontour.io -A";

/// Whose fault it is, in the words of a sentence.
fn whose(cx: &ProxyContext<'_, '_>, proxy: &Proxy<'_>) -> String {
    if std::ptr::eq(proxy.get(), cx.proxy.get()) {
        "it".to_owned()
    } else {
        format!("it with {}", crate::checks::ingress::words::brief(&proxy.object().to_string()))
    }
}

/// Does the message count several errors, or speak of what leaves the rest in place?
fn is_partial(message: &str) -> bool {
    ["ServiceUnresolvedReference", "IncludeError", "IncludeNotFound"].iter().any(|word| message.contains(word))
}
