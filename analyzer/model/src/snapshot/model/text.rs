//! Words that many objects have in common, and uids: read often, kept small.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Text that repeats from object to object (the name of a node, a phase, an image): reads as `str`. Equal
/// ones that are read near each other are one in memory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

/// How many words a thread remembers.
const WORDS: usize = 2048;

thread_local! {
    /// Each word has one place, where the last of those that share it stays.
    static KNOWN: RefCell<Vec<Option<Arc<str>>>> = const { RefCell::new(Vec::new()) };
}

/// Where a word is remembered. Words that meet at one place cost a copy and nothing else.
fn place(text: &[u8]) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = text.as_chunks::<8>();
    let mut hash = text.len() as u64;
    for word in words {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(MIX).rotate_left(29);
    }
    for &byte in rest {
        hash = (hash ^ u64::from(byte)).wrapping_mul(MIX);
    }
    usize::try_from((hash ^ (hash >> 32)) & (WORDS as u64 - 1)).unwrap_or_default()
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if known.is_empty() {
                known.resize(WORDS, None);
            }
            let Some(slot) = known.get_mut(place(text.as_bytes())) else { return Self(Arc::from(text)) };
            match slot {
                Some(word) if **word == *text => Self(Arc::clone(word)),
                _ => {
                    let word: Arc<str> = Arc::from(text);
                    *slot = Some(Arc::clone(&word));
                    Self(word)
                }
            }
        })
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::from("")
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// Reads what a `String` reads.
struct Words<T>(fn(&str) -> T);

impl<T> Visitor<'_> for Words<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Words(|text| Self::from(text)))
    }
}

/// An object's uid. The usual form (a UUID in small letters) is kept as its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(Form);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Form {
    Usual([u8; 16]),
    Other(Box<str>),
}

/// Where a UUID has its dashes.
const DASHES: [usize; 4] = [8, 13, 18, 23];

impl From<&str> for Uid {
    fn from(text: &str) -> Self {
        Self(usual(text.as_bytes()).map_or_else(|| Form::Other(Box::from(text)), Form::Usual))
    }
}

fn usual(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (at, &byte) in text.iter().enumerate() {
        if DASHES.contains(&at) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        let slot = bytes.get_mut(digits / 2)?;
        *slot = (*slot << 4) | digit;
        digits += 1;
    }
    Some(bytes)
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Other(text) => f.write_str(text),
            Form::Usual(bytes) => {
                for (n, byte) in bytes.iter().enumerate() {
                    if matches!(n, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Words(|text| Self::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_are_one_and_read_as_they_were() {
        let (a, b, c) = (Text::from("node-1"), Text::from("node-1"), Text::from("node-2"));
        assert!(Arc::ptr_eq(&a.0, &b.0) && a != c && a == "node-1" && Text::default().is_empty());
        for word in ["", "é", "a longer word than eight bytes", "12345678"] {
            assert_eq!(Text::from(word).to_string(), word);
            assert_eq!(format!("{:?}", Text::from(word)), format!("{word:?}"));
        }
    }

    #[test]
    fn a_uid_reads_back_as_it_was_written() {
        let usual = "0f0f0f0f-1234-4000-a000-00000000002a";
        assert!(matches!(Uid::from(usual).0, Form::Usual(_)));
        for text in [
            usual,
            "",
            "0F0F0F0F-1234-4000-a000-00000000002a",
            "0f0f0f0f-1234-4000-a000-00000000002",
            "0f0f0f0f01234-4000-a000-00000000002a",
            "(masked)",
        ] {
            assert_eq!(Uid::from(text).to_string(), text);
        }
        assert_ne!(Uid::from(usual), Uid::from(usual.to_uppercase().as_str()));
    }
}
