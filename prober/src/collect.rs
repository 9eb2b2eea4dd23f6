//! From pod logs back to observations: several pods' lines may be mixed, and each line may carry what
//! `kubectl logs --prefix --timestamps` puts before it.

use std::collections::BTreeSet;

use crate::envelope::{BEGIN, EnvelopeError, extract};
use crate::observations::Read;

/// Every result in a log, in the order in which they begin. Errors name the line of the whole log.
pub fn results(log: &str) -> Vec<Result<Read, EnvelopeError>> {
    let mut found: Vec<(usize, Result<Read, EnvelopeError>)> = Vec::new();
    for stream in streams(log) {
        let begins: Vec<usize> = stream.iter().filter(|(_, line)| line.contains(BEGIN)).map(|(n, _)| *n).collect();
        let text: String = stream.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
        // Every result, good or not, begins with a marker; they come in the same order.
        let numbers: Vec<usize> = stream.iter().map(|(number, _)| *number).collect();
        for (index, result) in extract(&text).into_iter().enumerate() {
            let result = result.map_err(|error| renumbered(error, &numbers));
            found.push((begins.get(index).copied().unwrap_or_default(), result));
        }
    }
    found.sort_by_key(|(line, _)| *line);
    found.into_iter().map(|(_, result)| result).collect()
}

/// The lines of each pod with their numbers, from 1. What marks no pod is one stream.
fn streams(log: &str) -> Vec<Vec<(usize, &str)>> {
    let marks: BTreeSet<&str> = log.lines().filter_map(mark).filter(|mark| !mark.is_empty()).collect();
    // The longest mark first: one pod's name may begin with another's.
    // Nobody runs that many parts; a log that pretends to would cost its lines times its pods.
    let mut marks: Vec<&str> = marks.into_iter().take(1_000).collect();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.len()));
    let mut streams: Vec<Vec<(usize, &str)>> = vec![Vec::new(); marks.len() + 1];
    for (number, line) in (1..).zip(log.lines()) {
        let index = marks.iter().position(|mark| line.starts_with(mark)).unwrap_or(marks.len());
        if let Some(stream) = streams.get_mut(index) {
            stream.push((number, line));
        }
    }
    streams
}

/// What stands before a begin marker and names its pod: everything in front of the time stamp.
fn mark(line: &str) -> Option<&str> {
    let before = line.get(..line.find(BEGIN)?)?;
    let named = before.trim_end();
    let last = named.rsplit(' ').next().unwrap_or_default();
    let is_time = last.len() >= 20 && last.as_bytes().get(10) == Some(&b'T') && last.contains(':');
    // A time stamp first says nothing of the pod.
    let first_is_time = named.split(' ').next().is_some_and(|w| w.as_bytes().get(10) == Some(&b'T'));
    if first_is_time {
        return Some("");
    }
    Some(if is_time { before.get(..named.len() - last.len()).unwrap_or(before) } else { before })
}

fn renumbered(error: EnvelopeError, numbers: &[usize]) -> EnvelopeError {
    let of = |line: usize| numbers.get(line.wrapping_sub(1)).copied().unwrap_or(line);
    match error {
        EnvelopeError::Cut { line } => EnvelopeError::Cut { line: of(line) },
        EnvelopeError::Damaged { line } => EnvelopeError::Damaged { line: of(line) },
        EnvelopeError::Document { line, source } => EnvelopeError::Document { line: of(line), source },
    }
}
