//! Not every path of a very wide subject is listed; all are judged. Of each state at least one stays, so
//! that the verdict over those listed is the verdict over all.

use kubereach_reports::report::PathState;

use kubereach_model::evidence::{Dormant, Path};

/// Paths listed per subject.
pub(crate) const PATHS: usize = 500;

/// States in the order in which paths are kept, worst first; dormant paths last, those at zero apart,
/// because they decide the verdict of a subject without others.
pub(crate) const CLASSES: usize = 6;

/// The class of a path.
pub(crate) const fn class(state: PathState, dormant: Option<&Dormant>) -> usize {
    match dormant {
        Some(Dormant::ScaledToZero(_)) => 4,
        Some(Dormant::NoTraffic(_)) => 5,
        None => match state {
            PathState::Blocked => 0,
            PathState::Unknown => 1,
            PathState::Narrowed => 2,
            PathState::Open => 3,
        },
    }
}

/// How many of each class to keep, worst first, at least one of each that is there.
pub(crate) fn quotas(counts: [usize; CLASSES], most: usize) -> [usize; CLASSES] {
    let mut kept = counts.map(|n| n.min(1));
    let mut room = most.saturating_sub(kept.iter().sum());
    for (slot, count) in kept.iter_mut().zip(counts) {
        let more = count.saturating_sub(*slot).min(room);
        *slot += more;
        room -= more;
    }
    kept
}

/// Keeps the worst; returns how many were dropped.
pub(crate) fn keep_worst(paths: &mut Vec<Path>, most: usize) -> usize {
    let before = paths.len();
    if before <= most {
        return 0;
    }
    let mut counts = [0; CLASSES];
    let class_of = |p: &Path| class(p.state(), p.dormant.as_ref());
    for path in &*paths {
        if let Some(n) = counts.get_mut(class_of(path)) {
            *n += 1;
        }
    }
    let mut left = quotas(counts, most);
    paths.retain(|p| match left.get_mut(class_of(p)) {
        Some(n) if *n > 0 => {
            *n -= 1;
            true
        }
        _ => false,
    });
    before - paths.len()
}

#[cfg(test)]
mod tests {
    use super::quotas;

    #[test]
    fn of_each_state_one_stays_and_the_worst_fill_the_rest() {
        assert_eq!(quotas([900, 0, 0, 900, 0, 3], 500), [498, 0, 0, 1, 0, 1]);
        assert_eq!(quotas([3, 0, 0, 4, 0, 0], 500), [3, 0, 0, 4, 0, 0]);
        assert_eq!(quotas([0, 0, 0, 900, 0, 0], 500), [0, 0, 0, 500, 0, 0]);
    }
}
