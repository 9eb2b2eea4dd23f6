//! Decoding what was found: in parallel, in order, one problem per bad item.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{Context, Out};
use crate::content::{Decoded, ErrorClass, ListDocument, Lost, Origin, Problem, TextFormat, TypeHint};
use crate::object::{Body, RawObject};
use crate::yaml::Position;
use kubereach_model::snapshot::GroupKind;

/// The type that items get when they carry none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ItemType {
    pub(super) api_version: Option<String>,
    pub(super) kind: Option<String>,
    /// By the name of the file or its folder, not by the list.
    pub(super) guessed: bool,
}

impl ItemType {
    /// From a typed list, else from the hint.
    pub(super) fn new(api_version: Option<&str>, kind: Option<&str>, hint: &TypeHint) -> Self {
        match kind.and_then(|k| k.strip_suffix("List")).filter(|k| !k.is_empty()) {
            Some(kind) => Self {
                api_version: api_version.map(str::to_owned).or_else(|| hint.api_version.clone()),
                kind: Some(kind.to_owned()),
                guessed: false,
            },
            None => Self { api_version: hint.api_version.clone(), kind: hint.kind.clone(), guessed: true },
        }
    }

    pub(super) fn is_known(&self) -> bool {
        self.kind.is_some() && self.api_version.is_some()
    }
}

/// An object on its way to the decoder.
pub(super) struct Pending<'a> {
    pub(super) body: Body<'a>,
    pub(super) api_version: Cow<'a, str>,
    pub(super) kind: Cow<'a, str>,
    pub(super) origin: Origin,
    pub(super) source: Option<&'a str>,
    /// The type is not its own.
    pub(super) guessed: bool,
}

/// What became of an item.
pub(super) enum Outcome<T> {
    /// An object.
    One(Decoded<T>),
    /// An item that was a list by itself.
    Many(Vec<Outcome<T>>),
    /// It cost one problem, and an object of one of these kinds, or of any.
    Bad(Problem, Vec<GroupKind>),
}

/// Hands one object to the decoder.
pub(super) fn one<T>(pending: Pending<'_>, list: Option<u32>, ctx: &Context<'_, T>) -> Decoded<T> {
    let origin = pending.origin;
    let raw = RawObject {
        api_version: &pending.api_version,
        kind: &pending.kind,
        member: ctx.member,
        body: pending.body,
        origin,
        source_comment: pending.source,
        bounds: ctx.bounds(),
        display: ctx.display,
        notes: &ctx.notes,
        guessed: pending.guessed,
    };
    Decoded { value: (ctx.decode)(&raw), origin, list }
}

/// Maps items in parallel and keeps their order.
pub(super) fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(usize, &I) -> Outcome<T> + Sync,
) -> Vec<Outcome<T>> {
    if items.len() < 16 {
        return items.iter().enumerate().map(|(n, item)| work(n, item)).collect();
    }
    items.par_iter().enumerate().with_min_len(8).map(|(n, item)| work(n, item)).collect()
}

/// Keeps the outcomes of a list's items.
pub(super) fn keep<T>(outcomes: Vec<Outcome<T>>, list: Option<u32>, out: &mut Out<T>) {
    for outcome in outcomes {
        match outcome {
            Outcome::One(decoded) => out.docs.objects.push(decoded),
            Outcome::Many(inner) => keep(inner, list, out),
            Outcome::Bad(problem, kinds) => {
                out.docs.lost.push(Lost { line: problem.line.unwrap_or(1), kinds, list, template: false });
                out.problems.push(problem);
            }
        }
    }
}

/// What becomes of an item that is no object.
pub(super) fn not_a_map<T>(n: usize, at: Position, ctx: &Context<'_, T>) -> Outcome<T> {
    let message = format!("item {n} of the list is not an object; the rest was read");
    Outcome::Bad(ctx.problem(Some(at), message), Vec::new())
}

/// What becomes of an item whose type nothing tells.
pub(super) fn untyped<T>(n: usize, at: Position, ctx: &Context<'_, T>) -> Outcome<T> {
    let message =
        format!("item {n} of the list has no apiVersion and kind, and the list does not say them; the rest was read");
    Outcome::Bad(ctx.problem(Some(at), message), Vec::new())
}

/// A list's own facts.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ListMeta {
    #[serde(rename = "resourceVersion")]
    resource_version: Option<String>,
    #[serde(rename = "continue")]
    more: Option<String>,
    #[serde(rename = "remainingItemCount")]
    remaining: Option<u64>,
}

/// Makes the record of a list.
pub(super) fn list_document(
    api_version: Option<String>,
    kind: Option<String>,
    meta: ListMeta,
    items: usize,
    line: u32,
) -> ListDocument {
    let remaining = meta.remaining.filter(|&n| n > 0);
    ListDocument {
        api_version,
        kind,
        items,
        items_null: false,
        truncated: meta.more.is_some_and(|token| !token.is_empty()) || remaining.is_some(),
        remaining,
        resource_version: meta.resource_version.filter(|v| !v.is_empty()),
        line,
    }
}

/// Marks the last list as cut off. Its last object may miss its end without showing it and is not used.
pub(super) fn lost_end<T>(line: u32, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let Some(list) = out.docs.lists.last_mut() else {
        return;
    };
    list.truncated = true;
    out.lost_of_list(line, Vec::new());
    if !ctx.cut {
        out.docs.objects.pop();
        let at = Position { line, column: 1 };
        let message =
            "the list ends without its kind: the file is cut off; its last item was left out, the rest was read";
        out.problems.push(ctx.problem(Some(at), message));
    }
}

/// `kind: Status` of a failed request.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Status {
    #[serde(rename = "status")]
    outcome: Option<String>,
    message: Option<String>,
    reason: Option<String>,
    details: Details,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Details {
    kind: Option<String>,
    group: Option<String>,
}

/// Keeps a failure of the API server as a captured error; a success says nothing.
pub(super) fn failure<T>(status: Status, line: u32, out: &mut Out<T>) {
    if status.outcome.as_deref() == Some("Success") {
        return;
    }
    let text = status.message.or_else(|| status.reason.clone()).unwrap_or_default();
    let mut error = super::captured::parse(&text, line);
    match status.reason.as_deref() {
        Some("Forbidden" | "Unauthorized") => error.class = ErrorClass::Forbidden,
        Some("NotFound") if error.class != ErrorClass::NotServed => {
            error.class = ErrorClass::NotFound;
        }
        _ => {}
    }
    error.resource = error.resource.or(status.details.kind);
    error.group = error.group.or(status.details.group);
    out.docs.errors.push(error);
}

/// The string `null`, wherever it is a value, becomes null.
pub(super) fn null_strings(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if text == "null" => *value = serde_json::Value::Null,
        serde_json::Value::Array(items) => items.iter_mut().for_each(null_strings),
        serde_json::Value::Object(map) => map.values_mut().for_each(null_strings),
        _ => {}
    }
}

/// The origin of a byte range of the member.
pub(super) fn origin<T>(ctx: &Context<'_, T>, start: usize, len: usize, at: Position, format: TextFormat) -> Origin {
    Origin {
        file: ctx.file,
        start: start as u64,
        len: len as u64,
        line: at.line,
        column: at.column,
        format,
        item: None,
    }
}
