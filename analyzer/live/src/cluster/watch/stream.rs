//! One watch: opened, kept open, and opened again where the server ends it.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::mpsc::Sender;

use super::super::call::{CallError, Lines, words};
use super::super::client::{Accept, Reader, escape};
use super::{Mark, News};

/// A server ends a watch after this time by itself.
const SECONDS: u32 = 290;
/// A watch that breaks off so often without a word in between is given up.
const FAILURES: u32 = 4;
/// Pauses before a watch is begun again: the first, and the longest; each is up to twice as long, so that many
/// watches do not come back at once (client-go's reflector, `tools/cache/reflector.go`).
const FIRST: Duration = Duration::from_millis(800);
const LONGEST: Duration = Duration::from_secs(30);
/// A watch that stayed open for so long was well.
const WELL: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    object: Object,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Object {
    metadata: Meta,
    message: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    resource_version: String,
}

/// Watches until there is something to tell.
pub(super) async fn watch(reader: Reader, mut mark: Mark, tell: Sender<News>) {
    let mut failures = 0;
    let mut closed = 0;
    let news = loop {
        let begun = Instant::now();
        let url = format!(
            "{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={SECONDS}&resourceVersion={}",
            mark.path,
            escape(&mark.version)
        );
        let accept = if mark.metadata_only { Accept::MetadataWatch } else { Accept::Json };
        let ended = match reader.stream(&url, accept).await {
            Ok(lines) => {
                let outcome = follow(lines, &mut mark).await;
                match outcome {
                    Ok(Some(news)) => break news,
                    // The server's time was over, or it closes at once whatever is asked; the version is kept.
                    Ok(None) => {
                        failures = 0;
                        closed = if begun.elapsed() >= WELL { 0 } else { closed + 1 };
                        tokio::time::sleep(pause(closed)).await;
                        continue;
                    }
                    Err(error) => error,
                }
            }
            Err(CallError::Forbidden(_) | CallError::NotFound(_)) => break News::Unwatched,
            Err(CallError::Status { status: 405, .. }) => break News::Unwatched,
            Err(CallError::Expired(why)) => break News::Gap(format!("the watch of {} expired: {why}", mark.what)),
            Err(error) => error,
        };
        failures += 1;
        if failures >= FAILURES {
            break News::Gap(format!("the watch of {} broke off: {ended}", mark.what));
        }
        tokio::time::sleep(Duration::from_millis(250 << failures)).await;
    };
    // Whoever waited may have had enough.
    let _ = tell.send(news).await;
}

/// How long to wait after so many watches in a row that were closed early.
fn pause(closed: u32) -> Duration {
    if closed == 0 {
        return Duration::ZERO;
    }
    let least = FIRST.saturating_mul(1 << (closed - 1).min(10)).min(LONGEST);
    // The standard library seeds each of these from the operating system.
    let share = u32::from(RandomState::new().hash_one(closed).to_le_bytes()[0]);
    least + least * share / 256
}

/// Reads events; the news, or None where the stream came to its end.
async fn follow(mut lines: Lines, mark: &mut Mark) -> Result<Option<News>, CallError> {
    while let Some(line) = lines.next().await? {
        let event: Event =
            serde_json::from_slice(&line).map_err(|error| CallError::Malformed(words(&error.to_string())))?;
        match event.kind.as_str() {
            "BOOKMARK" => {
                if !event.object.metadata.resource_version.is_empty() {
                    mark.version = event.object.metadata.resource_version;
                }
            }
            "ERROR" => {
                let why = words(&event.object.message);
                return Ok(Some(News::Gap(format!("the watch of {} ended: {why}", mark.what))));
            }
            _ => return Ok(Some(News::Changed)),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watches_that_are_closed_at_once_are_begun_again_ever_later_and_not_together() {
        assert_eq!(pause(0), Duration::ZERO);
        for (closed, least) in [(1, 800), (2, 1_600), (3, 3_200), (6, 25_600), (7, 30_000), (1_000, 30_000)] {
            let least = Duration::from_millis(least);
            let pauses: Vec<Duration> = (0..50).map(|_| pause(closed)).collect();
            assert!(pauses.iter().all(|pause| *pause >= least && *pause < least * 2), "{closed}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{closed}: {pauses:?}");
        }
    }
}
