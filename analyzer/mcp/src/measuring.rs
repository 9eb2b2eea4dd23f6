//! Measuring in a cluster, as far as this crate knows it: something prepared, shown, and only then run.
//!
//! Who starts the server hands over a [`Measure`], or none; nothing in this crate can create anything by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kubereach_intake::Intake;
use kubereach_reports::report::Report;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use crate::quote::cut;
use crate::source::Loaded;

/// So long what was prepared may wait for a yes.
const VALID: Duration = Duration::from_mins(10);
/// So much may be prepared at a time.
const MOST: usize = 8;

/// Which paths to measure, and as whom.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Namespaces of the subjects.
    pub namespaces: Vec<String>,
    /// Their kinds.
    pub kinds: Vec<String>,
    /// Their names.
    pub names: Vec<String>,
    /// The client to measure as: `deployment/web`; nobody's pod without it.
    pub from: Option<String>,
}

/// An object that a run creates, and deletes at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Creates {
    /// `Job` or `ConfigMap`.
    pub kind: String,
    /// Where.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What would be run.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The context of the kubeconfig.
    pub context: String,
    /// The API server.
    pub server: String,
    /// What is created.
    pub creates: Vec<Creates>,
    /// Dials, with the controls.
    pub targets: usize,
    /// Worth knowing before a yes.
    pub notes: Vec<String>,
    /// Why nothing can be measured.
    pub blocked: Vec<String>,
}

/// What a run came to.
#[derive(Debug)]
pub struct Measured {
    /// The judgement with what was measured.
    pub report: Report,
    /// Something was measured at all.
    pub measured: bool,
    /// What went wrong, and what is worth saying.
    pub remarks: Vec<String>,
    /// What could not be deleted.
    pub left: Vec<String>,
}

/// Asks a run to end.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<u32>);

impl Stop {
    /// A stop, and what pulls it by counting up.
    pub fn new() -> (watch::Sender<u32>, Self) {
        let (sender, receiver) = watch::channel(0);
        (sender, Self(receiver))
    }

    /// For whoever runs.
    pub fn into_inner(self) -> watch::Receiver<u32> {
        self.0
    }
}

/// Prepares runs of the prober.
pub trait Measure: Send + Sync {
    /// Looks into everything that a run needs. Nothing is changed.
    fn prepare(&self, intake: &Intake, wanted: &Wanted) -> Result<Box<dyn Ready>, String>;
}

/// A run that was prepared.
pub trait Ready: Send {
    /// What it would do.
    fn preview(&self) -> Preview;
    /// Does it, and deletes what it created, however it ends.
    fn run(self: Box<Self>, intake: &Intake, says: &(dyn Fn(&str) + Sync), stop: Stop) -> Result<Measured, String>;
}

/// A run that waits for a yes.
pub(crate) struct Waiting {
    pub(crate) source: String,
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) ready: Box<dyn Ready>,
    since: Instant,
}

/// Runs that wait, by the token that was given out for each.
#[derive(Default)]
pub(crate) struct Waitings(Mutex<HashMap<String, Waiting>>);

impl Waitings {
    /// Keeps a run; the token that it is started with, once.
    pub(crate) fn keep(&self, source: &str, loaded: Arc<Loaded>, ready: Box<dyn Ready>) -> Result<String, String> {
        let token = random()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, waiting| waiting.since.elapsed() < VALID);
        while all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, waiting)| waiting.since).map(|(token, _)| token.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        let waiting = Waiting { source: source.to_owned(), loaded, ready, since: Instant::now() };
        all.insert(token.clone(), waiting);
        Ok(token)
    }

    /// What a person is asked before the run of a token.
    pub(crate) fn question(&self, token: &str) -> Result<String, String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = all.get(token).filter(|waiting| waiting.since.elapsed() < VALID).ok_or_else(unknown)?;
        let preview = waiting.ready.preview();
        let count = |kind: &str| preview.creates.iter().filter(|made| made.kind == kind).count();
        let mut namespaces: Vec<&str> = preview.creates.iter().map(|made| made.namespace.as_str()).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let mut text = format!(
            "Kubereach would create {} Job(s) and {} ConfigMap(s) in {} of {} ({}), send {} probes, and delete what it \
             created. Go ahead?",
            count("Job"),
            count("ConfigMap"),
            namespaces.join(", "),
            preview.context,
            preview.server,
            preview.targets
        );
        cut(&mut text, 700);
        Ok(text)
    }

    /// Takes the run of a token: it can be started once.
    pub(crate) fn take(&self, token: &str) -> Result<Waiting, String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(token).filter(|waiting| waiting.since.elapsed() < VALID).ok_or_else(unknown)
    }
}

fn unknown() -> String {
    "no run waits for this token: it was used, is older than ten minutes, or was never given out; call measure without \
     a token first"
        .to_owned()
}

/// 32 bytes that nobody can guess, in hexadecimal.
pub(crate) fn random() -> Result<String, String> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
