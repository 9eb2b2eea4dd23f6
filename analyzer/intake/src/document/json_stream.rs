//! JSON: one value, many in a row, lists of any shape, watch events, and text between them.

use std::borrow::Cow;

use super::captured::{self, Line};
use super::emit::{self, ItemType, ListMeta};
use super::head::{self, DocClass};
use super::json_items::{Cursor, has_types, item_of, items, walk_items};
use super::watch::Watch;
use super::{Context, Out};
use super::{argo, internal, keyed};
use crate::capture::{self, Lead};
use crate::content::ListDocument;
use crate::json::{self, Range, What};
use crate::lost;
use crate::yaml::Position;

/// Whether text that begins with a bracket is JSON rather than YAML's flow style: JSON quotes its keys.
pub(super) fn looks_like_json(text: &[u8], at: usize) -> bool {
    let mut next = at;
    // `[`, `[[`, `[{` …: look at what the brackets open.
    for _ in 0..4 {
        next = json::skip_space(text, next + 1);
        match text.get(next) {
            None | Some(b'"' | b']' | b'}') => break,
            Some(b'{' | b'[') => {}
            Some(_) => {
                return text.get(at) == Some(&b'[')
                    && json::value(text, at, 128).is_ok()
                    && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
            }
        }
    }
    true
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
fn between<T>(
    text: &[u8],
    at: usize,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
    junk: &mut bool,
) -> usize {
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
        // A saved terminal: what follows was printed by another command.
        None if capture::lead(line) == Some(Lead::Command) => {}
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
        let Some(found) = memchr::memchr(b'\n', rest) else {
            return text.len();
        };
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
    /// There were items before these.
    doubled: bool,
    /// The items, where they are an array, and where it broke off.
    ranges: Option<(Vec<Range>, Option<json::ScanError>)>,
    rows: Option<Range>,
    /// The items of a list in kubectl's own types, and its link.
    internal: Option<Range>,
    link: Option<Cow<'a, str>>,
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
    let depth = ctx.limits.depth;
    let mut walk = json::members(text, at, depth);
    while let Some(entry) = walk.next_with(|text, key, at| {
        // The items of a large list are walked once, here.
        if key.of(text) != b"\"items\"" || text.get(at) != Some(&b'[') {
            return json::value(text, at, depth);
        }
        let (ranges, failed, end) = walk_items(text, at, depth);
        top.ranges = Some((ranges, failed));
        failed.map_or(Ok(end), Err)
    }) {
        match entry.key.of(text) {
            b"\"apiVersion\"" => top.api_version = json::text_of(text, entry.value),
            b"\"kind\"" => top.kind = json::text_of(text, entry.value),
            b"\"metadata\"" => top.metadata = Some(entry.value),
            b"\"items\"" => {
                top.doubled |= top.items.is_some();
                top.items = Some(entry.value);
            }
            b"\"rows\"" => top.rows = Some(entry.value),
            b"\"Items\"" => top.internal = Some(entry.value),
            b"\"selfLink\"" => top.link = json::text_of(text, entry.value),
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
        && top.ranges.as_ref().is_some_and(|(ranges, _)| has_types(text, ranges, depth));
    match class {
        DocClass::List => list(text, whole, &mut top, position, ctx, out),
        _ if lost_end => list(text, whole, &mut top, position, ctx, out),
        _ if failed.is_some() => {}
        DocClass::Object => {
            if out.room(1, ctx) == 1 {
                let item = ItemType::default();
                let outcome = item_of(text, (whole, position), 0, &item, None, ctx, 0);
                emit::keep(vec![outcome], None, out);
            }
        }
        DocClass::Table => out.docs.tables.push(crate::content::TableDocument {
            kind: top.kind.as_deref().unwrap_or_default().to_owned(),
            rows: top
                .rows
                .or(top.items)
                .map_or(usize::from(top.kind.as_deref() == Some("PartialObjectMetadata")), |r| {
                    json::items(text, r.start, ctx.limits.depth).flatten().count()
                }),
            line: position.line,
            resource: None,
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
            _ => untyped_document(text, whole, &mut top, position, ctx, out),
        },
    }
    let Some(error) = failed else { return Ok(end) };
    let opened = class == DocClass::List || lost_end;
    if let Some(list) = out.docs.lists.last_mut().filter(|_| opened) {
        list.truncated = true;
        let line = list.line;
        out.lost_of_list(line, lost::item(text.get(error.at..next_value_line(text, error.at)).unwrap_or_default()));
    } else if let Some(lost) =
        // As far as reading goes on: what follows speaks for itself.
        lost::document(text.get(at..next_value_line(text, error.at)).unwrap_or_default(), position.line)
                .filter(|_| !ctx.sniffed)
    {
        out.docs.lost.push(lost);
    }
    broken(text, at, position, error, ctx, out);
    Err(error.at)
}

/// One problem for a document that breaks off or is malformed.
fn broken<T>(
    text: &[u8],
    at: usize,
    position: Position,
    error: json::ScanError,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
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

fn untyped_document<T: Send>(
    text: &[u8],
    whole: Range,
    top: &mut Top<'_>,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
    if top.kind.is_none() && foreign(text, whole, top, position, ctx, out) {
        return;
    }
    // A typed list without its type, or one object without: the layout may know.
    let hinted = ItemType::new(None, None, &ctx.hint);
    if hinted.is_known() && top.kind.is_none() {
        if top.items.is_some() {
            list(text, whole, top, position, ctx, out);
        } else {
            emit::keep(vec![item_of(text, (whole, position), 0, &hinted, None, ctx, 0)], None, out);
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

/// Reads objects that are wrapped in another way than the API's.
fn foreign<T: Send>(
    text: &[u8],
    whole: Range,
    top: &Top<'_>,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> bool {
    if let Some(range) = top.internal {
        return internal::read(text, (whole, range), top.link.as_deref(), position, ctx, out);
    }
    match &top.ranges {
        Some((items, _)) if argo::is_answer(text, items) => {
            argo::read(text, (whole, items), position, ctx, out);
            true
        }
        None if top.items.is_none() => keyed::read(text, whole, position, ctx, out),
        _ => false,
    }
}

fn data<T>(bytes: &[u8], ctx: &Context<'_, T>, out: &mut Out<T>) {
    out.data_bytes = out.data_bytes.saturating_add(bytes.len());
    if out.data_bytes <= ctx.limits.data_bytes
        && let Ok(value) = serde_json::from_slice(bytes)
    {
        out.data.push(value);
    }
}

fn array_document<T: Send>(
    text: &[u8],
    at: usize,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> Result<usize, usize> {
    let item = ItemType::new(None, None, &ctx.hint);
    let (ranges, failed, end) = walk_items(text, at, ctx.limits.depth);
    // Objects say what they are; an array of anything else is data.
    if item.is_known() || has_types(text, &ranges, ctx.limits.depth) {
        out.docs.lists.push(emit::list_document(None, None, ListMeta::default(), 0, position.line));
        items(text, at, &ranges, position, &item, ctx, out);
    } else if failed.is_none() {
        let mut top = Top { kind: Some("".into()), ..Top::default() };
        untyped_document(text, Range { start: at, end }, &mut top, position, ctx, out);
    }
    match failed {
        None => Ok(end),
        Some(error) => {
            if let Some(list) = out.docs.lists.last_mut() {
                list.truncated = true;
                let line = list.line;
                out.lost_of_list(
                    line,
                    lost::item(text.get(error.at..next_value_line(text, error.at)).unwrap_or_default()),
                );
            }
            broken(text, at, position, error, ctx, out);
            Err(error.at)
        }
    }
}

fn list<T: Send>(
    text: &[u8],
    whole: Range,
    top: &mut Top<'_>,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
    let meta: ListMeta = top.metadata.and_then(|range| serde_json::from_slice(range.of(text)).ok()).unwrap_or_default();
    let api_version = top.api_version.as_deref();
    let kind = top.kind.as_deref();
    let item = ItemType::new(api_version, kind, &ctx.hint);
    let record: ListDocument =
        emit::list_document(api_version.map(str::to_owned), kind.map(str::to_owned), meta, 0, position.line);
    out.docs.lists.push(record);
    if top.doubled {
        out.lost_of_list(position.line, Vec::new());
        let message = "the key \"items\" is written twice in one mapping; the last value counts";
        out.problems.push(ctx.problem(Some(position), message));
    }
    let Some(range) = top.items else { return };
    if let Some((ranges, _)) = top.ranges.take() {
        items(text, whole.start, &ranges, position, &item, ctx, out);
    } else if range.of(text) == b"null" {
        if let Some(list) = out.docs.lists.last_mut() {
            list.items_null = true;
        }
    } else {
        let inner = json::position(text.get(whole.start..).unwrap_or_default(), range.start - whole.start);
        out.lost_of_list(position.line, Vec::new());
        out.problems.push(
            ctx.problem(Some(json::shift(position, inner)), "the items of this list are not a list; the rest was read"),
        );
    }
}
