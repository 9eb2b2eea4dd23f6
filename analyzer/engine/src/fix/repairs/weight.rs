//! A rule whose only backend has weight 0. Of several nobody can say which was meant to carry.

use kubereach_model::field;
use serde_json::Value;

use super::{Case, Patch, below};

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let Some(Value::Array(refs)) = target.at(path) else { return Vec::new() };
    let [only] = refs.as_slice() else { return Vec::new() };
    if only.get("weight").and_then(Value::as_u64) != Some(0) {
        return Vec::new();
    }
    // 1 is what the API server fills in where no weight is given (Gateway API, BackendRef.weight).
    target.replace(below(path, field![0_usize, "weight"]), 1).into_iter().collect()
}
