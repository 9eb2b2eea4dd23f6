//! Values whose text was read before, just so.
//!
//! Pods of one workload print the same labels, ports and probes, letter for letter. A reader that sees text it
//! has read before may have the value it made of it then; [`remembered`] marks the fields for which that is
//! offered. The reader asks by the name of the newtype struct it is told of, [`Remembered::NAME`]; to one that
//! knows nothing of it, the field is what it is without.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::UnitDeserializer;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A type that is remembered. Cheap to clone: what is large in it is shared.
pub(super) trait Remembered: Clone + 'static {
    /// Under which name; one for each type and each way to read it.
    const NAME: &'static str;
}

/// How the name of every remembered field begins.
pub const PREFIX: &str = "kubereach:";

/// For `#[serde(deserialize_with)]`.
pub(super) fn remembered<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Remembered + Deserialize<'de>,
{
    deserializer.deserialize_newtype_struct(T::NAME, Asking(PhantomData))
}

struct Asking<T>(PhantomData<T>);

impl<'de, T: Remembered + Deserialize<'de>> Visitor<'de> for Asking<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    /// A reader that remembers nothing.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        T::deserialize(UnitDeserializer::new())
    }

    /// Text that is new: the value is offered to the one who reads.
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let value = T::deserialize(deserializer)?;
        KEPT.with_borrow_mut(|kept| kept.offered = Some(Box::new(value.clone())));
        Ok(value)
    }

    /// Text that was read before, by the number its value got.
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        KEPT.with_borrow(|kept| kept.get(number).and_then(<dyn Any>::downcast_ref::<T>).cloned())
            .ok_or_else(|| E::custom("a value that is not remembered"))
    }
}

/// How many values a thread keeps: the last ones.
const VALUES: usize = 512;

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Kept { values: Vec::new(), next: 0, offered: None }) };
}

struct Kept {
    /// A value stands at its number, modulo their count.
    values: Vec<(u64, Box<dyn Any>)>,
    next: u64,
    offered: Option<Box<dyn Any>>,
}

impl Kept {
    fn at(number: u64) -> usize {
        usize::try_from(number % VALUES as u64).unwrap_or_default()
    }

    fn get(&self, number: u64) -> Option<&dyn Any> {
        self.values.get(Self::at(number)).filter(|(own, _)| *own == number).map(|(_, value)| &**value)
    }
}

/// Whether the value of this number is still there.
pub fn is_kept(number: u64) -> bool {
    KEPT.with_borrow(|kept| kept.get(number).is_some())
}

/// Keeps the value that was offered last, and numbers it.
pub fn keep() -> Option<u64> {
    KEPT.with_borrow_mut(|kept| {
        let value = kept.offered.take()?;
        let number = kept.next;
        kept.next += 1;
        match kept.values.get_mut(Kept::at(number)) {
            Some(slot) => *slot = (number, value),
            None => kept.values.push((number, value)),
        }
        Some(number)
    })
}

/// Drops what was offered.
pub fn forget() {
    KEPT.with_borrow_mut(|kept| kept.offered = None);
}
