//! Traefik's IngressRoutes: what keeps traffic from what they lead to.

pub mod child_not_alone;
pub mod children_unseen;
pub mod class_not_served;
pub mod class_unseen;
pub mod controller_doubtful;
pub mod controller_not_ready;
pub mod controller_not_seen;
pub mod cross_namespace;
pub mod entry_point_missing;
pub mod external_name_refused;
pub mod invalid_rule;
pub mod middleware_cross_namespace;
pub mod middleware_elsewhere;
pub mod middleware_missing;
pub mod middleware_unseen;
pub mod namespace_not_watched;
pub mod no_address;
pub mod no_service;
pub mod outside;
pub mod parent_missing;
pub mod parent_unseen;
pub mod port_missing;
pub mod provider_off;
pub mod redirects;
pub mod replaced_route;
pub mod same_rule;
pub mod service_missing;
pub mod service_unseen;
pub mod service_unusable;
pub mod setting_unseen;
pub mod sibling_empty;
pub mod sibling_missing;
pub mod sni_without_tls;
pub mod tls_options_missing;
pub mod tls_options_unseen;
mod words;

use crate::evaluate::traefik::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    child_not_alone::DOC.entry(),
    children_unseen::DOC.entry(),
    class_not_served::DOC.entry(),
    class_unseen::DOC.entry(),
    controller_doubtful::DOC.entry(),
    controller_not_ready::DOC.entry(),
    controller_not_seen::DOC.entry(),
    cross_namespace::DOC.entry(),
    entry_point_missing::DOC.entry(),
    external_name_refused::DOC.entry(),
    invalid_rule::DOC.entry(),
    middleware_cross_namespace::DOC.entry(),
    middleware_elsewhere::DOC.entry(),
    middleware_missing::DOC.entry(),
    middleware_unseen::DOC.entry(),
    namespace_not_watched::DOC.entry(),
    no_address::DOC.entry(),
    no_service::DOC.entry(),
    outside::DOC.entry(),
    parent_missing::DOC.entry(),
    parent_unseen::DOC.entry(),
    port_missing::DOC.entry(),
    provider_off::DOC.entry(),
    redirects::DOC.entry(),
    replaced_route::DOC.entry(),
    same_rule::DOC.entry(),
    service_missing::DOC.entry(),
    service_unseen::DOC.entry(),
    service_unusable::DOC.entry(),
    setting_unseen::DOC.entry(),
    sibling_empty::DOC.entry(),
    sibling_missing::DOC.entry(),
    sni_without_tls::DOC.entry(),
    tls_options_missing::DOC.entry(),
    tls_options_unseen::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    controller: &[
        provider_off::check,
        class_not_served::check,
        namespace_not_watched::check,
        controller_not_ready::check,
        controller_doubtful::check,
        controller_not_seen::check,
        class_unseen::check,
    ],
    listener: &[entry_point_missing::check],
    rule: &[
        invalid_rule::check,
        no_service::check,
        children_unseen::check,
        parent_missing::check,
        parent_unseen::check,
        child_not_alone::check,
        replaced_route::check,
        same_rule::check,
        sni_without_tls::check,
        middleware_missing::check,
        middleware_unseen::check,
        middleware_cross_namespace::check,
        middleware_elsewhere::check,
        redirects::check,
    ],
    reference: &[
        service_missing::check,
        service_unseen::check,
        port_missing::check,
        service_unusable::check,
        cross_namespace::check,
        external_name_refused::check,
        setting_unseen::check,
    ],
    followed: &[outside::check, no_address::check],
    sibling: &[sibling_missing::check, sibling_empty::check],
    tls: &[tls_options_missing::check, tls_options_unseen::check],
};
