//! serde over a YAML tree: strict in types, as JSON is after kubectl has converted it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, IntoDeserializer as _, Visitor};

use super::scalar::{self, Scalar};
use super::tree::{Bounds, Kind, Node, NodeId, Tree};
use super::{ErrorKind, Position, YamlError};

/// Reads nodes of one tree, within bounds.
#[derive(Debug)]
pub struct Reader<'t, 's> {
    tree: &'t Tree<'s>,
    /// How many nodes may still be visited: aliases make a small tree large.
    left: Cell<usize>,
    depth: Cell<usize>,
}

impl<'t, 's> Reader<'t, 's> {
    /// A reader whose budget is the size of the tree and a fixed allowance for aliases.
    pub fn new(tree: &'t Tree<'s>, bounds: Bounds) -> Self {
        let left = tree.nodes.len().saturating_mul(4).saturating_add(100_000);
        Self { tree, left: Cell::new(left), depth: Cell::new(bounds.depth.saturating_add(1)) }
    }

    /// The deserializer of one node.
    pub fn node(&self, id: NodeId) -> NodeReader<'_, 't, 's> {
        NodeReader { reader: self, id }
    }
}

/// serde's view of one node.
#[derive(Debug, Clone, Copy)]
pub struct NodeReader<'r, 't, 's> {
    reader: &'r Reader<'t, 's>,
    id: NodeId,
}

impl<'t> NodeReader<'_, 't, '_> {
    fn fail(&self, message: &str) -> YamlError {
        YamlError {
            at: self.reader.tree.node(self.id).map(|n| n.at),
            path: String::new(),
            message: message.to_owned(),
            kind: ErrorKind::Shape,
        }
    }

    /// The node behind the alias, charged to the budget.
    fn open(&self) -> Result<(NodeId, &'t Node<'t>), YamlError> {
        let id = self.reader.tree.follow(self.id);
        let left = self.reader.left.get();
        let Some(node) = self.reader.tree.node(id) else {
            return Err(self.fail("an empty document"));
        };
        if left == 0 || self.reader.depth.get() == 0 {
            return Err(YamlError::limit(node.at, "its aliases expand beyond the limit"));
        }
        self.reader.left.set(left - 1);
        Ok((id, node))
    }

    fn scalar(&self) -> Result<Option<Scalar<'t>>, YamlError> {
        let (_, node) = self.open()?;
        Ok(match &node.kind {
            Kind::Scalar { text, plain, tag } => Some(scalar::resolve(text, *plain, *tag)),
            _ => None,
        })
    }
}

/// A serde error at the node where it surfaced first.
fn place(error: YamlError, at: Option<Position>, step: &str) -> YamlError {
    let mut error = error;
    error.at = error.at.or(at);
    if error.kind == ErrorKind::Shape {
        let separator = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
        error.path = format!("{step}{separator}{}", error.path);
    }
    error
}

impl de::Error for YamlError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { at: None, path: String::new(), message: message.to_string(), kind: ErrorKind::Shape }
    }
}

impl<'de> de::Deserializer<'de> for NodeReader<'_, '_, '_> {
    type Error = YamlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        let (id, node) = self.open()?;
        let reader = self.reader;
        let result = match &node.kind {
            Kind::Scalar { text, plain, tag } => match scalar::resolve(text, *plain, *tag) {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Int(value) => match u64::try_from(value) {
                    Ok(value) => visitor.visit_u64(value),
                    Err(_) => visitor.visit_i64(value),
                },
                Scalar::Uint(value) => visitor.visit_u64(value),
                Scalar::Float(value) => visitor.visit_f64(value),
                Scalar::Text(Cow::Borrowed(text)) => visitor.visit_str(text),
                Scalar::Text(Cow::Owned(text)) => visitor.visit_string(text),
                Scalar::NotJson => Err(self.fail("infinity and not-a-number are not values of the Kubernetes API")),
                Scalar::BadBinary => Err(self.fail("!!binary whose text is not base64")),
            },
            Kind::Sequence => {
                let depth = reader.depth.get();
                reader.depth.set(depth.saturating_sub(1));
                let result = visitor.visit_seq(Items { reader, next: id + 1, end: node.end, index: 0 });
                reader.depth.set(depth);
                result
            }
            Kind::Mapping => {
                let depth = reader.depth.get();
                reader.depth.set(depth.saturating_sub(1));
                let result = Entries::new(reader, id).and_then(|entries| visitor.visit_map(entries));
                reader.depth.set(depth);
                result
            }
            Kind::Alias(_) => Err(self.fail("an alias that leads nowhere")),
        };
        result.map_err(|mut error| {
            error.at = error.at.or(Some(node.at));
            error
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.scalar()? {
            Some(Scalar::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, YamlError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        let (id, node) = self.open()?;
        match &node.kind {
            Kind::Scalar { text, .. } => {
                let name: de::value::StrDeserializer<'_, YamlError> = (&**text).into_deserializer();
                visitor.visit_enum(name)
            }
            Kind::Mapping => {
                let entries = Entries::new(self.reader, id)?;
                visitor.visit_enum(de::value::MapAccessDeserializer::new(entries))
            }
            _ => Err(self.fail("expected one of a set of words")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

struct Items<'r, 't, 's> {
    reader: &'r Reader<'t, 's>,
    next: NodeId,
    end: NodeId,
    index: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_, '_> {
    type Error = YamlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, YamlError> {
        if self.next >= self.end {
            return Ok(None);
        }
        let id = self.next;
        let Some(node) = self.reader.tree.node(id) else {
            return Ok(None);
        };
        self.next = node.end;
        let index = self.index;
        self.index += 1;
        seed.deserialize(self.reader.node(id))
            .map(Some)
            .map_err(|error| place(error, Some(node.at), &format!("[{index}]")))
    }
}

struct Entries<'r, 't, 's> {
    reader: &'r Reader<'t, 's>,
    /// Written pairs still to come.
    next: NodeId,
    end: NodeId,
    /// Pairs that merges bring; given after the written ones.
    merged: std::vec::IntoIter<(NodeId, NodeId)>,
    value: Option<(NodeId, NodeId)>,
}

impl<'r, 't, 's> Entries<'r, 't, 's> {
    fn new(reader: &'r Reader<'t, 's>, mapping: NodeId) -> Result<Self, YamlError> {
        let end = reader.tree.node(mapping).map_or(0, |n| n.end);
        let mut merged = Vec::new();
        if reader.tree.pairs(mapping).any(|(k, _)| reader.tree.is_merge(k)) {
            let mut seen = Vec::new();
            for (key, _) in reader.tree.pairs(mapping) {
                if !reader.tree.is_merge(key) {
                    seen.extend(reader.tree.text(key));
                }
            }
            merge(reader, mapping, &mut seen, &mut merged, 8)?;
        }
        Ok(Self { reader, next: mapping + 1, end, merged: merged.into_iter(), value: None })
    }

    fn next_pair(&mut self) -> Option<(NodeId, NodeId)> {
        while self.next < self.end {
            let key = self.next;
            let key_node = self.reader.tree.node(key)?;
            let value = key_node.end;
            self.next = self.reader.tree.node(value)?.end;
            if !key_node.shadowed && !self.reader.tree.is_merge(key) {
                return Some((key, value));
            }
        }
        self.merged.next()
    }
}

/// Collects the pairs that the merge keys of `mapping` bring and that are not `seen` yet.
fn merge<'t>(
    reader: &Reader<'t, '_>,
    mapping: NodeId,
    seen: &mut Vec<&'t str>,
    out: &mut Vec<(NodeId, NodeId)>,
    depth: u8,
) -> Result<(), YamlError> {
    let tree = reader.tree;
    for (key, value) in tree.pairs(mapping) {
        if !tree.is_merge(key) {
            continue;
        }
        let at = tree.node(value).map(|n| n.at);
        let target = tree.follow(value);
        let sources: Vec<NodeId> = if tree.is_mapping(target) {
            vec![target]
        } else if tree.is_sequence(target) {
            tree.children(target).map(|id| tree.follow(id)).collect()
        } else {
            Vec::new()
        };
        let fail = |message: &str, kind| YamlError { at, path: String::new(), message: message.to_owned(), kind };
        if sources.is_empty() || sources.iter().any(|&id| !tree.is_mapping(id)) {
            return Err(fail("a merge key (<<) needs a mapping or a list of mappings", ErrorKind::Shape));
        }
        for source in sources {
            for (k, v) in tree.pairs(source) {
                let left = reader.left.get();
                // Each key is compared with all that were seen: charge for that.
                let cost = seen.len() / 16 + 1;
                if left < cost || depth == 0 {
                    return Err(fail("its merge keys expand beyond the limit", ErrorKind::Limit));
                }
                reader.left.set(left - cost);
                if let Some(text) = tree.text(k)
                    && !tree.is_merge(k)
                    && tree.node(k).is_some_and(|n| !n.shadowed)
                    && !seen.contains(&text)
                {
                    seen.push(text);
                    out.push((k, v));
                }
            }
            merge(reader, source, seen, out, depth.saturating_sub(1))?;
        }
    }
    Ok(())
}

impl<'de> de::MapAccess<'de> for Entries<'_, '_, '_> {
    type Error = YamlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, YamlError> {
        let Some((key, value)) = self.next_pair() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let reader = self.reader.node(key);
        let at = self.reader.tree.node(key).map(|n| n.at);
        let name: Cow<'_, str> = match reader.scalar()? {
            Some(Scalar::Text(text)) => text,
            Some(Scalar::Bool(value)) => Cow::Borrowed(if value { "true" } else { "false" }),
            Some(Scalar::Int(value)) => Cow::Owned(value.to_string()),
            Some(Scalar::Uint(value)) => Cow::Owned(value.to_string()),
            Some(Scalar::Float(value)) => Cow::Owned(value.to_string()),
            _ => return Err(reader.fail("a key that is not a word")),
        };
        let name: de::value::CowStrDeserializer<'_, YamlError> = name.into_deserializer();
        seed.deserialize(name).map(Some).map_err(|mut error| {
            error.at = error.at.or(at);
            error
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, YamlError> {
        let Some((key, value)) = self.value.take() else {
            return Err(de::Error::custom("a value without a key"));
        };
        let tree = self.reader.tree;
        seed.deserialize(self.reader.node(value))
            .map_err(|error| place(error, tree.node(value).map(|n| n.at), tree.text(key).unwrap_or_default()))
    }
}
