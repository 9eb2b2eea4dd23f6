//! Bodies: at most 64 KiB, and not for long. A stream of events never ends; its headers are answer
//! enough.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Incoming;
use tokio::time::Instant;

/// Bytes read at most.
const MAX: usize = 64 * 1024;

/// The beginning of a body.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    /// There was more, it did not end in time, or it broke off.
    pub(crate) cut: bool,
    /// What followed the body.
    pub(crate) trailers: Option<HeaderMap>,
    /// Why it broke off.
    pub(crate) error: Option<hyper::Error>,
}

impl Body {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Read frames until the limit of bytes or of time.
pub(crate) async fn read(mut incoming: Incoming, limit: Duration) -> Body {
    let until = Instant::now() + limit;
    let mut body = Body::default();
    loop {
        match tokio::time::timeout_at(until, incoming.frame()).await {
            Ok(None) => return body,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => {
                    let room = MAX - body.bytes.len();
                    body.bytes.extend(data.iter().take(room));
                    if data.len() > room {
                        body.cut = true;
                        return body;
                    }
                }
                Err(frame) => body.trailers = frame.into_trailers().ok(),
            },
            Ok(Some(Err(error))) => {
                body.cut = true;
                body.error = Some(error);
                return body;
            }
            Err(_) => {
                body.cut = true;
                return body;
            }
        }
    }
}
