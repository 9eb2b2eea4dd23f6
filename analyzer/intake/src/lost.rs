//! Text that is there and could not be read: what it may have held.

use std::collections::BTreeSet;

use kubereach_model::snapshot::GroupKind;
use kubereach_model::snapshot::kinds::{KINDS, Kind};

/// A document or an item that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Where it begins, 1-based.
    pub line: u32,
    /// Of which kinds it may have held objects; empty where nobody can tell.
    pub kinds: Vec<GroupKind>,
    /// The list it stood in.
    pub list: Option<u32>,
    /// It is a template that was not rendered.
    pub template: bool,
}

/// What text that could not be read may have held; none where it speaks of no Kubernetes object.
pub(crate) fn document(text: &[u8], line: u32) -> Option<Lost> {
    let words = Words::of(text);
    let template = memchr::memmem::find(text, b"{{").is_some();
    (words.versions && !words.kinds.is_empty()).then(|| Lost { line, kinds: words.kinds(), list: None, template })
}

/// The kinds that an item which could not be read may be of; empty where nobody can tell.
pub(crate) fn item(text: &[u8]) -> Vec<GroupKind> {
    Words::of(text).kinds()
}

/// What the lines of a text say about kinds.
#[derive(Default)]
struct Words<'t> {
    /// Does any line begin with `apiVersion`?
    versions: bool,
    /// Column and value of every `kind`.
    kinds: Vec<(usize, &'t str)>,
}

impl<'t> Words<'t> {
    fn of(text: &'t [u8]) -> Self {
        let mut words = Self::default();
        for line in text.split(|&b| b == b'\n') {
            let column = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'-' | b'{' | b'[' | b',')).count();
            let rest = line.get(column..).unwrap_or_default();
            let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
            let value = |key: &[u8]| {
                let rest = rest.strip_prefix(key)?;
                rest.strip_prefix(b"\"").unwrap_or(rest).strip_prefix(b":")
            };
            words.versions |= value(b"apiVersion").is_some();
            // JSON on one line says it anywhere in it; what stands first is outermost.
            if line.trim_ascii_start().starts_with(b"{") {
                words.versions |= memchr::memmem::find(line, b"\"apiVersion\"").is_some();
                words.kinds.extend(inline(line, column));
            }
            if let Some(value) = value(b"kind") {
                let word = std::str::from_utf8(value).unwrap_or_default();
                words
                    .kinds
                    .push((column, word.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ','))));
            }
        }
        words
    }

    /// What stands outermost is what the text is; where that is a list, its items are what stands outermost in it.
    fn kinds(&self) -> Vec<GroupKind> {
        let mut within = 0;
        loop {
            let deep = self.kinds.iter().filter(|(column, _)| *column >= within);
            let Some(outermost) = deep.clone().map(|(column, _)| *column).min() else { return Vec::new() };
            let here: BTreeSet<&str> = deep.filter(|(column, _)| *column == outermost).map(|(_, word)| *word).collect();
            if here.iter().any(|word| !is_word(word)) {
                return Vec::new();
            }
            let typed = here.iter().filter_map(|word| word.strip_suffix("List")).filter(|word| !word.is_empty());
            let found = rows(here.iter().copied().chain(typed));
            if !here.contains("List") {
                return found;
            }
            within = outermost + 1;
        }
    }
}

/// The first `kind` of a line of JSON, where it does not stand at the line's begin.
fn inline(line: &[u8], from: usize) -> Option<(usize, &str)> {
    let at = memchr::memmem::find(line, b"\"kind\"").filter(|at| *at > from)?;
    let value = line.get(at + b"\"kind\"".len()..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let word = value.strip_prefix(b"\"")?.split(|&b| b == b'"').next()?;
    Some((at, std::str::from_utf8(word).unwrap_or_default()))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Every kind of one of these names, in whatever group. A name that no row has is of a kind that nobody asks about.
fn rows<'w>(names: impl Iterator<Item = &'w str>) -> Vec<GroupKind> {
    let names: BTreeSet<&str> = names.collect();
    let mut found: Vec<GroupKind> = KINDS.iter().filter(|k| names.contains(k.kind)).map(Kind::group_kind).collect();
    if found.is_empty() {
        found.extend(names.into_iter().next().map(|name| GroupKind { group: "".into(), kind: name.to_owned().into() }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Option<Vec<String>> {
        document(text.as_bytes(), 1).map(|lost| lost.kinds.iter().map(GroupKind::display).collect())
    }

    #[test]
    fn the_outermost_kind_is_what_the_text_is() {
        let service = "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n  ownerReferences:\n  - kind: Pod\n";
        assert!(kinds(service).unwrap().contains(&"Service".to_owned()));
        assert!(!kinds(service).unwrap().contains(&"Pod".to_owned()));
    }

    #[test]
    fn a_list_is_what_its_items_are() {
        let list = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  x: [\n- kind: Node\n  a:\n    kind: Deep\nkind: List\n";
        assert_eq!(kinds(list).unwrap(), ["Pod", "Node"]);
        assert_eq!(kinds("apiVersion: v1\nkind: PodList\nitems: {\n").unwrap(), ["Pod"]);
    }

    #[test]
    fn json_on_one_line_says_it_too() {
        let line = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"ownerReferences": [{"kind": "Pod"}]},, }"#;
        let kinds = kinds(line).unwrap();
        assert!(kinds.contains(&"Service".to_owned()) && !kinds.contains(&"Pod".to_owned()), "{kinds:?}");
    }

    #[test]
    fn what_does_not_say_may_be_anything() {
        assert_eq!(kinds("apiVersion: v1\nkind: {{ .Values.kind }}\n").unwrap(), Vec::<String>::new());
        assert_eq!(kinds("apiVersion: v1\nkind: List\nitems:\n  - [\n").unwrap(), Vec::<String>::new());
        assert_eq!(kinds("name: {{ .Values.name }}\n"), None, "no object of Kubernetes");
    }
}
