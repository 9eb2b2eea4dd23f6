//! route

use crate::evidence::{Entry, Subject};
use crate::paths::World;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[];

/// Every subject of this area.
pub fn subjects(_world: &World<'_>) -> Vec<Subject> {
    Vec::new()
}
