//! What a document or item says it is, read without parsing the rest.

use std::borrow::Cow;

use crate::json::{self, Range};

/// `apiVersion` and `kind`, where they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) api_version: Option<Cow<'a, str>>,
    pub(super) kind: Option<Cow<'a, str>>,
}

/// What the top level of a document amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocClass {
    /// A Kubernetes object.
    Object,
    /// A list whose items are objects.
    List,
    /// Rows without content.
    Table,
    /// `kind: Status` of a failure.
    Failure,
    /// No Kubernetes object.
    Other,
}

/// Classifies by type and by whether there is an `items` key.
pub(super) fn classify(api_version: Option<&str>, kind: Option<&str>, has_items: bool) -> DocClass {
    let Some(kind) = kind.filter(|k| !k.is_empty()) else {
        return DocClass::Other;
    };
    let Some(api_version) = api_version.filter(|v| !v.is_empty()) else {
        return DocClass::Other;
    };
    match kind {
        "Table" if api_version.starts_with("meta.k8s.io/") => DocClass::Table,
        "PartialObjectMetadata" | "PartialObjectMetadataList" if api_version.starts_with("meta.k8s.io/") => {
            DocClass::Table
        }
        "Status" if api_version == "v1" => DocClass::Failure,
        // Discovery documents describe the API and are data for layouts.
        "APIVersions"
        | "APIGroup"
        | "APIGroupList"
        | "APIResourceList"
        | "APIGroupDiscovery"
        | "APIGroupDiscoveryList" => DocClass::Other,
        _ if has_items && kind.ends_with("List") => DocClass::List,
        _ => DocClass::Object,
    }
}

/// Whether a kind needs more of the document than its type.
pub(super) fn is_special(kind: &str) -> bool {
    kind.ends_with("List") || kind.starts_with("API") || matches!(kind, "Table" | "PartialObjectMetadata" | "Status")
}

/// The type of a JSON object at `range`.
pub(super) fn json(text: &[u8], range: Range, depth: usize) -> Head<'_> {
    let mut head = Head::default();
    for entry in json::members(text, range.start, depth) {
        match entry.key.of(text) {
            b"\"apiVersion\"" => head.api_version = json::text_of(text, entry.value),
            b"\"kind\"" => head.kind = json::text_of(text, entry.value),
            _ => continue,
        }
        if head.api_version.is_some() && head.kind.is_some() {
            break;
        }
    }
    head
}

/// The type of a block mapping whose keys stand at column `indent`; the first line may carry a dash
/// before its key. A value that is not a simple word is left out.
pub(super) fn yaml(text: &[u8], indent: usize) -> Head<'_> {
    let mut head = Head::default();
    let mut at = 0;
    let mut first = true;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |n| at + n);
        let line = text.get(at..end).unwrap_or_default();
        at = end + 1;
        let key = line.get(indent..).unwrap_or_default();
        let leads = line.get(..indent).unwrap_or_default();
        let here = leads.iter().all(|&b| b == b' ') || (first && leads.iter().all(|&b| matches!(b, b' ' | b'-')));
        first = first && !key.first().is_some_and(u8::is_ascii_alphabetic);
        if !here {
            continue;
        }
        if let Some(value) = key.strip_prefix(b"apiVersion:") {
            head.api_version = head.api_version.or_else(|| simple(value).map(Cow::Borrowed));
        } else if let Some(value) = key.strip_prefix(b"kind:") {
            head.kind = head.kind.or_else(|| simple(value).map(Cow::Borrowed));
        } else {
            continue;
        }
        if head.api_version.is_some() && head.kind.is_some() {
            break;
        }
    }
    head
}

/// A value that is one plain or quoted word, with nothing a parser would have to think about.
pub(super) fn simple(value: &[u8]) -> Option<&str> {
    let value = value.strip_prefix(b" ")?.trim_ascii();
    let (word, rest) = if let &quote @ (b'"' | b'\'') = value.first()? {
        let inner = value.get(1..)?;
        let end = memchr::memchr(quote, inner)?;
        (inner.get(..end)?, inner.get(end + 1..)?)
    } else {
        let end = memchr::memchr2(b' ', b'\t', value).unwrap_or(value.len());
        (value.get(..end)?, value.get(end..)?)
    };
    let rest = rest.trim_ascii_start();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'-' | b'_');
    let starts = word.first().is_some_and(u8::is_ascii_alphabetic);
    // Words that YAML 1.1 reads as something else are left to the parser.
    let reserved = word.len() < 6
        && matches!(
            word.to_ascii_lowercase().as_slice(),
            b"y" | b"n" | b"yes" | b"no" | b"on" | b"off" | b"true" | b"false" | b"null"
        );
    ((rest.is_empty() || rest.first() == Some(&b'#')) && starts && !reserved && word.iter().all(plain))
        .then(|| std::str::from_utf8(word).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_values_are_words_and_nothing_else() {
        assert_eq!(simple(b" v1"), Some("v1"));
        assert_eq!(simple(b" apps/v1 # note"), Some("apps/v1"));
        assert_eq!(simple(b"  \"Service\"  \r"), Some("Service"));
        for odd in
            [&b" &a Service"[..], b" !!str Service", b" yes", b" |", b" [a]", b" a b", b"x", b"", b" 1", b" 'a''b'"]
        {
            assert_eq!(simple(odd), None, "{:?}", String::from_utf8_lossy(odd));
        }
    }

    #[test]
    fn the_type_of_an_item_is_at_its_own_indentation() {
        let item = b"  - data:\n      kind: Nested\n    apiVersion: v1\n    kind: ConfigMap\n";
        let head = yaml(item, 4);
        assert_eq!(head.kind.as_deref(), Some("ConfigMap"));
        assert_eq!(head.api_version.as_deref(), Some("v1"));
        let head = yaml(b"- kind: Pod\n  apiVersion: v1\n", 2);
        assert_eq!(head.kind.as_deref(), Some("Pod"));
    }

    #[test]
    fn a_kind_of_a_list_needs_items() {
        assert_eq!(classify(Some("v1"), Some("ServiceList"), true), DocClass::List);
        assert_eq!(classify(Some("example.com/v1"), Some("AllowList"), false), DocClass::Object);
        assert_eq!(classify(Some("meta.k8s.io/v1"), Some("Table"), false), DocClass::Table);
        assert_eq!(classify(None, Some("Pod"), false), DocClass::Other);
    }
}
