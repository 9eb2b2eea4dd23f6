//! Text as one part of a URL: a segment of a path, or a name or value of a query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters (RFC 3986 section 2.3).
const SPECIAL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// No character of it is a sign of the URL.
pub fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, SPECIAL)
}

/// Percent escapes replaced by what they stand for.
pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decoded, encoded};

    #[test]
    fn what_was_encoded_is_decoded() {
        let text = "a/b?c=d&e#f+g %\u{fc}";
        assert_eq!(decoded(&encoded(text).to_string()), text);
        assert_eq!(decoded("100%"), "100%");
    }

    #[test]
    fn unreserved_characters_alone_stand_for_themselves() {
        assert_eq!(encoded("aZ0-._~").to_string(), "aZ0-._~");
        assert_eq!(encoded("a/b?c=d&e#f+g %").to_string(), "a%2Fb%3Fc%3Dd%26e%23f%2Bg%20%25");
        assert_eq!(encoded("\u{fc}\n").to_string(), "%C3%BC%0A");
    }
}
