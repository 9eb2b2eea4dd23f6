//! Passing over what nobody asked for: the same rules as for reading, nothing built.

use super::cursor::{Cursor, Place, Refused, Sure};
use super::scalars::{Shape, Want};

impl Cursor<'_> {
    /// Passes over what stands at a place.
    pub(super) fn skip(&mut self, place: Place) -> Sure<()> {
        if let Place::Value { value: None, column } = place {
            return self.skip_below(column, |cursor| cursor.skip_unknown(place));
        }
        self.skip_unknown(place)
    }

    fn skip_unknown(&mut self, place: Place) -> Sure<()> {
        let shape = self.shape(place, Want::Nothing)?;
        self.skip_shape(&shape)
    }

    /// Passes over a collection; a scalar was passed over already.
    pub(super) fn skip_shape(&mut self, shape: &Shape<'_>) -> Sure<()> {
        match shape {
            Shape::Null | Shape::Text { .. } | Shape::NoItems | Shape::NoEntries => Ok(()),
            Shape::Sequence => {
                let column = self.column;
                self.enter()?;
                while self.another_item(column)? {
                    self.skip(Place::Item { column })?;
                }
                self.leave();
                Ok(())
            }
            Shape::Mapping => {
                let column = self.column;
                self.enter()?;
                let frame = self.frame();
                let mut ascending = true;
                while self.another_key(column)? {
                    let key = self.key()?;
                    self.remember(frame, &mut ascending, key.text)?;
                    self.skip(Place::Value { value: key.value, column })?;
                }
                self.close(frame);
                self.leave();
                Ok(())
            }
        }
    }

    /// Whether the sequence at `column` goes on with the cursor's line.
    #[inline]
    pub(super) fn another_item(&self, column: usize) -> Sure<bool> {
        match self.column {
            _ if self.ended => Ok(false),
            here if here > column => Err(Refused),
            here => Ok(here == column && self.is_dash()),
        }
    }

    /// Whether the mapping at `column` goes on with the cursor's line.
    #[inline]
    pub(super) fn another_key(&self, column: usize) -> Sure<bool> {
        match self.column {
            _ if self.ended => Ok(false),
            here if here > column => Err(Refused),
            here => Ok(here == column),
        }
    }
}
