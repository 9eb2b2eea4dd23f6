//! Why a document was refused.

/// A plan or an observations file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not of the shape the schema gives.
    #[error(
        "the {what} does not read as {expected}: {source}; check that the file is whole and was \
         written by kubereach"
    )]
    Malformed {
        /// `plan` or `observations`.
        what: &'static str,
        /// The schema name expected.
        expected: &'static str,
        /// Where the reading stopped.
        source: serde_json::Error,
    },
    /// A document of another kind or of a later version.
    #[error(
        "the {what} says its schema is {found:?}, but this program reads {expected}; use the \
         matching version of kubereach"
    )]
    UnknownSchema {
        /// `plan` or `observations`.
        what: &'static str,
        /// The schema name expected.
        expected: &'static str,
        /// What the document says, shortened.
        found: String,
    },
    /// It reads, but asks for something that is never done.
    #[error("the plan cannot be run: {0}")]
    Refused(String),
}

/// The first 80 characters of foreign text, for a message.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
