//! Is a measurement older than what the snapshot shows
//! (`docs/semantics/measurement.md#stale-measurements-change-nothing`)?

use jiff::{SignedDuration, Timestamp};
use kubereach_reports::report::ObjectRef;

use crate::evaluate::door;
use kubereach_model::evidence::Path;
use kubereach_model::snapshot::Snapshot;

/// A dump takes minutes to write, so a measurement may be this much older than its stated time.
const SLACK: SignedDuration = SignedDuration::from_mins(15);

/// Why a measurement made at `at` is stale for this path, if it is.
pub(super) fn stale(snapshot: &Snapshot, path: &Path, at: Timestamp) -> Option<String> {
    let mut objects = vec![path.key.entry.clone()];
    objects.extend(path.key.backend.as_ref().map(|b| ObjectRef {
        kind: b.kind.clone(),
        namespace: Some(b.namespace.clone()),
        name: b.name.clone(),
        group: None,
    }));
    let newer = objects.into_iter().find_map(|object| {
        let created = created(snapshot, &object)?;
        (created > at).then(|| format!("{object} was created {} after it", span(created.duration_since(at))))
    });
    newer.or_else(|| {
        // The oldest that the snapshot may show: what was measured while it was taken is as good as it.
        let taken = snapshot.began.or(snapshot.taken_at)?;
        let before = taken.duration_since(at);
        (before > SLACK).then(|| {
            format!("the snapshot was taken {} after it, and what changed in between is not shown", span(before))
        })
    })
}

/// The age of a measurement against the snapshot's, in words; `taken` is when taking it began and ended.
pub(super) fn against(taken: Option<(Timestamp, Timestamp)>, at: Option<Timestamp>) -> String {
    match (taken, at) {
        (Some((_, ended)), Some(at)) if at >= ended => {
            format!("{} after the snapshot was taken", span(at.duration_since(ended)))
        }
        (Some((began, _)), Some(at)) if at < began => {
            format!("{} before the snapshot was taken", span(began.duration_since(at)))
        }
        (Some(_), Some(_)) => "while the snapshot was taken".to_owned(),
        _ => String::new(),
    }
}

/// When a door or a Service was made.
fn created(snapshot: &Snapshot, object: &ObjectRef) -> Option<Timestamp> {
    door::kind(object)?;
    snapshot.named(object)?.0.meta().creation_timestamp.0
}

/// `3 days`, `2 hours`, `5 minutes`.
pub(super) fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (n, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}
