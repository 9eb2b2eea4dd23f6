//! What is said of an object that is to blame: a clause that begins with it, what shows it, and what to do.

use kubereach_reports::report::{Finding, NextStep, ObjectRef, Report};

use super::build::{Gathered, named};
use super::pods::{Known, Pods};
use kubereach_model::evidence;
use kubereach_model::evidence::command;

/// The words of a cause.
pub(super) struct Told {
    pub(super) headline: String,
    pub(super) evidence: String,
    pub(super) next: Option<NextStep>,
}

/// What is wrong with the culprit, by the code that shows it, where its own sentence speaks of somebody else.
const IS: &[(&str, &str)] = &[
    ("ingress/class-missing", "does not exist"),
    ("gateway/class-missing", "does not exist"),
    ("route/parent-missing", "does not exist"),
    ("ingress/backend-service-missing", "does not exist"),
    ("door/service-missing", "does not exist"),
    ("traefik/service-missing", "does not exist"),
    ("route/backend-not-found", "does not exist"),
    ("tls/secret-missing", "does not exist"),
    ("pod/node-not-ready", "is not ready"),
    ("endpoints/node-not-ready", "is not ready"),
    ("service/no-ready-endpoints", "has no ready address"),
    ("service/scaled-to-zero", "is scaled to zero on purpose"),
];

/// What pods do that are not ready, of one and of several.
const PODS_DO: &[(&str, &str, &str)] = &[
    ("pod/out-of-memory", "was killed for lack of memory", "were killed for lack of memory"),
    ("pod/crash-loop", "keeps exiting", "keep exiting"),
    ("pod/image-pull", "cannot fetch its image", "cannot fetch their image"),
    ("pod/config-error", "cannot be created", "cannot be created"),
    ("pod/scheduling-gated", "is held back by a scheduling gate", "are held back by a scheduling gate"),
    ("pod/unschedulable", "finds no node", "find no node"),
    ("pod/volume-pending", "waits for a volume", "wait for a volume"),
    ("pod/init-stuck", "does not get past its init containers", "do not get past their init containers"),
    ("pod/readiness-gate", "waits for a readiness gate", "wait for a readiness gate"),
    ("pod/startup-pending", "is still starting", "are still starting"),
    ("pod/readiness-failing", "fails its readiness check", "fail their readiness check"),
];

/// `Service shop/web`.
pub(super) fn title(object: &ObjectRef) -> String {
    match &object.namespace {
        Some(namespace) => format!("{} {namespace}/{}", object.kind, object.name),
        None => format!("{} {}", object.kind, object.name),
    }
}

/// The words of a culprit.
pub(super) fn of_object(
    object: &ObjectRef,
    gathered: &Gathered<'_>,
    known: Option<&Known<'_, '_>>,
    report: &Report,
) -> Told {
    let findings = gathered.ordered();
    let Some(first) = findings.first().copied() else { return of_subject(object, gathered, report) };
    // What has pods that are not ready tells of them, whoever complains.
    if first.object != *object
        && let Some(told) = known.and_then(|known| known.pods_of(object, |pods| of_pods(object, pods)))
    {
        return told.unwrap_or_else(|| of_finding(object, first));
    }
    if let Some(told) = beside(object, &findings, known) {
        return told;
    }
    of_finding(object, first)
}

/// A subject that nothing speaks against but its verdict.
fn of_subject(object: &ObjectRef, gathered: &Gathered<'_>, report: &Report) -> Told {
    let subject = gathered.subjects.keys().find_map(|index| report.subjects.get(*index));
    let subject = subject.filter(|subject| named(subject) == *object);
    let dormant = subject.and_then(|s| s.paths.iter().find_map(|path| path.dormant_reason.as_deref()));
    let says = dormant.unwrap_or("no check says why");
    Told {
        headline: format!("{}: {says}", title(object)),
        evidence: String::new(),
        next: subject.and_then(|subject| subject.next.clone()),
    }
}

/// A node or a claim that keeps pods from being ready: what the first pod that shows it says.
fn beside(object: &ObjectRef, findings: &[&Finding], known: Option<&Known<'_, '_>>) -> Option<Told> {
    if findings.iter().any(|finding| finding.object == *object) {
        return None;
    }
    let told = known?.told_beside(object)?;
    let headline = match IS.iter().find(|(code, _)| *code == told.code()) {
        Some((_, is)) => format!("{} {is}", title(object)),
        None => format!("{}: {}", title(object), told.message),
    };
    Some(Told { headline, evidence: sentence(&told.cause), next: next_of(&told) })
}

/// The pods of a workload that are not ready; none where none of them is.
fn of_pods(object: &ObjectRef, pods: &Pods) -> Option<Told> {
    let (code, count, finding) = pods.main()?;
    let subject = title(object);
    let only = object.kind == "Pod";
    let (_, one, several) =
        PODS_DO.iter().copied().find(|(known, ..)| *known == code).unwrap_or(("", "is not ready", "are not ready"));
    let does = if count == 1 { one } else { several };
    let headline = match (pods.ready, pods.all) {
        (0, 1) if only => format!("{subject} {does}"),
        (0, 1) => format!("{subject} is down: its only pod {does}"),
        (0, 2) if count == 2 => format!("{subject} is down: both its pods {does}"),
        (0, all) if count == all => format!("{subject} is down: all {all} of its pods {does}"),
        (0, all) => format!("{subject} is down: {count} of its {all} pods {does}"),
        (ready, all) => {
            let rest = all - ready;
            let who = match (rest, count) {
                (1, _) => "the other".to_owned(),
                (rest, count) if rest == count => format!("the other {rest}"),
                (_, count) => format!("{count}"),
            };
            format!("{subject} runs on {ready} of its {all} pods: {who} {does}")
        }
    };
    let evidence = finding.map(|f| sentence(&joined(&f.message, &f.cause))).unwrap_or_default();
    let look = || NextStep { action: "Look at its pods.".to_owned(), command: Some(command::describe(object)) };
    Some(Told { headline, evidence, next: finding.and_then(next_of).or_else(|| Some(look())) })
}

/// What one finding says of the culprit.
fn of_finding(object: &ObjectRef, finding: &Finding) -> Told {
    let subject = title(object);
    let is = IS.iter().find(|(code, _)| *code == finding.code).map(|(_, is)| *is);
    let headline = match (is, about_itself(object, &finding.message)) {
        (Some(is), _) => format!("{subject} {is}"),
        (None, Some(rest)) => format!("{subject}{rest}"),
        (None, None) => match of_policies(object, &finding.message) {
            Some(does) => format!("{subject} {does}"),
            None => format!("{subject}: {}", finding.message),
        },
    };
    let step = NextStep {
        action: finding.action.clone(),
        command: Some(finding.command.clone()).filter(|command| !command.is_empty()),
    };
    let next = (!step.action.is_empty() || step.command.is_some()).then_some(step);
    Told { headline, evidence: sentence(&finding.cause), next }
}

/// What follows where a sentence begins with the culprit itself.
fn about_itself<'m>(object: &ObjectRef, message: &'m str) -> Option<&'m str> {
    let name = &object.name;
    let scoped = object.namespace.as_ref().map(|namespace| format!("{} {namespace}/{name}", object.kind));
    let all = [Some(format!("{} {name}", object.kind)), Some(format!("the {} {name}", object.kind)), scoped];
    let rest = all.into_iter().flatten().find_map(|start| message.strip_prefix(start.as_str()))?;
    rest.starts_with([' ', ':', ',']).then_some(rest)
}

/// What is said of policies in the plural, of one.
fn of_policies(object: &ObjectRef, message: &str) -> Option<String> {
    const DO: [(&str, &str); 2] =
        [("network policies admit ", "admits "), ("network policies do not let ", "does not let ")];
    let is_policy = object.kind.ends_with("Policy");
    let (_, does, rest) = DO.iter().find_map(|(many, one)| Some((many, one, message.strip_prefix(many)?)))?;
    is_policy.then(|| format!("{does}{rest}"))
}

fn next_of(finding: &evidence::Finding) -> Option<NextStep> {
    let command = Some(finding.command.clone()).filter(|command| !command.is_empty());
    let some = !finding.action.is_empty() || command.is_some();
    some.then(|| NextStep { action: finding.action.clone(), command })
}

fn joined(message: &str, cause: &str) -> String {
    if cause.is_empty() { message.to_owned() } else { format!("{message}: {cause}") }
}

/// Begins with a capital and ends with a full stop; empty stays empty.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    // A name keeps its small letters.
    let first: String = if text.split(' ').next().is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
        first.to_uppercase().collect()
    } else {
        first.to_string()
    };
    let stop = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}
