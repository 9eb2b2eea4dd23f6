//! Waiting for a change: every list of a read is watched from the version it showed.
//!
//! A watch here says only that something changed: what changed is found by reading again. So nothing is missed
//! where a watch ends or its version expires; only what happened and was undone in between is not seen, and
//! that is said as a gap. Kinds that may not be watched are read again from time to time.

mod stream;

use std::time::Duration;

use kubereach_prober::probe::Stop;
use kubereach_reports::report::CoverageState;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::LiveError;
use super::connect::Target;
use super::gather::{Gathered, is_confidential};
use super::read::{block_on, reader};

/// Lists beyond this many are not watched but read again.
const MOST: usize = 200;
/// Changes come together: what follows within this time is waited for.
const SETTLE: Duration = Duration::from_millis(500);
/// Time for the credentials.
const CONNECT: Duration = Duration::from_mins(1);

/// What a read showed and at which versions.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    lists: Vec<Mark>,
}

/// One list.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// In words: `Pod`, `Pod in shop`.
    pub(super) what: String,
    pub(super) path: String,
    pub(super) version: String,
    /// Only names are read of these.
    pub(super) metadata_only: bool,
}

impl Marks {
    /// Of every list that was read to its end.
    pub(super) fn of(gathered: &Gathered) -> Self {
        let lists = gathered.record.lists.iter().filter(|list| {
            let whole = list.state == Some(CoverageState::Complete) && !list.resource_version.is_empty();
            // Events come all the time and are no more than a hint.
            whole && list.kind != "Event"
        });
        Self {
            lists: lists
                .map(|list| Mark {
                    what: match &list.namespace {
                        Some(namespace) => format!("{} in {namespace}", list.kind),
                        None => list.kind.clone(),
                    },
                    path: list.source.clone(),
                    version: list.resource_version.clone(),
                    metadata_only: is_confidential(&list.group, &list.kind),
                })
                .collect(),
        }
    }
}

/// For how long to wait, and for what else.
#[derive(Debug, Default)]
pub struct Patience {
    /// Read again after this time where something cannot be watched.
    pub interval: Duration,
    /// Read again after that time in any case: something else than the cluster may change.
    pub always: bool,
    /// Not longer than this.
    pub at_most: Option<Duration>,
    /// Until this is pulled.
    pub stop: Option<Stop>,
}

/// Why the waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Woken {
    /// An object of these kinds changed.
    Changed,
    /// Watching ended otherwise than asked for, in words: what happened since is not seen step by step.
    Gap(String),
    /// It is time to look again.
    Interval,
    /// `at_most` is over.
    TimeIsUp,
    /// It was stopped.
    Stopped,
}

/// What a watch tells.
#[derive(Debug)]
pub(super) enum News {
    Changed,
    Gap(String),
    /// It may not be watched.
    Unwatched,
}

/// Waits until something changes.
pub fn wait(target: &Target, marks: &Marks, patience: Patience) -> Result<Woken, LiveError> {
    block_on(async {
        let connection = target.connect()?;
        let mut reader = reader(&connection, 1, CONNECT).await?;
        // The waiting itself has no end of its own.
        reader.extend(Duration::from_hours(24 * 365));
        let (tell, mut news) = mpsc::channel(MOST);
        let mut watches = JoinSet::new();
        for mark in marks.lists.iter().take(MOST).cloned() {
            watches.spawn(stream::watch(reader.clone(), mark, tell.clone()));
        }
        drop(tell);
        let mut polled = patience.always || marks.lists.len() > MOST || marks.lists.is_empty();
        let begun = Instant::now();
        let up = async {
            match patience.at_most {
                Some(time) => tokio::time::sleep_until(begun + time).await,
                None => std::future::pending().await,
            }
        };
        let stopped = async {
            match patience.stop {
                Some(stop) => stop.pulled().await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(up, stopped);
        loop {
            let interval = tokio::time::sleep_until(begun + patience.interval);
            let one = tokio::select! {
                () = &mut stopped => return Ok(Woken::Stopped),
                () = &mut up => return Ok(Woken::TimeIsUp),
                () = interval, if polled => return Ok(Woken::Interval),
                one = news.recv() => one,
            };
            match one {
                Some(News::Unwatched) | None => polled = true,
                Some(News::Gap(why)) => return Ok(Woken::Gap(why)),
                Some(News::Changed) => {
                    tokio::select! {
                        () = &mut stopped => return Ok(Woken::Stopped),
                        () = tokio::time::sleep(SETTLE) => return Ok(Woken::Changed),
                    }
                }
            }
            if news.is_closed() && news.is_empty() {
                // Nobody tells anything any more: only the clock does.
                tokio::select! {
                    () = &mut stopped => return Ok(Woken::Stopped),
                    () = &mut up => return Ok(Woken::TimeIsUp),
                    () = tokio::time::sleep_until(begun + patience.interval) => return Ok(Woken::Interval),
                }
            }
        }
    })?
}
