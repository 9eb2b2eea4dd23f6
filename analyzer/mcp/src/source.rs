//! What there is to ask about: sources, fixed when the server starts, each read when it is first needed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kubereach_engine::{AnalysisOptions, analyze_intake};
use kubereach_intake::Intake;
use kubereach_intake::progress::Progress;
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::kinds::AnyStore;
use kubereach_reports::report::{ObjectRef, Report};

use crate::quote::odd;

/// So many odd names are looked for in the sentences of an answer.
const MOST_ODD: usize = 200;

/// How far a read is. Clones look at the same one.
#[derive(Debug, Clone, Default)]
pub struct Watched(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicU64,
    objects: AtomicU64,
}

impl Watched {
    /// Bytes and objects that were read.
    pub(crate) fn seen(&self) -> (u64, u64) {
        (self.0.bytes.load(Ordering::Relaxed), self.0.objects.load(Ordering::Relaxed))
    }
}

impl Progress for Watched {
    fn bytes(&self, count: u64) {
        self.0.bytes.fetch_add(count, Ordering::Relaxed);
    }

    fn member(&self, _: &str) {
        // Names of members are the input's words.
    }

    fn objects(&self, count: u64) {
        self.0.objects.fetch_add(count, Ordering::Relaxed);
    }
}

/// What is behind a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Files, read once.
    Files,
    /// A cluster, which can be read again.
    Live,
}

/// Reads a source; the only way to what is behind it.
type Reader = Box<dyn Fn(Watched) -> Result<Intake, String> + Send + Sync>;

/// One thing to ask about.
pub struct Source {
    /// How tools name it.
    pub(crate) id: String,
    pub(crate) kind: SourceKind,
    /// As the command line names it.
    pub(crate) names: Vec<String>,
    options: AnalysisOptions,
    reader: Reader,
    /// Held while it is read, so that it is read once.
    reading: Mutex<()>,
    read: Mutex<Reads>,
}

/// What was read: the newest, and the one before.
#[derive(Default)]
struct Reads {
    newest: Option<Arc<Loaded>>,
    before: Option<Arc<Loaded>>,
}

/// A source that was read and judged.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) intake: Arc<Intake>,
    pub(crate) report: Report,
    /// Counts the reads: a cursor of an earlier one is none of this.
    pub(crate) reading: u64,
    /// Names of the cluster that are more than names, the longest first.
    pub(crate) odd: Vec<String>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Source {
    /// A source under this id: what the command line calls it, how it is judged, and how it is read.
    pub fn new(
        id: impl Into<String>,
        kind: SourceKind,
        names: Vec<String>,
        options: AnalysisOptions,
        reader: impl Fn(Watched) -> Result<Intake, String> + Send + Sync + 'static,
    ) -> Self {
        let reader = Box::new(reader);
        Self { id: id.into(), kind, names, options, reader, reading: Mutex::default(), read: Mutex::default() }
    }

    /// What is known of it without reading.
    pub(crate) fn known(&self) -> Option<Arc<Loaded>> {
        lock(&self.read).newest.clone()
    }

    /// What it was before it was read anew.
    pub(crate) fn before(&self) -> Option<Arc<Loaded>> {
        lock(&self.read).before.clone()
    }

    /// Namespaces that it is restricted to; none for all.
    pub(crate) fn namespaces(&self) -> &[String] {
        &self.options.filter.namespaces
    }

    /// Reads it, if nobody has. Whoever comes meanwhile waits for that read.
    pub(crate) fn load(&self, watched: &Watched) -> Result<Arc<Loaded>, String> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let guard = lock(&self.reading);
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let loaded = self.read_now(watched)?;
        drop(guard);
        Ok(loaded)
    }

    /// Reads it anew; what was there before is kept for a comparison.
    pub(crate) fn refresh(&self, watched: &Watched) -> Result<Arc<Loaded>, String> {
        let _guard = lock(&self.reading);
        self.read_now(watched)
    }

    fn read_now(&self, watched: &Watched) -> Result<Arc<Loaded>, String> {
        let intake = Arc::new((self.reader)(watched.clone())?);
        let report = analyze_intake(&intake, &self.options);
        Ok(self.keep(intake, report))
    }

    /// Keeps a report of what was read: after a read, or after a measurement.
    pub(crate) fn keep(&self, intake: Arc<Intake>, report: Report) -> Arc<Loaded> {
        let odd = odd_names(&intake, &report);
        let mut reads = lock(&self.read);
        let reading = reads.newest.as_ref().map_or(1, |newest| newest.reading + 1);
        let loaded = Arc::new(Loaded { intake, report, reading, odd });
        reads.before = reads.newest.replace(Arc::clone(&loaded));
        loaded
    }

    /// How it is judged.
    pub(crate) const fn options(&self) -> &AnalysisOptions {
        &self.options
    }
}

impl Loaded {
    /// The one cluster that a question is about.
    pub(crate) fn cluster(&self, name: Option<&str>) -> Result<&Snapshot, String> {
        let all = &self.intake.snapshots;
        match (all.as_slice(), name) {
            ([], _) => Err("the source holds no objects".to_owned()),
            ([one], None) => Ok(one),
            (_, Some(name)) => all.iter().find(|s| s.cluster.as_deref() == Some(name)).ok_or_else(|| {
                let names: Vec<&str> = all.iter().filter_map(|s| s.cluster.as_deref()).collect();
                format!("the source holds no cluster '{name}'; it holds {}", names.join(", "))
            }),
            (many, None) => {
                let names: Vec<&str> = many.iter().filter_map(|s| s.cluster.as_deref()).collect();
                Err(format!("the source holds {} clusters; name one as cluster: {}", many.len(), names.join(", ")))
            }
        }
    }
}

/// Names that are sentences: of objects, and of hosts and matches of paths.
fn odd_names(intake: &Intake, report: &Report) -> Vec<String> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for snapshot in &intake.snapshots {
        for object in snapshot.stores().flat_map(<dyn AnyStore>::objects) {
            let meta = object.meta();
            found.extend([meta.name.as_str(), meta.namespace.as_str()].into_iter().filter(|name| odd(name)));
        }
    }
    let of_object = |object: &ObjectRef| odd(&object.name) || object.namespace.as_deref().is_some_and(odd);
    for path in report.subjects.iter().flat_map(|subject| &subject.paths) {
        // A match begins with a word of ours: the path in it is the cluster's.
        let matched = path.matches.as_deref().and_then(|text| text.find('/').and_then(|at| text.get(at..)));
        let names = [path.host.as_deref(), matched, path.listener.as_deref()];
        found.extend(names.into_iter().flatten().filter(|name| odd(name)));
        found.extend(path.backend.iter().map(|backend| backend.name.as_str()).filter(|name| odd(name)));
    }
    for object in report.findings.iter().map(|finding| &finding.object).filter(|object| of_object(object)) {
        found.extend([object.name.as_str(), object.namespace.as_deref().unwrap_or_default()].iter().filter(|n| odd(n)));
    }
    let mut all: Vec<String> = found.into_iter().filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect();
    all.sort_by_key(|name| std::cmp::Reverse(name.len()));
    all.truncate(MOST_ODD);
    all
}
