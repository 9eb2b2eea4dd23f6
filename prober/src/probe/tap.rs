//! A stream that remembers how much came back, and how it began: "never spoke" is told from "spoke
//! and broke", and one protocol from another.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What came back so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    bytes: u64,
    first: Vec<u8>,
}

impl Seen {
    /// Bytes received.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// The first bytes received, at most 32.
    pub(crate) fn first(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first.clone()
    }

    fn add(&self, bytes: &[u8]) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.bytes = inner.bytes.saturating_add(bytes.len() as u64);
        let room = 32usize.saturating_sub(inner.first.len());
        inner.first.extend(bytes.iter().take(room));
    }
}

/// The beginning of an HTTP/2 connection: a SETTINGS frame of stream 0 (RFC 9113 section 3.4).
pub(crate) fn looks_like_http2(first: &[u8]) -> bool {
    matches!(first, [0, _, _, 4, _, 0, 0, 0, 0, ..])
}

/// The beginning of an HTTP/1 answer.
pub(crate) fn looks_like_http1(first: &[u8]) -> bool {
    first.starts_with(b"HTTP/1.")
}

/// The beginning of a TLS record: an alert or a handshake (RFC 8446 section 5.1).
pub(crate) fn looks_like_tls(first: &[u8]) -> bool {
    matches!(first, [20..=24, 3, ..])
}

/// A stream with its memory.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    inner: S,
    seen: Seen,
}

impl<S> Tap<S> {
    pub(crate) fn new(inner: S) -> (Self, Seen) {
        let seen = Seen::default();
        (Self { inner, seen: seen.clone() }, seen)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        if let Some(new) = buf.filled().get(before..) {
            self.seen.add(new);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
