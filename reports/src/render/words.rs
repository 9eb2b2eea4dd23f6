//! Sentences that several renderers share: the overall verdict and the legend.

use super::assumptions::rests;
use super::causes;
use crate::report::{Confidence, Input, Outcome, Path, PathState, Report, Subject, Summary, Traffic, Verdict};

/// What a verdict means, for a reader who does not know Kubernetes.
pub(crate) const fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "No traffic can get through; what was read proves it.",
        Verdict::Degraded => "Some traffic gets through, less than the configuration declares.",
        Verdict::Unknown => {
            "Cannot be told from what was read: neither an all-clear nor a fault. The reason says what is missing."
        }
        Verdict::ConfigOk => "The configuration shows an open path. No request was sent: it is not tested.",
        Verdict::Healthy => "Real requests were sent along every declared path and were answered.",
    }
}

/// The same for one report: where something was measured, what is not healthy may have been tested in part.
pub(crate) fn meaning_in(report: &Report, verdict: Verdict) -> &'static str {
    if verdict == Verdict::ConfigOk && !report.snapshot.observations.is_empty() {
        "The configuration shows an open path. It is not tested by real traffic from end to end on every path."
    } else if verdict == Verdict::ConfigOk && report.subjects.iter().any(rests) {
        "What was read shows an open path. No request was sent: it is not tested."
    } else {
        meaning(verdict)
    }
}

/// Something was measured of this subject, if not all of it.
pub(crate) fn partly_tested(subject: &Subject) -> bool {
    subject.traffic != Traffic::NotTested && subject.paths.iter().any(|path| !path.by_vantage.is_empty())
}

/// It was to be measured, and nothing of it was: a prober that could not run has tested nothing.
pub(crate) fn only_attempted(subject: &Subject) -> bool {
    !partly_tested(subject) && subject.paths.iter().any(|path| !path.not_measured.is_empty())
}

/// How many subjects have a verdict.
pub(crate) const fn count(summary: &Summary, verdict: Verdict) -> usize {
    summary.of(verdict)
}

/// The verdict as people read it; *no fault found* never stands without *not tested*. The word of the JSON report stands
/// beside it once, in the legend.
pub(crate) const fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "broken",
        Verdict::Degraded => "partly working",
        Verdict::Unknown => "not judged",
        Verdict::ConfigOk => "no fault found (not tested)",
        Verdict::Healthy => "verified",
    }
}

/// The same with the word that the JSON report has for it, where they differ.
pub(crate) fn with_word(verdict: Verdict) -> String {
    match (label(verdict), verdict.word()) {
        (label, word) if label == word => label.to_owned(),
        (label, word) => format!("{label}, in JSON: {word}"),
    }
}

/// The sign of a verdict in a bar.
pub(crate) const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "█",
        Verdict::Degraded => "▓",
        Verdict::Unknown => "▒",
        Verdict::ConfigOk => "░",
        Verdict::Healthy => "━",
    }
}

/// Whether a verdict asks for attention.
pub(crate) const fn remarkable(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::ConfigOk | Verdict::Healthy)
}

/// The verdict on the whole in one sentence, and what else there is to say.
pub(crate) struct Overall {
    pub(crate) lead: String,
    /// Empty if the first sentence says it all.
    pub(crate) rest: String,
}

/// The answer: who is to blame and what it takes down, then how many of what. It only counts and quotes.
pub(crate) fn overall(report: &Report) -> Overall {
    let summary = &report.summary;
    let total: usize = Verdict::ALL.iter().map(|&verdict| count(summary, verdict)).sum();
    let lead = match report.causes.iter().find(|cause| causes::is_fault(cause)) {
        _ if total == 0 => {
            "Nothing to judge: no Service, Ingress, route or Gateway was found in what was read.".to_owned()
        }
        Some(cause) => causes::lead(cause),
        None => without_cause(report, total),
    };
    let mut rest: Vec<String> = Vec::new();
    let ill = [Verdict::Broken, Verdict::Degraded, Verdict::Unknown];
    let mut counts: Vec<String> = ill
        .into_iter()
        .map(|verdict| (count(summary, verdict), label(verdict)))
        .filter(|(n, _)| *n > 0)
        .map(|(n, label)| format!("{} {label}", number(n)))
        .collect();
    if let Some(first) = counts.first_mut() {
        let (n, words) = first.split_once(' ').unwrap_or((first, ""));
        *first = format!("{n} of {} {words}", number(total));
    }
    if summary.healthy > 0 && summary.healthy < total {
        counts.push(format!("{} verified by real traffic", number(summary.healthy)));
    }
    if !counts.is_empty() {
        rest.push(format!("{}.", counts.join(", ")));
    }
    let partly = report.subjects.iter().any(|s| s.verdict == Verdict::ConfigOk && partly_tested(s));
    if summary.config_ok > 0 && !partly && report.snapshot.observations.is_empty() && counts.is_empty() {
        rest.push("Nothing was sent, so nothing is verified.".to_owned());
    } else if summary.config_ok > 0 && counts.is_empty() {
        rest.push("Not every path was tested from end to end.".to_owned());
    }
    if let Some(gate) = report.gate.as_ref().filter(|gate| gate.suppressed > 0) {
        let findings = plural(gate.suppressed, "finding was", "findings were");
        rest.push(format!("{findings} accepted beforehand, which changes no verdict."));
    }
    Overall { lead, rest: rest.join(" ") }
}

/// Where nobody is to blame: nothing is wrong, or the report says nothing of causes.
fn without_cause(report: &Report, total: usize) -> String {
    let summary = &report.summary;
    let ill = [Verdict::Broken, Verdict::Degraded, Verdict::Unknown];
    let things = |n| plural(n, "Service, Ingress, route or Gateway", "Services, Ingresses, routes and Gateways");
    if let Some(worst) = ill.into_iter().find(|&verdict| count(summary, verdict) > 0) {
        let n = count(summary, worst);
        return format!("{} of {} {} {}.", number(n), things(total), is_are(n), label(worst));
    }
    let as_read = if report.subjects.iter().any(rests) { " as far as was read" } else { "" };
    match (summary.config_ok, total) {
        (0, _) => format!("Real traffic got through on every declared path to {}.", things(total)),
        (1, 1) => match report.subjects.first() {
            Some(subject) => format!("{} looks right{as_read}.", subject_name(subject)),
            None => format!("No fault was found{as_read}."),
        },
        (ok, total) if ok == total => format!("All {} look right{as_read}.", things(total)),
        (ok, _) => {
            format!("{} of {} {} right{as_read}.", number(ok), things(total), if ok == 1 { "looks" } else { "look" })
        }
    }
}

fn is_are(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join_and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// `1 path`, `1,234 paths`.
pub(crate) fn plural(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// With separators every three digits: `1,234,567`.
pub(crate) fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `Kind namespace/name`, with the cluster where there are several. Not neutralised.
pub(crate) fn subject_name(subject: &Subject) -> String {
    let name = format!("{} {}/{}", subject.kind, subject.namespace, subject.name);
    match &subject.cluster {
        Some(cluster) => format!("{name} @ {cluster}"),
        None => name,
    }
}

/// What was measured of a subject, in words.
pub(crate) const fn traffic(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Unreachable => "no request got through",
        Traffic::Partial => "some requests got through, some did not",
        Traffic::Inconclusive => "something failed, and nothing corroborates it: it settles nothing",
        Traffic::Incomplete => "measured in part: some paths, or parts of them, or by relay only",
        Traffic::NotTested => "not tested: no request was sent",
        Traffic::Reached => "something answered on every path, not always with success",
        Traffic::Verified => "real requests were answered on every path",
    }
}

/// What was measured of a path, in words.
pub(crate) fn outcome(outcome: Outcome, confidence: Option<Confidence>) -> String {
    let word = match outcome {
        Outcome::Unreachable => "no answer",
        Outcome::ServerError => "answered with an error, or only in part",
        Outcome::NotTested => "not tested",
        Outcome::Reached => "answered, not confirmed",
        Outcome::Verified => "verified by real traffic",
    };
    match (outcome, confidence) {
        (Outcome::NotTested, _) | (_, Some(Confidence::Real)) => word.to_owned(),
        (Outcome::Verified, _) => "answered when relayed, not live traffic".to_owned(),
        _ => format!("{word} when relayed, not live traffic"),
    }
}

/// The state of a path or segment, in words.
pub(crate) const fn state(state: PathState) -> &'static str {
    match state {
        PathState::Blocked => "blocked",
        PathState::Unknown => "unknown",
        PathState::Narrowed => "narrowed",
        PathState::Open => "open",
    }
}

/// What a path asks for and where it leads: `shop.example /cart → Service shop/cart port 80`.
pub(crate) fn path_summary(path: &Path) -> String {
    let mut out = request(path);
    if out.is_empty() {
        out.push_str(&entry_name(&path.entry));
    }
    if let Some(backend) = &path.backend {
        out.push_str(&format!(" → {} {}/{}", backend.kind, backend.namespace, backend.name));
        if let Some(port) = &backend.port {
            out.push_str(&format!(" port {port}"));
        }
    } else if !path.entry.starts_with("Gateway/") {
        // The door of a Gateway leads to routes, not to a backend of its own.
        out.push_str(" → no backend");
    }
    out
}

/// What a request must look like to take this path; empty if nothing is asked of it.
pub(crate) fn request(path: &Path) -> String {
    let parts = [path.listener.as_deref(), path.host.as_deref(), path.matches.as_deref()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `Kind/namespace/name` as `Kind namespace/name`.
pub(crate) fn entry_name(entry: &str) -> String {
    entry.replacen('/', " ", 1)
}

/// One input in one line: layout, time, objects, skipped members.
pub(crate) fn input_line(input: &Input) -> String {
    let mut parts = vec![input.layout.clone()];
    parts.push(match &input.taken_at {
        Some(time) => format!("taken {time}"),
        None => "time unknown".to_owned(),
    });
    parts.push(plural(input.objects, "object", "objects"));
    if input.skipped > 0 {
        parts.push(format!("{} not opened (cannot hold objects)", plural(input.skipped, "file", "files")));
    }
    if let Some(cluster) = &input.cluster {
        parts.push(format!("cluster {cluster}"));
    }
    parts.extend(input.facts.iter().cloned());
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn config_ok_is_never_called_healthy() {
        assert!(!meaning(Verdict::ConfigOk).contains("healthy"));
        assert!(meaning(Verdict::ConfigOk).contains("not tested"));
        assert!(label(Verdict::ConfigOk).contains("not tested"));
    }
}
