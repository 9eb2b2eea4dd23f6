//! Types that read what dumps really hold: `null` for an empty list, a port as text, a masked value.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::snapshot::{is_masked, is_word_to_fill};

/// A list that may be `null` or missing. Equal lists of many objects may be one in memory; nothing of it
/// can be changed in place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List<T>(Option<Arc<[T]>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self((!items.is_empty()).then(|| Arc::from(items)))
    }
}

impl<T> List<T> {
    /// Are these surely equal, because they are one in memory (or both empty)?
    pub fn is_shared(&self, other: &Self) -> bool {
        one_in_memory(self.0.as_ref(), other.0.as_ref())
    }
}

impl<T: Clone> List<T> {
    /// Changes its items; those of a list that others share are copied before.
    pub fn change(&mut self, change: impl FnMut(&mut T)) {
        if let Some(items) = &mut self.0 {
            Arc::make_mut(items).iter_mut().for_each(change);
        }
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Vec<T>>::deserialize(deserializer).map(|items| items.unwrap_or_default().into())
    }
}

/// Are both the very same value, or both missing?
pub(super) fn one_in_memory<T: ?Sized>(one: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// For `#[serde(deserialize_with)]`: `null` reads as the default.
pub fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A scalar that may be missing, masked or unusable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Field<T> {
    /// Missing or `null`.
    #[default]
    Absent,
    /// Read.
    Known(T),
    /// A collector masked it.
    Redacted,
    /// Present and not of the expected type; the text as it stands.
    Invalid(Box<str>),
}

impl<T> Field<T> {
    /// The value, if it was read.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Redacted | Self::Invalid(_) => None,
        }
    }

    /// Was there something that a collector masked?
    pub const fn is_redacted(&self) -> bool {
        matches!(self, Self::Redacted)
    }

    /// Was nothing there at all?
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// A scalar that reads itself from text or number.
pub trait Scalar: Sized {
    /// From a number.
    fn from_i64(n: i64) -> Option<Self>;
    /// From text.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! int_scalar {
    ($($t:ty),+) => {$(
        impl Scalar for $t {
            fn from_i64(n: i64) -> Option<Self> { Self::try_from(n).ok() }
            fn from_text(text: &str) -> Option<Self> { text.trim().parse().ok() }
        }
    )+};
}
int_scalar!(u16, i64);

impl Scalar for String {
    fn from_i64(n: i64) -> Option<Self> {
        Some(n.to_string())
    }
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Scalar for IpAddr {
    fn from_i64(_: i64) -> Option<Self> {
        None
    }
    fn from_text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

struct FieldVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Scalar> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Field<T>, E> {
        Ok(Field::Absent)
    }
    fn visit_none<E: de::Error>(self) -> Result<Field<T>, E> {
        Ok(Field::Absent)
    }
    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Field<T>, D::Error> {
        d.deserialize_any(self)
    }
    fn visit_bool<E: de::Error>(self, b: bool) -> Result<Field<T>, E> {
        Ok(Field::Invalid(b.to_string().into()))
    }
    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Field<T>, E> {
        Ok(T::from_i64(n).map_or_else(|| Field::Invalid(n.to_string().into()), Field::Known))
    }
    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Field<T>, E> {
        match i64::try_from(n) {
            Ok(n) => self.visit_i64(n),
            Err(_) => Ok(Field::Invalid(n.to_string().into())),
        }
    }
    fn visit_f64<E: de::Error>(self, n: f64) -> Result<Field<T>, E> {
        // kubectl reads `1e3` and `80.0` as whole numbers; anything else is not one.
        let text = n.to_string();
        match text.parse::<i64>() {
            Ok(whole) => self.visit_i64(whole),
            Err(_) => Ok(Field::Invalid(text.into())),
        }
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Field<T>, E> {
        if text.is_empty() {
            return Ok(Field::Absent);
        }
        if is_masked(text) {
            return Ok(Field::Redacted);
        }
        Ok(T::from_text(text).map_or_else(|| Field::Invalid(text.into()), Field::Known))
    }
}

impl<'de, T: Scalar> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor(std::marker::PhantomData))
    }
}

/// A port by number or name (API reference: `IntOrString`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRef {
    /// 1–65535.
    Number(u16),
    /// The name of a container port.
    Name(String),
    /// A collector masked it.
    Redacted,
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Name(name) => f.write_str(name),
            Self::Redacted => f.write_str("(masked)"),
        }
    }
}

impl<'de> Deserialize<'de> for PortRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Field::<String>::deserialize(deserializer)? {
            Field::Redacted => Self::Redacted,
            // Names of ports have small letters only (core/v1 ContainerPort name: IANA_SVC_NAME).
            Field::Known(text) if is_word_to_fill(&text) => Self::Redacted,
            Field::Known(text) => text.parse().map_or_else(|_| Self::Name(text), Self::Number),
            Field::Invalid(text) => text.parse().map_or_else(|_| Self::Name(text.into()), Self::Number),
            Field::Absent => Self::Name(String::new()),
        })
    }
}

/// A boolean that may also be written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Flag(pub Option<bool>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Flag;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean")
            }
            fn visit_bool<E: de::Error>(self, b: bool) -> Result<Flag, E> {
                Ok(Flag(Some(b)))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Flag, E> {
                Ok(Flag(None))
            }
            fn visit_none<E: de::Error>(self) -> Result<Flag, E> {
                Ok(Flag(None))
            }
            fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Flag, D::Error> {
                d.deserialize_any(self)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                Ok(Flag(match text {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                }))
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Flag, E> {
                Ok(Flag(None))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Flag, E> {
                Ok(Flag(None))
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// A time as Kubernetes writes it (RFC 3339); unreadable and masked ones are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub Option<jiff::Timestamp>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_none<E: de::Error>(self) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Time, D::Error> {
                d.deserialize_any(self)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Time, E> {
                Ok(Time(None))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                Ok(Time(text.parse().ok()))
            }
        }
        deserializer.deserialize_any(V)
    }
}
