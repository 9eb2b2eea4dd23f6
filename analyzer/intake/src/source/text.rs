//! UTF-16 text as UTF-8. A YAML reader must take both (YAML 1.2.2, section 5.2), and `>` of Windows `PowerShell` 5.1
//! writes the former.

use std::io::{self, Read};

use super::compress::Stream;

/// Bytes that are taken from the text at once.
const STEP: usize = 16 << 10;

/// Does a stream begin with the byte-order mark of UTF-16, and which?
pub(crate) fn order(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, ..] => Some(Order::Little),
        [0xFE, 0xFF, ..] => Some(Order::Big),
        _ => None,
    }
}

/// Which byte of a unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// Turns UTF-16 into UTF-8 while it is read; the mark at the start is left out, what is no character becomes U+FFFD.
pub(crate) struct Utf16<'a> {
    inner: Stream<'a>,
    order: Order,
    /// Bytes of a character of which the rest has not come.
    left: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    begun: bool,
    ended: bool,
}

impl<'a> Utf16<'a> {
    pub(crate) fn new(inner: Stream<'a>, order: Order) -> Self {
        Self { inner, order, left: Vec::new(), out: Vec::new(), at: 0, begun: false, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut raw = std::mem::take(&mut self.left);
        let before = raw.len();
        self.inner.by_ref().take(STEP as u64).read_to_end(&mut raw)?;
        self.ended = raw.len() == before;
        let mut units: Vec<u16> = raw
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| match self.order {
                Order::Little => u16::from_le_bytes(*pair),
                Order::Big => u16::from_be_bytes(*pair),
            })
            .collect();
        let mut used = units.len() * 2;
        // The other half of a pair may come with the next bytes.
        if !self.ended && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
            used -= 2;
        }
        self.left = raw.get(used..).unwrap_or_default().to_vec();
        if !std::mem::replace(&mut self.begun, true) && units.first() == Some(&0xFEFF) {
            units.remove(0);
        }
        let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        if self.ended && !self.left.is_empty() {
            self.left.clear();
            text.push(char::REPLACEMENT_CHARACTER);
        }
        self.out = text.into_bytes();
        self.at = 0;
        Ok(())
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.out.len() && !self.ended {
            self.refill()?;
        }
        let rest = self.out.get(self.at..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands on a few bytes at a time.
    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(buf.len()).min(self.0.len());
            buf[..n].copy_from_slice(&self.0[..n]);
            self.0.drain(..n);
            Ok(n)
        }
    }

    #[test]
    fn text_of_both_orders_is_the_text() {
        let text = "apiVersion: v1\r\nname: \u{e9}\u{20ac}\u{1F600}\n".repeat(3000);
        for order in [Order::Little, Order::Big] {
            let bytes: Vec<u8> = std::iter::once(0xFEFF)
                .chain(text.encode_utf16())
                .flat_map(|unit| if order == Order::Little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect();
            assert_eq!(super::order(&bytes), Some(order));
            for step in [1, 3, 4096] {
                let mut read = String::new();
                Utf16::new(Box::new(Drip(bytes.clone(), step)), order).read_to_string(&mut read).unwrap();
                assert!(read == text, "{order:?} {step}");
            }
        }
        let mut cut = String::new();
        Utf16::new(Box::new(&b"\xFF\xFEa\0\x3D\xD8b"[..]), Order::Little).read_to_string(&mut cut).unwrap();
        assert_eq!(cut, "a\u{FFFD}\u{FFFD}");
    }
}
