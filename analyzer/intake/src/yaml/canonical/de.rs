//! serde over the lines: the same calls to visitors as the full reader makes.

use std::borrow::Cow;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};

use super::cursor::{Cursor, Place, Refused, Sure};
use super::memory::Use;
use super::scalars::{Shape, Want};
use crate::yaml::scalar::{self, Scalar, Tag};
use kubereach_model::snapshot::model::remember;

/// serde's view of one place.
#[derive(Debug)]
pub(super) struct Node<'r, 'a> {
    cursor: &'r mut Cursor<'a>,
    state: State<'a>,
}

#[derive(Debug)]
enum State<'a> {
    /// Not looked at yet.
    Fresh(Place),
    /// Its shape is known; a scalar was read.
    Known(Shape<'a>),
}

impl<'r, 'a> Node<'r, 'a> {
    pub(super) fn new(cursor: &'r mut Cursor<'a>, place: Place) -> Self {
        Self { cursor, state: State::Fresh(place) }
    }

    fn open(self) -> Sure<(&'r mut Cursor<'a>, Shape<'a>)> {
        let shape = match self.state {
            State::Fresh(place) => self.cursor.shape(place, Want::Text)?,
            State::Known(shape) => shape,
        };
        Ok((self.cursor, shape))
    }
}

fn scalar<'a, V: Visitor<'a>>(text: Cow<'a, str>, plain: bool, visitor: V) -> Sure<V::Value> {
    if plain {
        match scalar::resolve(&text, true, Tag::None) {
            Scalar::Text(_) => {}
            Scalar::Null => return visitor.visit_unit(),
            Scalar::Bool(value) => return visitor.visit_bool(value),
            Scalar::Int(value) => {
                return match u64::try_from(value) {
                    Ok(value) => visitor.visit_u64(value),
                    Err(_) => visitor.visit_i64(value),
                };
            }
            Scalar::Uint(value) => return visitor.visit_u64(value),
            Scalar::Float(value) => return visitor.visit_f64(value),
            Scalar::NotJson | Scalar::BadBinary => return Err(Refused),
        }
    }
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

impl<'de> Deserializer<'de> for Node<'_, 'de> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Sure<V::Value> {
        let (cursor, shape) = self.open()?;
        match shape {
            Shape::Null => visitor.visit_unit(),
            Shape::Text { text, plain } => scalar(text, plain, visitor),
            Shape::NoItems => visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<&str>())),
            Shape::NoEntries => visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, &str)>())),
            Shape::Sequence => {
                cursor.enter()?;
                let column = cursor.column;
                let mut items = Items { cursor, column, done: false };
                let value = visitor.visit_seq(&mut items)?;
                if !items.done && items.cursor.another_item(column)? {
                    return Err(Refused);
                }
                items.cursor.leave();
                Ok(value)
            }
            Shape::Mapping => {
                cursor.enter()?;
                let (column, frame) = (cursor.column, cursor.frame());
                let mut entries = Entries { cursor, column, frame, ascending: true, value: None, done: false };
                let value = visitor.visit_map(&mut entries)?;
                if !entries.done {
                    return Err(Refused);
                }
                entries.cursor.close(frame);
                entries.cursor.leave();
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Sure<V::Value> {
        let (cursor, shape) = self.open()?;
        let null = match &shape {
            Shape::Null => true,
            Shape::Text { text, plain: true } => scalar::resolve(text, true, Tag::None) == Scalar::Null,
            _ => false,
        };
        if null { visitor.visit_none() } else { visitor.visit_some(Node { cursor, state: State::Known(shape) }) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Sure<V::Value> {
        let State::Fresh(place @ Place::Value { value: None, column }) = self.state else {
            return visitor.visit_newtype_struct(self);
        };
        if !name.starts_with(remember::PREFIX) {
            return visitor.visit_newtype_struct(self);
        }
        let cursor = self.cursor;
        let block = cursor.block_below(Use::Field(name), column);
        if let Some(value) = cursor.pass_known(block) {
            return visitor.visit_u64(value);
        }
        let left = cursor.left();
        remember::forget();
        let value = visitor.visit_some(Node::new(cursor, place))?;
        if let Some(number) = remember::keep() {
            cursor.remember_block(block, left, number);
        }
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Sure<V::Value> {
        // A word of a set is its text, whatever YAML would make of it.
        match self.open()? {
            (_, Shape::Text { text, .. }) => {
                let word: serde::de::value::CowStrDeserializer<'_, Refused> = text.into_deserializer();
                visitor.visit_enum(word)
            }
            _ => Err(Refused),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Sure<V::Value> {
        match self.state {
            State::Fresh(place) => self.cursor.skip(place)?,
            State::Known(shape) => self.cursor.skip_shape(&shape)?,
        }
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

struct Items<'r, 'a> {
    cursor: &'r mut Cursor<'a>,
    column: usize,
    done: bool,
}

impl<'a> SeqAccess<'a> for Items<'_, 'a> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Sure<Option<T::Value>> {
        let column = self.column;
        if self.done || !self.cursor.another_item(column)? {
            self.done = true;
            return Ok(None);
        }
        seed.deserialize(Node::new(self.cursor, Place::Item { column })).map(Some)
    }
}

struct Entries<'r, 'a> {
    cursor: &'r mut Cursor<'a>,
    column: usize,
    frame: usize,
    ascending: bool,
    value: Option<Place>,
    done: bool,
}

impl<'a> MapAccess<'a> for Entries<'_, 'a> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Sure<Option<K::Value>> {
        if self.done || !self.cursor.another_key(self.column)? {
            self.done = true;
            return Ok(None);
        }
        let key = self.cursor.key()?;
        self.cursor.remember(self.frame, &mut self.ascending, key.text)?;
        // A key that reads as something else than its text is for the full parser.
        if key.plain && !matches!(scalar::resolve(key.text, true, Tag::None), Scalar::Text(_)) {
            return Err(Refused);
        }
        self.value = Some(Place::Value { value: key.value, column: self.column });
        seed.deserialize(BorrowedStrDeserializer::new(key.text)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Sure<V::Value> {
        let place = self.value.take().ok_or(Refused)?;
        seed.deserialize(Node::new(self.cursor, place))
    }
}
