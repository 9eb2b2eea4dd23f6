//! Reading observations. They are data from elsewhere: bounded, of a known schema, or refused.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use kubereach_prober::{DocumentError, Observations};

/// Where observations are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObservationInput {
    /// A file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes that are at hand already, with a name for the report.
    Bytes(String, Vec<u8>),
}

impl ObservationInput {
    fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Bytes(name, _) => name.clone(),
        }
    }
}

/// Limits against hostile files; a plan of thousands of targets stays far below them.
#[derive(Debug, Clone, Copy)]
pub struct ObservationLimits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Rows of one file.
    pub rows: usize,
}

impl Default for ObservationLimits {
    fn default() -> Self {
        Self { bytes: 256 << 20, rows: 100_000 }
    }
}

/// Why observations were refused.
#[derive(Debug, thiserror::Error)]
pub enum ObservationError {
    /// The file cannot be read.
    #[error("the observations {name} cannot be read: {source}")]
    Unreadable {
        /// As named.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not an observations document.
    #[error("{name}: {source}{hint}")]
    Document {
        /// As named.
        name: String,
        /// What is wrong with it.
        source: DocumentError,
        /// What to do, where it shows.
        hint: &'static str,
    },
    /// It is larger than any plan's result.
    #[error("{name}: more than {limit} {what}; an observations file never needs that many, so it is not read")]
    TooLarge {
        /// As named.
        name: String,
        /// The limit.
        limit: u64,
        /// `bytes` or `rows`.
        what: &'static str,
    },
}

/// One observations document.
#[derive(Debug, Clone)]
pub struct Document {
    /// As named on the command line.
    pub name: String,
    /// Digest of its content.
    pub digest: String,
    /// What it holds.
    pub observations: Observations,
    /// Rows that do not read, in words.
    pub problems: Vec<String>,
}

/// Reads every document. The same content given twice is one document, and the order in which files are
/// named is not kept: neither changes anything.
pub fn read(inputs: &[ObservationInput], limits: ObservationLimits) -> Result<Vec<Document>, ObservationError> {
    let mut documents: BTreeMap<(String, String), Document> = BTreeMap::new();
    for input in inputs {
        let name = input.name();
        let bytes = bytes(input, &name, limits.bytes)?;
        let read = Observations::parse(&bytes).map_err(|source| ObservationError::Document {
            name: name.clone(),
            source,
            hint: hint(&bytes),
        })?;
        if read.observations.results.len() > limits.rows {
            let limit = u64::try_from(limits.rows).unwrap_or(u64::MAX);
            return Err(ObservationError::TooLarge { name, limit, what: "rows" });
        }
        // A document that was just read is written again without fail; without a digest it is its name.
        let digest = read.observations.digest().unwrap_or_else(|_| name.clone());
        let key = (read.observations.started_at.clone(), digest.clone());
        let document = Document { name, digest, observations: read.observations, problems: read.problems };
        match documents.entry(key) {
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(document);
            }
            std::collections::btree_map::Entry::Occupied(mut slot) if document.name < slot.get().name => {
                slot.insert(document);
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
        }
    }
    Ok(documents.into_values().collect())
}

fn bytes(input: &ObservationInput, name: &str, limit: u64) -> Result<Vec<u8>, ObservationError> {
    let unreadable = |source| ObservationError::Unreadable { name: name.to_owned(), source };
    let mut bytes = Vec::new();
    match input {
        ObservationInput::Path(path) => {
            let file = std::fs::File::open(path).map_err(unreadable)?;
            file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        ObservationInput::Stdin => {
            std::io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        ObservationInput::Bytes(_, given) => bytes.clone_from(given),
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(ObservationError::TooLarge { name: name.to_owned(), limit, what: "bytes" });
    }
    Ok(bytes)
}

/// What a person probably has in hand instead.
fn hint(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    if memchr::memmem::find(head, b"BEGIN KUBEREACH OBSERVATIONS").is_some() {
        "; this is a pod's log: 'kubereach collect' takes the observations out of it"
    } else if bytes.iter().all(u8::is_ascii_whitespace) {
        "; the file is empty"
    } else {
        ""
    }
}
