//! The verdict words, as tables in one place.

use kubereach_reports::report::{ConfigVerdict, PathState, Traffic, UnknownClass, Verdict};

use crate::evidence::{Dormant, Path};

/// What the snapshot shows of a subject (design section 3.6).
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

/// The one word, a pure function of what the configuration shows and what was measured.
///
/// | config ↓ traffic → | unreachable | partial | inconclusive, not-tested | reached | verified |
/// |---|---|---|---|---|---|
/// | broken | broken | degraded | broken | degraded | degraded |
/// | degraded | broken | degraded | degraded | degraded | degraded |
/// | unknown | broken | degraded | unknown | healthy | healthy |
/// | config-ok | broken | degraded | config-ok | healthy | healthy |
///
/// `unreachable` is traffic's word only when every carrying path failed and was corroborated; `reached`
/// and `verified` only when every carrying path was observed open with confidence `real`. A configuration
/// that says broken while traffic flows is a contradiction: shown as degraded, never as broken.
pub const fn final_verdict(config: ConfigVerdict, traffic: Traffic) -> Verdict {
    match (traffic, config) {
        (Traffic::Unreachable, _) | (Traffic::NotTested | Traffic::Inconclusive, ConfigVerdict::Broken) => {
            Verdict::Broken
        }
        (Traffic::Partial, _)
        | (Traffic::Reached | Traffic::Verified, ConfigVerdict::Broken | ConfigVerdict::Degraded)
        | (Traffic::NotTested | Traffic::Inconclusive, ConfigVerdict::Degraded) => Verdict::Degraded,
        (Traffic::NotTested | Traffic::Inconclusive, ConfigVerdict::Unknown) => Verdict::Unknown,
        (Traffic::NotTested | Traffic::Inconclusive, ConfigVerdict::ConfigOk) => Verdict::ConfigOk,
        (Traffic::Reached | Traffic::Verified, ConfigVerdict::Unknown | ConfigVerdict::ConfigOk) => Verdict::Healthy,
    }
}

/// Why it is unknown: left open on purpose only if nothing is to be looked into.
pub fn unknown_class(paths: &[Path]) -> UnknownClass {
    let mut classes = paths
        .iter()
        .filter(|p| p.dormant.is_none())
        .flat_map(|p| &p.stretches)
        .filter(|s| s.is_counted())
        .filter_map(|s| s.unknown_class())
        .peekable();
    if classes.peek().is_some() && classes.all(|c| c == UnknownClass::ByDesign) {
        UnknownClass::ByDesign
    } else {
        UnknownClass::Investigate
    }
}
