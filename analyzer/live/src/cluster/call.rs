//! One request to the API server: bounded, retried, within the deadline.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use kube::client::Body;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// An answer larger than this is not read: a page of 500 objects of etcd's largest size (1.5 MB) fits.
const LARGEST: usize = 1 << 30;
/// Of an answer that is looked at and not kept so much is read, …
const PEEKED: usize = 64 << 10;
/// … and for so long: a stream of events never ends.
const PEEK: Duration = Duration::from_secs(2);
/// One event of a watch: an object of etcd's largest size, and its frame.
const LONGEST_LINE: usize = 16 << 20;
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

/// An answer of which only the beginning was read.
#[derive(Debug)]
pub(crate) struct Peeked {
    pub(crate) head: http::response::Parts,
    pub(crate) body: Vec<u8>,
    /// There was more, or it did not end in time.
    pub(crate) cut: bool,
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
    /// The server's certificate is not one that the kubeconfig trusts: asking again changes nothing.
    #[error(
        "its certificate is not trusted: {0}; look at certificate-authority and tls-server-name of the cluster in the kubeconfig"
    )]
    Untrusted(String),
    /// Something answers that is no API server: a login page, a proxy, another program.
    #[error("what answers there is no Kubernetes API server: {0}")]
    Stranger(String),
    /// No answer within one attempt's time, after all attempts.
    #[error("no answer within {} seconds", ATTEMPT.as_secs())]
    Slow,
    /// The time for the whole ran out.
    #[error("no answer came before the time was over (--timeout)")]
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

    /// A place among those that ask at the same time.
    async fn slot(&self) -> Result<SemaphorePermit<'_>, CallError> {
        let place = tokio::time::timeout_at(self.deadline, self.slots.acquire()).await;
        place.map_err(|_| CallError::Deadline)?.map_err(|_| CallError::Deadline)
    }

    /// Sends a request once and reads no more than the beginning of the answer.
    pub(crate) async fn peek(&self, request: Request<Vec<u8>>, within: Duration) -> Result<Peeked, CallError> {
        let _slot = self.slot().await?;
        let end = self.deadline.min(Instant::now() + within);
        let response = match tokio::time::timeout_at(end, self.client.send(request.map(Body::from))).await {
            Ok(response) => response.map_err(|error| transport(&error))?,
            Err(_) if end >= self.deadline => return Err(CallError::Deadline),
            Err(_) => return Err(CallError::Slow),
        };
        let (head, body) = response.into_parts();
        let (body, cut) = beginning(body, self.deadline.min(Instant::now() + PEEK)).await;
        Ok(Peeked { head, body, cut })
    }

    /// Another end of time, from now.
    pub(crate) fn extend(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }

    /// Sends a request and hands on the lines of its answer as they come. It takes no place from the others.
    pub(crate) async fn stream(&self, request: Request<Vec<u8>>) -> Result<Lines, CallError> {
        let end = self.deadline.min(Instant::now() + ATTEMPT);
        let response = tokio::time::timeout_at(end, self.client.send(request.map(Body::from))).await;
        let response = response.map_err(|_| CallError::Slow)?.map_err(|error| transport(&error))?;
        if response.status().as_u16() < 400 {
            return Ok(Lines { body: response.into_body(), rest: Vec::new() });
        }
        let answer = tokio::time::timeout_at(end, answer(response)).await.map_err(|_| CallError::Slow)??;
        Err(failure_of(&answer))
    }

    /// Sends a request once and takes whatever is answered.
    pub(crate) async fn once(&self, request: Request<Vec<u8>>) -> Result<Answer, CallError> {
        let _slot = self.slot().await?;
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

/// The lines of an answer that may never end.
pub(crate) struct Lines {
    body: Body,
    rest: Vec<u8>,
}

impl Lines {
    /// The next line; None where the answer ends.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, CallError> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.rest) {
                let after = self.rest.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.rest, after);
                line.truncate(end);
                return Ok(Some(line));
            }
            if self.rest.len() > LONGEST_LINE {
                return Err(CallError::Malformed("an event does not end".to_owned()));
            }
            match self.body.frame().await {
                None if self.rest.is_empty() => return Ok(None),
                None => return Err(CallError::Transport("the connection broke in an event".to_owned())),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.rest.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => {
                    return Err(CallError::Transport(format!("the connection broke: {}", words(&error.to_string()))));
                }
            }
        }
    }
}

/// The first bytes of a body, within a limit of bytes and of time.
async fn beginning(mut body: Body, end: Instant) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match tokio::time::timeout_at(end, body.frame()).await {
            Ok(None) => return (bytes, false),
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else { continue };
                let room = PEEKED.saturating_sub(bytes.len());
                bytes.extend(data.iter().take(room));
                if data.len() > room {
                    return (bytes, true);
                }
            }
            Ok(Some(Err(_))) | Err(_) => return (bytes, true),
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
        retry_after: retry_after(text(http::header::RETRY_AFTER)),
        body,
    })
}

/// Seconds, or a date (RFC 9110 section 10.2.3).
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let wait = until.duration_since(Timestamp::now());
    Some(wait.try_into().unwrap_or(Duration::ZERO))
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

/// The `message` of a Status, else the text; quoted.
fn message_of(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Status {
        message: Option<String>,
    }
    let status: Option<Status> = serde_json::from_slice(&answer.body).ok();
    let text = status.and_then(|s| s.message).unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
    let text = kubereach_model::evidence::said::quote(&words(&text));
    if text.is_empty() { "without a reason".to_owned() } else { text }
}

/// Foreign text on one line, without what lets somebody in, cut to a length that still reads.
pub(crate) fn words(text: &str) -> String {
    let text = &kubereach_reports::secrets::mask(text).unwrap_or_else(|| text.to_owned());
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 300 { line } else { line.chars().take(299).chain(['…']).collect() }
}

/// Why credentials could not be had. What a credential plugin was called with and what it printed may be secret:
/// only what it complained about is told.
pub(crate) fn credentials(error: &kube::client::AuthError) -> String {
    use kube::client::AuthError;
    match error {
        AuthError::AuthExecStart(error) => format!("the credential plugin could not be started: {error}"),
        AuthError::AuthExecRun { out, .. } => {
            let said = words(&String::from_utf8_lossy(&out.stderr));
            let said = if said.is_empty() { said } else { format!(": {said}") };
            format!("the credential plugin ended with {}{said}", out.status)
        }
        AuthError::AuthExecParse(_) => "the credential plugin printed no ExecCredential".to_owned(),
        AuthError::ExecPluginFailed => "the credential plugin printed an ExecCredential without a status".to_owned(),
        other => words(&other.to_string()),
    }
}

/// The words of credentials that failed somewhere below.
fn refused_by_plugin(error: &kube::Error) -> Option<String> {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if let Some(auth) = one.downcast_ref::<kube::client::AuthError>() {
            return Some(credentials(auth));
        }
        cause = one.source();
    }
    None
}

/// An error with its causes, innermost last, each said once.
fn transport(error: &kube::Error) -> CallError {
    if let Some(text) = refused_by_plugin(error) {
        return CallError::Unauthorized(text);
    }
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
        // rustls' words for a certificate that it refuses.
        _ if text.contains("invalid peer certificate") => CallError::Untrusted(text),
        _ => CallError::Transport(text),
    }
}

/// What an answer is that an API server does not give, in words; `kinds` are those that it gives there.
pub(crate) fn stranger(answer: &Answer, kinds: &[&str]) -> Option<CallError> {
    #[derive(serde::Deserialize)]
    struct Kind {
        kind: Option<String>,
    }
    if (300..400).contains(&answer.status) {
        return Some(CallError::Stranger(format!("it answers {} and sends its clients elsewhere", answer.status)));
    }
    let told = serde_json::from_slice::<Kind>(&answer.body);
    if told.as_ref().is_ok_and(|told| told.kind.as_deref().is_some_and(|kind| kinds.contains(&kind))) {
        return None;
    }
    let begins = answer.body.iter().find(|byte| !byte.is_ascii_whitespace());
    Some(CallError::Stranger(match (begins, told) {
        (None, _) => "it answers with nothing".to_owned(),
        (Some(b'<'), _) => "it answers with a page of HTML".to_owned(),
        (_, Ok(_)) => "it answers with JSON of another kind".to_owned(),
        (_, Err(_)) => format!("it answers with something else than JSON ({})", words(&answer.content_type)),
    }))
}
