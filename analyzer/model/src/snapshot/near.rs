//! "Did you mean": the name that comes closest to one that is not there.

use super::{GroupKind, kinds};

/// More names than this are not compared: advice must not cost more than the judgement.
const COMPARED: usize = 2_000;

/// The word that comes closest to one that somebody typed, whatever its case: at most two letters, and no more than
/// one in three, differ; or one is the beginning of the other.
pub fn nearest<'n>(word: &str, words: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = word.to_lowercase();
    let apart = |other: &&'n str| {
        let other = other.to_lowercase();
        let near = letters_apart(&lower, &other);
        let begins = lower.len() > 2 && (other.starts_with(&lower) || (other.len() > 2 && lower.starts_with(&other)));
        near.map(|letters| (false, letters)).or_else(|| begins.then(|| (true, strsim::osa_distance(&lower, &other))))
    };
    if lower.is_empty() || lower.len() > 253 {
        return None;
    }
    let found = words.into_iter().take(COMPARED).filter_map(|other| Some((apart(&other)?, other)));
    found.min().map(|(_, other)| other)
}

/// Is one word the other with a slip of the finger, whatever the case: at most two letters, and no more than one in
/// three, differ?
pub fn is_near(one: &str, other: &str) -> bool {
    letters_apart(&one.to_lowercase(), &other.to_lowercase()).is_some()
}

/// The word of which this one is such a slip.
pub(super) fn misspelt<'n>(word: &str, words: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    words.into_iter().take(COMPARED).find(|other| is_near(word, other))
}

/// How many letters differ, where these are few.
fn letters_apart(one: &str, other: &str) -> Option<usize> {
    let longest = one.chars().count().max(other.chars().count());
    if longest > 253 {
        return None;
    }
    let letters = strsim::osa_distance(one, other);
    (letters <= 2 && letters * 3 <= longest).then_some(letters)
}

/// The name among `names` in which at most two letters (and no more than one in three) differ.
pub(super) fn closest<'n>(
    kind: &GroupKind,
    name: &str,
    names: impl ExactSizeIterator<Item = &'n str>,
) -> Option<&'n str> {
    if !kinds::of(kind).is_some_and(|k| k.named_by_others) || names.len() > COMPARED || name.len() > 253 {
        return None;
    }
    names
        .filter(|other| other.len().abs_diff(name.len()) <= 2 && *other != name)
        .map(|other| (strsim::osa_distance(name, other), other))
        .filter(|(distance, other)| *distance <= 2 && distance * 3 <= other.len().max(name.len()))
        .min()
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_word_is_near_to_one_that_was_meant() {
        let words = ["shop", "shop-test", "kube-system"];
        for (typed, meant) in [
            ("shpo", Some("shop")),
            ("Shop", Some("shop")),
            ("shop-tst", Some("shop-test")),
            ("kube", Some("kube-system")),
            ("payments", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, words), meant, "{typed}");
        }
    }

    #[test]
    fn names_that_differ_in_two_letters_are_near() {
        let near =
            |name: &str, other: &str| closest(&GroupKind::known("", "Service"), name, [other].into_iter()).is_some();
        for (name, other) in [("cart", "carts"), ("cart-svc", "cart-srv"), ("cart", "cat"), ("wbe", "web")] {
            assert!(near(name, other), "{name} {other}");
        }
        for (name, other) in [("cart", "payment"), ("web", "db"), ("", "ab"), ("cart", "cart"), ("a", "b")] {
            assert!(!near(name, other), "{name} {other}");
        }
    }
}
