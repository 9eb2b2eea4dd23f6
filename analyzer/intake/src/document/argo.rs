//! What Argo CD answers to `/api/v1/applications/NAME/managed-resources`: per object of an application its state in the
//! cluster and the state that is wanted, each as JSON in a string (`ResourceDiff` in Argo CD's API reference).

use std::borrow::Cow;

use serde_json::Value;

use super::emit::{self, Pending};
use super::json_items::Cursor;
use super::{Context, Out};
use crate::content::TextFormat;
use crate::json::Range;
use crate::object::Body;
use crate::yaml::Position;

/// Are these items such answers?
pub(super) fn is_answer(text: &[u8], items: &[Range]) -> bool {
    items.first().is_some_and(|first| {
        let item: Option<Value> = serde_json::from_slice(first.of(text)).ok();
        item.is_some_and(|item| {
            item.get("kind").is_some() && state(&item, "liveState").or(state(&item, "targetState")).is_some()
        })
    })
}

fn state<'v>(item: &'v Value, key: &str) -> Option<&'v str> {
    item.get(key).and_then(Value::as_str).filter(|text| !matches!(*text, "" | "null"))
}

/// Reads the objects as they are in the cluster; where the answer shows none of them there, as they are wanted.
pub(super) fn read<T: Send>(
    text: &[u8],
    (whole, items): (Range, &[Range]),
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
    let values: Vec<Option<Value>> = items.iter().map(|range| serde_json::from_slice(range.of(text)).ok()).collect();
    let live = values.iter().flatten().any(|item| state(item, "liveState").is_some());
    let key = if live { "liveState" } else { "targetState" };
    let room = out.room(values.len(), ctx);
    let mut cursor = Cursor::starting(text.get(whole.start..).unwrap_or_default(), position.line, position.column);
    for (range, item) in items.iter().zip(&values).take(room) {
        let at = cursor.to(range.start - whole.start);
        let Some(item) = item else { continue };
        let word = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let object: Option<Value> = state(item, key).and_then(|text| serde_json::from_str(text).ok());
        let typed = object.as_ref().and_then(|o| Some((o.get("apiVersion")?.as_str()?, o.get("kind")?.as_str()?)));
        let (Some(object), Some((api_version, kind))) = (&object, typed) else {
            let (namespace, name) = (word("namespace"), word("name"));
            let message = format!(
                "{} {namespace}/{name} is wanted and Argo CD shows no such object in the cluster",
                word("kind")
            );
            out.problems.push(ctx.problem(Some(at), message));
            continue;
        };
        let origin = emit::origin(ctx, range.start, range.of(text).len(), at, TextFormat::Json);
        let (api_version, kind) = (Cow::Borrowed(api_version), Cow::Borrowed(kind));
        let pending = Pending { body: Body::Value(object), api_version, kind, origin, source: None, guessed: false };
        // It is the application's choice of objects and no list of the cluster.
        out.docs.objects.push(emit::one(pending, None, ctx));
    }
}
