//! What measurements make of a subject: the state of its ways, who speaks for it, what stays open.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kubereach_reports::report::{
    ConfigVerdict, Effect, NextStep, Outcome, PathState, SegmentName, Traffic, UncheckedItem, Verdict,
};

use super::{Blame, Effective, blame, config_verdict};
use crate::observation::{PathSeen, Remark, Seen};
use kubereach_model::evidence::command::arg;
use kubereach_model::evidence::{Finding, Path, SubjectPaths};

/// What was measured of one path, with what is to be said about it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The reducer's result.
    pub seen: PathSeen,
    /// Its findings.
    pub findings: Vec<Arc<Finding>>,
}

/// Everything that was measured of one cluster.
#[derive(Debug, Clone, Default)]
pub struct Measurements {
    /// By path id.
    pub paths: HashMap<String, Measured>,
    /// Any row was given at all.
    pub given: bool,
    /// The inputs as the command line names them, for commands that read them again; empty where unknown.
    pub inputs: Vec<String>,
}

impl Measurements {
    /// Those of one subject.
    pub(super) fn of(&self, subject: &SubjectPaths) -> BTreeMap<String, Measured> {
        if self.paths.is_empty() {
            return BTreeMap::new();
        }
        let ids = subject.paths.iter().map(|path| path.key.id());
        ids.filter_map(|id| self.paths.get(&id).map(|measured| (id, measured.clone()))).collect()
    }

    /// The next strongest test, where something stays open.
    pub(super) fn next_test(
        &self,
        subject: &SubjectPaths,
        measured: &BTreeMap<String, Measured>,
        not_proved: &[UncheckedItem],
    ) -> Option<NextStep> {
        if measured.is_empty() || not_proved.is_empty() {
            return None;
        }
        let has = |wanted: fn(&Remark) -> bool| measured.values().any(|m| m.seen.remarks.iter().any(wanted));
        let relayed = measured.values().all(|m| m.seen.rows.iter().all(|row| row.via == "apiserver"));
        let action = if has(|r| matches!(r, Remark::OtherIdentity(..))) {
            "Measure as one of the real callers: make a plan, and a Job with a caller's labels (kubereach job --labels)."
        } else if relayed {
            "Measure from inside the cluster: make a plan, then a Job of it (kubereach job), and collect its log."
        } else if has(|r| matches!(r, Remark::Unconfirmed(_))) {
            "Measure again, with the plan's controls, from a place that a real client would use."
        } else if measured.values().any(|m| m.seen.seen == Seen::Nothing) {
            "Measure the whole path, from where its clients are: make a plan, then a Job of it (kubereach job)."
        } else {
            "Measure what is left: make a plan of this object and run it from where its clients are."
        };
        let namespace = subject.object.namespace.as_deref().unwrap_or_default();
        let inputs: Vec<_> = self.inputs.iter().map(|input| arg(input)).collect();
        let command = (!inputs.is_empty()).then(|| {
            format!(
                "kubereach plan {} -n {} --kind {} --name {}",
                inputs.join(" "),
                arg(namespace),
                arg(&subject.object.kind),
                arg(&subject.object.name)
            )
        });
        Some(NextStep { action: action.to_owned(), command })
    }
}

/// The carrying paths as configuration and measurement leave them.
pub(super) fn effective(subject: &SubjectPaths, measured: &BTreeMap<String, Measured>) -> Vec<Effective> {
    let of = |path: &Path| {
        let own = Effective { state: path.state(), seen: Seen::Nothing, by_traffic: false, verified: false };
        let m = if measured.is_empty() { None } else { measured.get(&path.key.id()) };
        m.map_or(own, |m| Effective {
            state: m.seen.effective,
            seen: m.seen.seen,
            by_traffic: m.seen.by_traffic,
            verified: m.seen.outcome == Outcome::Verified,
        })
    };
    subject.paths.iter().filter(|path| path.dormant.is_none()).map(of).collect()
}

/// Does traffic change what the headline says?
pub(super) const fn speaks(verdict: Verdict, traffic: Traffic) -> bool {
    !matches!(traffic, Traffic::NotTested) && matches!(verdict, Verdict::Healthy | Verdict::ConfigOk)
}

/// Who speaks for a subject.
pub(super) struct Lead {
    /// The configuration.
    pub(super) blame: Option<Blame>,
    /// The traffic; then the configuration does not.
    pub(super) measured: Option<Arc<Finding>>,
    /// Where the traffic breaks.
    pub(super) segment: Option<SegmentName>,
}

/// The configuration speaks where it gave the verdict, and the measurement where that did.
pub(super) fn lead(
    subject: &SubjectPaths,
    measured: &BTreeMap<String, Measured>,
    verdict: Verdict,
    config: ConfigVerdict,
) -> Lead {
    let by_config = |blame| Lead { blame, measured: None, segment: None };
    if measured.is_empty() {
        return by_config(blame(subject, config));
    }
    let traffic = |effects: &[Effect]| {
        effects.iter().find_map(|effect| {
            measured.values().find_map(|m| {
                let finding = m.findings.iter().find(|f| f.effect() == *effect)?;
                Some(Lead { blame: None, measured: Some(Arc::clone(finding)), segment: m.seen.failed_segment })
            })
        })
    };
    // What traffic has refuted does not speak any more.
    let refuted = |path: &Path| {
        measured.get(&path.key.id()).is_some_and(|m| m.seen.by_traffic && m.seen.effective == PathState::Open)
    };
    let rest =
        SubjectPaths { paths: subject.paths.iter().filter(|p| !refuted(p)).cloned().collect(), ..subject.clone() };
    let remaining = config_verdict(&rest.paths);
    let configured = || {
        let says = matches!(
            (verdict, remaining),
            (Verdict::Broken, ConfigVerdict::Broken)
                | (Verdict::Degraded, ConfigVerdict::Broken | ConfigVerdict::Degraded)
                | (Verdict::Unknown, ConfigVerdict::Unknown)
        );
        says.then(|| blame(&rest, remaining)).flatten().map(|blame| by_config(Some(blame)))
    };
    let found = match verdict {
        Verdict::Broken if config == ConfigVerdict::Broken => configured().or_else(|| traffic(&[Effect::Blocks])),
        Verdict::Broken => traffic(&[Effect::Blocks]).or_else(configured),
        Verdict::Degraded => traffic(&[Effect::Blocks])
            .or_else(configured)
            .or_else(|| traffic(&[Effect::Narrows]))
            .or_else(|| contradiction(measured))
            .or_else(|| Some(by_config(blame(subject, config)))),
        Verdict::Unknown => traffic(&[Effect::Inconclusive]).or_else(configured),
        Verdict::ConfigOk | Verdict::Healthy => None,
    };
    found.unwrap_or_else(|| by_config(None))
}

fn contradiction(measured: &BTreeMap<String, Measured>) -> Option<Lead> {
    let mut findings = measured.values().flat_map(|m| &m.findings);
    let finding = findings.find(|f| f.code() == crate::checks::measurement::flows_though_blocked::DOC.code())?;
    Some(Lead { blame: None, measured: Some(Arc::clone(finding)), segment: None })
}

/// What a reader of the measurements might take for shown and is not.
pub(super) fn not_proved(subject: &SubjectPaths, measured: &BTreeMap<String, Measured>) -> Vec<UncheckedItem> {
    if measured.is_empty() {
        return Vec::new();
    }
    let carrying: Vec<&Path> = subject.paths.iter().filter(|p| p.dormant.is_none()).collect();
    let missing =
        carrying.iter().filter(|path| measured.get(&path.key.id()).is_none_or(|m| m.seen.rows.is_empty())).count();
    let mut by_item: BTreeMap<(String, String), usize> = BTreeMap::new();
    for measured in measured.values() {
        for item in &measured.seen.not_proved {
            *by_item.entry(item.clone()).or_default() += 1;
        }
    }
    let all = carrying.len();
    let mut items: Vec<UncheckedItem> = by_item
        .into_iter()
        .map(|((what, why), ways)| UncheckedItem {
            what,
            why: if all > 1 && ways < all { format!("{why} ({ways} of {all} paths)") } else { why },
        })
        .collect();
    if missing > 0 {
        let what =
            if all == 1 { "the path through it".to_owned() } else { format!("{missing} of {all} paths through it") };
        items.push(UncheckedItem { what, why: "not measured".to_owned() });
    }
    items.sort();
    items
}
