//! A large member, piece by piece: each is read by itself, and put behind the ones before it.
//!
//! What cannot be told from one piece alone (an alias into another, an item whose type stands behind the
//! items, a number in a message) makes the whole reading start anew without pieces: rare, and right.

use std::sync::Arc;

use super::emit::{self, ItemType, ListMeta, Outcome};
use super::head::{self, DocClass};
use super::json_items::{self, Cursor};
use super::yaml_docs::{self, Header, Segment};
use super::{Context, Out, appended, captured};
use crate::content::{Content, Decoded, Problem};
use crate::json;
use crate::source::pieces::{Head, Kind, RawPiece};
use crate::yaml::{Slice, engine};

/// The member has to be read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadWhole;

/// What one piece yields.
pub(crate) struct Part<T> {
    out: Out<T>,
    /// What stands behind the last item of a YAML list.
    tail: Vec<u8>,
}

/// Reads one piece.
pub(crate) fn read<T: Send>(piece: &RawPiece, ctx: &Context<'_, T>) -> Result<Part<T>, ReadWhole> {
    let mut part = Part { out: Out::new(), tail: Vec::new() };
    match &piece.kind {
        Kind::Documents => {
            if memchr::memmem::find(&piece.bytes, b"==== START logs for container ").is_some() {
                return Err(ReadWhole);
            }
            yaml_docs::read_piece(&piece.bytes, offset(piece)?, piece.line, ctx, &mut part.out);
        }
        Kind::Items { head, last } => yaml_items(piece, head, *last, ctx, &mut part)?,
        Kind::JsonItems(head) => json_list(piece, head, ctx, &mut part)?,
        Kind::JsonEnd(_) => part.tail.clone_from(&piece.bytes),
    }
    part.out.take_notes(ctx);
    Ok(part)
}

impl<T> Part<T> {
    /// How many objects it holds.
    pub(crate) fn objects(&self) -> usize {
        self.out.docs.objects.len()
    }
}

fn offset(piece: &RawPiece) -> Result<usize, ReadWhole> {
    usize::try_from(piece.start).map_err(|_| ReadWhole)
}

fn header(bytes: &[u8], ctx: &Context<'_, impl Sized>) -> Result<Header, ReadWhole> {
    engine::from_slice(bytes, Slice::Document, ctx.bounds()).map_err(|_| ReadWhole)
}

/// Takes an item's object. Messages about bad items count from the start of the list.
fn take<T>(outcome: Outcome<T>, part: &mut Part<T>) -> Result<(), ReadWhole> {
    match outcome {
        Outcome::One(decoded) => part.out.docs.objects.push(decoded),
        Outcome::Many(inner) => {
            for outcome in inner {
                take(outcome, part)?;
            }
        }
        Outcome::Bad(..) => return Err(ReadWhole),
    }
    Ok(())
}

/// Where the items of a piece begin (byte, line from 0), and where what is behind the list begins.
struct Lines {
    items: Vec<(usize, u32)>,
    end: usize,
    captured: bool,
}

/// Bytes that are looked at together.
const STEP: usize = 64;

/// How many bytes of whole lines there are ahead that all begin with more than `indent` spaces, looked for in
/// steps; nothing where that is for the caller to find out.
fn deeper(text: &[u8], indent: usize) -> Option<usize> {
    // A line of its own begins behind a line feed; the byte before the text is one.
    let spaces = |at: usize| text.get(at..at + indent + 1).is_some_and(|s| s.iter().all(|&b| b == b' '));
    if !spaces(0) {
        return None;
    }
    let mut at = 0;
    while let (Some(here), Some(next)) = (text.get(at..at + STEP), text.get(at + 1..at + 1 + STEP)) {
        // Written without branches, so that the compiler makes wide comparisons of it.
        let odd = here.iter().zip(next).fold(0_u8, |odd, (&a, &b)| odd | (u8::from(a == b'\n') & u8::from(b != b' ')));
        let deep = indent == 0
            || (1..=indent).all(|n| {
                let next = text.get(at + 1 + n..at + 1 + n + STEP).unwrap_or_default();
                next.len() == STEP
                    && here.iter().zip(next).fold(0_u8, |o, (&a, &b)| o | (u8::from(a == b'\n') & u8::from(b != b' ')))
                        == 0
            });
        if odd != 0 || !deep {
            break;
        }
        at += STEP;
    }
    // Up to the start of the line in which it ended.
    memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map(|end| end + 1)
}

fn lines_in(text: &[u8]) -> u32 {
    json::clamp(memchr::memchr_iter(b'\n', text).count())
}

fn lines(text: &[u8], indent: usize) -> Result<Lines, ReadWhole> {
    let mut found = Lines { items: Vec::with_capacity(256), end: text.len(), captured: false };
    let mut start = 0;
    let mut number = 0_u32;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        // Lines that stand deeper than the items are the most by far.
        if let Some(len) = deeper(rest, indent).filter(|len| *len > 0) {
            number = number.saturating_add(lines_in(rest.get(..len).unwrap_or_default()));
            start += len;
            continue;
        }
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let spaces = rest.iter().take_while(|&&b| b == b' ').count();
        match rest.get(spaces).copied().unwrap_or(b'\n') {
            b'\n' | b'\r' | b'#' => {}
            b'\t' => return Err(ReadWhole),
            _ if spaces > indent => {}
            b'-' if spaces == indent && rest.get(spaces + 1) == Some(&b' ') => found.items.push((start, number)),
            _ if spaces > 0 => return Err(ReadWhole),
            _ => {
                let line = rest.get(..len).unwrap_or_default();
                if captured::recognise(line, 1).is_none() {
                    found.end = start;
                    return Ok(found);
                }
                found.captured = true;
            }
        }
        start += len + 1;
        number = number.saturating_add(1);
    }
    Ok(found)
}

fn yaml_items<T: Send>(
    piece: &RawPiece,
    head: &Head,
    last: bool,
    ctx: &Context<'_, T>,
    part: &mut Part<T>,
) -> Result<(), ReadWhole> {
    let outside = header(&head.bytes, ctx)?;
    let item = ItemType::new(outside.api_version.as_deref(), outside.kind.as_deref(), &ctx.hint);
    let mut found = lines(&piece.bytes, head.indent)?;
    let clean;
    let mut text: &[u8] = &piece.bytes;
    if found.captured {
        let (without, mut errors) = captured::strip(&piece.bytes);
        for error in &mut errors {
            error.line = error.line.saturating_add(piece.line).saturating_sub(1);
        }
        part.out.docs.errors.append(&mut errors);
        clean = without;
        text = &clean;
        found = lines(text, head.indent)?;
    }
    let tail = text.get(found.end..).unwrap_or_default();
    if (!last && !tail.is_empty()) || yaml_docs::may_refer(text) {
        return Err(ReadWhole);
    }
    part.tail = tail.to_vec();
    let start = offset(piece)?;
    part.out.docs.objects.reserve_exact(found.items.len());
    let ends = found.items.iter().skip(1).map(|&(at, _)| at).chain([found.end]);
    for (&(at, line), end) in found.items.iter().zip(ends) {
        let slice = Segment {
            text: text.get(at..end).unwrap_or_default(),
            start: start + at,
            line: piece.line.saturating_add(line),
        };
        take(yaml_docs::item_of(&slice, 0, head.indent, &item, 0, ctx), part)?;
    }
    Ok(())
}

fn json_list<T: Send>(
    piece: &RawPiece,
    head: &Head,
    ctx: &Context<'_, T>,
    part: &mut Part<T>,
) -> Result<(), ReadWhole> {
    let text = piece.bytes.as_slice();
    let top = json_top(&head.bytes, b"", ctx.limits.depth);
    let item = ItemType::new(top.api_version.as_deref(), top.kind.as_deref(), &ctx.hint);
    let mut cursor = Cursor::starting(text, piece.line, piece.column);
    let start = piece.start;
    let mut at = json::skip_space(text, 0);
    while at < text.len() {
        let end = json::value(text, at, ctx.limits.depth).map_err(|_| ReadWhole)?;
        let found = (json::Range { start: at, end }, cursor.to(at));
        take(json_items::item_of(text, found, 0, &item, Some(0), ctx, 0), part)?;
        at = json::skip_space(text, end);
        match text.get(at) {
            Some(b',') => at = json::skip_space(text, at + 1),
            None => {}
            Some(_) => return Err(ReadWhole),
        }
    }
    for object in &mut part.out.docs.objects {
        object.origin.start += start;
    }
    Ok(())
}

/// What a JSON list says about itself.
#[derive(Default)]
struct JsonTop {
    api_version: Option<String>,
    kind: Option<String>,
    metadata: Option<ListMeta>,
    /// Its closing brace was found, and nothing but white space behind it.
    whole: bool,
}

/// Reads the text around the items; without a `tail` as far as it goes.
fn json_top(head: &[u8], tail: &[u8], depth: usize) -> JsonTop {
    let text = [head, tail].concat();
    let mut top = JsonTop::default();
    let mut walk = json::members(&text, json::skip_space(&text, 0), depth);
    for entry in walk.by_ref() {
        let word = || json::text_of(&text, entry.value).map(std::borrow::Cow::into_owned);
        match entry.key.of(&text) {
            b"\"apiVersion\"" => top.api_version = word(),
            b"\"kind\"" => top.kind = word(),
            b"\"metadata\"" => top.metadata = serde_json::from_slice(entry.value.of(&text)).ok(),
            _ => {}
        }
    }
    top.whole = walk.failed().is_none() && json::skip_space(&text, walk.end()) >= text.len();
    top
}

/// A member while its pieces come in.
pub(crate) struct Assembly<T> {
    out: Out<T>,
    /// The list whose items come in: its head, and where its objects begin.
    open: Option<(Arc<Head>, usize)>,
}

impl<T> Default for Assembly<T> {
    fn default() -> Self {
        Self { out: Out::new(), open: None }
    }
}

impl<T: Send> Assembly<T> {
    /// Puts the next piece behind the ones before it.
    pub(crate) fn add(&mut self, piece: &RawPiece, part: Part<T>, ctx: &Context<'_, T>) -> Result<(), ReadWhole> {
        let Part { mut out, tail } = part;
        match &piece.kind {
            Kind::Documents => self.out.append(out, ctx),
            Kind::Items { head, last } => {
                self.items(head, &mut out, ctx);
                if *last {
                    self.close_yaml(&tail, ctx)?;
                }
            }
            Kind::JsonItems(head) => self.items(head, &mut out, ctx),
            Kind::JsonEnd(head) => {
                self.items(head, &mut out, ctx);
                self.close_json(&tail, ctx)?;
            }
        }
        Ok(())
    }

    fn items(&mut self, head: &Arc<Head>, part: &mut Out<T>, ctx: &Context<'_, T>) {
        if self.open.is_none() {
            let record = emit::list_document(None, None, ListMeta::default(), 0, head.line);
            self.out.docs.lists.push(record);
            self.open = Some((Arc::clone(head), self.out.docs.objects.len()));
        }
        let index = json::clamp(self.out.docs.lists.len().saturating_sub(1));
        let count = part.docs.objects.len();
        let room = self.out.room(count, ctx);
        if let Some(list) = self.out.docs.lists.last_mut() {
            list.items += count;
            list.truncated |= room < count;
        }
        let taken = part.docs.objects.drain(..).take(room);
        self.out.docs.objects.extend(taken.map(|object| Decoded { list: Some(index), ..object }));
        self.out.docs.errors.append(&mut part.docs.errors);
        self.out.docs.lost.append(&mut part.docs.lost);
        self.out.problems.append(&mut part.problems);
    }

    /// Sets what the list says about itself, now that all of it was seen.
    fn record(&mut self, api_version: Option<String>, kind: Option<String>, meta: ListMeta) {
        if let Some(list) = self.out.docs.lists.last_mut() {
            let full = emit::list_document(api_version, kind, meta, list.items, list.line);
            list.truncated |= full.truncated;
            let truncated = list.truncated;
            *list = full;
            list.truncated = truncated;
        }
    }

    fn close_yaml(&mut self, tail: &[u8], ctx: &Context<'_, T>) -> Result<(), ReadWhole> {
        let Some((head, first)) = self.open.take() else { return Err(ReadWhole) };
        let known = header(&head.bytes, ctx)?;
        let outside = [head.bytes.as_slice(), tail].concat();
        if appended::versions(&outside) > 1 {
            return Err(ReadWhole);
        }
        let whole = header(&outside, ctx)?;
        let hinted = ItemType::new(None, None, &ctx.hint).is_known() && whole.kind.is_none();
        let class = head::classify(whole.api_version.as_deref(), whole.kind.as_deref(), true);
        let any = self.out.docs.objects.len() > first;
        let lost_end = whole.kind.is_none() && tail.is_empty() && !hinted && any;
        let of = |h: &Header| ItemType::new(h.api_version.as_deref(), h.kind.as_deref(), &ctx.hint);
        let changed = of(&known).is_known() && of(&known) != of(&whole);
        if changed || !(hinted || lost_end || class == DocClass::List) {
            return Err(ReadWhole);
        }
        self.record(whole.api_version, whole.kind, whole.metadata.unwrap_or_default());
        if lost_end {
            emit::lost_end(head.line, ctx, &mut self.out);
        }
        Ok(())
    }

    fn close_json(&mut self, tail: &[u8], ctx: &Context<'_, T>) -> Result<(), ReadWhole> {
        let Some((head, _)) = self.open.take() else { return Err(ReadWhole) };
        let known = json_top(&head.bytes, b"", ctx.limits.depth);
        let whole = json_top(&head.bytes, tail, ctx.limits.depth);
        let hinted = ItemType::new(None, None, &ctx.hint).is_known() && whole.kind.is_none();
        let class = head::classify(whole.api_version.as_deref(), whole.kind.as_deref(), true);
        let of = |t: &JsonTop| ItemType::new(t.api_version.as_deref(), t.kind.as_deref(), &ctx.hint);
        let changed = of(&known).is_known() && of(&known) != of(&whole);
        if changed || !whole.whole || !(hinted || class == DocClass::List) {
            return Err(ReadWhole);
        }
        self.record(whole.api_version, whole.kind, whole.metadata.unwrap_or_default());
        Ok(())
    }

    /// What the member holds, `len` bytes in all.
    pub(crate) fn finish(self, ctx: &Context<'_, T>, len: u64) -> Result<(Content<T>, Vec<Problem>), ReadWhole> {
        if self.open.is_some() {
            return Err(ReadWhole);
        }
        Ok(super::finish(self.out, ctx, len))
    }
}
