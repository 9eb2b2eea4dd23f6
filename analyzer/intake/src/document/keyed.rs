//! One JSON object with a list for each kind: `{"pods": {"items": […]}, "services": […]}`, as scripts write it.

use serde_json::Value;

use super::emit::{self, ItemType, ListMeta};
use super::json_items::{Cursor, items, walk_items};
use super::{Context, Out};
use crate::json::{self, Range};
use crate::yaml::Position;
use kubereach_model::snapshot::kinds::{self, Kind};

/// The items of one kind.
struct Of {
    kind: &'static Kind,
    /// Where its list begins.
    start: usize,
    ranges: Vec<Range>,
    broken: bool,
}

/// Reads the lists of an object; false where its keys are no kinds or what they hold are no objects.
pub(super) fn read<T: Send>(
    text: &[u8],
    whole: Range,
    position: Position,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> bool {
    let depth = ctx.limits.depth;
    let mut lists: Vec<Of> = Vec::new();
    for entry in json::members(text, whole.start, depth) {
        let key = json::text_of(text, Range { start: entry.key.start, end: entry.key.end });
        let Some(kind) = key.and_then(|key| kinds::by_name(&key.to_ascii_lowercase())) else { continue };
        let array = match text.get(entry.value.start) {
            Some(b'[') => Some(entry.value.start),
            Some(b'{') => json::members(text, entry.value.start, depth)
                .find(|inner| inner.key.of(text) == b"\"items\"" && text.get(inner.value.start) == Some(&b'['))
                .map(|inner| inner.value.start),
            _ => None,
        };
        let Some(start) = array else { continue };
        let (ranges, failed, _) = walk_items(text, start, depth);
        lists.push(Of { kind, start, ranges, broken: failed.is_some() });
    }
    // Other programs have services and nodes, too: objects of Kubernetes have a name in their metadata.
    let named = |range: &Range| {
        serde_json::from_slice::<Value>(range.of(text)).is_ok_and(|item| item.pointer("/metadata/name").is_some())
    };
    let mut filled = lists.iter().filter_map(|list| list.ranges.first()).peekable();
    if filled.peek().is_none() || !filled.all(named) {
        return false;
    }
    let mut cursor = Cursor::starting(text.get(whole.start..).unwrap_or_default(), position.line, position.column);
    for list in lists {
        let (api_version, name) = (list.kind.api_version(), format!("{}List", list.kind.kind));
        let item = ItemType::new(Some(&api_version), Some(&name), &ctx.hint);
        let at = cursor.to(list.start - whole.start);
        out.docs.lists.push(emit::list_document(Some(api_version), Some(name), ListMeta::default(), 0, at.line));
        items(text, list.start, &list.ranges, at, &item, ctx, out);
        if let Some(record) = out.docs.lists.last_mut() {
            record.truncated |= list.broken;
        }
    }
    true
}
