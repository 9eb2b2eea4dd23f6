//! A JSON array whose items are made one by one while it is written.

use std::cell::RefCell;

use serde::{Serialize, Serializer};

/// Items that exist only while they are written. It can be written once: a second time it is empty.
pub(super) struct Streamed<I>(RefCell<I>);

impl<I> Streamed<I> {
    pub(super) const fn new(items: I) -> Self {
        Self(RefCell::new(items))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Streamed<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
}
