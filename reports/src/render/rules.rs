//! The pages of the checks, as renderers take them that explain a code.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::{Effect, SegmentName};

/// What a check says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDoc {
    /// One line.
    pub title: String,
    /// One paragraph.
    pub explanation: String,
    /// What raises it.
    pub example: String,
    /// Where the rule comes from.
    pub sources: Vec<String>,
    /// What its findings do.
    pub effect: Effect,
    /// The segment it speaks of.
    pub segment: SegmentName,
}

/// Pages by code. Shared, because every output of a run takes them.
pub type RuleDocs = Arc<BTreeMap<String, RuleDoc>>;
