//! A live cluster as the input of an analysis.

use std::time::Duration;

use tokio::time::Instant;

use super::LiveError;
use super::ask::Ask;
use super::client::Reader;
use super::connect::{Connection, Target};
use super::gather::{Gathered, Purpose, gather};
use super::watch::Marks;
use kubereach_intake::pages::{self, Listed};
use kubereach_intake::progress::Progress;
use kubereach_intake::{Intake, IntakeError, IntakeOptions};

/// Why a live cluster could not be analyzed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// It holds nothing.
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// Runs something that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, LiveError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(work);
    // Decoders that are still busy after a deadline are not waited for.
    runtime.shutdown_background();
    Ok(result)
}

/// Reads a live cluster. Returns as soon as the time of `ask` is over, with what was read until then.
pub fn read(
    target: &Target,
    ask: &Ask,
    options: &IntakeOptions,
    progress: Box<dyn Progress + Send>,
) -> Result<Intake, ReadError> {
    read_marked(target, ask, options, progress).map(|(intake, _)| intake)
}

/// The same, with what is needed to wait for a change of it.
pub fn read_marked(
    target: &Target,
    ask: &Ask,
    options: &IntakeOptions,
    progress: Box<dyn Progress + Send>,
) -> Result<(Intake, Marks), ReadError> {
    let (context, gathered) = block_on(gathered(target, ask, Purpose::Judge, progress))??;
    let marks = Marks::of(&gathered);
    let name = format!("live:{context}");
    let record = serde_json::to_value(&gathered.record).unwrap_or_default();
    let lists = gathered.lists.into_iter().map(|list| Listed { path: list.path, items: list.items }).collect();
    let mut intake = pages::read(&name, record, lists, options)?;
    for input in &mut intake.inputs {
        "live".clone_into(&mut input.layout);
    }
    Ok((intake, marks))
}

/// A reader whose time begins now. A credential plugin may ask a person or hang: it is waited for as long.
pub(crate) async fn reader(connection: &Connection, parallel: usize, time: Duration) -> Result<Reader, LiveError> {
    let deadline = Instant::now() + time;
    let own = connection.clone();
    let made = tokio::time::timeout_at(deadline, tokio::task::spawn_blocking(move || own.client())).await;
    let late = || LiveError::Credentials("the credential plugin did not end in time (--timeout)".to_owned());
    let client = made.map_err(|_| late())?.map_err(|error| LiveError::Credentials(error.to_string()))??;
    Ok(Reader::new(client, parallel, deadline))
}

/// Connects and reads.
pub(crate) async fn gathered(
    target: &Target,
    ask: &Ask,
    purpose: Purpose,
    progress: Box<dyn Progress + Send>,
) -> Result<(String, Gathered), LiveError> {
    let connection = target.connect()?;
    let reader = reader(&connection, ask.parallel, ask.timeout).await?;
    let gathered = gather(&connection, reader, ask, purpose, progress).await?;
    Ok((connection.context, gathered))
}

/// What `--dry-run` shows: the record of a read that was not made.
pub fn would_read(target: &Target, ask: &Ask) -> Result<Vec<String>, LiveError> {
    block_on(async {
        let connection = target.connect()?;
        let reader = reader(&connection, ask.parallel, ask.timeout).await?;
        super::gather::preview(&connection, &reader, ask).await
    })?
}

/// The namespace of a kubeconfig's context, or of the pod.
pub fn namespace_of(target: &Target) -> Result<String, LiveError> {
    Ok(target.connect()?.namespace)
}
