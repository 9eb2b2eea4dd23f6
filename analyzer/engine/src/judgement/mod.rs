//! From paths to verdicts. Pure functions: the same subjects give the same judgement in any order.

mod blame;
mod entries;
mod headline;
mod measured;
mod verdict;

pub use blame::{Blame, blame};
pub use entries::attach_entries;
pub use measured::{Measured, Measurements};
pub use verdict::{Effective, config_verdict, final_verdict, traffic, unknown_class};

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{
    BrokenAt, ConfigVerdict, Effect, NextStep, PathState, SegmentName, Traffic, UncheckedItem, UnknownClass, Verdict,
};

use kubereach_model::evidence::{Finding, SubjectPaths};

/// A judged subject.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The subject.
    pub subject: SubjectPaths,
    /// The one word.
    pub verdict: Verdict,
    /// What the snapshot shows.
    pub config: ConfigVerdict,
    /// What was measured.
    pub traffic: Traffic,
    /// One sentence for a reader who does not know Kubernetes.
    pub headline: String,
    /// Why, for a reader who does.
    pub reason: String,
    /// Only with verdict `unknown`.
    pub unknown_class: Option<UnknownClass>,
    /// The finding that headline, reason and next step speak of.
    pub primary: Option<Arc<Finding>>,
    /// Where it breaks.
    pub broken_at: Option<BrokenAt>,
    /// The one thing to do next.
    pub next: Option<NextStep>,
    /// What was not checked, and why.
    pub not_checked: Vec<UncheckedItem>,
    /// What was measured, by path id.
    pub measured: BTreeMap<String, Measured>,
    /// What the measurements do not prove, and why.
    pub not_proved: Vec<UncheckedItem>,
    /// The next strongest test.
    pub next_test: Option<NextStep>,
}

/// Judges one subject by the configuration and by what was measured of it.
pub fn judge(subject: SubjectPaths, measurements: &Measurements) -> Judged {
    let config = config_verdict(&subject.paths);
    let measured = measurements.of(&subject);
    let paths = measured::effective(&subject, &measured);
    // What could not be measured anywhere is not tested.
    let touched = measured.values().any(|m| !m.seen.rows.is_empty() || m.seen.not_measured.is_empty());
    let traffic = traffic(&paths, touched);
    let verdict = final_verdict(config, &paths);
    let lead = measured::lead(&subject, &measured, verdict, config);
    let (blame, measured_lead) = (lead.blame, lead.measured);
    let broken_at = match (verdict, &blame, lead.segment) {
        (Verdict::Broken | Verdict::Degraded, Some(blame), _) => {
            Some(BrokenAt { segment: blame.segment, object: blame.finding.object.clone() })
        }
        (Verdict::Broken | Verdict::Degraded, None, Some(segment)) => {
            measured_lead.as_ref().map(|finding| BrokenAt { segment, object: finding.object.clone() })
        }
        _ => None,
    };
    let headline = if measured_lead.is_none() && !measured::speaks(verdict, traffic) {
        headline::headline(&subject, config, blame.as_ref())
    } else {
        headline::measured(&subject, verdict, config, traffic, &paths, measured_lead.as_deref())
    };
    let primary = measured_lead.or_else(|| blame.map(|b| b.finding)).or_else(|| worst_entry_problem(&subject));
    let next = primary.as_deref().and_then(next_step).or_else(|| settle(&subject, verdict));
    let reason = primary.as_deref().map(reason).unwrap_or_default();
    let not_checked = not_checked(&subject, traffic, measurements.given, &measured);
    let not_proved = measured::not_proved(&subject, &measured);
    Judged {
        unknown_class: (verdict == Verdict::Unknown).then(|| unknown_class(&subject.paths)),
        verdict,
        config,
        traffic,
        headline,
        reason,
        primary,
        broken_at,
        next,
        not_checked,
        next_test: measurements.next_test(&subject, &measured, &not_proved),
        not_proved,
        measured,
        subject,
    }
}

fn worst_entry_problem(subject: &SubjectPaths) -> Option<Arc<Finding>> {
    let blocked = subject.entries.iter().filter(|e| e.state == PathState::Blocked);
    blocked.flat_map(|e| &e.problems).find(|f| f.effect() == Effect::Blocks).cloned()
}

fn next_step(finding: &Finding) -> Option<NextStep> {
    if finding.action.is_empty() && finding.command.is_empty() {
        return None;
    }
    let command = (!finding.command.is_empty()).then(|| finding.command.clone());
    Some(NextStep { action: finding.action.clone(), command })
}

/// What settles an assumption, where nothing else is to be done.
fn settle(subject: &SubjectPaths, verdict: Verdict) -> Option<NextStep> {
    if verdict != Verdict::ConfigOk {
        return None;
    }
    let assumption = subject.assumptions().into_iter().find(|assumption| !assumption.reading.resource.is_empty())?;
    Some(NextStep { action: assumption.action(), command: Some(assumption.command()) })
}

fn reason(finding: &Finding) -> String {
    let mut parts = vec![finding.message.as_str()];
    parts.extend([finding.cause.as_str(), finding.basis.as_str()].into_iter().filter(|p| !p.is_empty()));
    parts.dedup();
    parts.join(" — ")
}

fn not_checked(
    subject: &SubjectPaths,
    traffic: Traffic,
    given: bool,
    measured: &BTreeMap<String, Measured>,
) -> Vec<UncheckedItem> {
    let mut items = subject.not_checked.clone();
    if traffic == Traffic::NotTested {
        items.push(UncheckedItem {
            what: "live traffic".to_owned(),
            why: if let Some(none) = measured.values().find_map(|m| m.seen.not_measured.first()) {
                format!("no traffic was measured from {}: {}", none.vantage, none.reason)
            } else if given {
                "none of the measurements that were given speaks of it".to_owned()
            } else {
                "no measurements were given; this report speaks of the configuration only".to_owned()
            },
        });
    }
    let segments = || subject.paths.iter().flat_map(|p| &p.segments);
    for finding in segments().filter(|s| !s.is_counted()).flat_map(|s| s.findings()) {
        let why = if finding.cause.is_empty() { &finding.message } else { &finding.cause };
        items.push(UncheckedItem { what: words_of(finding.segment()).to_owned(), why: why.clone() });
    }
    for segment in segments().filter(|s| s.is_counted()) {
        if segment.state() == PathState::Unknown && segment.findings().is_empty() {
            let object = segment.object.as_ref().map_or_else(String::new, |o| format!(" of {o}"));
            items.push(UncheckedItem {
                what: format!("{}{object}", segment.name),
                why: "no check evaluates it here".to_owned(),
            });
        }
        for finding in segment.findings().iter().filter(|f| f.effect() == Effect::Inconclusive) {
            items.push(UncheckedItem { what: finding.message.clone(), why: finding.basis.clone() });
        }
    }
    for assumption in subject.assumptions() {
        items.push(UncheckedItem { what: assumption.clause(), why: assumption.reason() });
    }
    items.sort();
    items.dedup();
    items
}

/// A segment as something that was not checked.
const fn words_of(segment: SegmentName) -> &'static str {
    match segment {
        SegmentName::Policy => "network policies",
        SegmentName::Tls => "certificates",
        other => other.word(),
    }
}
