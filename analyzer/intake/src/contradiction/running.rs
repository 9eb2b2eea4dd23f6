//! A list of pods of which none runs: `--field-selector=status.phase!=Running` prints one.

use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Pod, Resource as _};

use super::counts::{self, Held};
use super::{Claims, Signs};

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    if !claims.any(Pod::KIND) {
        return;
    }
    // A pod without a phase may run for all that was read of it.
    let runs = |pod: Found<'_, Pod>| matches!(pod.phase(), "Running" | "");
    let pods = &claims.snapshot.pods;
    if claims.list(Pod::KIND, None).is_some() && !pods.iter().any(runs) {
        signs.list(Pod::KIND, None, "no pod of a whole cluster is Running in it");
    }
    let mut held = None;
    for (scope, _) in claims.snapshot.coverage.statements(Pod::KIND) {
        let Some(namespace) = scope.filter(|ns| claims.list(Pod::KIND, Some(ns)).is_some()) else { continue };
        let own = pods.in_namespace(namespace);
        if own.len() == 0 || own.clone().any(runs) {
            continue;
        }
        // What counts pods there, and counts no more than the list holds, vouches for it: none of them has started.
        let held = held.get_or_insert_with(|| Held::of(claims.snapshot));
        if !counts::vouched(claims.snapshot, held, namespace) {
            signs.list(Pod::KIND, Some(namespace), "none of its pods is Running");
        }
    }
}
