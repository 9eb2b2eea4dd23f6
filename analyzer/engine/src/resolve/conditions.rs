//! What a status condition says about the present spec.

use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{Condition, ConditionStatus, current};

/// A condition, read with its generation.
#[derive(Debug, Clone, Copy)]
pub enum Says<'s> {
    /// There is no such condition: nobody spoke.
    Nothing,
    /// True, of the present spec.
    Yes(&'s Condition),
    /// False, of the present spec.
    No(&'s Condition),
    /// Unknown: nobody has decided yet.
    Pending(&'s Condition),
    /// Said of an older spec; worth nothing for the present one.
    Stale(&'s Condition),
}

impl Says<'_> {
    /// True of the present spec.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// What the condition of a type says.
pub fn says<'s>(conditions: &'s [Condition], kind: &str, generation: &Field<i64>) -> Says<'s> {
    match current(conditions, kind) {
        None => Says::Nothing,
        Some(c) if !c.is_current(generation) => Says::Stale(c),
        Some(c) => match c.status {
            ConditionStatus::True => Says::Yes(c),
            ConditionStatus::False => Says::No(c),
            ConditionStatus::Unknown => Says::Pending(c),
        },
    }
}
