//! YAML: documents split at `---`, lists split by indentation, everything unsure parsed as a whole.

use std::borrow::Cow;

use memchr::memmem;
use rayon::prelude::*;

use super::emit::{self, ItemType, ListMeta, Outcome, Pending};
use super::head::{self, DocClass};
use super::shape::{self, Block, Shape};
use super::{Context, Out, appended, captured, full, json_items, json_stream, salvage};
use crate::content::TextFormat;
use crate::json;
use crate::object::Body;
use crate::yaml::{Position, Slice, YamlError, engine};

/// Documents that are held at once.
const CHUNK: usize = 1024;

/// One document: where it stands in the member, and the line it begins on (1-based).
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) line: u32,
}

impl Segment<'_> {
    /// The number in the file of a line of the document, counted from 0.
    pub(super) fn line_of(&self, line: u32) -> u32 {
        self.line.saturating_add(line)
    }
}

/// Reads a YAML stream from `start` on.
pub(super) fn read<T: Send>(bytes: &[u8], start: usize, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let (clean, errors) = captured::strip(bytes);
    out.docs.errors.extend(errors);
    documents(&split(&clean, start), ctx, out);
}

/// Reads a piece of a YAML stream that begins at byte `base` and line `line` of its file.
pub(super) fn read_piece<T: Send>(bytes: &[u8], base: usize, line: u32, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let (clean, mut errors) = captured::strip(bytes);
    for error in &mut errors {
        error.line = error.line.saturating_add(line).saturating_sub(1);
    }
    out.docs.errors.append(&mut errors);
    let mut segments = split(&clean, 0);
    for segment in &mut segments {
        segment.start += base;
        segment.line = segment.line.saturating_add(line).saturating_sub(1);
    }
    documents(&segments, ctx, out);
}

fn documents<T: Send>(segments: &[Segment<'_>], ctx: &Context<'_, T>, out: &mut Out<T>) {
    // A few documents are big (lists, parallel inside); many are small (parallel beside each other).
    if let [segment] = segments {
        return document(segment, ctx, out);
    }
    for some in segments.chunks(CHUNK) {
        let found: Vec<Out<T>> = some
            .par_iter()
            .with_min_len(8)
            .map(|segment| {
                let mut own = Out::new();
                document(segment, ctx, &mut own);
                own
            })
            .collect();
        for own in found {
            out.append(own, ctx);
        }
        if out.full {
            return;
        }
    }
}

/// Cuts the text at its document markers, `---` and `...` at the margin, and where one was appended without.
fn split(text: &[u8], start: usize) -> Vec<Segment<'_>> {
    let mut marks: Vec<usize> = Vec::new();
    for needle in [&b"\n---"[..], b"\n..."] {
        marks.extend(memmem::find_iter(text, needle).map(|n| n + 1).filter(|&at| at > start && is_marker(text, at)));
    }
    if is_marker(text, start) {
        marks.push(start);
    }
    marks.sort_unstable();
    let mut found = Vec::with_capacity(marks.len() + 1);
    let mut cursor = json_items::Cursor::new(text, 0);
    let mut at = start;
    for mark in marks.into_iter().chain([text.len()]) {
        if mark > at {
            let whole = text.get(at..mark).unwrap_or_default();
            let first = at;
            let starts = appended::starts(whole).into_iter().map(|start| first + start);
            for end in starts.chain([mark]) {
                let line = cursor.to(at).line;
                found.push(Segment { text: text.get(at..end).unwrap_or_default(), start: at, line });
                at = end;
            }
        }
        at = body_start(text, mark);
    }
    found
}

fn is_marker(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    (rest.starts_with(b"---") || rest.starts_with(b"..."))
        && matches!(rest.get(3), None | Some(b' ' | b'\n' | b'\r' | b'\t'))
}

/// Where the document after a marker begins: on the next line, or at the marker itself where
/// content stands on its line.
fn body_start(text: &[u8], mark: usize) -> usize {
    let rest = text.get(mark + 3..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let same_line = rest.get(..end).unwrap_or_default().trim_ascii();
    if same_line.is_empty() || same_line.first() == Some(&b'#') { (mark + 3 + end + 1).min(text.len()) } else { mark }
}

fn document<T: Send>(segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if let Some(error) = attempt(segment, ctx, out)
        && (full::is_template(segment.text) || !salvage::read(segment, ctx, out))
    {
        full::unreadable(segment, &error, ctx, out);
    }
}

/// Reads one document; what is wrong with it where it does not parse.
pub(super) fn attempt<T: Send>(segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) -> Option<YamlError> {
    let outline = shape::outline(segment.text);
    match outline.shape {
        Shape::Empty => {}
        Shape::List(block) => {
            if !list(segment, &block, outline.source, ctx, out) {
                return full::document(segment, outline.source, ctx, out);
            }
        }
        Shape::Array(block) => {
            if !array(segment, &block, ctx, out) {
                return full::document(segment, outline.source, ctx, out);
            }
        }
        // Text without a colon is a word or a sentence, whatever else it is.
        Shape::Mapping if memchr::memchr(b':', segment.text).is_none() => {
            full::sentence(segment, ctx, out);
        }
        Shape::Mapping => {
            let head = head::yaml(segment.text, 0);
            match (head.api_version, head.kind) {
                (Some(api_version), Some(kind)) if !head::is_special(&kind) && !ctx.hint.null_strings => {
                    if out.room(1, ctx) == 0 {
                        return None;
                    }
                    let at = Position { line: segment.line, column: 1 };
                    let pending = Pending {
                        body: Body::Yaml(segment.text, Slice::Document),
                        api_version,
                        kind,
                        origin: emit::origin(ctx, segment.start, segment.text.len(), at, TextFormat::Yaml),
                        source: outline.source,
                        guessed: false,
                    };
                    out.docs.objects.push(emit::one(pending, None, ctx));
                }
                _ => return full::document(segment, outline.source, ctx, out),
            }
        }
        Shape::Odd => {
            // A directive line before the marker leaves a document of nothing but itself.
            let directive = segment
                .text
                .split(|&b| b == b'\n')
                .all(|line| matches!(line.trim_ascii().first(), None | Some(b'%' | b'#')));
            let (offset, line) = outline.first;
            let first = segment.text.get(offset..).unwrap_or_default();
            if directive {
            } else if matches!(first.first(), Some(b'{' | b'['))
                && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
            {
                // JSON between YAML markers: read it as JSON, at its place in the file.
                json_stream::read_at(segment.text, offset, segment.start, segment.line_of(line), ctx, out);
            } else {
                return full::document(segment, outline.source, ctx, out);
            }
        }
    }
    None
}

/// A list's own keys.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Header {
    #[serde(rename = "apiVersion")]
    pub(super) api_version: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) metadata: Option<ListMeta>,
}

/// Reads a canonical list; false where the full parser has to decide.
fn list<T: Send>(
    segment: &Segment<'_>,
    block: &Block,
    source: Option<&str>,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> bool {
    let (Some(before), Some(after)) = (segment.text.get(..block.start), segment.text.get(block.end..)) else {
        return false;
    };
    let outside: Cow<'_, [u8]> =
        if after.is_empty() { Cow::Borrowed(before) } else { Cow::Owned([before, after].concat()) };
    let Ok(header) = engine::from_slice::<Header>(&outside, Slice::Document, ctx.bounds()) else {
        return false;
    };
    let hinted = ItemType::new(None, None, &ctx.hint).is_known() && header.kind.is_none();
    let class = head::classify(header.api_version.as_deref(), header.kind.as_deref(), true);
    // kubectl writes `kind: List` last: a list without it lost its end.
    let lost_end = header.kind.is_none() && after.is_empty() && !hinted && has_types(segment, block);
    if !hinted && !lost_end && class != DocClass::List {
        return class == DocClass::Object && object(segment, &header, source, ctx, out);
    }
    if refers_across(segment.text, block) {
        return false;
    }
    let item = ItemType::new(header.api_version.as_deref(), header.kind.as_deref(), &ctx.hint);
    let meta = header.metadata.unwrap_or_default();
    out.docs.lists.push(emit::list_document(header.api_version, header.kind, meta, 0, segment.line));
    items(segment, block, &item, ctx, out);
    if lost_end {
        emit::lost_end(segment.line, ctx, out);
    }
    true
}

/// A custom resource that happens to have `items:` at its top.
fn object<T>(
    segment: &Segment<'_>,
    header: &Header,
    source: Option<&str>,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> bool {
    let (Some(api_version), Some(kind)) = (&header.api_version, &header.kind) else {
        return false;
    };
    if ctx.hint.null_strings {
        return false;
    }
    if out.room(1, ctx) == 1 {
        let at = Position { line: segment.line, column: 1 };
        let pending = Pending {
            body: Body::Yaml(segment.text, Slice::Document),
            api_version: Cow::Borrowed(api_version),
            kind: Cow::Borrowed(kind),
            origin: emit::origin(ctx, segment.start, segment.text.len(), at, TextFormat::Yaml),
            source,
            guessed: false,
        };
        out.docs.objects.push(emit::one(pending, None, ctx));
    }
    true
}

fn array<T: Send>(segment: &Segment<'_>, block: &Block, ctx: &Context<'_, T>, out: &mut Out<T>) -> bool {
    let item = ItemType::new(None, None, &ctx.hint);
    if !(item.is_known() || has_types(segment, block)) || refers_across(segment.text, block) {
        return false;
    }
    out.docs.lists.push(emit::list_document(None, None, ListMeta::default(), 0, segment.line));
    items(segment, block, &item, ctx, out);
    true
}

/// Whether items say what they are.
fn has_types(segment: &Segment<'_>, block: &Block) -> bool {
    ranges(segment, block).take(64).any(|(start, end, _)| {
        let slice = segment.text.get(start..end).unwrap_or_default();
        let head = head::yaml(slice, content_column(slice, block.indent));
        head.api_version.is_some() && head.kind.is_some()
    })
}

/// Start, end and line (from 0) of each item.
fn ranges<'b>(segment: &'b Segment<'_>, block: &'b Block) -> impl Iterator<Item = (usize, usize, u32)> + 'b {
    let end = block.end.min(segment.text.len());
    let ends = block.items.iter().skip(1).map(|&(start, _)| start).chain([end]);
    block.items.iter().zip(ends).map(|(&(start, line), end)| (start, end, line))
}

fn items<T: Send>(segment: &Segment<'_>, block: &Block, item: &ItemType, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let mut found: Vec<_> = ranges(segment, block).collect();
    let index = json::clamp(out.docs.lists.len().saturating_sub(1));
    let room = out.room(found.len(), ctx);
    if let Some(list) = out.docs.lists.last_mut() {
        list.items = found.len();
        list.truncated |= room < found.len();
    }
    found.truncate(room);
    let outcomes = emit::in_parallel(&found, |n, &(start, end, line)| {
        let slice = Segment {
            text: segment.text.get(start..end).unwrap_or_default(),
            start: segment.start + start,
            line: segment.line_of(line),
        };
        item_of(&slice, n, block.indent, item, index, ctx)
    });
    emit::keep(outcomes, Some(index), out);
}

/// Reads the items of a damaged list into the last one, each by itself.
pub(super) fn items_of<T: Send>(segment: &Segment<'_>, block: &Block, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let last = out.docs.lists.last();
    let item = ItemType::new(
        last.and_then(|list| list.api_version.as_deref()),
        last.and_then(|list| list.kind.as_deref()),
        &ctx.hint,
    );
    items(segment, block, &item, ctx, out);
}

/// The column of an item's content, after its dash.
fn content_column(slice: &[u8], indent: usize) -> usize {
    let rest = slice.get(indent + 1..).unwrap_or_default();
    indent + 1 + rest.iter().take_while(|&&b| b == b' ').count()
}

pub(super) fn item_of<T>(
    slice: &Segment<'_>,
    n: usize,
    indent: usize,
    item: &ItemType,
    list: u32,
    ctx: &Context<'_, T>,
) -> Outcome<T> {
    let column = content_column(slice.text, indent);
    let head = head::yaml(slice.text, column);
    let at = Position { line: slice.line, column: json::clamp(indent + 1) };
    let guessed = item.guessed && head.kind.is_none();
    let (api_version, kind) = match (head.api_version, head.kind) {
        (Some(api_version), Some(kind)) => (api_version, kind),
        // Keys of a typed list's items are absent for all of them; a parse would only confirm it.
        (None, None) if item.is_known() && plain_key(slice.text, column) => (
            Cow::Borrowed(item.api_version.as_deref().unwrap_or_default()),
            Cow::Borrowed(item.kind.as_deref().unwrap_or_default()),
        ),
        _ => return full::item(slice, n, at, item, list, ctx),
    };
    if kind.ends_with("List") || ctx.hint.null_strings {
        return full::item(slice, n, at, item, list, ctx);
    }
    Outcome::One(emit::one(
        Pending {
            body: Body::Yaml(slice.text, Slice::Item),
            api_version,
            kind,
            origin: emit::origin(
                ctx,
                slice.start,
                slice.text.len(),
                Position { column: 1, ..at },
                TextFormat::YamlItem,
            ),
            source: None,
            guessed,
        },
        Some(list),
        ctx,
    ))
}

/// Whether the item begins with `word:`: then it is a block mapping and its keys were looked through.
fn plain_key(slice: &[u8], column: usize) -> bool {
    let rest = slice.get(column..).unwrap_or_default();
    let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    word > 0
        && rest.get(word) == Some(&b':')
        && matches!(rest.get(word + 1), Some(b' ' | b'\n' | b'\r'))
        && !rest.starts_with(b"kind:")
        && !rest.starts_with(b"apiVersion:")
}

/// Whether an item may refer to an anchor outside of itself. Asterisks in values are common and
/// anchors are not, so an alias counts only where its anchor is written elsewhere in the document.
fn refers_across(text: &[u8], block: &Block) -> bool {
    if memchr::memchr(b'&', text).is_none() {
        return false;
    }
    let region = text.get(block.start..block.end.min(text.len())).unwrap_or_default();
    aliases(region).any(|name| memmem::find(text, &[b"&", name].concat()).is_some())
}

/// Whether items of a piece may refer to an anchor in another piece.
pub(super) fn may_refer(piece: &[u8]) -> bool {
    aliases(piece).next().is_some()
}

/// Names of what stands where an alias may stand.
fn aliases(region: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'*', region).filter_map(move |at| {
        let before = region.get(..at).unwrap_or_default().trim_ascii_end().last();
        if !matches!(before, Some(b':' | b'-' | b'[' | b'{' | b',' | b'?')) {
            return None;
        }
        let name = region.get(at + 1..).unwrap_or_default();
        let len = name.iter().take_while(|b| !b.is_ascii_whitespace() && !b",]}[{".contains(b)).count();
        name.get(..len).filter(|name| !name.is_empty())
    })
}
