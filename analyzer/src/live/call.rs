//! One request to the API server: bounded, retried, within the deadline.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use kube::client::Body;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// An answer larger than this is not read: a page of 500 objects of etcd's largest size (1.5 MB) fits.
const LARGEST: usize = 1 << 30;
/// One attempt takes at most this long.
const ATTEMPT: Duration = Duration::from_mins(1);
/// A request is sent at most this often.
const ATTEMPTS: u32 = 5;
/// The first pause between two attempts; it doubles each time.
const PAUSE: Duration = Duration::from_millis(200);
/// A server that asks for a longer pause than this is asked again after this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the API server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, if it is text.
    pub content_type: String,
    /// The server's own clock (`Date`).
    pub date: Option<Timestamp>,
    /// How long the server asks to wait (`Retry-After` in seconds).
    pub retry_after: Option<Duration>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// 403, in the server's own words.
    #[error("{0}")]
    Forbidden(String),
    /// 401: the credentials are not accepted.
    #[error("the credentials are not accepted (401): {0}")]
    Unauthorized(String),
    /// 404.
    #[error("{0}")]
    NotFound(String),
    /// 410: the token of a paged list expired.
    #[error("the list expired on the server (410): {0}")]
    Expired(String),
    /// Another status that is no success, after all attempts.
    #[error("the server answered {status}: {message}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The server's words.
        message: String,
    },
    /// No connection, or it broke, after all attempts.
    #[error("{0}")]
    Transport(String),
    /// No answer within one attempt's time, after all attempts.
    #[error("no answer within {} seconds", ATTEMPT.as_secs())]
    Slow,
    /// The time for the whole ran out.
    #[error("the time was over (--timeout)")]
    Deadline,
    /// The answer is no JSON of the expected shape.
    #[error("the answer could not be read: {0}")]
    Malformed(String),
    /// The words of the request do not make a URL.
    #[error("the request could not be made: {0}")]
    Request(String),
}

/// Sends requests. What may be sent is decided by those who own one: [`super::Reader`] only reads.
#[derive(Clone)]
pub(crate) struct Caller {
    client: kube::Client,
    slots: Arc<Semaphore>,
    deadline: Instant,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl Caller {
    /// At most `parallel` requests at a time, and none after the deadline.
    pub(crate) fn new(client: kube::Client, parallel: usize, deadline: Instant) -> Self {
        Self { client, slots: Arc::new(Semaphore::new(parallel.max(1))), deadline }
    }

    /// Sends a request until it is answered, with pauses as the server asks for them.
    pub(crate) async fn call(&self, make: impl Fn() -> Request<Vec<u8>>) -> Result<Answer, CallError> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let outcome = self.once(make()).await;
            let (wait, failure) = match outcome {
                Ok(answer) if answer.status < 400 => return Ok(answer),
                Ok(answer) if is_passing(answer.status) => (answer.retry_after, failure_of(&answer)),
                Ok(answer) => return Err(failure_of(&answer)),
                Err(CallError::Transport(words)) => (None, CallError::Transport(words)),
                Err(CallError::Slow) => (None, CallError::Slow),
                Err(error) => return Err(error),
            };
            if attempt >= ATTEMPTS {
                return Err(failure);
            }
            let wait = wait.unwrap_or(pause).min(LONGEST_PAUSE);
            if Instant::now() + wait >= self.deadline {
                return Err(if matches!(failure, CallError::Transport(_)) { failure } else { CallError::Deadline });
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
        Err(CallError::Deadline)
    }

    /// Sends a request once and takes whatever is answered.
    pub(crate) async fn once(&self, request: Request<Vec<u8>>) -> Result<Answer, CallError> {
        let _slot = tokio::time::timeout_at(self.deadline, self.slots.acquire())
            .await
            .map_err(|_| CallError::Deadline)?
            .map_err(|_| CallError::Deadline)?;
        let end = self.deadline.min(Instant::now() + ATTEMPT);
        let exchange = async {
            let response = self.client.send(request.map(Body::from)).await.map_err(|error| transport(&error))?;
            answer(response).await
        };
        match tokio::time::timeout_at(end, exchange).await {
            Ok(answer) => answer,
            Err(_) if end >= self.deadline => Err(CallError::Deadline),
            Err(_) => Err(CallError::Slow),
        }
    }
}

async fn answer(response: Response<Body>) -> Result<Answer, CallError> {
    let (head, body) = response.into_parts();
    let text = |name: http::HeaderName| head.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bytes = Limited::new(body, LARGEST)
        .collect()
        .await
        .map_err(|error| CallError::Transport(format!("the connection broke: {}", words(&error.to_string()))))?
        .to_bytes();
    let body = if text(http::header::CONTENT_ENCODING).eq_ignore_ascii_case("gzip") {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_ref())
            .take(LARGEST as u64)
            .read_to_end(&mut plain)
            .map_err(|error| CallError::Transport(format!("the compressed answer is broken: {error}")))?;
        plain
    } else {
        bytes.into()
    };
    Ok(Answer {
        status: head.status.as_u16(),
        content_type: text(http::header::CONTENT_TYPE).to_owned(),
        date: jiff::fmt::rfc2822::parse(text(http::header::DATE)).ok().map(|zoned| zoned.timestamp()),
        retry_after: text(http::header::RETRY_AFTER).trim().parse().ok().map(Duration::from_secs),
        body,
    })
}

/// Statuses after which the same request may succeed (API conventions: 429, 500, 503, 504).
const fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

fn failure_of(answer: &Answer) -> CallError {
    let message = message_of(answer);
    match answer.status {
        401 => CallError::Unauthorized(message),
        403 => CallError::Forbidden(message),
        404 => CallError::NotFound(message),
        410 => CallError::Expired(message),
        status => CallError::Status { status, message },
    }
}

/// The `message` of a Status, else the text.
fn message_of(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Status {
        message: Option<String>,
    }
    let status: Option<Status> = serde_json::from_slice(&answer.body).ok();
    let text = status.and_then(|s| s.message).unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
    let text = words(&text);
    if text.is_empty() { "without a reason".to_owned() } else { text }
}

/// Foreign text on one line, cut to a length that still reads.
pub(crate) fn words(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 300 { line } else { line.chars().take(299).chain(['…']).collect() }
}

/// An error with its causes, innermost last, each said once.
fn transport(error: &kube::Error) -> CallError {
    let mut parts: Vec<String> = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        let text = one.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = one.source();
    }
    let text = words(&parts.join(": "));
    match error {
        kube::Error::Auth(_) => CallError::Unauthorized(text),
        _ => CallError::Transport(text),
    }
}
