//! One fact about one object.

use kubereach_reports::report::{Effect, ObjectRef, Related, UnknownClass};
use sha2::{Digest as _, Sha256};

use super::CatalogueEntry;
use crate::snapshot::{Gap, GroupKind};

/// One step into an object: a key of a map or an index of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Map key.
    Key(String),
    /// List index.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Where in an object: `spec.rules[0].host`. Empty means the object itself.
pub type FieldPath = Vec<Step>;

/// One fact about one object. Made only by [`super::CheckDoc`]; a blocking one therefore has a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    code: &'static str,
    effect: Effect,
    segment: kubereach_reports::report::SegmentName,
    /// The culprit.
    pub object: ObjectRef,
    /// What.
    pub message: String,
    /// Why, in plain English.
    pub cause: String,
    /// What to do.
    pub action: String,
    /// One runnable line.
    pub command: String,
    /// What it rests on.
    pub basis: String,
    /// Where the very field stands: index of the object's origin and the path into it.
    pub field: Option<(u32, FieldPath)>,
    /// Other objects the sentence names.
    pub related: Vec<Related>,
    /// Of a clouding finding: left open on purpose, or to be looked into.
    pub(super) gap_class: Option<UnknownClass>,
    /// Of a clouding finding: the kind that was not read, where one settles it.
    missing: Option<Box<GroupKind>>,
}

impl Finding {
    pub(super) fn new(entry: &'static CatalogueEntry, object: ObjectRef, message: String, basis: String) -> Self {
        Self {
            code: entry.text.code,
            effect: entry.effect,
            segment: entry.text.segment,
            object,
            message,
            cause: String::new(),
            action: String::new(),
            command: String::new(),
            basis,
            field: None,
            related: Vec::new(),
            gap_class: None,
            missing: None,
        }
    }

    /// One that is inconclusive, for want of what the gap names.
    pub(super) fn of_gap(entry: &'static CatalogueEntry, gap: &Gap, object: ObjectRef, message: String) -> Self {
        let mut finding = Self::new(entry, object, message, gap.sentence());
        finding.gap_class = Some(gap.class);
        finding.missing.clone_from(&gap.kind);
        finding
    }

    /// Why, in plain English.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    /// What to do, and one runnable line (no placeholders, no `&&`); either may be empty.
    #[must_use]
    pub fn next(mut self, action: impl Into<String>, command: impl Into<String>) -> Self {
        self.action = action.into();
        self.command = command.into();
        self
    }

    /// The very field: the origin of the stored object and the path into it.
    #[must_use]
    pub fn at(mut self, origin: u32, field: impl IntoIterator<Item = Step>) -> Self {
        self.field = Some((origin, field.into_iter().collect()));
        self
    }

    /// Names another object.
    #[must_use]
    pub fn relates(mut self, object: ObjectRef, role: impl Into<String>) -> Self {
        self.related.push(Related { object, role: role.into() });
        self
    }

    /// Its code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What it does to its segment.
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// The segment its page speaks of.
    pub const fn segment(&self) -> kubereach_reports::report::SegmentName {
        self.segment
    }

    /// Of a clouding finding: left open on purpose, or to be looked into.
    pub const fn gap_class(&self) -> Option<UnknownClass> {
        self.gap_class
    }

    /// Of a clouding finding: the kind that was not read, where one settles it.
    pub fn missing(&self) -> Option<&GroupKind> {
        self.missing.as_deref()
    }

    /// Stable within a report: made of code, object and message.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let group = self.object.group.as_deref();
        for part in [self.code, &self.object.to_string(), &self.message].into_iter().chain(group) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        let mut id = format!("{}-", self.code.replace('/', "."));
        for byte in digest.iter().take(6) {
            id.push_str(&format!("{byte:02x}"));
        }
        id
    }
}

/// `step![...]` without the noise: a field path from keys and indexes.
#[macro_export]
macro_rules! field {
    ($($step:expr),* $(,)?) => { [$($crate::evidence::Step::from($step)),*] };
}
