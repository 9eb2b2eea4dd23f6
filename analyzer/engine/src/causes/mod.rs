//! Root causes: findings that trace back to one object are one cause, with everything it takes down
//! (`docs/design.md#one-cause-one-story`).
//!
//! - [`seen`] gathers what speaks against each subject;
//! - [`culprit`] traces a finding to the object that is to blame, by a table of rules;
//! - [`build`] puts together what has one culprit, and orders the causes;
//! - [`words`] and [`missing`] say it;
//! - [`otherwise`] judges again as if what was not read held nothing.
//!
//! Nothing is decided here that a verdict rests on, and nothing is lost: a finding that traces to nothing else is a
//! cause of its own object. The work is linear in what the subjects name and in the pods behind them.

mod build;
mod culprit;
mod missing;
mod otherwise;
mod pods;
mod seen;
mod words;

pub use otherwise::{Again, weigh};
pub use pods::{Known, missing_of};

use kubereach_reports::report::{Cause, Report};

/// Every root cause of a report, worst first. `known` holds the clusters that it is of; what accepts findings was
/// applied before.
pub fn find(report: &Report, known: &[Known<'_, '_>]) -> Vec<Cause> {
    let mut building = build::Building::new(report);
    for subject in seen::subjects(report) {
        let cluster = report.subjects.get(subject.index).and_then(|row| row.cluster.as_deref());
        let known = known.iter().find(|known| known.name() == cluster);
        building.add(report, known, &subject);
    }
    building.finish(report, known)
}
