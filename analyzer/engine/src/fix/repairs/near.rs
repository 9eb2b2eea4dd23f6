//! "Did you mean": a word that differs from one that is there by a slip of the finger.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// More words than this are not compared.
const COMPARED: usize = 2_000;

/// Words that are near to each other and mean different things: who writes one of them means it.
const MEANT: [&str; 16] = [
    "http", "https", "ws", "wss", "grpc", "grpcs", "tcp", "tls", "udp", "dns", "web", "dev", "test", "tests", "main",
    "mail",
];

/// Are these two of the words that mean different things?
pub(super) fn are_two(one: &str, other: &str) -> bool {
    one != other && MEANT.contains(&one) && MEANT.contains(&other)
}

/// How many letters two words are apart, where that is a slip: at most two, and no more than one in three, and no digit
/// (`db-1` and `db-2` are two things).
fn slip(one: &str, other: &str) -> Option<usize> {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    let longest = one.chars().count().max(other.chars().count());
    if longest > 253 || are_two(one, other) {
        return None;
    }
    let apart = strsim::osa_distance(one, other);
    ((1..=2).contains(&apart) && apart * 3 <= longest && digits(one) == digits(other)).then_some(apart)
}

/// The one word that was meant: the nearest of those that differ by a slip, if no other is as near.
pub(super) fn meant<'n>(word: &str, words: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let words: BTreeSet<&str> = words.into_iter().take(COMPARED).collect();
    let mut near: Vec<(usize, &str)> =
        words.into_iter().filter_map(|other| Some((slip(word, other)?, other))).collect();
    near.sort_unstable();
    match near.as_slice() {
        [(_, only)] => Some(only),
        [(first, nearest), (second, _), ..] if first < second => Some(nearest),
        _ => None,
    }
}

/// One entry of a map of labels and what it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Respelt {
    pub(super) old: (String, String),
    pub(super) new: (String, String),
}

/// How a selector differs from labels, where one of its entries has a slip, in the value or in the key, and all others
/// fit.
pub(super) fn respelt(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> Option<Respelt> {
    let mut differing = selector.iter().filter(|(key, value)| labels.get(*key) != Some(*value));
    let (key, value) = differing.next()?;
    if differing.next().is_some() {
        return None;
    }
    let new = match labels.get(key) {
        Some(found) => Some((key.clone(), found.clone())).filter(|_| slip(value, found).is_some()),
        None => labels
            .iter()
            .find(|(other, found)| *found == value && slip(key, other).is_some() && !selector.contains_key(*other))
            .map(|(other, found)| (other.clone(), found.clone())),
    };
    Some(Respelt { old: (key.clone(), value.clone()), new: new? })
}

/// Does an object speak of the old word elsewhere, and nowhere of the new one? Then the word was meant: the Ingress
/// path `/car` leads to a Service `car` that is gone, and not to `cart`. What stands at the place itself is counted too.
pub(super) fn is_meant(whole: &Value, old: &str, new: &str) -> bool {
    let mut count = Mentions { old, new, olds: 0, news: 0 };
    if let Some(name) = whole.pointer("/metadata/name") {
        count.look(name);
    }
    if let Some(spec) = whole.get("spec") {
        count.look(spec);
    }
    count.olds > 1 && count.news == 0
}

struct Mentions<'w> {
    old: &'w str,
    new: &'w str,
    olds: usize,
    news: usize,
}

impl Mentions<'_> {
    fn look(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.olds += usize::from(has_word(text, self.old));
                self.news += usize::from(has_word(text, self.new));
            }
            Value::Array(all) => all.iter().for_each(|value| self.look(value)),
            Value::Object(all) => all.values().for_each(|value| self.look(value)),
            _ => {}
        }
    }
}

/// Does a word stand in a text, with nothing of a word before or after it?
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric();
    !word.is_empty()
        && text.match_indices(word).any(|(at, found)| {
            let (before, after) = (text.get(..at), text.get(at + found.len()..));
            !before.is_some_and(|t| t.ends_with(is_part)) && !after.is_some_and(|t| t.starts_with(is_part))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{has_word, is_meant, meant};

    #[test]
    fn only_one_word_can_be_meant() {
        for (word, words, expected) in [
            ("crat", vec!["cart", "db"], Some("cart")),
            ("crat", vec!["cart", "cat"], None),
            ("cartt", vec!["cart", "carton"], Some("cart")),
            ("web-1", vec!["web-2"], None),
            ("cart", vec!["cart"], None),
            ("cart", vec!["payments"], None),
            ("https", vec!["http"], None),
            ("htps", vec!["http", "https"], None),
            ("htpp", vec!["http", "https"], Some("http")),
        ] {
            assert_eq!(meant(word, words.iter().copied()), expected, "{word} {words:?}");
        }
    }

    #[test]
    fn a_word_that_the_object_says_twice_is_no_slip() {
        let path = |path: &str| json!({"metadata": {"name": "shop"}, "spec": {"path": path, "name": "car"}});
        assert!(is_meant(&path("/car"), "car", "cart"));
        assert!(!is_meant(&path("/cart"), "car", "cart"));
        assert!(!is_meant(&path("/"), "car", "cart"));
        assert!(has_word("web-metrics", "web") && !has_word("webshop", "web") && !has_word("a", ""));
    }
}
