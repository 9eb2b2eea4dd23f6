//! Answers are bounded: whole items, as many as fit, and a cursor for the rest.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::quote::cut;

/// How large an answer is where nobody asks for another size: all of a tool's result, so the text and the structured
/// content together.
pub(crate) const USUAL: usize = 24 * 1024;
/// The sizes that may be asked for.
pub(crate) const SIZES: std::ops::RangeInclusive<usize> = 4 * 1024..=256 * 1024;
/// What stands around the answer: the names of the result's fields, `truncated`.
const AROUND: usize = 512;
/// To so many characters the texts of an item are cut that is larger than all the room.
const SQUEEZED: usize = 120;
/// So many members its lists keep.
const KEPT: usize = 4;

/// What of the answer's lists is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Truncated {
    /// Items in this answer.
    pub shown: usize,
    /// Items that there are.
    pub total: usize,
    /// Give it as `cursor` for what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Which part of an answer is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Bytes.
    pub most: usize,
    /// The first item.
    pub from: usize,
    /// Names the question: a cursor of another one is none of this.
    pub question: u64,
}

impl Part {
    /// The part that a cursor begins.
    pub(crate) fn new(question: u64, cursor: Option<&str>, most: usize) -> Result<Self, String> {
        let from = match cursor {
            None => 0,
            Some(cursor) => {
                let (from, of) = cursor.split_once('.').unwrap_or(("", ""));
                let matches = of == format!("{question:016x}");
                from.parse().ok().filter(|_| matches).ok_or_else(|| {
                    "this cursor is of another question, or the source was read anew since: ask again without a cursor"
                        .to_owned()
                })?
            }
        };
        Ok(Self { most, from, question })
    }
}

/// A number for a text (FNV-1a, 64 bits).
pub(crate) fn number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// What a value takes in a result: it stands there twice, as it is and as the text of a string.
fn cost(value: &Value) -> usize {
    let text = value.to_string();
    text.len() * 2 + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

/// The part of an answer: `lists` are the names of its lists, in order; their items are counted through.
pub(crate) fn fit(answer: Value, lists: &[&str], part: &Part) -> Value {
    let Value::Object(mut head) = answer else { return answer };
    let mut items: Vec<(&str, Value)> = Vec::new();
    for list in lists {
        if let Some(Value::Array(members)) = head.get_mut(*list).map(Value::take) {
            items.extend(members.into_iter().map(|member| (*list, member)));
            head.insert((*list).to_owned(), Value::Array(Vec::new()));
        }
    }
    let total = items.len();
    let mut used = cost(&Value::Object(head.clone())) + AROUND;
    let mut shown = 0;
    for (list, mut item) in items.into_iter().skip(part.from) {
        let mut needs = cost(&item) + 4;
        if used + needs > part.most {
            if shown > 0 {
                break;
            }
            // Alone it is too large: less of it is better than nothing.
            squeeze(&mut item);
            needs = cost(&item) + 4;
        }
        used += needs;
        shown += 1;
        push(&mut head, list, item);
    }
    if shown < total {
        let next = part.from.saturating_add(shown);
        let cursor = (next < total).then(|| format!("{next}.{:016x}", part.question));
        head.insert("truncated".to_owned(), json!(Truncated { shown, total, cursor }));
    }
    Value::Object(head)
}

fn push(head: &mut Map<String, Value>, list: &str, item: Value) {
    if let Some(Value::Array(members)) = head.get_mut(list) {
        members.push(item);
    }
}

fn squeeze(value: &mut Value) {
    match value {
        Value::String(text) => cut(text, SQUEEZED),
        Value::Array(items) => {
            items.truncate(KEPT);
            items.iter_mut().for_each(squeeze);
        }
        Value::Object(map) => map.values_mut().for_each(squeeze),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Part, USUAL, fit, number};

    fn part(from: usize) -> Part {
        Part { most: USUAL, from, question: 7 }
    }

    fn result(answer: &Value) -> usize {
        json!({"content": [{"type": "text", "text": answer.to_string()}], "structuredContent": answer})
            .to_string()
            .len()
    }

    #[test]
    fn every_item_is_shown_once_in_parts_that_fit() {
        let rows: Vec<Value> = (0..500).map(|n| json!({"name": n, "says": "\"x\" ".repeat(n % 40)})).collect();
        let answer = json!({"verdict": "broken", "causes": rows[..20], "subjects": rows[20..]});
        let mut seen = Vec::new();
        let mut at = part(0);
        loop {
            let page = fit(answer.clone(), &["causes", "subjects"], &at);
            assert!(result(&page) <= USUAL, "{}", result(&page));
            assert_eq!(page["verdict"], "broken");
            for list in ["causes", "subjects"] {
                seen.extend(page[list].as_array().unwrap().iter().map(|row| row["name"].as_u64().unwrap()));
            }
            assert_eq!(page["truncated"]["total"], 500);
            let Some(cursor) = page["truncated"]["cursor"].as_str() else { break };
            at = Part::new(7, Some(cursor), USUAL).unwrap();
        }
        assert_eq!(seen, (0..500).collect::<Vec<u64>>());
    }

    #[test]
    fn what_fits_is_not_truncated_and_a_giant_is_squeezed() {
        let small = fit(json!({"rows": [1, 2]}), &["rows"], &part(0));
        assert_eq!(small, json!({"rows": [1, 2]}));
        let giant = json!({"rows": [{"says": "x".repeat(90_000), "pods": vec!["p".repeat(600); 90]}, 1]});
        let page = fit(giant, &["rows"], &part(0));
        assert!(result(&page) <= USUAL);
        assert_eq!(page["rows"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_cursor_belongs_to_its_question() {
        let cursor = format!("3.{:016x}", number("overview"));
        assert_eq!(Part::new(number("overview"), Some(&cursor), USUAL).unwrap().from, 3);
        for wrong in ["3", "", "x.y", "-1.0000000000000007", cursor.as_str()] {
            assert!(Part::new(7, Some(wrong), USUAL).is_err(), "{wrong}");
        }
    }
}
