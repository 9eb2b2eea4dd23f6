//! One Kubernetes object before it is decoded.

use std::sync::Mutex;

use serde::de::DeserializeOwned;

use super::content::{Lost, Origin, Problem};
use super::json;
use super::lost;
use super::yaml::tree::{Bounds, NodeId, Tree};
use super::yaml::{ErrorKind, Position, Slice, YamlError, canonical, engine};

/// An object as it stands in the input: its type, its place, and its undecoded bytes.
#[derive(Debug)]
pub struct RawObject<'a> {
    /// `v1`, `apps/v1`, …: its own, or that of the typed list or of the layout's hint.
    pub api_version: &'a str,
    /// `Service`, `Pod`, …
    pub kind: &'a str,
    /// Path of the member it stands in.
    pub member: &'a str,
    pub(crate) body: Body<'a>,
    pub(crate) origin: Origin,
    pub(crate) source_comment: Option<&'a str>,
    pub(crate) bounds: Bounds,
    pub(crate) display: &'a str,
    pub(crate) notes: &'a Mutex<Notes>,
    /// Its type is not its own but that of the file's name or folder.
    pub(crate) guessed: bool,
}

/// What decoding the objects of a member brought to light.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) problems: Vec<Problem>,
    /// Objects that got lost in others.
    pub(crate) lost: Vec<Lost>,
}

/// Keys that no object has twice: a mapping that does was made of several, and all but one were lost.
pub(crate) const ONCE: [&str; 4] = ["apiVersion", "kind", "metadata", "items"];

/// Where the content of an object comes from.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// A YAML slice, parsed when it is decoded.
    Yaml(&'a [u8], Slice),
    /// A node of a document that had to be parsed as a whole; the document begins at the line.
    Node { tree: &'a Tree<'a>, node: NodeId, line: u32 },
    /// A JSON slice.
    Json(&'a [u8]),
    /// A value that was corrected before decoding.
    Value(&'a serde_json::Value),
}

/// Why an object could not be decoded: a place in the file and a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct DecodeError {
    /// Line in the file, 1-based.
    pub line: u32,
    /// Column in characters, 1-based.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl RawObject<'_> {
    /// A problem with what it holds, where it begins.
    pub(crate) fn remark(&self, message: String) -> Problem {
        Problem {
            path: self.display.to_owned(),
            line: Some(self.origin.line),
            column: Some(self.origin.column),
            message,
        }
    }

    /// Where it is.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The template that made it, from Helm's `# Source:` comment.
    pub fn source_comment(&self) -> Option<&str> {
        self.source_comment
    }

    /// The file it stands in, as reports name it: `archive!member`.
    pub fn path(&self) -> &str {
        self.display
    }

    /// The problem to report when decoding failed.
    pub fn problem(&self, error: &DecodeError) -> Problem {
        Problem {
            path: self.display.to_owned(),
            line: Some(error.line),
            column: Some(error.column),
            message: format!("{} could not be read: {}; the rest was read", self.kind, error.message),
        }
    }

    /// Decodes the object. Keys written twice are reported by the scan; the last one counts.
    pub fn decode<D: DeserializeOwned>(&self) -> Result<D, DecodeError> {
        match self.body {
            Body::Yaml(bytes, slice) => engine::noting(bytes, slice, self.bounds, |keys| {
                for (key, at) in keys {
                    self.note_duplicate(key, shift(self.origin.line, *at));
                }
                let root = root_column(bytes, slice);
                if keys.iter().any(|(key, at)| at.column == root && ONCE.contains(&key.as_str())) {
                    self.note_lost(bytes);
                }
            })
            .map_err(|error| self.yaml_error(&error, self.origin.line)),
            Body::Node { tree, node, line } => {
                engine::from_node(tree, node, self.bounds).map_err(|error| self.yaml_error(&error, line))
            }
            Body::Json(bytes) => match serde_json::from_slice(bytes) {
                Ok(value) => Ok(value),
                // Go keeps the last of two equal keys where a struct of serde refuses them.
                Err(error) if is_duplicate(&error) => {
                    let at = self.json_position(bytes, &error);
                    let value = serde_json::from_slice::<serde_json::Value>(bytes)
                        .map_err(|error| self.json_error(bytes, &error))?;
                    let value = of_value(&value).map_err(|error| {
                        let at = self.json_at(bytes, 0, 0);
                        DecodeError { line: at.line, column: at.column, message: json::message(&error).into_owned() }
                    })?;
                    self.note_duplicate(&duplicate_name(&error), at);
                    Ok(value)
                }
                Err(error) => Err(self.json_error(bytes, &error)),
            },
            Body::Value(value) => of_value(value).map_err(|error| DecodeError {
                line: self.origin.line,
                column: self.origin.column,
                message: json::message(&error).into_owned(),
            }),
        }
    }

    /// The object as the reader of canonical YAML alone reads it; none where that reader leaves it to the
    /// full parser, and for what is no slice of YAML.
    pub fn canonical<D: DeserializeOwned>(&self) -> Option<D> {
        match self.body {
            Body::Yaml(bytes, slice) => canonical::read(bytes, slice, self.bounds),
            _ => None,
        }
    }

    /// The object as the full YAML parser alone reads it; none for what is no slice of YAML.
    pub fn parsed<D: DeserializeOwned>(&self) -> Option<Result<D, YamlError>> {
        match self.body {
            Body::Yaml(bytes, slice) => Some(engine::full(bytes, slice, self.bounds, |_| {})),
            _ => None,
        }
    }

    /// Decodes it once more, without a word about what was said when it was decoded first; none where that fails.
    pub(crate) fn decode_quietly<D: DeserializeOwned>(&self) -> Option<D> {
        match self.body {
            Body::Yaml(bytes, slice) => engine::noting(bytes, slice, self.bounds, |_| {}).ok(),
            Body::Node { tree, node, .. } => engine::from_node(tree, node, self.bounds).ok(),
            Body::Json(bytes) => serde_json::from_slice(bytes).ok(),
            Body::Value(value) => of_value(value).ok(),
        }
    }

    /// Its own text, where it has one.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self.body {
            Body::Yaml(bytes, _) | Body::Json(bytes) => Some(bytes),
            Body::Node { .. } | Body::Value(_) => None,
        }
    }

    fn note_duplicate(&self, key: &str, at: Position) {
        if let Ok(mut notes) = self.notes.lock() {
            notes.problems.push(Problem {
                path: self.display.to_owned(),
                line: Some(at.line),
                column: Some(at.column),
                message: format!("the key {key:?} is written twice in one mapping; the last value counts"),
            });
        }
    }

    fn note_lost(&self, bytes: &[u8]) {
        if let Ok(mut notes) = self.notes.lock() {
            notes.lost.push(Lost { line: self.origin.line, kinds: lost::item(bytes), list: None, template: false });
        }
    }

    /// Leaves a word about the object.
    pub(crate) fn note(&self, message: String) {
        if let Ok(mut notes) = self.notes.lock() {
            let (line, column) = (Some(self.origin.line), Some(self.origin.column));
            notes.problems.push(Problem { path: self.display.to_owned(), line, column, message });
        }
    }

    fn yaml_error(&self, error: &YamlError, first_line: u32) -> DecodeError {
        let at = error
            .at
            .map_or(Position { line: self.origin.line, column: self.origin.column }, |at| shift(first_line, at));
        let message = match error.kind {
            ErrorKind::Syntax | ErrorKind::UnknownAnchor => format!("not valid YAML: {error}"),
            ErrorKind::Shape | ErrorKind::Limit => error.to_string(),
        };
        DecodeError { line: at.line, column: at.column, message }
    }

    fn json_position(&self, bytes: &[u8], error: &serde_json::Error) -> Position {
        self.json_at(bytes, error.line(), error.column())
    }

    fn json_at(&self, bytes: &[u8], line: usize, column: usize) -> Position {
        let inner = json::char_position(bytes, line, column);
        json::shift(Position { line: self.origin.line, column: self.origin.column }, inner)
    }

    fn json_error(&self, bytes: &[u8], error: &serde_json::Error) -> DecodeError {
        let at = self.json_position(bytes, error);
        DecodeError { line: at.line, column: at.column, message: json::message(error).into_owned() }
    }
}

/// Reads a value by way of its text: a reader of values would be compiled for every type of the model once more, for
/// objects of which there are few. Places in its errors are of that text and mean nothing.
fn of_value<D: DeserializeOwned>(value: &serde_json::Value) -> Result<D, serde_json::Error> {
    serde_json::from_slice(&serde_json::to_vec(value)?)
}

/// The column of an object's own keys in a slice.
fn root_column(bytes: &[u8], slice: Slice) -> u32 {
    match slice {
        Slice::Document => 1,
        Slice::Item => json::clamp(bytes.iter().take_while(|b| matches!(b, b' ' | b'-')).count() + 1),
    }
}

/// A place in a slice that begins at a line start, as a place in the file.
pub(crate) fn shift(first_line: u32, at: Position) -> Position {
    Position { line: first_line.saturating_add(at.line).saturating_sub(1), column: at.column }
}

fn is_duplicate(error: &serde_json::Error) -> bool {
    error.is_data() && error.to_string().starts_with("duplicate field")
}

fn duplicate_name(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let name = text.split('`').nth(1).map(str::to_owned);
    name.unwrap_or(text)
}
