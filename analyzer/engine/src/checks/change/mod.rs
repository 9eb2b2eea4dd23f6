//! Which edit of a change is behind a problem that it introduces.
//!
//! A cause is named only where the comparison shows a problem that the change introduced and an edit of
//! the change explains it; it says what was before, what is after, and where the edit stands. What the
//! problem does to traffic is the problem's own finding; a cause only notes it, except where nothing else
//! says it: the last replica of an entry going to zero, and a policy that closes a port.

pub mod class_unserved;
pub mod grant_lost;
pub mod host_conflict;
pub mod last_replica;
pub mod port_closed;
pub mod port_renamed;
pub mod selector_orphaned;

use crate::evaluate::change::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    selector_orphaned::DOC.entry(),
    port_renamed::DOC.entry(),
    grant_lost::DOC.entry(),
    last_replica::DOC.entry(),
    class_unserved::DOC.entry(),
    host_conflict::DOC.entry(),
    port_closed::DOC.entry(),
];

/// The checks of this area, where the comparison asks them.
pub const TABLE: CheckTable = CheckTable {
    subject: &[
        selector_orphaned::explain,
        port_renamed::explain,
        grant_lost::explain,
        last_replica::explain,
        class_unserved::explain,
        host_conflict::explain,
    ],
    whole: &[port_closed::find],
};
