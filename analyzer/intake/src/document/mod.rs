//! From the bytes of one member to its documents.
//!
//! Objects are found by cheap scans (indentation in YAML, brackets in JSON) and decoded one by one
//! and in parallel, so that a large list never exists as a tree and one bad item costs only itself.

mod appended;
mod argo;
mod captured;
mod emit;
mod full;
mod head;
mod internal;
mod json_items;
mod json_stream;
mod keyed;
pub(crate) mod pieces;
mod salvage;
mod shape;
mod watch;
mod yaml_docs;

use std::sync::Mutex;

use super::content::{Content, Documents, FileId, Lost, Problem, TypeHint};
use super::json;
use super::limits::Limits;
use super::object::{Notes, RawObject};
use super::source;
use super::yaml::Position;
use super::yaml::tree::Bounds;

use kubereach_model::snapshot::GroupKind;

use captured::strip_start as strip_bom;

/// The text of a slice without the lines that were captured into it, at the same places.
pub(crate) fn without_captured(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    captured::strip(bytes).0
}

/// Problems of one file that are listed one by one.
const PROBLEMS: usize = 100;

/// What is known about a member before it is read.
pub(crate) struct Context<'c, T> {
    /// Path inside the input.
    pub(crate) member: &'c str,
    /// Path as reports name it.
    pub(crate) display: &'c str,
    pub(crate) file: FileId,
    pub(crate) limits: &'c Limits,
    pub(crate) hint: TypeHint,
    pub(crate) decode: &'c (dyn Fn(&RawObject<'_>) -> T + Sync),
    /// Named on the command line by itself: everything in it is accounted for.
    pub(crate) direct: bool,
    /// The name says nothing about the content: what is not recognised is not a problem.
    pub(crate) sniffed: bool,
    /// The bytes end before the file does; the problem was said already.
    pub(crate) cut: bool,
    /// Problems found while decoding.
    pub(crate) notes: Mutex<Notes>,
}

impl<T> Context<'_, T> {
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { depth: self.limits.depth, ..Bounds::default() }
    }

    fn problem(&self, at: Option<Position>, message: impl Into<String>) -> Problem {
        Problem {
            path: self.display.to_owned(),
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            message: message.into(),
        }
    }
}

/// Collects what one member yields.
pub(crate) struct Out<T> {
    docs: Documents<T>,
    data: Vec<serde_json::Value>,
    data_bytes: usize,
    text: Option<String>,
    problems: Vec<Problem>,
    first_other: Option<u32>,
    /// The last document breaks off at the end of the bytes.
    broke_off: bool,
    full: bool,
}

impl<T> Out<T> {
    fn new() -> Self {
        Self {
            docs: Documents::default(),
            data: Vec::new(),
            data_bytes: 0,
            text: None,
            problems: Vec::new(),
            first_other: None,
            broke_off: false,
            full: false,
        }
    }

    /// Takes over what decoding brought to light.
    fn take_notes(&mut self, ctx: &Context<'_, T>) {
        if let Ok(mut notes) = ctx.notes.lock() {
            self.problems.append(&mut notes.problems);
            self.docs.lost.append(&mut notes.lost);
        }
    }

    /// Something of the last list was lost: objects of these kinds, or of any.
    fn lost_of_list(&mut self, line: u32, kinds: Vec<GroupKind>) {
        let list = self.docs.lists.len().checked_sub(1).map(json::clamp);
        self.docs.lost.push(Lost { line, kinds, list, template: false });
    }

    fn other(&mut self, line: u32) {
        self.docs.others += 1;
        self.first_other.get_or_insert(line);
    }

    /// Takes over what a later document of the same file yields.
    fn append(&mut self, mut later: Self, ctx: &Context<'_, T>) {
        let lists = json::clamp(self.docs.lists.len());
        let room = self.room(later.docs.objects.len(), ctx);
        if room < later.docs.objects.len() {
            later.docs.objects.truncate(room);
            if let Some(list) = later.docs.lists.last_mut() {
                list.truncated = true;
            }
        }
        for object in &mut later.docs.objects {
            object.list = object.list.map(|list| list.saturating_add(lists));
        }
        self.docs.objects.append(&mut later.docs.objects);
        self.docs.lists.append(&mut later.docs.lists);
        self.docs.tables.append(&mut later.docs.tables);
        self.docs.errors.append(&mut later.docs.errors);
        for lost in &mut later.docs.lost {
            lost.list = lost.list.map(|list| list.saturating_add(lists));
        }
        self.docs.lost.append(&mut later.docs.lost);
        self.docs.others += later.docs.others;
        self.data_bytes = self.data_bytes.saturating_add(later.data_bytes);
        if self.data_bytes <= ctx.limits.data_bytes {
            self.data.append(&mut later.data);
        }
        self.text = self.text.take().or(later.text);
        self.problems.append(&mut later.problems);
        self.first_other = self.first_other.or(later.first_other);
        self.broke_off |= later.broke_off;
    }

    /// Room for `n` more objects under the limit; says so once when there is not.
    fn room(&mut self, n: usize, ctx: &Context<'_, T>) -> usize {
        let left = ctx.limits.objects.saturating_sub(self.docs.objects.len());
        if n > left && !self.full {
            self.full = true;
            self.problems.push(ctx.problem(
                None,
                format!(
                    "more than {} objects in one file (limit {}): the rest was not read",
                    ctx.limits.objects,
                    Limits::OBJECTS
                ),
            ));
        }
        n.min(left)
    }
}

/// Reads one member that may hold documents.
pub(crate) fn read<T: Send>(bytes: &[u8], ctx: &Context<'_, T>) -> (Content<T>, Vec<Problem>) {
    let start = strip_bom(bytes);
    let text = bytes.get(start..).unwrap_or_default();
    let first = json::skip_space(text, 0);
    if first >= text.len() {
        return (Content::Empty, Vec::new());
    }
    // A dump that a disk or a copy damaged begins as a dump nevertheless.
    let damage = memchr::memchr(0, text.get(..8192.min(text.len())).unwrap_or_default());
    if damage.is_some_and(|at| at < 64 || !source::begins_as_dump(text)) {
        let problem = ctx.problem(None, "a binary file, not YAML or JSON: it was not read");
        return (Content::Empty, if ctx.sniffed { Vec::new() } else { vec![problem] });
    }
    // What Go makes of a list that was never filled.
    if text.trim_ascii() == b"null" {
        return (Content::Data(serde_json::Value::Null), Vec::new());
    }
    let mut out = Out::new();
    let json_like = matches!(text.get(first), Some(b'{' | b'['));
    if json_like && json_stream::looks_like_json(text, first) {
        json_stream::read(bytes, start, ctx, &mut out);
    } else {
        yaml_docs::read(bytes, start, ctx, &mut out);
    }
    finish(out, ctx, bytes.len() as u64)
}

fn finish<T>(mut out: Out<T>, ctx: &Context<'_, T>, len: u64) -> (Content<T>, Vec<Problem>) {
    out.take_notes(ctx);
    if ctx.cut {
        drop_cut_object(&mut out, len);
    }
    let found = !out.docs.is_empty();
    if ctx.direct && out.docs.others > 0 {
        if found {
            let count = out.docs.others;
            let (noun, verb) = if count == 1 { ("document", "is") } else { ("documents", "are") };
            out.problems.push(Problem {
                path: ctx.display.to_owned(),
                line: out.first_other,
                column: None,
                message: format!("{count} {noun} {verb} not Kubernetes objects (no apiVersion and kind)"),
            });
        } else if out.problems.is_empty() {
            out.problems.push(ctx.problem(None, "no Kubernetes object in it (no apiVersion and kind)"));
        }
    }
    // Where nothing else was found there is no rest.
    if !found {
        for problem in &mut out.problems {
            if let Some(what) = problem.message.strip_suffix("; the rest was read") {
                problem.message = format!("{what}; no object was found in the file");
            }
        }
    }
    out.problems.sort();
    let more = out.problems.len().saturating_sub(PROBLEMS);
    if more > 0 {
        out.problems.truncate(PROBLEMS);
        out.problems.push(ctx.problem(None, format!("{more} more problems in this file")));
    }
    let content = if found {
        Content::Documents(out.docs)
    } else if out.data.len() > 1 {
        Content::Data(serde_json::Value::Array(out.data))
    } else if let Some(value) = out.data.pop() {
        Content::Data(value)
    } else if let Some(text) = out.text {
        Content::Text(text)
    } else {
        Content::Empty
    };
    (content, out.problems)
}

/// An object that touches the cut may miss its end without showing it: it is not used.
fn drop_cut_object<T>(out: &mut Out<T>, len: u64) {
    let touches = out.docs.objects.last().is_some_and(|object| {
        let end = object.origin.start + object.origin.len;
        // JSON shows by itself whether a value is whole.
        object.origin.format != super::content::TextFormat::Json && end >= len
    });
    if touches {
        let list = out.docs.objects.pop().and_then(|object| object.list);
        if let Some(list) = list.and_then(|n| out.docs.lists.get_mut(n as usize)) {
            list.truncated = true;
            let line = list.line;
            out.lost_of_list(line, Vec::new());
        }
    }
    if out.broke_off
        && let Some(list) = out.docs.lists.last_mut()
    {
        list.truncated = true;
        let line = list.line;
        out.lost_of_list(line, Vec::new());
    }
}
