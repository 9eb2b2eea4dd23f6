//! Places in JSON, by the scanner alone.

use super::{Part, PathStep, Spot, Text};
use crate::json::{self, Range};
use crate::yaml::Position;

/// Deeper than any object: the slice was read within limits before.
const DEPTH: usize = 4096;

pub(super) fn places(text: &Text<'_>, paths: &[&[PathStep]], part: Part) -> Vec<Option<Spot>> {
    let base = Position { line: text.line, column: text.column };
    paths
        .iter()
        .map(|path| {
            let (at, steps) = walk(text.bytes, path, part)?;
            Some((json::shift(base, json::position(text.bytes, at)), steps))
        })
        .collect()
}

fn walk(text: &[u8], path: &[PathStep], part: Part) -> Option<(usize, usize)> {
    let mut at = json::skip_space(text, 0);
    text.get(at)?;
    let mut best = at;
    let mut steps = 0;
    let last = path.len().checked_sub(1);
    for (n, step) in path.iter().enumerate() {
        match step {
            PathStep::Key(key) => {
                // Of two equal keys the last counts, as everywhere.
                let found = json::members(text, at, DEPTH)
                    .filter(|entry| json::text_of(text, entry.key).is_some_and(|name| name == key.as_str()))
                    .last();
                let Some(entry) = found else { break };
                best = if last == Some(n) && part == Part::Value { entry.value.start } else { entry.key.start };
                at = entry.value.start;
            }
            PathStep::Index(index) => {
                let found: Option<Range> = json::items(text, at, DEPTH).map_while(Result::ok).nth(*index);
                let Some(range) = found else { break };
                best = range.start;
                at = range.start;
            }
        }
        steps = n + 1;
    }
    Some((best, steps))
}
