//! Which finding speaks for a subject: the segment that breaks, not what stands before or behind it.

use std::sync::Arc;

use kubereach_reports::report::{ConfigVerdict, Effect, PathState, SegmentName, UnknownClass};

use kubereach_model::evidence::{Finding, Path, SubjectPaths};

/// The finding that speaks for a subject.
#[derive(Debug, Clone)]
pub struct Blame {
    /// Where.
    pub segment: SegmentName,
    /// What.
    pub finding: Arc<Finding>,
    /// Carrying paths that this very finding blocks, narrows or leaves inconclusive.
    pub paths: usize,
}

/// The finding to lead with, if the subject is anything but in order.
///
/// Of each path in the state that gave the verdict, the first segment (in the order traffic crosses
/// them) in that state speaks; of those, the finding that concerns most paths, then the first. A doubt that
/// somebody can look into speaks before one that is left open on purpose.
pub fn blame(subject: &SubjectPaths, config: ConfigVerdict) -> Option<Blame> {
    let wanted: &[(PathState, Effect)] = match config {
        ConfigVerdict::Broken => &[(PathState::Blocked, Effect::Blocks)],
        ConfigVerdict::Degraded => &[(PathState::Blocked, Effect::Blocks), (PathState::Narrowed, Effect::Narrows)],
        ConfigVerdict::Unknown => &[(PathState::Unknown, Effect::Inconclusive)],
        ConfigVerdict::ConfigOk => &[],
    };
    let all_dormant = subject.paths.iter().all(|p| p.dormant.is_some());
    for (state, effect) in wanted {
        let leaders: Vec<(SegmentName, &Arc<Finding>)> = subject
            .paths
            .iter()
            .filter(|p| p.dormant.is_none() || all_dormant)
            .filter_map(|p| leader(p, *state, *effect))
            .collect();
        let best = leaders.iter().enumerate().max_by_key(|(index, (_, finding))| {
            let concerned = leaders.iter().filter(|(_, other)| other == finding).count();
            (to_look_into(finding), concerned, std::cmp::Reverse(*index))
        });
        if let Some((_, (segment, finding))) = best {
            let paths = leaders.iter().filter(|(_, other)| other == finding).count();
            return Some(Blame { segment: *segment, finding: Arc::clone(finding), paths });
        }
    }
    None
}

fn leader(path: &Path, state: PathState, effect: Effect) -> Option<(SegmentName, &Arc<Finding>)> {
    if path.state() != state {
        return None;
    }
    let segments = path.segments.iter().filter(|s| s.is_counted() && s.state() == state);
    let findings =
        segments.flat_map(|s| s.findings().iter().map(|f| (s.name, f))).filter(|(_, f)| f.effect() == effect);
    findings.min_by_key(|(segment, finding)| (!to_look_into(finding), *segment))
}

fn to_look_into(finding: &Finding) -> bool {
    finding.gap_class() != Some(UnknownClass::ByDesign)
}
