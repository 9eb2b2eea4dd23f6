//! Phrases that several checks of measurements share.

use std::net::SocketAddr;

use jiff::Timestamp;
use kubereach_reports::report::{ObjectRef, SegmentName};

use super::backend;
use crate::observation::Measurement;
use kubereach_model::evidence::{Path, command};
use kubereach_model::snapshot::Proof;

/// Addresses named in one sentence.
const NAMED: usize = 4;

/// `on shop.example /cart to Service shop/cart port 80`.
pub(super) fn on_path(path: &Path) -> String {
    let key = &path.key;
    let asks: Vec<&str> = [&key.listener, &key.host, &key.matches]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .filter(|p| !p.is_empty())
        .collect();
    let mut text =
        if asks.is_empty() { format!("on the way by {}", key.entry) } else { format!("on {}", asks.join(" ")) };
    if let Some(backend) = &key.backend {
        text.push_str(&format!(" to {} {}/{}", backend.kind, backend.namespace, backend.name));
        if let Some(port) = &backend.port {
            text.push_str(&format!(" port {port}"));
        }
    }
    command::cut(&text)
}

/// The object of a segment, and what stands there.
pub(super) fn place(path: &Path, segment: Option<SegmentName>) -> (ObjectRef, String) {
    let evaluated = segment.and_then(|segment| path.segment(segment));
    let object = evaluated
        .and_then(|s| s.object.clone())
        .or_else(|| segment.filter(|s| *s >= SegmentName::Service).and_then(|_| backend(path)))
        .unwrap_or_else(|| path.key.entry.clone());
    let told = segment.map_or_else(String::new, |segment| {
        format!("Everything else on the way was answered for the same caller, so it breaks at {segment}. ")
    });
    (object, told)
}

/// Which part of the path was measured, where it was not all of it.
pub(super) fn part(told: &Measurement) -> String {
    told.part.map_or_else(String::new, |(from, to)| {
        if from == to { format!(" (measured: {from})") } else { format!(" (measured: {from} to {to})") }
    })
}

/// Who measured what and when, and when the snapshot was taken.
pub(super) fn measured(told: &Measurement, taken_at: Option<Timestamp>) -> String {
    let at = told.at.map_or_else(|| "at a time that is not known".to_owned(), |at| format!("at {at}"));
    let taken = taken_at
        .map_or_else(|| "the snapshot does not say its time".to_owned(), |at| format!("the snapshot is of {at}"));
    format!("Measured as {} {at} ({taken}): {}", told.source, told.evidence.trim_end_matches('.'))
}

/// With one full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// Causes of a failure that was localized are those of its place, not all that its kind may have.
pub(super) fn fits(told: &Measurement) -> String {
    if told.segment.is_some() {
        return String::new();
    }
    match told.causes.as_slice() {
        [] => String::new(),
        [one] => format!(" A cause that fits: {one}."),
        several => format!(" Causes that fit: {}.", several.join("; ")),
    }
}

/// What the measurement proves.
pub(super) fn proof(told: &Measurement) -> Proof {
    let when = told.at.map_or_else(String::new, |at| format!(" at {at}"));
    Proof::measured(format!("real traffic, measured as {}{when}", told.source))
}

/// `192.0.2.1 does`, `192.0.2.1, 192.0.2.2 and 3 more do`.
pub(super) fn does(dead: &[SocketAddr]) -> String {
    let named: Vec<String> = dead.iter().take(NAMED).map(ToString::to_string).collect();
    let more = dead.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest} {}", named.join(", "), if dead.len() == 1 { "does" } else { "do" })
}
