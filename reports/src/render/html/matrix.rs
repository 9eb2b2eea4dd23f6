//! The coverage as kinds × namespaces.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::render::coverage::{meaning, state_words};
use crate::render::words::number;
use crate::report::{Coverage, CoverageState};

/// Columns drawn; the namespaces with gaps come first, the rest is in the table below the matrix.
const COLUMNS: usize = 30;
const ROWS: usize = 120;

#[derive(Serialize)]
pub(super) struct Matrix<'a> {
    columns: Vec<&'a str>,
    rows: Vec<MatrixRow<'a>>,
    more_columns: usize,
    more_rows: usize,
    legend: Vec<Cell>,
}

#[derive(Serialize)]
struct MatrixRow<'a> {
    kind: &'a str,
    /// The whole cluster first, then one per column.
    cells: Vec<Cell>,
}

/// `state` names the style, `text` is what stands there, `title` says why.
#[derive(Serialize)]
struct Cell {
    state: &'static str,
    text: String,
    title: String,
}

pub(super) fn matrix(coverage: &[Coverage]) -> Matrix<'_> {
    let mut by_kind: BTreeMap<&str, BTreeMap<Option<&str>, &Coverage>> = BTreeMap::new();
    let mut gaps: BTreeSet<&str> = BTreeSet::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    // What the cluster does not have is no gap, and would fill the rows with nothing to tell.
    for row in coverage.iter().filter(|row| row.state != CoverageState::NotServed) {
        by_kind.entry(&row.kind).or_default().insert(row.namespace.as_deref(), row);
        if let Some(namespace) = row.namespace.as_deref() {
            let gap = row.state != CoverageState::Complete;
            if gap {
                gaps.insert(namespace)
            } else {
                others.insert(namespace)
            };
        }
    }
    let mut columns: Vec<&str> = gaps.iter().copied().chain(others.difference(&gaps).copied()).collect();
    let more_columns = columns.len().saturating_sub(COLUMNS);
    columns.truncate(COLUMNS);
    let more_rows = by_kind.len().saturating_sub(ROWS);
    let rows = by_kind
        .iter()
        .take(ROWS)
        .map(|(kind, places)| MatrixRow {
            kind,
            cells: std::iter::once(None)
                .chain(columns.iter().copied().map(Some))
                .map(|place| cell(places.get(&place).copied(), places.get(&None).copied()))
                .collect(),
        })
        .collect();
    Matrix { columns, rows, more_columns, more_rows, legend: legend() }
}

/// A namespace without a row of its own is covered by what is known of the whole cluster.
fn cell(own: Option<&Coverage>, cluster: Option<&Coverage>) -> Cell {
    match (own, cluster) {
        (Some(row), _) => Cell {
            state: row.state.word(),
            text: text(row.state, Some(row.objects)),
            title: format!("{}: {}", state_words(row.state), row.reason),
        },
        (None, Some(row)) => Cell {
            state: row.state.word(),
            text: text(row.state, None),
            title: format!("as for the whole cluster, {}: {}", state_words(row.state), row.reason),
        },
        (None, None) => {
            Cell { state: "blank", text: String::new(), title: "no statement for this namespace".to_owned() }
        }
    }
}

fn text(state: CoverageState, objects: Option<usize>) -> String {
    let count = objects.map(|n| format!(" {}", number(n))).unwrap_or_default();
    match state {
        CoverageState::Complete => format!("✓{count}"),
        CoverageState::Partial => format!("part{count}"),
        CoverageState::Forbidden => "refused".to_owned(),
        CoverageState::NotCollected => "–".to_owned(),
        CoverageState::NotServed => "n/a".to_owned(),
    }
}

fn legend() -> Vec<Cell> {
    // Kinds that are not served stand below the table.
    [CoverageState::Complete, CoverageState::Partial, CoverageState::Forbidden, CoverageState::NotCollected]
        .into_iter()
        .map(|state| Cell {
            state: state.word(),
            text: text(state, None),
            title: format!("{}: {}", state_words(state), meaning(state)),
        })
        .collect()
}
