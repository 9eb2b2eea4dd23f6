//! The verdict words, as tables in one place.

use kubereach_reports::report::{ConfigVerdict, PathState, Traffic, UnknownClass, Verdict};

use crate::observation::Seen;
use kubereach_model::evidence::{Dormant, Path};

/// What the snapshot shows of a subject (`docs/design.md#segments-start-unknown`).
///
/// Dormant paths are not counted. A subject left with only dormant paths because its workload is at zero
/// is degraded; left with paths that carry nothing for another reason, it is as good as its best one.
pub fn config_verdict(paths: &[Path]) -> ConfigVerdict {
    let carrying: Vec<PathState> = paths.iter().filter(|p| p.dormant.is_none()).map(Path::state).collect();
    if carrying.is_empty() {
        let at_zero = paths.iter().any(|p| matches!(p.dormant, Some(Dormant::ScaledToZero(_))));
        let open = paths.iter().any(|p| p.state() == PathState::Open);
        return match (at_zero, open) {
            (true, _) => ConfigVerdict::Degraded,
            (false, true) => ConfigVerdict::ConfigOk,
            (false, false) => ConfigVerdict::Unknown,
        };
    }
    let blocked = carrying.iter().filter(|s| **s == PathState::Blocked).count();
    if blocked == carrying.len() {
        ConfigVerdict::Broken
    } else if blocked > 0 {
        ConfigVerdict::Degraded
    } else if carrying.contains(&PathState::Unknown) {
        ConfigVerdict::Unknown
    } else if carrying.contains(&PathState::Narrowed) {
        ConfigVerdict::Degraded
    } else {
        ConfigVerdict::ConfigOk
    }
}

/// A carrying path as configuration and measurement together leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective {
    /// Its state, by the one table (`docs/design.md#the-one-table`).
    pub state: PathState,
    /// What real traffic over the whole way came to.
    pub seen: Seen,
    /// The state is the measurement's and not the configuration's own.
    pub by_traffic: bool,
    /// An answer over the whole way was a success.
    pub verified: bool,
}

/// The one word (`docs/design.md#two-verdicts-and-one-word`). `paths` are those that carry traffic.
///
/// | carrying paths | verdict |
/// |---|---|
/// | no measurement decides any | what the configuration says |
/// | all blocked | broken |
/// | some blocked, or some narrowed by what was measured | degraded |
/// | some unknown | unknown |
/// | some narrowed | degraded |
/// | the configuration says broken or degraded, and traffic contradicts it | degraded |
/// | every one observed open end to end by real traffic | healthy |
/// | otherwise | config-ok |
///
/// `healthy` therefore needs both: a configuration without a fault (or one that could not be read) and a real
/// answer on every path.
pub fn final_verdict(config: ConfigVerdict, paths: &[Effective]) -> Verdict {
    let any = |wanted: fn(&Effective) -> bool| paths.iter().any(wanted);
    let by_config = match config {
        ConfigVerdict::Broken => Verdict::Broken,
        ConfigVerdict::Degraded => Verdict::Degraded,
        ConfigVerdict::Unknown => Verdict::Unknown,
        ConfigVerdict::ConfigOk => Verdict::ConfigOk,
    };
    if !any(|path| path.by_traffic) {
        by_config
    } else if paths.iter().all(|path| path.state == PathState::Blocked) {
        Verdict::Broken
    } else if any(|path| path.state == PathState::Blocked || (path.by_traffic && path.state == PathState::Narrowed)) {
        Verdict::Degraded
    } else if any(|path| path.state == PathState::Unknown) {
        Verdict::Unknown
    } else if any(|path| path.state == PathState::Narrowed)
        || matches!(config, ConfigVerdict::Broken | ConfigVerdict::Degraded)
    {
        Verdict::Degraded
    } else if paths.iter().all(|path| path.seen == Seen::Flows) {
        Verdict::Healthy
    } else {
        Verdict::ConfigOk
    }
}

/// What was measured of a subject. `touched`: some row, if only a relayed one, speaks of it.
pub fn traffic(paths: &[Effective], touched: bool) -> Traffic {
    let any = |wanted: fn(&Effective) -> bool| paths.iter().any(wanted);
    if !touched || paths.is_empty() {
        Traffic::NotTested
    } else if !any(|path| path.by_traffic) {
        Traffic::Incomplete
    } else if paths.iter().all(|path| path.state == PathState::Blocked) {
        Traffic::Unreachable
    } else if any(|path| path.by_traffic && matches!(path.state, PathState::Blocked | PathState::Narrowed)) {
        Traffic::Partial
    } else if any(|path| path.by_traffic && path.state == PathState::Unknown) {
        Traffic::Inconclusive
    } else if !paths.iter().all(|path| path.seen == Seen::Flows) {
        Traffic::Incomplete
    } else if paths.iter().all(|path| path.verified) {
        Traffic::Verified
    } else {
        Traffic::Reached
    }
}

/// Why it is unknown: left open on purpose only if nothing is to be looked into.
pub fn unknown_class(paths: &[Path]) -> UnknownClass {
    let mut classes = paths
        .iter()
        .filter(|p| p.dormant.is_none())
        .flat_map(|p| &p.segments)
        .filter(|s| s.is_counted())
        .filter_map(|s| s.unknown_class())
        .peekable();
    if classes.peek().is_some() && classes.all(|c| c == UnknownClass::ByDesign) {
        UnknownClass::ByDesign
    } else {
        UnknownClass::Investigate
    }
}
