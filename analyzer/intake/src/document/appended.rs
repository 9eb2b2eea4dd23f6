//! Documents that were appended to one file (`>>`) without a marker between them.
//!
//! A mapping has each key once (YAML 1.2.2, 3.2.1.3), so a second `apiVersion:` at the margin begins another document.
//! Lines inside a document stand deeper: a block mapping's values, block scalars too, are indented (8.1, 8.2.2).

use memchr::memmem;

const VERSION: &[u8] = b"apiVersion";

/// Where further documents begin inside of what stands between two markers.
pub(super) fn starts(text: &[u8]) -> Vec<usize> {
    if versions(text) < 2 {
        return Vec::new();
    }
    let keys = keys(text);
    let mut starts = Vec::new();
    let mut first = 0;
    for (n, (_, key)) in keys.iter().enumerate() {
        let own = keys.get(first..n).unwrap_or_default();
        if *key == VERSION && own.iter().any(|(_, key)| *key == VERSION) {
            first = n - before(own);
            starts.extend(keys.get(first).map(|(at, _)| *at));
        }
    }
    starts
}

/// How often `apiVersion:` stands at the margin.
pub(super) fn versions(text: &[u8]) -> usize {
    usize::from(text.starts_with(b"apiVersion:")) + memmem::find_iter(text, b"\napiVersion:").count()
}

/// How many of the keys before a repeated `apiVersion:` belong to it: kubectl prints keys in the order of the alphabet
/// (`addressType` of an `EndpointSlice`), and people write `kind` first.
fn before(keys: &[(usize, &[u8])]) -> usize {
    let mut next = VERSION;
    let mut count = 0;
    for (n, (_, key)) in keys.iter().enumerate().rev() {
        let earlier = keys.get(..n).unwrap_or_default();
        let printed = *key < next && *key < VERSION;
        let written = *key == b"kind" && earlier.iter().any(|(_, other)| other == key);
        if !(printed || written) || earlier.is_empty() {
            break;
        }
        next = key;
        count += 1;
    }
    count
}

/// The keys at the margin, and where their lines begin.
fn keys(text: &[u8]) -> Vec<(usize, &[u8])> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(line) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let word = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if word > 0
            && line.get(word) == Some(&b':')
            && matches!(line.get(word + 1), None | Some(b' ' | b'\n' | b'\r'))
            && let Some(key) = line.get(..word)
        {
            found.push((at, key));
        }
        at += memchr::memchr(b'\n', line).map_or(line.len(), |end| end + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        let mut at = 0;
        let mut parts = Vec::new();
        for start in starts(text.as_bytes()).into_iter().chain([text.len()]) {
            parts.push(&text[at..start]);
            at = start;
        }
        parts
    }

    #[test]
    fn a_second_version_begins_another_document() {
        let list =
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\nkind: List\nmetadata:\n  resourceVersion: ''\n";
        assert_eq!(parts(&[list, list, list].concat()), [list, list, list]);
    }

    #[test]
    fn keys_that_are_printed_before_the_version_go_with_it() {
        let service = "apiVersion: v1\nkind: Service\nspec: {}\n";
        let slice = "addressType: IPv4\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nports: null\n";
        assert_eq!(parts(&[service, slice, slice, service].concat()), [service, slice, slice, service]);
    }

    #[test]
    fn people_write_the_kind_first() {
        let service = "kind: Service\napiVersion: v1\nmetadata: {name: a}\n";
        assert_eq!(parts(&[service, service].concat()), [service, service]);
    }

    #[test]
    fn one_document_is_one() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: v1\n    kind: Pod\n";
        assert_eq!(parts(text), [text]);
    }
}
