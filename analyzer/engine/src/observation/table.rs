//! The one table (`docs/design.md#the-one-table`).

use kubereach_reports::report::PathState;

use super::Real;

/// What real observations of the whole path come to, over every source that made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// Verified or reached.
    Flows,
    /// Something answered that could not do its part, or only some attempts, addresses or callers got through.
    Suffers,
    /// Unreachable, corroborated.
    Fails,
    /// Unreachable, not corroborated.
    Doubtful,
    /// Not tested, or only indirectly, or only a part of the path.
    Nothing,
}

impl Seen {
    /// Every row of the table.
    pub const ALL: [Self; 5] = [Self::Flows, Self::Suffers, Self::Fails, Self::Doubtful, Self::Nothing];
}

/// The effective state of a path. `own` is what the configuration shows; where only a part was measured, with
/// that part as measured.
///
/// | own state | real observation of the whole path | effective |
/// |---|---|---|
/// | anything | verified or reached | open |
/// | anything | server error | narrowed |
/// | anything | unreachable, corroborated | blocked |
/// | blocked | unreachable, not corroborated | blocked: the proof needs no help, and the failure agrees with it |
/// | anything else | unreachable, not corroborated | unknown |
/// | anything | none | its own |
pub fn state(own: PathState, seen: Real<Seen>) -> PathState {
    match (seen.into_inner(), own) {
        (Seen::Flows, _) => PathState::Open,
        (Seen::Suffers, _) => PathState::Narrowed,
        (Seen::Fails, _) | (Seen::Doubtful, PathState::Blocked) => PathState::Blocked,
        (Seen::Doubtful, _) => PathState::Unknown,
        (Seen::Nothing, own) => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell of `docs/design.md#the-one-table`, spelled out.
    #[test]
    fn the_table_row_by_row() {
        use PathState::{Blocked, Narrowed, Open, Unknown};
        let rows = [
            (Seen::Flows, [Open, Open, Open, Open]),
            (Seen::Suffers, [Narrowed, Narrowed, Narrowed, Narrowed]),
            (Seen::Fails, [Blocked, Blocked, Blocked, Blocked]),
            (Seen::Doubtful, [Blocked, Unknown, Unknown, Unknown]),
            (Seen::Nothing, [Blocked, Unknown, Narrowed, Open]),
        ];
        for (seen, expected) in rows {
            let got = [Blocked, Unknown, Narrowed, Open].map(|own| state(own, Real::among([]).map(|_| seen)));
            assert_eq!(got, expected, "{seen:?}");
        }
        assert_eq!(rows.map(|(seen, _)| seen), Seen::ALL);
    }
}
