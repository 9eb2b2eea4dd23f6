//! A value of the command line that is one of known words: what help and completion name, and what else is understood.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};

/// How such a word is read, and which there are.
#[derive(Debug)]
pub(super) struct Word<T> {
    /// Reads it; an error says what to write.
    pub(super) parse: fn(&str) -> Result<T, String>,
    /// Those that are offered.
    pub(super) words: fn() -> Vec<&'static str>,
}

impl<T> Clone for Word<T> {
    fn clone(&self) -> Self {
        Self { parse: self.parse, words: self.words }
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Word<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        TypedValueParser::parse_ref(&self.parse, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.words)().into_iter().map(PossibleValue::new)))
    }
}
