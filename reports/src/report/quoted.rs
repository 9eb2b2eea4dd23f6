//! What in a sentence are the cluster's words.

/// What stands in a sentence between `“` and `”`: words of the cluster, in order. The marks stand for nothing else, and
/// none is inside a quotation.
pub fn quoted(sentence: &str) -> Vec<&str> {
    let parts = sentence.split('“').skip(1);
    parts.map(|part| part.split_once('”').map_or(part, |(words, _)| words)).collect()
}

/// The same of several sentences, each quotation once.
pub fn quoted_in<'t>(sentences: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for words in sentences.into_iter().flat_map(quoted) {
        if !all.iter().any(|seen| seen == words) {
            all.push(words.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{quoted, quoted_in};

    #[test]
    fn each_quotation_is_found_once() {
        assert_eq!(quoted("it says “a” and “b, c”."), ["a", "b, c"]);
        assert_eq!(quoted("cut “off"), ["off"]);
        assert!(quoted("nothing, \"not this\" either").is_empty());
        assert_eq!(quoted_in(["x “a”", "y “b” “a”"]), ["a", "b"]);
    }
}
