//! Documents that only a parse of the whole can read: flow style, anchors, odd indentation.

use std::borrow::Cow;

use super::emit::{self, ItemType, ListMeta, Outcome, Pending};
use super::head::{self, DocClass};
use super::yaml_docs::Segment;
use super::{Context, Out, salvage};
use crate::content::{Lost, Problem, TableDocument, TextFormat};
use crate::json;
use crate::lost;
use crate::object::{Body, ONCE, shift};
use crate::yaml::tree::{NodeId, Tree};
use crate::yaml::{Position, Slice, YamlError, engine};

/// Reads one document by parsing it; what is wrong with it where that fails.
pub(super) fn document<T: Send>(
    segment: &Segment<'_>,
    source: Option<&str>,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) -> Option<YamlError> {
    match engine::parse(segment.text, ctx.bounds()) {
        Ok(Some(tree)) => parsed(&tree, segment, source, ctx, out),
        Ok(None) => {}
        Err(error) => return Some(error),
    }
    None
}

fn parsed<T: Send>(
    tree: &Tree<'_>,
    segment: &Segment<'_>,
    source: Option<&str>,
    ctx: &Context<'_, T>,
    out: &mut Out<T>,
) {
    let reading = Reading { tree, segment, format: TextFormat::Yaml, source, ctx };
    if tree.is_sequence(0) {
        return reading.array(out);
    }
    if !tree.is_mapping(0) {
        // A command and the JSON that it printed are one sentence to YAML.
        if salvage::begins_with_command(segment.text) && salvage::read(segment, ctx, out) {
            return;
        }
        return scalar(tree, segment, ctx, out);
    }
    let (api_version, kind) = reading.type_of(0);
    let items = tree.get(0, "items").map(|(_, v)| v);
    match head::classify(api_version, kind, items.is_some()) {
        DocClass::List => reading.list(0, items, out),
        DocClass::Object => {
            if out.room(1, ctx) == 1 {
                reading.note_duplicates(0, None, out);
                let origin = reading.origin(None);
                let outcome =
                    reading.object(0, (api_version.unwrap_or_default(), kind.unwrap_or_default(), false), origin, None);
                emit::keep(vec![outcome], None, out);
            }
        }
        DocClass::Table => out.docs.tables.push(TableDocument {
            kind: kind.unwrap_or_default().to_owned(),
            rows: tree
                .get(0, "rows")
                .or_else(|| tree.get(0, "items"))
                .map_or(0, |(_, v)| tree.children(tree.follow(v)).count()),
            line: segment.line,
            resource: None,
        }),
        DocClass::Failure => {
            let status = engine::from_node(tree, 0, ctx.bounds()).unwrap_or_default();
            emit::failure(status, segment.line, out);
        }
        DocClass::Other => {
            let hinted = ItemType::new(None, None, &ctx.hint);
            match (hinted.api_version.as_deref(), hinted.kind.as_deref()) {
                (Some(_), Some(_)) if kind.is_none() && items.is_some() => {
                    reading.list(0, items, out);
                }
                (Some(api_version), Some(kind_hint)) if kind.is_none() => {
                    let outcome = reading.object(0, (api_version, kind_hint, true), reading.origin(None), None);
                    emit::keep(vec![outcome], None, out);
                }
                _ => reading.data(out),
            }
        }
    }
}

/// Reads one item of a canonical list by parsing it.
pub(super) fn item<T>(
    slice: &Segment<'_>,
    n: usize,
    at: Position,
    item: &ItemType,
    list: u32,
    ctx: &Context<'_, T>,
) -> Outcome<T> {
    let bad = |error: &YamlError| {
        let at = error.at.map_or(at, |at| shift(slice.line, at));
        Outcome::Bad(
            ctx.problem(Some(at), format!("item {n} of the list is not valid YAML: {error}; the rest was read")),
            lost::item(slice.text),
        )
    };
    let tree = match engine::parse(slice.text, ctx.bounds()) {
        Ok(Some(tree)) => tree,
        Ok(None) => return emit::not_a_map(n, at, ctx),
        Err(error) => return bad(&error),
    };
    let Some(root) = engine::root(&tree, Slice::Item) else {
        return emit::not_a_map(n, at, ctx);
    };
    let reading = Reading { tree: &tree, segment: slice, format: TextFormat::YamlItem, source: None, ctx };
    reading.duplicates_to_notes(root);
    reading.item(root, n, None, item, Some(list), 0)
}

struct Reading<'r, T> {
    tree: &'r Tree<'r>,
    segment: &'r Segment<'r>,
    format: TextFormat,
    source: Option<&'r str>,
    ctx: &'r Context<'r, T>,
}

impl<'r, T> Reading<'r, T> {
    fn type_of(&self, node: NodeId) -> (Option<&'r str>, Option<&'r str>) {
        let word = |key| self.tree.get(node, key).and_then(|(_, v)| self.tree.text(v)).filter(|text| !text.is_empty());
        (word("apiVersion"), word("kind"))
    }

    fn at(&self, node: NodeId) -> Position {
        let start = Position { line: 1, column: 1 };
        shift(self.segment.line, self.tree.node(node).map_or(start, |n| n.at))
    }

    fn origin(&self, item: Option<u32>) -> crate::content::Origin {
        let at = Position { line: self.segment.line, column: 1 };
        let mut origin = emit::origin(self.ctx, self.segment.start, self.segment.text.len(), at, self.format);
        origin.item = item;
        origin
    }

    fn duplicate_problems(&self) -> impl Iterator<Item = Problem> + '_ {
        self.tree.duplicates.iter().map(|(key, at)| {
            let message = format!("the key {key:?} is written twice in one mapping; the last value counts");
            self.ctx.problem(Some(shift(self.segment.line, *at)), message)
        })
    }

    /// What was lost of a mapping that was made of several.
    fn merged(&self, root: NodeId, list: Option<u32>) -> Option<Lost> {
        let column = self.tree.node(root)?.at.column;
        let is_root = |(key, at): &(String, Position)| at.column == column && ONCE.contains(&key.as_str());
        let found = self.tree.duplicates.iter().any(is_root);
        found.then(|| Lost { line: self.segment.line, kinds: lost::item(self.segment.text), list, template: false })
    }

    fn note_duplicates(&self, root: NodeId, list: Option<u32>, out: &mut Out<T>) {
        out.problems.extend(self.duplicate_problems());
        out.docs.lost.extend(self.merged(root, list));
    }

    fn duplicates_to_notes(&self, root: NodeId) {
        if !self.tree.duplicates.is_empty()
            && let Ok(mut notes) = self.ctx.notes.lock()
        {
            notes.problems.extend(self.duplicate_problems());
            notes.lost.extend(self.merged(root, None));
        }
    }

    fn object(
        &self,
        node: NodeId,
        (api_version, kind, guessed): (&str, &str, bool),
        origin: crate::content::Origin,
        list: Option<u32>,
    ) -> Outcome<T> {
        let corrected;
        let body = if self.ctx.hint.null_strings {
            match engine::from_node::<serde_json::Value>(self.tree, node, self.ctx.bounds()) {
                Ok(mut value) => {
                    emit::null_strings(&mut value);
                    corrected = value;
                    Body::Value(&corrected)
                }
                Err(error) => {
                    let at = error.at.map_or_else(|| self.at(node), |at| shift(self.segment.line, at));
                    let problem = self.ctx.problem(Some(at), format!("{error}; the rest was read"));
                    return Outcome::Bad(problem, lost::item(self.segment.text));
                }
            }
        } else {
            Body::Node { tree: self.tree, node, line: self.segment.line }
        };
        let pending = Pending {
            body,
            api_version: Cow::Borrowed(api_version),
            kind: Cow::Borrowed(kind),
            origin,
            source: self.source,
            guessed,
        };
        Outcome::One(emit::one(pending, list, self.ctx))
    }

    /// One item; `index` is set where the bytes of the origin are the whole list.
    fn item(
        &self,
        node: NodeId,
        n: usize,
        index: Option<u32>,
        item: &ItemType,
        list: Option<u32>,
        depth: u8,
    ) -> Outcome<T> {
        if !self.tree.is_mapping(node) {
            return emit::not_a_map(n, self.at(node), self.ctx);
        }
        let node = self.tree.follow(node);
        let (api_version, kind) = self.type_of(node);
        let guessed = item.guessed && kind.is_none();
        let (api_version, kind) = (api_version.or(item.api_version.as_deref()), kind.or(item.kind.as_deref()));
        let (Some(api_version), Some(kind)) = (api_version, kind) else {
            return emit::untyped(n, self.at(node), self.ctx);
        };
        if kind.ends_with("List")
            && let Some((_, items)) = self.tree.get(node, "items")
        {
            // A position is one index into one list: a list in a list is opened where that is enough.
            if depth > 0 || index.is_some() {
                let message = "a list inside a list inside a list is not read; the rest was";
                return Outcome::Bad(self.ctx.problem(Some(self.at(node)), message), Vec::new());
            }
            let inner = ItemType::new(Some(api_version), Some(kind), &self.ctx.hint);
            let children = self.tree.children(self.tree.follow(items));
            return Outcome::Many(
                children
                    .enumerate()
                    .map(|(n, child)| self.item(child, n, Some(json::clamp(n)), &inner, list, depth + 1))
                    .collect(),
            );
        }
        self.object(node, (api_version, kind, guessed), self.origin(index), list)
    }

    fn items(&self, sequence: NodeId, item: &ItemType, out: &mut Out<T>)
    where
        T: Send,
    {
        let list = json::clamp(out.docs.lists.len().saturating_sub(1));
        self.note_duplicates(0, Some(list), out);
        let mut nodes: Vec<NodeId> = self.tree.children(self.tree.follow(sequence)).collect();
        let room = out.room(nodes.len(), self.ctx);
        if let Some(record) = out.docs.lists.last_mut() {
            record.items = nodes.len();
            record.truncated |= room < nodes.len();
        }
        nodes.truncate(room);
        let outcomes =
            emit::in_parallel(&nodes, |n, &node| self.item(node, n, Some(json::clamp(n)), item, Some(list), 0));
        emit::keep(outcomes, Some(list), out);
    }

    fn list(&self, root: NodeId, items: Option<NodeId>, out: &mut Out<T>)
    where
        T: Send,
    {
        let (api_version, kind) = self.type_of(root);
        let meta: ListMeta = self
            .tree
            .get(root, "metadata")
            .and_then(|(_, v)| engine::from_node(self.tree, v, self.ctx.bounds()).ok())
            .unwrap_or_default();
        let item = ItemType::new(api_version, kind, &self.ctx.hint);
        out.docs.lists.push(emit::list_document(
            api_version.map(str::to_owned),
            kind.map(str::to_owned),
            meta,
            0,
            self.segment.line,
        ));
        let Some(items) = items else { return };
        if self.tree.is_sequence(items) {
            self.items(items, &item, out);
        } else if engine::from_node::<Option<serde_json::Value>>(self.tree, items, self.ctx.bounds()) == Ok(None) {
            if let Some(list) = out.docs.lists.last_mut() {
                list.items_null = true;
            }
        } else {
            out.lost_of_list(self.segment.line, Vec::new());
            out.problems.push(
                self.ctx.problem(Some(self.at(items)), "the items of this list are not a list; the rest was read"),
            );
        }
    }

    fn array(&self, out: &mut Out<T>)
    where
        T: Send,
    {
        let item = ItemType::new(None, None, &self.ctx.hint);
        let objects = item.is_known()
            || self.tree.children(0).take(64).any(|node| {
                let (api_version, kind) = self.type_of(node);
                head::classify(api_version, kind, false) != DocClass::Other
            });
        if objects {
            out.docs.lists.push(emit::list_document(None, None, ListMeta::default(), 0, self.segment.line));
            self.items(0, &item, out);
        } else {
            self.data(out);
        }
    }

    fn data(&self, out: &mut Out<T>) {
        if let Some(table) = salvage::table(self.segment.text, self.segment.line) {
            return out.docs.tables.push(table);
        }
        // `failed to print: no kind is registered` is a sentence, although YAML sees a key in it.
        let mut keys = self.tree.children(0);
        let sentence = self.tree.is_mapping(0)
            && keys.next().and_then(|key| self.tree.text(key)).is_some_and(|key| key.contains(' '))
            && keys.nth(1).is_none();
        if sentence && out.text.is_none() && self.segment.text.len() <= self.ctx.limits.text_bytes {
            out.other(self.segment.line);
            out.text = Some(String::from_utf8_lossy(self.segment.text).into_owned());
            return;
        }
        out.data_bytes = out.data_bytes.saturating_add(self.segment.text.len());
        if out.data_bytes > self.ctx.limits.data_bytes {
            return out.other(self.segment.line);
        }
        match engine::from_node(self.tree, 0, self.ctx.bounds()) {
            Ok(value) => {
                out.other(self.segment.line);
                out.data.push(value);
            }
            Err(error) => unreadable(self.segment, &error, self.ctx, out),
        }
    }
}

/// Keeps a document that is text and no mapping.
pub(super) fn sentence<T>(segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if let Some(table) = salvage::table(segment.text, segment.line) {
        return out.docs.tables.push(table);
    }
    out.other(segment.line);
    if out.text.is_none() && segment.text.len() <= ctx.limits.text_bytes {
        out.text = Some(String::from_utf8_lossy(segment.text).into_owned());
    }
}

/// A document that is one word or sentence: text, not an object.
fn scalar<T>(tree: &Tree<'_>, segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if tree.text(0).is_some() {
        sentence(segment, ctx, out);
    } else {
        out.other(segment.line);
    }
}

/// Was it left to a renderer (Helm, Go, Jinja)? Without its marks it would be read as something that it is not.
pub(super) fn is_template(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"{{").is_some()
}

/// Says that a document could not be read.
pub(super) fn unreadable<T>(segment: &Segment<'_>, error: &YamlError, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if ctx.sniffed {
        return;
    }
    out.docs.lost.extend(lost::document(segment.text, segment.line));
    if segment.text.len() <= ctx.limits.text_bytes && out.text.is_none() {
        out.text = Some(String::from_utf8_lossy(segment.text).into_owned());
    }
    let at = error.at.map(|at| shift(segment.line, at));
    let message = if is_template(segment.text) {
        format!("a template, not YAML ({error}): render it first (helm template, kustomize build); the rest was read")
    } else {
        format!("not valid YAML: {error}; the rest was read")
    };
    out.problems.push(ctx.problem(at, message));
}
