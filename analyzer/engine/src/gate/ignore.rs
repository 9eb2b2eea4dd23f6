//! One accepted kind of finding: a code, the objects, the reason, and until when.

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use kubereach_reports::report::{Finding, ObjectRef};

/// An `[[ignore]]` table.
#[derive(Debug, Clone)]
pub struct Ignore {
    /// The code it accepts.
    pub code: String,
    /// The glob over `Kind/namespace/name` as written.
    pub object: String,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Where it is written: `kubereach.toml:12`.
    pub place: String,
    objects: GlobMatcher,
}

/// Why an [`Ignore`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum IgnoreError {
    /// The glob is not one.
    #[error("`object` is not a glob over Kind/namespace/name, such as \"Service/shop/*\": {0}")]
    Glob(#[from] globset::Error),
    /// It has no slash, so it would match nothing.
    #[error(
        "`object` is a glob over Kind/namespace/name, such as \"Service/shop/web\" or \"*/shop/*\"; \"{0}\" would match nothing"
    )]
    Shape(String),
}

impl Ignore {
    /// A `*` stands for anything but a slash, `**` for slashes too.
    pub fn new(
        code: String,
        object: String,
        reason: String,
        expires: Option<Date>,
        place: String,
    ) -> Result<Self, IgnoreError> {
        if !object.contains('/') && object != "**" {
            return Err(IgnoreError::Shape(object));
        }
        let objects = GlobBuilder::new(&object).literal_separator(true).build()?.compile_matcher();
        Ok(Self { code, object, reason, expires, place, objects })
    }

    /// Is it about this finding? Asked of the object the finding blames and of the one it stands in.
    pub fn matches(&self, finding: &Finding) -> bool {
        let is = |object: &ObjectRef| self.objects.is_match(object.to_string());
        finding.code == self.code && (is(&finding.object) || finding.stands_in.as_ref().is_some_and(is))
    }

    /// Has its day passed?
    pub fn has_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// Whose annotations accept findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Honour {
    /// Those of manifests: they were reviewed with the change. In a dump anybody may have written them,
    /// so there they are counted and not applied.
    #[default]
    Manifests,
    /// Those of dumps too.
    All,
    /// None.
    None,
}
