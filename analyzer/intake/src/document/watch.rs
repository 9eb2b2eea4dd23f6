//! Watch events: the last state of each object counts, and what was deleted is gone.

use std::collections::HashMap;

use super::emit::{self, ItemType};
use super::json_items::item_of;
use super::{Context, Out};
use crate::json::{self, Range};
use crate::yaml::Position;

/// The events seen so far in one stream.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Where the last state of each object is, in the order of the events.
    last: Vec<Option<(Range, Position)>>,
    index: HashMap<Identity, usize>,
}

#[derive(Debug, PartialEq, Eq, Hash, serde::Deserialize)]
struct Identity {
    #[serde(rename = "apiVersion")]
    api_version: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
struct Metadata {
    namespace: Option<String>,
    name: Option<String>,
}

impl Watch {
    /// Whether a document's `type` is that of a watch event.
    pub(super) fn is_event(word: &str) -> bool {
        matches!(word, "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR")
    }

    /// Takes one event.
    pub(super) fn add<T>(
        &mut self,
        event: &str,
        text: &[u8],
        object: Range,
        at: Position,
        ctx: &Context<'_, T>,
        out: &mut Out<T>,
    ) {
        match event {
            "BOOKMARK" => return,
            "ERROR" => {
                let status = serde_json::from_slice(object.of(text)).unwrap_or_default();
                emit::failure(status, at.line, out);
                return;
            }
            _ => {}
        }
        let identity: Identity = match serde_json::from_slice(object.of(text)) {
            Ok(identity) => identity,
            Err(error) => {
                let at = json::shift(at, json::char_position(object.of(text), error.line(), error.column()));
                out.problems
                    .push(ctx.problem(Some(at), format!("watch event: {}; the rest was read", json::message(&error))));
                return;
            }
        };
        if let Some(before) = self.index.remove(&identity).and_then(|n| self.last.get_mut(n)) {
            *before = None;
        }
        if event == "DELETED" {
            return;
        }
        self.index.insert(identity, self.last.len());
        self.last.push(Some((object, at)));
    }

    /// Hands on what is left at the end of the stream.
    pub(super) fn finish<T: Send>(self, text: &[u8], ctx: &Context<'_, T>, out: &mut Out<T>) {
        let mut found: Vec<_> = self.last.into_iter().flatten().collect();
        found.truncate(out.room(found.len(), ctx));
        let item = ItemType::new(None, None, &ctx.hint);
        let outcomes = emit::in_parallel(&found, |n, &at| item_of(text, at, n, &item, None, ctx, 0));
        emit::keep(outcomes, None, out);
    }
}
