//! A repair that was proved, for the page.

use std::borrow::Cow;

use serde::Serialize;

use crate::render::fix::{of_finding, proof};
use crate::render::neutral::neutral_command;
use crate::report::Finding;

/// What the template shows of it.
#[derive(Serialize)]
pub(super) struct FixView<'a> {
    summary: &'a str,
    proof: String,
    diff: Vec<Cow<'a, str>>,
    change_at: &'a str,
    command: String,
}

/// The repair of a finding.
pub(super) fn view(finding: &Finding) -> Option<FixView<'_>> {
    let fix = of_finding(finding)?;
    Some(FixView {
        summary: &fix.summary,
        proof: proof(fix),
        diff: fix.diff.iter().map(|line| neutral_command(line)).collect(),
        change_at: &fix.change_at,
        command: neutral_command(&fix.kubectl).into_owned(),
    })
}
