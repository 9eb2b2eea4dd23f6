//! The state of a status condition with regard to the present spec.

use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{Condition, ConditionStatus, current};

/// A condition, read with its generation.
#[derive(Debug, Clone, Copy)]
pub enum ConditionState<'s> {
    /// There is no such condition.
    Missing,
    /// True, of the present spec.
    True(&'s Condition),
    /// False, of the present spec.
    False(&'s Condition),
    /// `Unknown`: no controller has decided yet.
    Unknown(&'s Condition),
    /// Its `observedGeneration` is older than the spec: it says nothing of the present one.
    Stale(&'s Condition),
}

impl ConditionState<'_> {
    /// True of the present spec.
    pub const fn is_true(&self) -> bool {
        matches!(self, Self::True(_))
    }
}

/// The state of the condition of a type.
pub fn state<'s>(conditions: &'s [Condition], kind: &str, generation: &Field<i64>) -> ConditionState<'s> {
    match current(conditions, kind) {
        None => ConditionState::Missing,
        Some(c) if !c.is_current(generation) => ConditionState::Stale(c),
        Some(c) => match c.status {
            ConditionStatus::True => ConditionState::True(c),
            ConditionStatus::False => ConditionState::False(c),
            ConditionStatus::Unknown => ConditionState::Unknown(c),
        },
    }
}
