//! The byte level of intake, from inputs to decoded objects.

mod documents;
mod kit;
mod truth;
