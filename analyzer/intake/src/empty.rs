//! Inputs in which there is nothing to analyze, and why.

use kubereach_reports::report::Problem;

use super::content::{Content, IntakeError};
use super::item::{Item, What};
use super::paths;
use super::scan::Scan;

/// Why there is nothing to analyze, if so: no object and no list of objects in any input.
pub(super) fn nothing(scan: &Scan<Item>) -> Option<IntakeError> {
    let something = scan.inputs.iter().flat_map(|i| &i.members).any(|member| match &member.content {
        Content::Documents(documents) => {
            !documents.lists.is_empty() || documents.objects.iter().any(|d| d.value.object().is_some())
        }
        _ => false,
    });
    if something {
        return None;
    }
    let mut reasons: Vec<String> = Vec::new();
    for input in &scan.inputs {
        let failed = input.members.iter().find_map(|m| match &m.content {
            Content::Documents(d) => d.objects.iter().find_map(|o| match &o.value.what {
                What::Failed(failed) => Some(shown(&failed.problem)),
                _ => None,
            }),
            _ => None,
        });
        let table = input.members.iter().find_map(|m| match &m.content {
            Content::Documents(d) => d.tables.first().map(|table| (&m.path, table.words())),
            _ => None,
        });
        let captured = input.members.iter().find_map(|m| match &m.content {
            Content::Documents(d) => d.errors.first().map(|e| e.text.clone()),
            _ => None,
        });
        reasons.push(if let Some(problem) = input.problems.first() {
            shown(problem)
        } else if let Some(failed) = failed {
            failed
        } else if let Some((path, words)) = table {
            let place = paths::display(input.container, &input.name, path);
            format!("{place}: {words}")
        } else if let Some(error) = captured {
            format!("{} holds only an error of the collector: {error}", input.name)
        } else if input.members.iter().all(|m| matches!(m.content, Content::Empty)) && input.skipped == 0 {
            format!("{} is empty", input.name)
        } else {
            format!("{} holds no Kubernetes object (no apiVersion and kind)", input.name)
        });
    }
    reasons.sort();
    reasons.dedup();
    Some(IntakeError::Nothing { reasons: reasons.join("; ") })
}

fn shown(problem: &Problem) -> String {
    match problem.line {
        Some(line) => format!("{}:{line}: {}", problem.path, problem.message),
        None => format!("{}: {}", problem.path, problem.message),
    }
}
