//! Which ways are drawn one by one, and what is folded together.

use std::collections::HashSet;

use super::stations::{Way, Ways};
use crate::report::PathState;

/// Ways that are drawn one by one: as many as a window shows.
const ROWS: usize = 12;
/// Of those with one cause in one state, and of those that are open, where there are more.
const ALIKE: usize = 5;
const FINE: usize = 2;

/// What stands for an object on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A box of its own.
    Own(usize),
    /// The box of all that is folded with it.
    Fold(usize),
}

/// A way, as it is drawn.
pub(super) struct DrawnWay {
    pub(super) way: usize,
    /// For each of its stations.
    pub(super) places: Vec<Place>,
}

/// Every way: first those of a cause that are drawn one by one, then what is folded of it.
pub(super) struct Drawn {
    pub(super) ways: Vec<DrawnWay>,
    /// How many are drawn one by one.
    pub(super) single: usize,
}

impl Drawn {
    pub(super) fn of(ways: &Ways<'_>) -> Self {
        let folds = folds(&ways.all);
        let single = folds.iter().filter(|fold| fold.is_none()).count();
        let one_by_one = ways.all.iter().zip(&folds).filter(|(_, fold)| fold.is_none());
        let own: HashSet<usize> = one_by_one.flat_map(|(way, _)| &way.stations).copied().collect();
        let place = |station: usize, fold: Option<usize>| match fold {
            Some(fold) if !own.contains(&station) && !ways.stations.get(station).is_some_and(|s| s.pseudo) => {
                Place::Fold(fold)
            }
            _ => Place::Own(station),
        };
        let drawn = ways.all.iter().zip(&folds).enumerate().map(|(i, (way, &fold))| DrawnWay {
            way: i,
            places: way.stations.iter().map(|&station| place(station, fold)).collect(),
        });
        Self { ways: drawn.collect(), single }
    }
}

/// For each way the number of its fold; none where it is drawn by itself. Every cause has a share while there is room,
/// and what none is left for is folded by its state.
fn folds(all: &[Way]) -> Vec<Option<usize>> {
    if all.len() <= ROWS {
        return vec![None; all.len()];
    }
    let groups: Vec<&[Way]> = all.chunk_by(|a, b| (a.state, a.cause) == (b.state, b.cause)).collect();
    let share =
        if groups.iter().filter(|group| group.first().is_some_and(|way| way.state != PathState::Open)).count() > 1 {
            ALIKE - 1
        } else {
            ALIKE + 1
        };
    let mut left = ROWS;
    let mut folds = Vec::with_capacity(all.len());
    for (number, group) in groups.iter().enumerate() {
        let state = group.first().map_or(PathState::Open, |way| way.state);
        let share = if state == PathState::Open { FINE } else { share };
        // A box that stands for one thing takes the room of that thing.
        let shown = if group.len() <= share + 1 { group.len() } else { share }.min(left);
        left -= shown;
        let fold = if shown == 0 {
            groups.len() + PathState::ALL.iter().position(|&known| known == state).unwrap_or(0)
        } else {
            number
        };
        folds.extend((0..group.len()).map(|i| (i >= shown).then_some(fold)));
    }
    folds
}
