//! What a scan yields: inputs, their members, and the documents in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubereach_model::snapshot::kinds::Kind;
pub use kubereach_reports::report::Problem;

pub use super::lost::Lost;

/// One input as named on the command line.
#[derive(Debug, Clone)]
pub enum InputSpec {
    /// A file, an archive or a directory.
    Path(PathBuf),
    /// Standard input; `name` is how it is called in reports, usually `-`.
    Stdin {
        /// How it is called.
        name: String,
    },
    /// Bytes at hand: standard input after it was read.
    Bytes {
        /// How they are called.
        name: String,
        /// The bytes, as they came (an archive stays compressed).
        bytes: Arc<[u8]>,
    },
}

impl InputSpec {
    /// Bytes at hand, and how reports call them.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes { name: name.into(), bytes: bytes.into().into() }
    }
}

impl From<PathBuf> for InputSpec {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<&Path> for InputSpec {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<&str> for InputSpec {
    fn from(path: &str) -> Self {
        Self::Path(path.into())
    }
}

/// What sort of thing an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// One file, perhaps compressed.
    File,
    /// A directory.
    Directory,
    /// A tar archive, perhaps compressed.
    Tar,
    /// A zip archive.
    Zip,
    /// It could not be opened; the problems say why.
    Unreadable,
}

/// One input after reading.
#[derive(Debug)]
pub struct ScannedInput<T> {
    /// As on the command line.
    pub name: String,
    /// What it is.
    pub container: Container,
    /// What was kept of it, sorted by path.
    pub members: Vec<Member<T>>,
    /// Members that cannot hold objects and were not parsed.
    pub skipped: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Reading ended before the input did: it is cut off, or a limit was hit. What is missing in it
    /// may only be missing from what was read.
    pub cut: bool,
    /// When the file was last written; none for standard input.
    pub modified: Option<jiff::Timestamp>,
    /// The newest time that a member of a tar archive or a file of a directory carries.
    pub newest_member: Option<jiff::Timestamp>,
}

/// One file inside an input.
#[derive(Debug)]
pub struct Member<T> {
    /// `/`-separated path inside the input; the file name for a single file.
    pub path: String,
    /// The file.
    pub file: FileId,
    /// What it holds.
    pub content: Content<T>,
}

/// What a member holds.
#[derive(Debug)]
pub enum Content<T> {
    /// Kubernetes documents, or captured output of kubectl.
    Documents(Documents<T>),
    /// JSON or YAML that is no Kubernetes object; several such documents are an array.
    Data(serde_json::Value),
    /// Short text that layouts need: `version`, `timestamp`, logs of collectors, captured errors.
    Text(String),
    /// A link to another member (relative to this one), as Troubleshoot ships `.yaml` beside `.json`.
    Link {
        /// As written in the archive.
        target: String,
    },
    /// Zero bytes, or nothing but white space and comments.
    Empty,
}

/// The documents of one member.
#[derive(Debug)]
pub struct Documents<T> {
    /// Objects in the order of the file.
    pub objects: Vec<Decoded<T>>,
    /// Lists that were opened, in order; objects refer to them.
    pub lists: Vec<ListDocument>,
    /// Documents that hold no objects by their nature: tables and metadata-only lists.
    pub tables: Vec<TableDocument>,
    /// Errors that were captured into the file.
    pub errors: Vec<CapturedError>,
    /// What is there and could not be read.
    pub lost: Vec<Lost>,
    /// Documents beside them that are no Kubernetes objects.
    pub others: usize,
}

impl<T> Default for Documents<T> {
    fn default() -> Self {
        Self {
            objects: Vec::new(),
            lists: Vec::new(),
            tables: Vec::new(),
            errors: Vec::new(),
            lost: Vec::new(),
            others: 0,
        }
    }
}

impl<T> Documents<T> {
    /// Whether nothing of Kubernetes was recognised.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
            && self.lists.is_empty()
            && self.tables.is_empty()
            && self.errors.is_empty()
            && self.lost.is_empty()
    }
}

/// One object after decoding.
#[derive(Debug)]
pub struct Decoded<T> {
    /// What the decoder made of it.
    pub value: T,
    /// Where it is.
    pub origin: Origin,
    /// The list it stood in, as an index into [`Documents::lists`].
    pub list: Option<u32>,
}

/// A list document: what it says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDocument {
    /// `v1`, `apps/v1`, …
    pub api_version: Option<String>,
    /// `List`, `ServiceList`, …; none for a bare array.
    pub kind: Option<String>,
    /// How many items it has.
    pub items: usize,
    /// `items: null`: the server's word for an empty list.
    pub items_null: bool,
    /// There is more: `metadata.continue` is set, or the file was cut off inside it.
    pub truncated: bool,
    /// `metadata.remainingItemCount`.
    pub remaining: Option<u64>,
    /// `metadata.resourceVersion`, where not empty.
    pub resource_version: Option<String>,
    /// First line of the document, 1-based.
    pub line: u32,
}

/// A document or text that shows objects without their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDocument {
    /// `Table`, `PartialObjectMetadata` or its list, or in words what kubectl or another program printed.
    pub kind: String,
    /// How many rows it has.
    pub rows: usize,
    /// First line of the document, 1-based.
    pub line: u32,
    /// What it shows, as kubectl names it, where its columns tell.
    pub resource: Option<String>,
}

impl TableDocument {
    /// What it is, and what to run instead.
    pub fn words(&self) -> String {
        let Self { kind, rows, resource, .. } = self;
        let count = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        match resource {
            Some(resource) => format!(
                "a {kind} of {count} shows names and columns, not the objects: run `kubectl get {resource} -A -o yaml`"
            ),
            None if kind.starts_with("text") => {
                format!("a {kind} leaves out much of what the objects say: run `kubectl get KIND -A -o yaml` instead")
            }
            None => {
                format!("a {kind} of {count} shows names and columns, not the objects: export with -o yaml or -o json")
            }
        }
    }
}

/// An error of kubectl or the API server that was captured into the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedError {
    /// Line, 1-based.
    pub line: u32,
    /// The text as captured.
    pub text: String,
    /// What it means.
    pub class: ErrorClass,
    /// What was asked for, as in `pods`.
    pub resource: Option<String>,
    /// Its API group; empty for the core group.
    pub group: Option<String>,
    /// The namespace that was asked; none for the whole cluster or where it is not said.
    pub namespace: Option<String>,
}

/// What a captured error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The collector may not read it.
    Forbidden,
    /// The API server has no such kind.
    NotServed,
    /// Asked, and there are none.
    NoResources,
    /// A named object that is not there.
    NotFound,
    /// Anything else.
    Other,
}

/// What a layout knows about members whose items carry no kind of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeHint {
    /// `apiVersion` of the items.
    pub api_version: Option<String>,
    /// `kind` of the items.
    pub kind: Option<String>,
    /// The string `null` stands for an empty value (Rancher's collector writes it so).
    pub null_strings: bool,
}

impl TypeHint {
    /// Items of a kind, in the version that dumps have.
    pub(crate) fn of(kind: &Kind) -> Self {
        Self { api_version: Some(kind.api_version()), kind: Some(kind.kind.to_owned()), null_strings: false }
    }
}

/// A file of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// Index of the input.
    pub input: u32,
    /// Number of the member in reading order.
    pub member: u32,
}

impl FileId {
    /// The file of what is in no file.
    pub(crate) const NOWHERE: Self = Self { input: u32::MAX, member: u32::MAX };
}

/// How the bytes of an origin are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextFormat {
    /// A JSON value.
    Json,
    /// A YAML document.
    Yaml,
    /// One item of a YAML block sequence, from the start of its line on, dash included.
    YamlItem,
}

/// Where an object is: enough to read it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// First byte, in the file after decompression.
    pub start: u64,
    /// How many bytes.
    pub len: u64,
    /// Line of the first byte, 1-based.
    pub line: u32,
    /// Column of the first byte in characters, 1-based.
    pub column: u32,
    /// How the bytes are written.
    pub format: TextFormat,
    /// Where the bytes are a whole list: which item of it.
    pub item: Option<u32>,
}

/// Why nothing could be scanned at all. What is wrong with one input is a [`Problem`] of that input.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Nothing in any input is a Kubernetes object or a list of them.
    #[error("nothing to analyze: {reasons}")]
    Nothing {
        /// Per input, why.
        reasons: String,
    },
    /// No input was named.
    #[error("no input: name a file, a directory, an archive, or - for standard input")]
    NoInput,
    /// Standard input was named twice.
    #[error("standard input (-) can be read only once: name it once")]
    StdinTwice,
}
