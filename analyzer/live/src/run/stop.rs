//! Ctrl-C and the like: the first asks for an orderly end, the second for an end at once.

use tokio::sync::watch;

/// How often the run was asked to end.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    count: watch::Receiver<u32>,
}

impl Stop {
    /// Listens from now on, for as long as the runtime lives, to signals and to whoever else may end the run.
    pub(super) fn listen(other: Option<watch::Receiver<u32>>) -> Self {
        let (sender, count) = watch::channel(0);
        if let Some(mut other) = other {
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut seen = 0;
                // It ends when nobody is left who could ask.
                while other.wait_for(|count| *count > seen).await.is_ok() {
                    let now = *other.borrow();
                    sender.send_modify(|count| *count += now - seen);
                    seen = now;
                }
            });
        }
        tokio::spawn(async move {
            let mut signals = Signals::new();
            while signals.next().await {
                sender.send_modify(|count| *count += 1);
            }
            // Without signals nobody asks; the sender has to live until then.
            std::future::pending::<()>().await;
        });
        Self { count }
    }

    /// Was it asked to end?
    pub(super) fn is_pulled(&self) -> bool {
        *self.count.borrow() > 0
    }

    /// Waits until it was asked so often.
    pub(super) async fn pulled(&self, times: u32) {
        let mut count = self.count.clone();
        if count.wait_for(|count| *count >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        Self(kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    async fn next(&mut self) -> bool {
        let [first, second, third] = self.0.as_mut_slice() else { return false };
        let got = tokio::select! {
            got = first.recv() => got,
            got = second.recv() => got,
            got = third.recv() => got,
        };
        got.is_some()
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
