//! YAML as kubectl reads it, bounded against bombs, with positions.
//!
//! Chosen: `granit-parser` for the events (surrogate pairs, tabs after a colon, nesting limits, every
//! bomb of the test table within a second) and our own tree, scalars and serde reader over it.
//! Tried and left: `saphyr-parser` (refuses surrogate pairs and tabs), `noyalib` (`yes` and `0755` are
//! not kubectl's), `serde-saphyr` (turns a quoted number into an integer where the field is one).

pub mod canonical;
pub mod de;
pub mod engine;
pub mod scalar;
pub mod tree;

use std::fmt;

pub use engine::{Slice, from_slice};

/// A place in a text: both 1-based, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, 1-based.
    pub line: u32,
    /// Column in characters, 1-based.
    pub column: u32,
}

/// Why a YAML text could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Where, in the slice that was read.
    pub at: Option<Position>,
    /// The field, as `spec.ports[0].port`; empty for the document itself.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What sort of error it is.
    pub kind: ErrorKind,
}

/// What sort of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not YAML.
    Syntax,
    /// An alias refers to an anchor outside of the slice.
    UnknownAnchor,
    /// A value has another type than the reader needs.
    Shape,
    /// A limit against bombs was hit.
    Limit,
}

impl YamlError {
    /// A syntax error at a place.
    pub fn new(at: Position, message: impl Into<String>) -> Self {
        Self { at: Some(at), path: String::new(), message: message.into(), kind: ErrorKind::Syntax }
    }

    /// A limit hit at a place.
    pub fn limit(at: Position, message: impl Into<String>) -> Self {
        Self { at: Some(at), path: String::new(), message: message.into(), kind: ErrorKind::Limit }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}
