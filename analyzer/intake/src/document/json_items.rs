//! The items of JSON lists: found in one walk, decoded one by one.

use std::borrow::Cow;

use super::emit::{self, ItemType, Outcome, Pending};
use super::head::{self, DocClass};
use super::{Context, Out};
use crate::content::TextFormat;
use crate::json::{self, Range};
use crate::lost;
use crate::object::Body;
use crate::yaml::Position;

/// Walks forward through the text and knows line and column; linear whatever the line lengths.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at, line: 1, column: 1 }
    }

    /// For a text whose first byte stands at a line and column of its file.
    pub(super) fn starting(text: &'a [u8], line: u32, column: u32) -> Self {
        Self { text, at: 0, line: line as usize, column: column as usize }
    }

    pub(super) fn to(&mut self, at: usize) -> Position {
        if at > self.at {
            let passed = self.text.get(self.at..at).unwrap_or_default();
            match memchr::memrchr(b'\n', passed) {
                Some(last) => {
                    self.line += memchr::memchr_iter(b'\n', passed).count();
                    self.column = 1 + json::chars(passed.get(last + 1..).unwrap_or_default());
                }
                None => self.column += json::chars(passed),
            }
            self.at = at;
        }
        Position { line: json::clamp(self.line), column: json::clamp(self.column) }
    }
}

/// The items of the array at `start`, what broke it off, and where it ends.
pub(super) fn walk_items(text: &[u8], start: usize, depth: usize) -> (Vec<Range>, Option<json::ScanError>, usize) {
    let mut ranges = Vec::new();
    let mut failed = None;
    let mut walk = json::items(text, start, depth);
    for range in walk.by_ref() {
        match range {
            Ok(range) => ranges.push(range),
            Err(error) => failed = Some(error),
        }
    }
    let end = walk.end();
    (ranges, failed, end)
}

/// Whether items say what they are.
pub(super) fn has_types(text: &[u8], ranges: &[Range], depth: usize) -> bool {
    ranges.iter().take(64).any(|&range| {
        let head = head::json(text, range, depth);
        head::classify(head.api_version.as_deref(), head.kind.as_deref(), false) != DocClass::Other
    })
}

/// Reads items into the last list; `base` stands at `position`.
pub(super) fn items<T: Send>(
    text: &[u8],
    base: usize,
    ranges: &[Range],
    position: Position,
    item: &ItemType,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
    let index = json::clamp(out.docs.lists.len().saturating_sub(1));
    let room = out.room(ranges.len(), ctx);
    if let Some(list) = out.docs.lists.last_mut() {
        list.items = ranges.len();
        list.truncated |= room < ranges.len();
    }
    let mut cursor = Cursor { text, at: base, line: position.line as usize, column: position.column as usize };
    let found: Vec<_> = ranges.iter().take(room).map(|&range| (range, cursor.to(range.start))).collect();
    let outcomes = emit::in_parallel(&found, |n, &found| item_of(text, found, n, item, Some(index), ctx, 0));
    emit::keep(outcomes, Some(index), out);
}

/// One item, or one whole document, to an object.
pub(super) fn item_of<T>(
    text: &[u8],
    (range, position): (Range, Position),
    n: usize,
    item: &ItemType,
    list: Option<u32>,
    ctx: &Context<'_, T>,
    depth: u8,
) -> Outcome<T> {
    if text.get(range.start) != Some(&b'{') {
        return emit::not_a_map(n, position, ctx);
    }
    let head = head::json(text, range, ctx.limits.depth);
    let guessed = item.guessed && head.kind.is_none();
    let kind = head.kind.filter(|k| !k.is_empty()).or_else(|| item.kind.as_deref().map(Cow::Borrowed));
    let api_version =
        head.api_version.filter(|v| !v.is_empty()).or_else(|| item.api_version.as_deref().map(Cow::Borrowed));
    let (Some(kind), Some(api_version)) = (kind, api_version) else {
        return emit::untyped(n, position, ctx);
    };
    if list.is_some() && kind.ends_with("List") && depth < 4 {
        let inner = json::members(text, range.start, ctx.limits.depth).find(|e| e.key.of(text) == b"\"items\"");
        if let Some(entry) = inner {
            let item = ItemType::new(Some(&api_version), Some(&kind), &ctx.hint);
            let mut cursor =
                Cursor { text, at: range.start, line: position.line as usize, column: position.column as usize };
            let inner = json::items(text, entry.value.start, ctx.limits.depth).map_while(Result::ok);
            return Outcome::Many(
                inner
                    .enumerate()
                    .map(|(n, r)| item_of(text, (r, cursor.to(r.start)), n, &item, list, ctx, depth + 1))
                    .collect(),
            );
        }
    }
    let bytes = range.of(text);
    let origin = emit::origin(ctx, range.start, bytes.len(), position, TextFormat::Json);
    if ctx.hint.null_strings {
        return match serde_json::from_slice::<serde_json::Value>(bytes) {
            Ok(mut value) => {
                emit::null_strings(&mut value);
                let body = Body::Value(&value);
                Outcome::One(emit::one(Pending { body, api_version, kind, origin, source: None, guessed }, list, ctx))
            }
            Err(error) => {
                let at = json::shift(position, json::char_position(bytes, error.line(), error.column()));
                Outcome::Bad(
                    ctx.problem(Some(at), format!("{}; the rest was read", json::message(&error))),
                    lost::item(bytes),
                )
            }
        };
    }
    Outcome::One(emit::one(
        Pending { body: Body::Json(bytes), api_version, kind, origin, source: None, guessed },
        list,
        ctx,
    ))
}
