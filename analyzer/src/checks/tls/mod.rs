//! Certificates and TLS modes of the front doors.

use crate::evidence::Entry;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[];
