//! From attempts to the row of a target.

use super::attempt::{Done, Progress, passed};
use super::clock::now;
use super::command::command;
use super::engine::Engine;
use crate::class::Class;
use crate::layer::Layer;
use crate::observations::{Attempt, ResultRow, Vantage};
use crate::outcome::{Judged, judge};
use crate::plan::Target;
use crate::words::{LayerName, Outcome, Protocol};

/// The row of a target that was never begun.
pub(super) fn not_run(vantage: &Vantage, target: &Target, class: Class, why: &str) -> ResultRow {
    let layers = vec![skipped(target, class, why)];
    let judged = judge(target, &layers, vantage);
    row(target, layers, judged, now())
}

fn skipped(target: &Target, class: Class, why: &str) -> Layer {
    let layer = match target.protocol {
        Protocol::Dns => LayerName::Dns,
        Protocol::Udp => LayerName::Udp,
        _ => LayerName::Tcp,
    };
    Layer::new(layer, class, 0).with_detail(why)
}

/// Fold what was done. `cut` says why the work ended early; what was measured by then is kept.
pub(super) fn fold(engine: &Engine, target: &Target, mut progress: Progress, cut: Option<&str>) -> ResultRow {
    if let Some(why) = cut
        && progress.attempts.is_empty()
    {
        let mut layers = std::mem::take(&mut progress.current);
        layers.push(skipped(target, Class::NorunDeadline, why));
        let judged = judge(target, &layers, &engine.options.vantage);
        return row(target, layers, judged, if progress.at.is_empty() { now() } else { progress.at });
    }
    if progress.samples.is_empty() {
        progress.samples.push(0);
    }
    let deciding = deciding(&progress);
    let all: Vec<Outcome> = progress
        .samples
        .iter()
        .filter_map(|index| progress.attempts.get(*index))
        .map(|done| done.judged.outcome)
        .collect();
    let answered_samples = all.iter().filter(|outcome| passed(**outcome)).count();
    let planned: Vec<&Done> = progress.attempts.iter().filter(|done| !done.otherwise).collect();
    let tried = planned.iter().filter(|done| done.judged.outcome != Outcome::NotTested).count();
    let answered = planned.iter().filter(|done| passed(done.judged.outcome)).count();
    let otherwise = progress
        .attempts
        .iter()
        .find(|done| done.otherwise && passed(done.judged.outcome))
        .map(|done| format!("; {} it says: {}", done.why, done.judged.reason));

    let mut others = Vec::new();
    let mut decided = None;
    for (index, done) in progress.attempts.into_iter().enumerate() {
        if index == deciding {
            decided = Some(done);
        } else {
            others.push(Attempt {
                at_ms: done.at_ms,
                outcome: done.judged.outcome,
                class: done.judged.class,
                why: if done.why.is_empty() { "first".to_owned() } else { done.why },
                layers: done.layers,
            });
        }
    }
    let Some(Done { layers, mut judged, .. }) = decided else {
        return not_run(&engine.options.vantage, target, Class::NorunDeadline, "nothing was begun");
    };
    if answered_samples > 0 && answered_samples < all.len() {
        // Some connections are served and some are not: less than declared, and not a wall.
        judged.outcome = Outcome::ServerError;
        judged.reason = format!("{answered_samples} of {} connections answered; {}", all.len(), judged.reason);
        judged.cap = crate::words::Cap::Degraded;
    } else if all.len() > 1 {
        judged.reason = format!("{} ({} connections)", judged.reason, all.len());
    }
    if let Some(otherwise) = otherwise {
        judged.reason.push_str(&otherwise);
    }
    let mut row = row(target, layers, judged, progress.at);
    row.tried = u32::try_from(tried).unwrap_or(u32::MAX);
    row.answered = u32::try_from(answered).unwrap_or(u32::MAX);
    row.others = others;
    row
}

/// The attempt that decides: of the samples the worst one that was tested, so that a failure among
/// answers is seen.
fn deciding(progress: &Progress) -> usize {
    progress
        .samples
        .iter()
        .copied()
        .filter_map(|index| progress.attempts.get(index).map(|done| (index, done.judged.outcome)))
        .min_by_key(|(_, outcome)| (*outcome == Outcome::NotTested, *outcome))
        .map_or(0, |(index, _)| index)
}

fn row(target: &Target, layers: Vec<Layer>, judged: Judged, at: String) -> ResultRow {
    let command = command(target, &layers);
    ResultRow {
        target: target.id.clone(),
        dial: target.dial.clone(),
        also: target.also.clone(),
        span: target.span,
        purpose: target.purpose,
        guessed: target.guessed,
        layers,
        outcome: judged.outcome,
        reason: judged.reason,
        class: judged.class,
        failed_layer: judged.failed_layer,
        cap: judged.cap,
        causes: judged.causes,
        tried: 0,
        answered: 0,
        others: Vec::new(),
        at,
        command,
    }
}
