//! What renderers say of a repair that was proved.

use super::index::Findings;
use crate::report::{Finding, Fix, Subject};

/// The finding of a subject whose repair is shown: the one that explains it, or else the first that has one.
pub(super) fn of<'r>(subject: &Subject, findings: &Findings<'r>) -> Option<&'r Fix> {
    let culprit = findings.culprit(subject).into_iter();
    culprit.chain(findings.of_subject(subject)).find_map(of_finding)
}

/// The repair of a finding, where it has one that was proved.
pub(super) fn of_finding(finding: &Finding) -> Option<&Fix> {
    finding.fix.as_deref().filter(|fix| fix.verified)
}

/// What was proved: `Proved: fixes 1 subject, changes no other.`
pub(super) fn proof(fix: &Fix) -> String {
    format!("Proved by judging again: {}.", fix.effect())
}
