//! What the API server asks: webhooks and aggregated APIs.

pub mod api_unavailable;
pub mod bundle_expired;
pub mod bundle_unreadable;
pub mod certificate_doubtful;
pub mod fails_closed;
pub mod headless;
pub mod skipped;

use crate::evaluate::door::api_server::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    api_unavailable::DOC.entry(),
    bundle_expired::DOC.entry(),
    bundle_unreadable::DOC.entry(),
    certificate_doubtful::DOC.entry(),
    fails_closed::DOC.entry(),
    headless::DOC.entry(),
    skipped::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    rule: &[api_unavailable::check, headless::check],
    tls: &[bundle_unreadable::check, bundle_expired::check, certificate_doubtful::check],
    notes: &[fails_closed::finding, skipped::finding],
};
