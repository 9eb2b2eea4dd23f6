//! What a scalar means, as kubectl reads it.
//!
//! kubectl turns YAML into JSON with `sigs.k8s.io/yaml`, whose scalars follow YAML 1.1 as go-yaml v2
//! implements it: `yes` is a boolean, `0755` is 493, `1_000` is 1000, and a number without a fraction
//! is an integer however it was written, because the API server decodes JSON that way.

use std::borrow::Cow;

use base64::Engine as _;

/// The meaning of a scalar.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'t> {
    /// Nothing: `null`, `~`, or no text at all.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// A whole number that fits `i64`.
    Int(i64),
    /// A whole number above `i64::MAX`.
    Uint(u64),
    /// A number with a fraction, or one too large for the integers.
    Float(f64),
    /// Anything else, and everything quoted.
    Text(Cow<'t, str>),
    /// `.inf` and `.nan`: numbers that JSON cannot carry, so kubectl refuses the document.
    NotJson,
    /// A `!!binary` that is not base64.
    BadBinary,
}

/// Tags that change how a scalar is read; any other tag is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// No tag.
    None,
    /// `!!str`, and every tag that kubectl does not know: the text as it stands.
    Str,
    /// `!!binary`.
    Binary,
    /// `!!int`, `!!float`, `!!bool`, `!!null`: read even when quoted.
    Core,
}

/// Reads `text`, written `plain` (without quotes) or not, under `tag`.
pub fn resolve(text: &str, plain: bool, tag: Tag) -> Scalar<'_> {
    match tag {
        Tag::Binary => {
            let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            match base64::engine::general_purpose::STANDARD.decode(compact) {
                Ok(bytes) => Scalar::Text(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())),
                Err(_) => Scalar::BadBinary,
            }
        }
        Tag::Core => resolve_plain(text),
        Tag::None if plain => resolve_plain(text),
        Tag::None | Tag::Str => Scalar::Text(Cow::Borrowed(text)),
    }
}

fn resolve_plain(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Scalar::Null;
    };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text).unwrap_or(Scalar::Text(Cow::Borrowed(text))),
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        _ => Scalar::Text(Cow::Borrowed(text)),
    }
}

fn word(text: &str) -> Scalar<'_> {
    match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        _ => Scalar::Text(Cow::Borrowed(text)),
    }
}

fn number(text: &str) -> Option<Scalar<'static>> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Some(Scalar::NotJson),
        _ => {}
    }
    let plain: Cow<'_, str> = if text.contains('_') && !text.starts_with('.') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    };
    integer(&plain).or_else(|| float(&plain))
}

/// An integer with Go's base prefixes: `0x`, `0o`, `0b`, and a leading `0` for octal.
fn integer(text: &str) -> Option<Scalar<'static>> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return i64::try_from(-i128::from(value)).ok().map(Scalar::Int);
    }
    Some(i64::try_from(value).map_or(Scalar::Uint(value), Scalar::Int))
}

fn float(text: &str) -> Option<Scalar<'static>> {
    if !float_shape(text.as_bytes()) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    // 2^53: up to here every integral float is exactly one integer.
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        #[allow(clippy::cast_possible_truncation)] // Integral and far inside the range of i64.
        return Some(Scalar::Int(value as i64));
    }
    Some(Scalar::Float(value))
}

fn unsigned(text: &[u8]) -> &[u8] {
    if let [b'-' | b'+', rest @ ..] = text { rest } else { text }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn float_shape(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> (usize, &[u8]) {
        let n = text.iter().take_while(|b| b.is_ascii_digit()).count();
        (n, text.get(n..).unwrap_or_default())
    }
    let (whole, rest) = digits(unsigned(text));
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => digits(rest),
        rest => (0, rest),
    };
    if whole == 0 && fraction == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', exponent @ ..] => {
            let (n, rest) = digits(unsigned(exponent));
            n > 0 && rest.is_empty()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar<'_> {
        resolve(text, true, Tag::None)
    }

    #[test]
    fn scalars_are_read_as_kubectl_reads_them() {
        for word in ["yes", "Yes", "on", "ON", "y", "true", "True"] {
            assert_eq!(plain(word), Scalar::Bool(true), "{word}");
        }
        for word in ["no", "off", "n", "N", "FALSE"] {
            assert_eq!(plain(word), Scalar::Bool(false), "{word}");
        }
        for (text, value) in [
            ("0755", 493),
            ("08", 8),
            ("1_000", 1000),
            ("1e3", 1000),
            ("1.0", 1),
            ("0x1F", 31),
            ("0b11", 3),
            ("0o17", 15),
            ("+1", 1),
            ("-0", 0),
            ("-12", -12),
            ("1.", 1),
        ] {
            assert_eq!(plain(text), Scalar::Int(value), "{text}");
        }
        assert_eq!(plain("18446744073709551615"), Scalar::Uint(u64::MAX));
        assert_eq!(plain("0.5"), Scalar::Float(0.5));
        assert_eq!(plain(".5"), Scalar::Float(0.5));
        assert_eq!(plain(".inf"), Scalar::NotJson);
        assert_eq!(plain(""), Scalar::Null);
        assert_eq!(plain("~"), Scalar::Null);
        for text in [
            "12:30:45",
            "2001-01-01",
            "1e",
            "0x",
            "100m",
            "1Gi",
            "-",
            ".",
            "1.2.3.4",
            "10.0.0.0/8",
            "tRuE",
            "nullish",
            "yesterday",
            "+",
            "1e+",
            "0xZZ",
            "inf",
            "NaN",
            "infinity",
        ] {
            assert_eq!(plain(text), Scalar::Text(text.into()), "{text}");
        }
        assert_eq!(resolve("80", false, Tag::None), Scalar::Text("80".into()));
        assert_eq!(resolve("80", true, Tag::Str), Scalar::Text("80".into()));
        assert_eq!(resolve("80", false, Tag::Core), Scalar::Int(80));
        assert_eq!(resolve("aGVs\nbG8=", true, Tag::Binary), Scalar::Text("hello".into()));
        assert_eq!(resolve("***", true, Tag::Binary), Scalar::BadBinary);
    }
}
