//! Text that something fills in before an API server sees it: Flux's `${X}`, sed's `PORT`, what SOPS encrypted.
//!
//! Sources: Flux "Post build variable substitution" (`${var}`, `${var:-default}`), Helm and Jinja (`{{ … }}`), SOPS
//! "Encrypted file format" (`ENC[…]`), age (`AGE-SECRET-KEY-…`, armour), Argo CD Vault Plugin (`<path:…#key>`, `<key>`).

/// Does this text hold something that is filled in later?
pub fn is_placeholder(text: &str) -> bool {
    // Every name and address of a dump is asked: most have none of these.
    if !text.bytes().any(|b| matches!(b, b'{' | b'<' | b'[' | b'-' | b'_' | b'%' | b'@')) {
        return false;
    }
    example(text).is_some()
}

/// The placeholder in a text, short enough to be shown: none of what SOPS encrypted is.
pub fn example(text: &str) -> Option<&str> {
    between(text, "${", "}").or_else(|| between(text, "{{", "}}")).or_else(|| {
        let text = text.trim();
        if (text.starts_with("ENC[") && text.ends_with(']')) || text.contains("ENC[AES256_GCM,") {
            return Some("ENC[…]");
        }
        if text.starts_with("AGE-SECRET-KEY-") || text.contains("-----BEGIN AGE ENCRYPTED FILE-----") {
            return Some("AGE-…");
        }
        let angled = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        if angled.is_some_and(|inner| !inner.is_empty() && !inner.contains(['<', '>', '\n'])) {
            return Some(text);
        }
        [("__", "__"), ("%%", "%%"), ("%", "%"), ("@@", "@@"), ("@", "@")]
            .into_iter()
            .any(|(open, close)| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(is_word))
            .then_some(text)
    })
}

/// A word such as `PORT` or `$PORT` where the API takes numbers and names of small letters only.
pub fn is_word_to_fill(text: &str) -> bool {
    is_word(text.strip_prefix('$').unwrap_or(text))
}

fn is_word(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The first stretch of a text from one sign to another, both included.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let at = text.find(open)?;
    let len = text.get(at + open.len()..)?.find(close)?;
    text.get(at..at + open.len() + len + close.len())
}

#[cfg(test)]
mod tests {
    use super::{example, is_placeholder, is_word_to_fill};

    #[test]
    fn what_is_filled_in_later_is_recognized() {
        for text in [
            "${TLS_CRT}",
            "www.${DOMAIN:-example.com}",
            "{{ .Values.name }}-web",
            "ENC[AES256_GCM,data:qGpV,iv:9m1v,tag:1a2b,type:str]",
            "AGE-SECRET-KEY-1QQPQQ",
            "<YOUR-HOST>",
            "<path:secret/data/shop#tls>",
            "__PORT__",
            "%HOST%",
            "@@HOST@@",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        assert_eq!(example("www.${DOMAIN}"), Some("${DOMAIN}"));
        assert!(is_word_to_fill("PORT") && is_word_to_fill("$NODE_PORT"));
    }

    #[test]
    fn what_stands_for_itself_is_not() {
        for text in [
            "",
            "web",
            "shop-web",
            "10.0.0.1",
            "/api/v1/{id}",
            "/(a|b)$",
            "a@b.example",
            "*.shop.example",
            "<",
            "<a> <b>",
            "__meta__",
            "{}",
            "[x]",
            "$(POD_NAMESPACE)/web",
            "-----BEGIN CERTIFICATE-----",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
        for text in ["http", "8080", "Web", "A"] {
            assert!(!is_word_to_fill(text), "{text}");
        }
    }
}
