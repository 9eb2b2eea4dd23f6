//! The one sentence, for a reader who does not know Kubernetes. It says no more than its finding says.

use kubereach_reports::report::{ConfigVerdict, PathState, Traffic, Verdict};

use super::{Blame, Effective};
use crate::observation::Seen;
use kubereach_model::evidence::{Dormant, Finding, Path, SubjectPaths};

/// The headline of a subject.
pub(super) fn headline(subject: &SubjectPaths, config: ConfigVerdict, blame: Option<&Blame>) -> String {
    let found = found(subject, config, blame);
    // What was found comes first, what it rests on after it.
    match config {
        ConfigVerdict::Degraded => resting(found, subject),
        ConfigVerdict::ConfigOk | ConfigVerdict::Broken | ConfigVerdict::Unknown => found,
    }
}

fn found(subject: &SubjectPaths, config: ConfigVerdict, blame: Option<&Blame>) -> String {
    let name = format!("{} {}", subject.object.kind, subject.object.name);
    let says = |fallback: &str| blame.map_or_else(|| fallback.to_owned(), |b| sentence(&b.finding.message));
    match config {
        ConfigVerdict::Broken => format!("No traffic gets through {name}: {}", says("every path is blocked.")),
        ConfigVerdict::Degraded => degraded(subject, &name, &says),
        ConfigVerdict::Unknown => {
            format!("{name} is not judged: {}", says("not every part of its paths was evaluated."))
        }
        ConfigVerdict::ConfigOk => config_ok(subject, &name),
    }
}

/// The headline of a subject about which traffic has something to say. `paths` are those that carry traffic.
pub(super) fn measured(
    subject: &SubjectPaths,
    verdict: Verdict,
    config: ConfigVerdict,
    traffic: Traffic,
    paths: &[Effective],
    lead: Option<&Finding>,
) -> String {
    let name = format!("{} {}", subject.object.kind, subject.object.name);
    let says = |fallback: &str| lead.map_or_else(|| fallback.to_owned(), |f| sentence(&f.message));
    let all = paths.len();
    let open = paths.iter().filter(|path| path.seen == Seen::Flows).count();
    match verdict {
        Verdict::Broken => format!("No traffic gets through {name}: {}", says("every path is blocked.")),
        Verdict::Degraded if open == all && config == ConfigVerdict::Broken => {
            format!(
                "Real traffic gets through {name}, though the configuration says that it cannot: {}",
                says("see its paths.")
            )
        }
        Verdict::Degraded if open == all => {
            format!(
                "Real traffic gets through {name}, and the configuration is not in order: {}",
                says("see its paths.")
            )
        }
        Verdict::Degraded => {
            let ill =
                paths.iter().filter(|path| matches!(path.state, PathState::Blocked | PathState::Narrowed)).count();
            if all == 1 {
                format!("{name} works only in part: {}", says("see its path."))
            } else {
                format!(
                    "{ill} of {all} paths through {name} {}: {}",
                    verb(ill, "fails or suffers", "fail or suffer"),
                    says("see its paths.")
                )
            }
        }
        Verdict::Unknown => {
            format!("{name} is not judged: {}", says("the measurements settle nothing."))
        }
        Verdict::Healthy => {
            let ways = if all == 1 { "its only path".to_owned() } else { format!("all {all} of its paths") };
            let answers = if traffic == Traffic::Verified {
                "answered with success"
            } else {
                "answered, not always with success"
            };
            format!("Real traffic gets through {name}: {ways} {} {answers}.", if all == 1 { "was" } else { "were" })
        }
        Verdict::ConfigOk => {
            let told = match open {
                0 => "real traffic was not seen to cross a whole path".to_owned(),
                open => format!("real traffic got through on {open} of {all} paths, the others were not measured"),
            };
            format!("Nothing wrong was found in the configuration of {name}; {told}.")
        }
    }
}

fn degraded(subject: &SubjectPaths, name: &str, says: &dyn Fn(&str) -> String) -> String {
    let carrying: Vec<&Path> = subject.paths.iter().filter(|p| p.dormant.is_none()).collect();
    if carrying.is_empty() {
        let reason = subject.paths.iter().find_map(|p| match &p.dormant {
            Some(Dormant::ScaledToZero(reason)) => Some(reason.as_str()),
            _ => None,
        });
        return format!(
            "{name} is scaled to zero on purpose: {}",
            sentence(reason.unwrap_or("nothing runs behind it"))
        );
    }
    let blocked = carrying.iter().filter(|p| p.state() == PathState::Blocked).count();
    if blocked > 0 {
        format!(
            "{blocked} of {} paths through {name} {} blocked: {}",
            carrying.len(),
            verb(blocked, "is", "are"),
            says("see its paths.")
        )
    } else {
        format!("{name} works only in part: {}", says("see its paths."))
    }
}

const fn verb<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

/// Adds what the verdict rests on.
fn resting(found: String, subject: &SubjectPaths) -> String {
    match assumed(subject) {
        Some(clauses) => {
            let mut letters = clauses.chars();
            let first = letters.next().map(char::to_uppercase).into_iter().flatten();
            format!("{found} {}{}.", first.collect::<String>(), letters.as_str())
        }
        None => found,
    }
}

/// What was not read and may be in the way, said at once: `network policies and TLS Secrets were not read`.
fn assumed(subject: &SubjectPaths) -> Option<String> {
    let mut by_fate: Vec<(&str, Vec<&str>)> = Vec::new();
    for assumption in subject.assumptions() {
        let (words, fate) = assumption.parts();
        match by_fate.iter_mut().find(|(known, _)| *known == fate) {
            Some((_, all)) if all.contains(&words) => {}
            Some((_, all)) => all.push(words),
            None => by_fate.push((fate, vec![words])),
        }
    }
    let clauses: Vec<String> = by_fate.iter().map(|(fate, words)| format!("{} {fate}", all(words))).collect();
    (!clauses.is_empty()).then(|| clauses.join("; "))
}

fn config_ok(subject: &SubjectPaths, name: &str) -> String {
    let blocked: Vec<String> =
        subject.entries.iter().filter(|e| e.state == PathState::Blocked).map(|e| e.object.to_string()).collect();
    let ok = match assumed(subject) {
        Some(clauses) => {
            format!("No fault was found in what was read of {name}; {clauses}. It was not tested with live traffic")
        }
        None => format!("Nothing wrong was found in the configuration of {name}; it was not tested with live traffic"),
    };
    match (blocked.as_slice(), subject.entries.len()) {
        ([], _) => format!("{ok}."),
        ([one], 1) => format!("{ok}. The only entry in front of it, {one}, is broken, so nothing arrives from there."),
        (some, all) if some.len() == all => {
            format!("{ok}. All {all} entries in front of it are broken: {}.", list(some))
        }
        (some, all) => format!("{ok}. {} of {all} entries in front of it are broken: {}.", some.len(), list(some)),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn all(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown} and {} more", names.len() - 3) } else { shown }
}

/// Ends with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
