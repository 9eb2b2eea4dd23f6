//! The table of repairs: which findings have one, and where it is proposed. A repair only reads and proposes; what it
//! proposes has still to be proved.

mod backend_name;
mod backend_port;
mod class;
mod grant;
mod near;
mod policy;
mod section;
mod selector;
mod target_port;
mod weight;

use std::collections::BTreeMap;

use kubereach_model::evidence::{Finding, Step};
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::ObjectRef;

use super::patch::{Patch, Target};

/// What a repair looks at.
pub(super) struct Case<'c> {
    /// What was read.
    pub(super) snapshot: &'c Snapshot,
    /// What is to be mended.
    pub(super) finding: &'c Finding,
    /// The objects it stands in and names, whole, by their origins; without those that another object makes.
    pub(super) targets: &'c BTreeMap<u32, Target>,
}

/// Proposes changes that may mend a finding.
pub(super) type Repair = fn(&Case<'_>) -> Vec<Patch>;

/// Findings with a mechanical repair.
const TABLE: [(&str, Repair); 18] = [
    ("service/selects-no-pod", selector::propose),
    ("service/named-target-port-missing", target_port::propose),
    ("service/target-port-suspect", target_port::propose_probed),
    ("ingress/backend-port-missing", backend_port::propose),
    ("route/backend-port-missing", backend_port::propose),
    ("door/port-missing", backend_port::propose),
    ("ingress/backend-service-missing", backend_name::propose),
    ("route/backend-not-found", backend_name::propose),
    ("door/service-missing", backend_name::propose),
    ("ingress/class-missing", class::of_ingress),
    ("gateway/class-missing", class::of_gateway),
    ("route/ref-not-permitted", grant::propose),
    ("gateway/certificate-not-permitted", grant::propose),
    ("route/no-matching-parent", section::of_route),
    ("backend-tls/section-not-found", section::of_policy),
    ("route/all-weights-zero", weight::propose),
    ("policy/closed-to-controller", policy::propose),
    ("policy/admits-no-one", policy::propose),
];

/// The repair of a finding.
pub(super) fn of(code: &str) -> Option<Repair> {
    TABLE.iter().find(|(of, _)| *of == code).map(|(_, repair)| *repair)
}

impl Case<'_> {
    /// The object in which the finding stands, and the field.
    fn place(&self) -> Option<(&Target, &[Step])> {
        let (origin, path) = self.finding.field.as_ref()?;
        Some((self.targets.get(origin)?, path))
    }

    /// An object that the finding names.
    fn target(&self, object: &ObjectRef) -> Option<&Target> {
        self.targets.get(&self.snapshot.origin_of(object)?)
    }
}

/// A path and what follows below it.
fn below<const N: usize>(path: &[Step], steps: [Step; N]) -> impl Iterator<Item = Step> {
    path.iter().cloned().chain(steps)
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::checks::catalogue;

    #[test]
    fn every_repair_is_of_a_finding_that_exists() {
        let known = catalogue();
        for (n, (code, _)) in TABLE.iter().enumerate() {
            assert!(known.contains_key(code), "{code}");
            assert!(!TABLE[n + 1..].iter().any(|(other, _)| other == code), "{code} stands twice");
        }
    }
}
