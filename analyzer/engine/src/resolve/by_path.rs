//! Rules by the paths that they take: of many only those are looked at that may take a request.

use std::collections::HashMap;

/// Places of rules, by what they ask of a path.
#[derive(Debug, Default)]
pub struct ByPath {
    exact: HashMap<String, Vec<usize>>,
    below: HashMap<String, Vec<usize>>,
    begins: HashMap<String, Vec<usize>>,
    longest: usize,
    rest: Vec<usize>,
}

impl ByPath {
    /// A rule that takes this path alone.
    pub fn exact(&mut self, path: &str, at: usize) {
        self.exact.entry(path.to_owned()).or_default().push(at);
    }

    /// A rule that takes a path and what is below it, element by element.
    pub fn below(&mut self, path: &str, at: usize) {
        self.below.entry(path.trim_end_matches('/').to_owned()).or_default().push(at);
    }

    /// A rule that takes what begins so.
    pub fn begins(&mut self, text: &str, at: usize) {
        self.longest = self.longest.max(text.len());
        self.begins.entry(text.to_owned()).or_default().push(at);
    }

    /// A rule of which nothing is known beforehand.
    pub fn other(&mut self, at: usize) {
        self.rest.push(at);
    }

    /// Those that may take a path, in their order.
    pub fn of(&self, path: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self.exact.get(path).into_iter().flatten().copied().collect();
        let elements = path.match_indices('/').filter_map(|(at, _)| path.get(..at)).chain([path]);
        for above in elements {
            found.extend(self.below.get(above).into_iter().flatten());
        }
        if !self.begins.is_empty() {
            let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
            for begin in ends.take_while(|at| *at <= self.longest).filter_map(|at| path.get(..at)) {
                found.extend(self.begins.get(begin).into_iter().flatten());
            }
        }
        found.extend(&self.rest);
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ByPath;
    use crate::resolve::request::is_below;

    proptest! {
        /// Nothing that takes a path is left out, and nothing is named that cannot.
        #[test]
        fn those_are_found_that_take_a_path(
            rules in prop::collection::vec((0_u8..3, "(/[ab]{0,2}){1,3}"), 0..12),
            path in "(/[ab]{0,2}){1,4}",
        ) {
            let mut index = ByPath::default();
            for (at, (kind, text)) in rules.iter().enumerate() {
                match kind {
                    0 => index.exact(text, at),
                    1 => index.below(text, at),
                    _ => index.begins(text, at),
                }
            }
            let takes = |(kind, text): &(u8, String)| match kind {
                0 => *text == path,
                1 => is_below(text, &path),
                _ => path.starts_with(text.as_str()),
            };
            let expected: Vec<usize> =
                rules.iter().enumerate().filter(|(_, rule)| takes(rule)).map(|(at, _)| at).collect();
            prop_assert_eq!(index.of(&path), expected);
        }
    }
}
