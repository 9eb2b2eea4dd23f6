//! Nothing refers to papers that a reader does not have: sections of a design that is elsewhere, numbers of rows, of
//! rules and of tasks. Reasons stand in `docs/`, or name a public source.

use regex::Regex;

use crate::files;

/// What is refused, and words that each pattern must catch.
const PRIVATE: &[(&str, &str)] = &[
    (r"(?i)\bdesign,? sections? \d", "the fold of design section 3.6"),
    (r"\bsemantics,? [A-Z]\d*\b", "refused for its labels (semantics A10.7)"),
    (r"\b[A-F]\d{1,2}\.\d{1,2}\b", "as A10.2 has it"),
    (r"\b[A-F]\d (?:row )?\d{2,}\b", "E3 247 and its neighbours"),
    (r"(?i)\btruth row\b", "truth row 307"),
    (r"§ ?\d", "as in §12.1"),
    (r"(?i)(?:^|[^/#\w])issues? \d{1,2}\b", "issue 5 item 7"),
    (r"(?i)\binvariants? \d", "outranks a connection (invariant 19)"),
    (r"(?i)\bbehaviou?r (?:reference|\d)", "behaviour reference, section 9.6"),
    (r"\.\./shared\b", "see ../shared/design.md"),
    (r"(?:^|[\s`'\x22(=])/work/", "copied from /work/main"),
];

/// The place where such words must stand.
const HERE: &str = "analyzer/kit/tests/house/references.rs";

#[test]
fn nothing_refers_to_what_a_reader_does_not_have() {
    let patterns: Vec<Regex> = PRIVATE.iter().map(|(pattern, _)| Regex::new(pattern).unwrap()).collect();
    let mut found = Vec::new();
    for file in files::all().iter().filter(|file| file.path != HERE) {
        for (line, text) in (1..).zip(file.text.lines()) {
            for words in patterns.iter().filter_map(|pattern| pattern.find(text)) {
                found.push(format!("{}:{line}: {}", file.path, words.as_str()));
            }
        }
    }
    assert!(found.is_empty(), "name a public source or a heading of docs/ instead:\n{}", found.join("\n"));
}

#[test]
fn every_pattern_catches_its_words_and_public_sources_pass() {
    for (pattern, words) in PRIVATE {
        assert!(Regex::new(pattern).unwrap().is_match(words), "{pattern} does not catch '{words}'");
    }
    let public = [
        "RFC 5280 section 4.1.2.5",
        "SARIF 2.1.0 (section 3.27.24)",
        "cilium/cilium#45184",
        "kubernetes/kubernetes issue 123456",
        "docs/design.md#the-one-table",
        "docs/semantics/honesty.md",
        "KEP-2433",
        "v1.2.3",
    ];
    for (pattern, _) in PRIVATE {
        for words in public {
            assert!(!Regex::new(pattern).unwrap().is_match(words), "{pattern} refuses '{words}'");
        }
    }
}
