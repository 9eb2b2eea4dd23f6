//! JSON: one value, many in a row, lists of any shape, watch events, and text between them.

use std::borrow::Cow;

use super::captured::{self, Line};
use super::emit::{self, ItemType, ListMeta, Outcome, Pending};
use super::head::{self, DocClass};
use super::watch::Watch;
use super::{Context, Out};
use crate::intake::content::{ListDocument, TextFormat};
use crate::intake::json::{self, Range, What};
use crate::intake::object::Body;
use crate::intake::yaml::Position;

/// Whether text that begins with a bracket is JSON rather than YAML's flow style: JSON quotes its keys.
pub(super) fn looks_like_json(text: &[u8], at: usize) -> bool {
    let mut next = at;
    // `[`, `[[`, `[{` …: look at what the brackets open.
    for _ in 0..4 {
        next = json::skip_space(text, next + 1);
        match text.get(next) {
            None | Some(b'"' | b']' | b'}') => break,
            Some(b'{' | b'[') => {}
            Some(_) => return text.get(at) == Some(&b'[') && json::value(text, at, 128).is_ok()
                && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }
    true
}

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

/// Reads a stream of JSON values from `start` on.
pub(super) fn read<T: Send>(text: &[u8], start: usize, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let mut cursor = Cursor::new(text, start);
    let mut watch = Watch::default();
    let mut at = start;
    let mut junk = false;
    loop {
        at = json::skip_space(text, at);
        match text.get(at) {
            None => break,
            Some(b'{' | b'[') => {
                let position = cursor.to(at);
                match document(text, at, position, ctx, out, &mut watch) {
                    Ok(end) => at = end,
                    Err(resume) => at = next_value_line(text, resume),
                }
                junk = false;
            }
            Some(_) => {
                let position = cursor.to(at);
                at = between(text, at, position, ctx, out, &mut junk);
            }
        }
    }
    watch.finish(text, ctx, out);
}

/// Reads one JSON value that stands inside a YAML stream: `base` and `line` say where the text is.
pub(super) fn read_at<T: Send>(text: &[u8], at: usize, base: usize, line: u32, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let before = out.docs.objects.len();
    let mut watch = Watch::default();
    let _ = document(text, at, Position { line, column: 1 }, ctx, out, &mut watch);
    watch.finish(text, ctx, out);
    for object in out.docs.objects.iter_mut().skip(before) {
        object.origin.start += base as u64;
    }
}

/// Text between values: captured errors and logs are known, separators are skipped, the rest is said.
fn between<T>(text: &[u8], at: usize, position: Position, ctx: &Context<'_, T>, out: &mut Out<T>, junk: &mut bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(text.len(), |n| at + n);
    let line = text.get(at..end).unwrap_or_default();
    match captured::recognise(line, position.line) {
        Some(Line::Error(error)) => out.docs.errors.push(error),
        Some(Line::Noise) => {}
        Some(Line::LogStart) => {
            let marker = b"\n==== END logs for container ";
            let rest = text.get(end..).unwrap_or_default();
            let close = memchr::memmem::find(rest, marker).map_or(text.len(), |n| end + n + 1);
            let tail = text.get(close..).unwrap_or_default();
            return memchr::memchr(b'\n', tail).map_or(text.len(), |n| close + n + 1);
        }
        None if line.trim_ascii() == b"---" || matches!(line.first(), Some(0x1E)) => {
            return at + if line.first() == Some(&0x1E) { 1 } else { line.len() };
        }
        None => {
            if !*junk && !ctx.cut {
                out.problems.push(ctx.problem(
                    Some(position),
                    "text between JSON documents that is not JSON was skipped; the rest was read",
                ));
            }
            *junk = true;
            return next_value_line(text, at);
        }
    }
    end
}

/// The next line that begins a value at its margin, after `at`.
fn next_value_line(text: &[u8], mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = memchr::memchr(b'\n', rest) else { return text.len() };
        at += found + 1;
        let rest = text.get(at..).unwrap_or_default();
        if matches!(rest.first(), Some(b'{' | b'[')) || rest.starts_with(b"==== ") || rest.starts_with(b"Error from") {
            return at;
        }
    }
}

/// The top level of an object document.
#[derive(Default)]
struct Top<'a> {
    api_version: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    metadata: Option<Range>,
    items: Option<Range>,
    rows: Option<Range>,
    event: Option<Cow<'a, str>>,
    object: Option<Range>,
}

fn document<T: Send>(
    text: &[u8],
    at: usize,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
    watch: &mut Watch,
) -> Result<usize, usize> {
    if text.get(at) == Some(&b'[') {
        return array_document(text, at, position, ctx, out);
    }
    let mut top = Top::default();
    let mut walk = json::members(text, at, ctx.limits.depth);
    for entry in walk.by_ref() {
        match entry.key.of(text) {
            b"\"apiVersion\"" => top.api_version = json::text_of(text, entry.value),
            b"\"kind\"" => top.kind = json::text_of(text, entry.value),
            b"\"metadata\"" => top.metadata = Some(entry.value),
            b"\"items\"" => top.items = Some(entry.value),
            b"\"rows\"" => top.rows = Some(entry.value),
            b"\"type\"" => top.event = json::text_of(text, entry.value),
            b"\"object\"" => top.object = Some(entry.value),
            _ => {}
        }
    }
    let end = walk.end();
    let failed = walk.failed();
    let whole = Range { start: at, end: failed.map_or(end, |error| error.at) };
    let class = head::classify(top.api_version.as_deref(), top.kind.as_deref(), top.items.is_some());
    // kubectl writes `"kind": "List"` last: a list that was cut off has lost it.
    let lost_end = top.kind.is_none()
        && failed.is_some_and(|error| error.what == What::Cut)
        && top.items.is_some_and(|items| has_types(text, items.start, ctx.limits.depth));
    match class {
        DocClass::List => list(text, whole, &top, position, ctx, out),
        _ if lost_end => list(text, whole, &top, position, ctx, out),
        _ if failed.is_some() => {}
        DocClass::Object => {
            if out.room(1, ctx) == 1 {
                let item = ItemType::default();
                let outcome = item_of(text, (whole, position), 0, &item, None, ctx, 0);
                emit::keep(vec![outcome], out);
            }
        }
        DocClass::Table => out.docs.tables.push(crate::intake::content::TableDocument {
            kind: top.kind.as_deref().unwrap_or_default().to_owned(),
            rows: top.rows.or(top.items).map_or(usize::from(top.kind.as_deref() == Some("PartialObjectMetadata")), |r| {
                json::items(text, r.start, ctx.limits.depth).flatten().count()
            }),
            line: position.line,
        }),
        DocClass::Failure => {
            let status = serde_json::from_slice(whole.of(text)).unwrap_or_default();
            emit::failure(status, position.line, out);
        }
        DocClass::Other => match (&top.event, top.object) {
            (Some(event), Some(object)) if top.kind.is_none() && Watch::is_event(event) => {
                let base = json::position(text.get(at..object.start).unwrap_or_default(), object.start - at);
                watch.add(event, text, object, json::shift(position, base), ctx, out);
            }
            _ => untyped_document(text, whole, &top, position, ctx, out),
        },
    }
    let Some(error) = failed else { return Ok(end) };
    broken(text, at, position, error, ctx, out);
    Err(error.at)
}

/// One problem for a document that breaks off or is malformed.
fn broken<T>(text: &[u8], at: usize, position: Position, error: json::ScanError, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if error.what == What::Cut {
        out.broke_off = true;
        if let Some(list) = out.docs.lists.last_mut() {
            list.truncated = true;
        }
        if ctx.cut {
            return;
        }
    }
    if ctx.sniffed && out.docs.is_empty() {
        return;
    }
    let inner = json::position(text.get(at..).unwrap_or_default(), error.at.saturating_sub(at));
    out.problems.push(ctx.problem(
        Some(json::shift(position, inner)),
        format!("{}; what stands before it was read", error.what.words()),
    ));
}

fn untyped_document<T: Send>(text: &[u8], whole: Range, top: &Top<'_>, position: Position, ctx: &Context<'_, T>, out: &mut Out<T>) {
    // A typed list without its type, or one object without: the layout may know.
    let hinted = ItemType::new(None, None, &ctx.hint);
    if hinted.is_known() && top.kind.is_none() {
        if top.items.is_some() {
            list(text, whole, top, position, ctx, out);
        } else {
            emit::keep(vec![item_of(text, (whole, position), 0, &hinted, None, ctx, 0)], out);
        }
        return;
    }
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(whole.of(text)) {
        let at = json::shift(position, json::char_position(whole.of(text), error.line(), error.column()));
        if !ctx.sniffed {
            out.problems.push(ctx.problem(Some(at), format!("{}; the rest was read", json::message(&error))));
        }
        return;
    }
    out.other(position.line);
    data(whole.of(text), ctx, out);
}

fn data<T>(bytes: &[u8], ctx: &Context<'_, T>, out: &mut Out<T>) {
    out.data_bytes = out.data_bytes.saturating_add(bytes.len());
    if out.data_bytes <= ctx.limits.data_bytes
        && let Ok(value) = serde_json::from_slice(bytes)
    {
        out.data.push(value);
    }
}

fn array_document<T: Send>(text: &[u8], at: usize, position: Position, ctx: &Context<'_, T>, out: &mut Out<T>) -> Result<usize, usize> {
    let item = ItemType::new(None, None, &ctx.hint);
    let mut walk = json::items(text, at, ctx.limits.depth);
    let mut typed = item.is_known();
    if !typed {
        // Objects say what they are; an array of anything else is data.
        typed = has_types(text, at, ctx.limits.depth);
    }
    if !typed {
        let failed = walk.by_ref().find_map(Result::err);
        if let Some(error) = failed {
            broken(text, at, position, error, ctx, out);
            return Err(error.at);
        }
        untyped_document(text, Range { start: at, end: walk.end() }, &Top { kind: Some("".into()), ..Top::default() }, position, ctx, out);
        return Ok(walk.end());
    }
    out.docs.lists.push(emit::list_document(None, None, ListMeta::default(), 0, position.line));
    let (end, failed) = items(text, at, at, position, &item, ctx, out);
    match failed {
        None => Ok(end),
        Some(error) => {
            broken(text, at, position, error, ctx, out);
            Err(error.at)
        }
    }
}

/// Whether items of the array at `start` say what they are.
fn has_types(text: &[u8], start: usize, depth: usize) -> bool {
    json::items(text, start, depth).map_while(Result::ok).take(64).any(|range| {
        let head = head::json(text, range, depth);
        head::classify(head.api_version.as_deref(), head.kind.as_deref(), false) != DocClass::Other
    })
}

fn list<T: Send>(text: &[u8], whole: Range, top: &Top<'_>, position: Position, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let meta: ListMeta = top.metadata.and_then(|range| serde_json::from_slice(range.of(text)).ok()).unwrap_or_default();
    let api_version = top.api_version.as_deref();
    let kind = top.kind.as_deref();
    let item = ItemType::new(api_version, kind, &ctx.hint);
    let record: ListDocument =
        emit::list_document(api_version.map(str::to_owned), kind.map(str::to_owned), meta, 0, position.line);
    out.docs.lists.push(record);
    let Some(range) = top.items else { return };
    if text.get(range.start) == Some(&b'[') {
        let _ = items(text, whole.start, range.start, position, &item, ctx, out);
    } else if range.of(text) == b"null" {
        if let Some(list) = out.docs.lists.last_mut() {
            list.items_null = true;
        }
    } else {
        let inner = json::position(text.get(whole.start..).unwrap_or_default(), range.start - whole.start);
        out.problems.push(ctx.problem(Some(json::shift(position, inner)), "the items of this list are not a list; the rest was read"));
    }
}

/// Reads the items of the array at `start` into the last list; `base` stands at `position`.
fn items<T: Send>(
    text: &[u8],
    base: usize,
    start: usize,
    position: Position,
    item: &ItemType,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> (usize, Option<json::ScanError>) {
    let mut cursor = Cursor { text, at: base, line: position.line as usize, column: position.column as usize };
    let mut walk = json::items(text, start, ctx.limits.depth);
    let mut ranges = Vec::new();
    let mut failed = None;
    for range in walk.by_ref() {
        match range {
            Ok(range) => ranges.push((range, cursor.to(range.start))),
            Err(error) => failed = Some(error),
        }
    }
    let index = json::clamp(out.docs.lists.len().saturating_sub(1));
    if let Some(list) = out.docs.lists.last_mut() {
        list.items = ranges.len();
    }
    let room = out.room(ranges.len(), ctx);
    if room < ranges.len()
        && let Some(list) = out.docs.lists.last_mut()
    {
        list.truncated = true;
    }
    ranges.truncate(room);
    let outcomes = emit::in_parallel(&ranges, |n, &found| item_of(text, found, n, item, Some(index), ctx, 0));
    emit::keep(outcomes, out);
    (walk.end(), failed)
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
        return Outcome::Bad(emit::not_a_map(n, position, ctx));
    }
    let head = head::json(text, range, ctx.limits.depth);
    let kind = head.kind.filter(|k| !k.is_empty()).or_else(|| item.kind.as_deref().map(Cow::Borrowed));
    let api_version =
        head.api_version.filter(|v| !v.is_empty()).or_else(|| item.api_version.as_deref().map(Cow::Borrowed));
    let (Some(kind), Some(api_version)) = (kind, api_version) else {
        return Outcome::Bad(emit::untyped(n, position, ctx));
    };
    if list.is_some() && kind.ends_with("List") && depth < 4 {
        let inner = json::members(text, range.start, ctx.limits.depth).find(|e| e.key.of(text) == b"\"items\"");
        if let Some(entry) = inner {
            let item = ItemType::new(Some(&api_version), Some(&kind), &ctx.hint);
            let mut cursor = Cursor { text, at: range.start, line: position.line as usize, column: position.column as usize };
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
                Outcome::One(emit::one(Pending { body, api_version, kind, origin, source: None }, list, ctx))
            }
            Err(error) => {
                let at = json::shift(position, json::char_position(bytes, error.line(), error.column()));
                Outcome::Bad(ctx.problem(Some(at), format!("{}; the rest was read", json::message(&error))))
            }
        };
    }
    Outcome::One(emit::one(Pending { body: Body::Json(bytes), api_version, kind, origin, source: None }, list, ctx))
}
