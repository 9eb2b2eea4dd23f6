//! The byte level of intake, from inputs to decoded objects.

mod bombs;
mod containers;
mod documents;
mod kit;
mod positions;
mod property;
mod truth;
