//! The server on standard input and output, as clients start it.
//!
//! A client that asks and never reads is not read any further, once so many of its lines wait for their answers: what a
//! server holds of it stays bounded.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use rmcp::ServiceExt as _;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::Server;

/// A line that is longer is dropped unread.
const LONGEST_LINE: usize = 4 * 1024 * 1024;
/// So many lines are read while an answer cannot be written.
const AHEAD: usize = 1_024;

/// Serves one client until it closes standard input, or somebody ends the program.
pub fn stdio(server: &Server) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(async {
        let gauge = Arc::new(Gauge::default());
        let read = Reading { inner: tokio::io::stdin(), gauge: Arc::clone(&gauge) };
        let write = Writing { inner: tokio::io::stdout(), gauge };
        let transport = AsyncRwTransport::new_server(read, write).with_max_line_length(LONGEST_LINE);
        let serve = async {
            // Whoever starts it by hand and closes it before a word was said has done nothing wrong.
            let Ok(running) = server.session().serve(transport).await else { return Ok(()) };
            running.waiting().await.map(|_| ()).map_err(std::io::Error::other)
        };
        let served = tokio::select! {
            served = serve => served,
            () = ended() => Ok(()),
        };
        server.finish().await;
        served
    });
    // A read of standard input that nobody answers is not waited for.
    runtime.shutdown_background();
    served
}

/// Waits until somebody ends the program.
pub(crate) async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        if let [Ok(mut first), Ok(mut second), Ok(mut third)] = kinds.map(signal) {
            tokio::select! {
                _ = first.recv() => {}
                _ = second.recv() => {}
                _ = third.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// How far reading is ahead of writing.
#[derive(Default)]
struct Gauge(Mutex<State>);

#[derive(Default)]
struct State {
    /// An answer could not be written at once.
    stuck: bool,
    /// Lines that were read since.
    lines: usize,
    /// Who waits for the answer to be written.
    reader: Option<Waker>,
}

impl Gauge {
    /// May more be read? Otherwise whoever asks is woken when an answer was written.
    fn may_read(&self, cx: &Context<'_>) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let may = !state.stuck || state.lines < AHEAD;
        if !may {
            state.reader = Some(cx.waker().clone());
        }
        may
    }

    fn read(&self, bytes: &[u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stuck {
            state.lines += bytes.split(|byte| *byte == b'\n').count().saturating_sub(1);
        }
    }

    fn wrote<T>(&self, poll: &Poll<T>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if poll.is_pending() {
            state.stuck = true;
            return;
        }
        state.stuck = false;
        state.lines = 0;
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

struct Reading<R> {
    inner: R,
    gauge: Arc<Gauge>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Reading<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if !self.gauge.may_read(cx) {
            return Poll::Pending;
        }
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.gauge.read(buf.filled().get(before..).unwrap_or_default());
        poll
    }
}

struct Writing<W> {
    inner: W,
    gauge: Arc<Gauge>,
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Writing<W> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.gauge.wrote(&poll);
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let poll = Pin::new(&mut self.inner).poll_flush(cx);
        self.gauge.wrote(&poll);
        poll
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
