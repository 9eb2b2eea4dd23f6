//! What an API server would not take of a manifest. Found where manifests are read, for only there is everything that
//! stands in them; judged with the rest.

/// One reason for which an API server refuses an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field, step by step; digits are positions in lists.
    pub field: Vec<String>,
    /// What is wrong, as a clause that follows the object's name.
    pub what: String,
    /// How to put it right, as an imperative sentence; may be empty.
    pub action: String,
    /// When it is refused.
    pub when: Refused,
}

/// When an object is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// By every API server that serves the version.
    Always,
    /// Where fields are validated strictly, as kubectl, Helm and server-side apply ask for.
    Strictly,
    /// Like that, and a controller that holds such an object serves it all the same: those of older API versions had
    /// no such field.
    Tolerated,
    /// Never: what is written there is dropped or ignored.
    Dropped,
    /// From this minor version of Kubernetes 1 on, which no longer serves the API version.
    Since(u16),
}
