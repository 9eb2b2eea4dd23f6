//! The vocabulary of controllers: words that messages, conditions, paths and our own sentences are made of. A word
//! of it is kept where it stands in the place of a secret in prose (`token: expired`) or is part of a longer one.
//!
//! `words.txt` was gathered from the messages of Kubernetes' components and of the controllers named in
//! `docs/semantics/`, from the fields of their APIs, and from the sentences of this program.

use std::collections::HashSet;
use std::sync::LazyLock;

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_ascii_whitespace().collect());

/// Is this a word of the vocabulary, in whatever case?
pub(super) fn is_word(word: &str) -> bool {
    if word.len() > 24 {
        return false;
    }
    if word.bytes().all(|b| b.is_ascii_lowercase()) {
        return WORDS.contains(word);
    }
    WORDS.contains(word.to_ascii_lowercase().as_str())
}

/// Is a word, with the punctuation around it, one that controllers say? Numbers, reasons in CamelCase and hyphened
/// words are, where their parts are.
#[must_use]
pub fn is_ordinary(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if word.is_empty() {
        return true;
    }
    let mut parts = word.split(|c: char| !c.is_ascii_alphabetic()).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some()
        && !word.bytes().any(|b| b.is_ascii_digit())
        && parts.all(|part| is_word(part) || camel(part))
}

/// Every part of `CamelCase` is a word.
fn camel(word: &str) -> bool {
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let end = rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(rest.len(), |(at, _)| at);
        let (part, after) = rest.split_at(end);
        if !first.is_ascii_uppercase() || part.len() < 2 || !is_word(part) {
            return false;
        }
        rest = after;
    }
    true
}
