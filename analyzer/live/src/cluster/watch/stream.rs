//! One watch: opened, kept open, and opened again where the server ends it.

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc::Sender;

use super::super::call::{CallError, Lines, words};
use super::super::client::{Accept, Reader, escape};
use super::{Mark, News};

/// A server ends a watch after this time by itself.
const SECONDS: u32 = 290;
/// A watch that breaks off so often without a word in between is given up.
const FAILURES: u32 = 4;

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
    let news = loop {
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
                    // The server's time was over; the version is kept.
                    Ok(None) => {
                        failures = 0;
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
