//! The whole way from inputs to decoded objects: one thread reads, the others parse. Large members flow
//! through in pieces, so that memory follows what is kept and not what is read.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::mpsc::{self, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use super::awaited::awaited;
use super::content::{Container, Content, FileId, InputSpec, IntakeError, Member, Problem, ScannedInput, TypeHint};
use super::document::pieces::{self, Assembly, Part, ReadWhole};
use super::document::{self, Context};
use super::limits::Limits;
use super::object::RawObject;
use super::paths;
use super::positions::Sources;
use super::progress::Progress;
use super::source::names::Class;
use super::source::pieces::RawPiece;
use super::source::{self, RawBody, RawMember, Sink, Summary};

/// Bytes and units that are handed to one parser at once.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_UNITS: usize = 64;
/// Bytes that are with the parsers: enough to keep them busy, little enough to hold.
const AHEAD_BYTES: usize = 12 << 20;

/// Everything that was read.
#[derive(Debug)]
pub struct Scan<T> {
    /// One entry per input, in the order given.
    pub inputs: Vec<ScannedInput<T>>,
    /// Where everything came from, for re-reading positions later.
    pub sources: Sources,
}

/// Reads every input and decodes every Kubernetes object in it.
///
/// `hint` is asked by member path for the type of items that carry none. `decode` runs on several
/// threads; the order of the result is that of the inputs, the member paths and the file.
pub fn scan<T: Send>(
    inputs: &[InputSpec],
    limits: &Limits,
    hint: &(dyn Fn(&str) -> Option<TypeHint> + Sync),
    decode: &(dyn Fn(&RawObject<'_>) -> T + Sync),
    progress: &dyn Progress,
) -> Result<Scan<T>, IntakeError> {
    if inputs.is_empty() {
        return Err(IntakeError::NoInput);
    }
    if inputs.iter().filter(|spec| matches!(spec, InputSpec::Stdin { .. })).count() > 1 {
        return Err(IntakeError::StdinTwice);
    }
    let mut scanned = Vec::with_capacity(inputs.len());
    let mut sources = Sources::new(*limits);
    for (index, spec) in inputs.iter().enumerate() {
        let (spec, early) = settle(spec, limits);
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let work = Work { index, limits, hint, decode, progress, buffers: Buffers::default() };
        let (mut input, paths) = work.input(&spec);
        input.problems.extend(early);
        sources.add(spec, input.container, paths);
        scanned.push(input);
    }
    Ok(Scan { inputs: scanned, sources })
}

/// Reads standard input to bytes, so that positions in it can be read again.
fn settle(spec: &InputSpec, limits: &Limits) -> (InputSpec, Option<Problem>) {
    let InputSpec::Stdin { name } = spec else {
        return (spec.clone(), None);
    };
    let mut bytes = Vec::new();
    let result = std::io::stdin().lock().take(limits.total_bytes).read_to_end(&mut bytes);
    let problem = result.err().map(|error| Problem {
        path: name.clone(),
        line: None,
        column: None,
        message: format!("{}: what came before was read", source::io_words(&error)),
    });
    (InputSpec::Bytes { name: name.clone(), bytes: Arc::from(bytes) }, problem)
}

struct Work<'w, T> {
    index: u32,
    limits: &'w Limits,
    hint: &'w (dyn Fn(&str) -> Option<TypeHint> + Sync),
    decode: &'w (dyn Fn(&RawObject<'_>) -> T + Sync),
    progress: &'w dyn Progress,
    buffers: Buffers,
}

/// What is on its way from the reader to the parsers.
enum Unit {
    Member(RawMember),
    Piece(RawPiece),
}

/// What became of it.
enum Done<T> {
    /// A member's number and path, and what it holds.
    Member(u32, String, Option<Member<T>>, Vec<Problem>),
    /// A piece, without its bytes, and how many they were.
    Piece(RawPiece, u64, Result<Part<T>, ReadWhole>),
}

struct Batch {
    container: Container,
    units: Vec<Unit>,
    bytes: usize,
}

/// What became of a batch: its number, and how many bytes it had.
struct Parsed<T> {
    number: usize,
    bytes: usize,
    container: Container,
    done: Vec<Done<T>>,
}

/// Delivers what a parser made of its batch, whatever happens to the parser: nobody may wait in vain.
struct Delivery<T> {
    parsed: Option<Parsed<T>>,
    to: mpsc::Sender<Parsed<T>>,
}

impl<T> Drop for Delivery<T> {
    fn drop(&mut self) {
        if let Some(parsed) = self.parsed.take() {
            // Nobody waits for it where the member is read as a whole instead.
            let _ = self.to.send(parsed);
        }
    }
}

/// Buffers of pieces that were read: memory that was touched once is good for the next piece.
#[derive(Default, Clone)]
struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    const MOST: usize = 16;

    fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        if let Ok(mut free) = self.0.lock()
            && free.len() < Self::MOST
            && buffer.capacity() <= 4 * BATCH_BYTES
        {
            free.push(buffer);
        }
    }

    fn take(&self) -> Vec<u8> {
        self.0.lock().ok().and_then(|mut free| free.pop()).unwrap_or_default()
    }
}

/// What was collected of one input.
struct Collected<T> {
    members: Vec<Member<T>>,
    problems: Vec<Problem>,
    skipped: usize,
    paths: Vec<String>,
    /// The member whose pieces come in.
    open: Option<Assembly<T>>,
}

impl<T> Collected<T> {
    fn path(&mut self, id: u32, path: &str) {
        let at = id as usize;
        if self.paths.len() <= at {
            self.paths.resize(at + 1, String::new());
        }
        if let Some(slot) = self.paths.get_mut(at) {
            path.clone_into(slot);
        }
    }
}

impl<T: Send> Work<'_, T> {
    fn input(&self, spec: &InputSpec) -> (ScannedInput<T>, Vec<String>) {
        // What is not a file cannot be read a second time.
        let again = match spec {
            InputSpec::Path(path) => std::fs::metadata(path).is_ok_and(|m| m.is_file() || m.is_dir()),
            InputSpec::Bytes { .. } => true,
            InputSpec::Stdin { .. } => false,
        };
        let first = if again { self.attempt(spec, true) } else { Err(ReadWhole) };
        // Without pieces nothing asks for another reading.
        let (summary, collected) = first.or_else(|_| self.attempt(spec, false)).unwrap_or_else(|_| (None, None));
        self.sum_up(source::name_of(spec), summary, collected)
    }

    /// Reads an input, with large members in pieces or as a whole.
    fn attempt(&self, spec: &InputSpec, in_pieces: bool) -> Result<(Option<Summary>, Option<Collected<T>>), ReadWhole> {
        let name = source::name_of(spec);
        let (sender, receiver) = sync_channel::<Batch>(1);
        let mut collected =
            Collected { members: Vec::new(), problems: Vec::new(), skipped: 0, paths: Vec::new(), open: None };
        let summary = std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let container = spec_guess(spec);
                let buffers = self.buffers.clone();
                let (pending, sender) = (Vec::new(), Some(sender));
                let mut batches = Batches { sender, pending, bytes: 0, container, in_pieces, buffers };
                let summary = source::read(spec, self.limits, self.progress, &mut batches);
                batches.flush(summary.container);
                batches.sender = None;
                summary
            });
            rayon::in_place_scope(|parsers| self.parse(parsers, &name, receiver, &mut collected))?;
            Ok(reader.join().ok())
        })?;
        Ok((summary, Some(collected)))
    }

    /// Hands every batch to the next free parser, and puts what they make of them in order.
    fn parse<'s>(
        &'s self,
        parsers: &rayon::Scope<'s>,
        name: &'s str,
        batches: mpsc::Receiver<Batch>,
        collected: &mut Collected<T>,
    ) -> Result<(), ReadWhole>
    where
        T: 's,
    {
        let (sender, parsed) = mpsc::channel::<Parsed<T>>();
        let mut waiting: HashMap<usize, Parsed<T>> = HashMap::new();
        let (mut sent, mut next, mut ahead) = (0, 0, 0);
        let mut come = |parsed: Parsed<T>, ahead: &mut usize| {
            *ahead -= parsed.bytes;
            waiting.insert(parsed.number, parsed);
            while let Some(Parsed { container, done, .. }) = waiting.remove(&next) {
                next += 1;
                for done in done {
                    self.collect(name, container, done, collected)?;
                }
            }
            Ok(next)
        };
        let mut done = 0;
        for batch in batches {
            let Batch { container, units, bytes } = batch;
            let (number, sender) = (sent, sender.clone());
            sent += 1;
            ahead += bytes;
            parsers.spawn(move |_| {
                let parsed = Parsed { number, bytes, container, done: Vec::with_capacity(units.len()) };
                let mut delivery = Delivery { parsed: Some(parsed), to: sender };
                for unit in units {
                    let done = self.unit(name, container, unit);
                    if let Some(parsed) = &mut delivery.parsed {
                        parsed.done.push(done);
                    }
                }
            });
            while let Some(parsed) = if ahead > AHEAD_BYTES { awaited(&parsed) } else { parsed.try_recv().ok() } {
                done = come(parsed, &mut ahead)?;
            }
        }
        while done < sent {
            let Some(parsed) = awaited(&parsed) else { break };
            done = come(parsed, &mut ahead)?;
        }
        Ok(())
    }

    fn unit(&self, name: &str, container: Container, unit: Unit) -> Done<T> {
        match unit {
            Unit::Member(member) => {
                let (id, path) = (member.id, member.path.clone());
                let (member, problems) = self.member(name, container, member);
                Done::Member(id, path, member, problems)
            }
            Unit::Piece(mut piece) => {
                let display = paths::display(container, name, &piece.path);
                let part = pieces::read(&piece, &self.piece_context(&piece, &display));
                let bytes = std::mem::take(&mut piece.bytes);
                let len = bytes.len() as u64;
                self.buffers.give(bytes);
                Done::Piece(piece, len, part)
            }
        }
    }

    fn collect(
        &self,
        name: &str,
        container: Container,
        done: Done<T>,
        collected: &mut Collected<T>,
    ) -> Result<(), ReadWhole> {
        match done {
            Done::Member(id, path, member, mut found) => {
                collected.path(id, &path);
                collected.problems.append(&mut found);
                match member {
                    Some(member) => collected.members.push(member),
                    None => collected.skipped += 1,
                }
            }
            Done::Piece(piece, len, part) => {
                let part = part?;
                collected.path(piece.id, &piece.path);
                self.progress.objects(part.objects() as u64);
                let display = paths::display(container, name, &piece.path);
                let known = self.piece_context(&piece, &display);
                let mut open = collected.open.take().unwrap_or_default();
                open.add(&piece, part, &known)?;
                if piece.last {
                    let (content, mut found) = open.finish(&known, piece.start + len)?;
                    collected.problems.append(&mut found);
                    collected.members.push(Member { path: piece.path.to_string(), file: known.file, content });
                } else {
                    collected.open = Some(open);
                }
            }
        }
        Ok(())
    }

    fn piece_context<'c>(&'c self, piece: &'c RawPiece, display: &'c str) -> Context<'c, T> {
        Context {
            member: &piece.path,
            display,
            file: FileId { input: self.index, member: piece.id },
            limits: self.limits,
            hint: (self.hint)(&piece.path).unwrap_or_default(),
            decode: self.decode,
            direct: piece.direct,
            sniffed: false,
            cut: piece.cut,
            notes: std::sync::Mutex::default(),
        }
    }

    fn sum_up(
        &self,
        name: String,
        summary: Option<Summary>,
        collected: Option<Collected<T>>,
    ) -> (ScannedInput<T>, Vec<String>) {
        let (mut members, mut problems, skipped, paths) =
            collected.map_or_else(Default::default, |c| (c.members, c.problems, c.skipped, c.paths));
        let summary = summary.unwrap_or_else(|| Summary {
            container: Container::Unreadable,
            skipped: 0,
            problems: vec![Problem {
                path: name.clone(),
                line: None,
                column: None,
                message: "reading it failed inside a decompressor: what came before was read".to_owned(),
            }],
            cut: true,
            modified: None,
            newest: None,
            members: 0,
        });
        let mut all = summary.problems;
        all.append(&mut problems);
        keep_last_of_each(&name, summary.container, &mut members, &mut all);
        if members.is_empty() && all.is_empty() && summary.skipped + skipped > 0 {
            all.push(Problem {
                path: name.clone(),
                line: None,
                column: None,
                message: match summary.skipped + skipped {
                    1 => "its one file begins as no Kubernetes object, list or output of kubectl does".to_owned(),
                    n => {
                        format!("none of its {n} files begins as a Kubernetes object, a list or output of kubectl does")
                    }
                },
            });
        }
        let input = ScannedInput {
            name,
            container: summary.container,
            members,
            skipped: summary.skipped + skipped,
            problems: all,
            cut: summary.cut,
            modified: summary.modified,
            newest_member: summary.newest,
        };
        (input, paths)
    }

    /// Parses one member; none where its content says that it holds no objects.
    fn member(&self, input: &str, container: Container, raw: RawMember) -> (Option<Member<T>>, Vec<Problem>) {
        let RawMember { id, path, class, body, direct, cut } = raw;
        let file = FileId { input: self.index, member: id };
        let bytes = match body {
            RawBody::Link(target) => {
                return (Some(Member { path, file, content: Content::Link { target } }), Vec::new());
            }
            RawBody::Bytes(bytes) => bytes,
        };
        if class == Class::Marker {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let content = if text.trim().is_empty() { Content::Empty } else { Content::Text(text) };
            return (Some(Member { path, file, content }), Vec::new());
        }
        let display = paths::display(container, input, &path);
        let sniffed = matches!(class, Class::Sniff | Class::Text);
        let known = Context {
            member: &path,
            display: &display,
            file,
            limits: self.limits,
            hint: (self.hint)(&path).unwrap_or_default(),
            decode: self.decode,
            direct,
            sniffed,
            cut,
            notes: std::sync::Mutex::default(),
        };
        let (content, problems) = document::read(&bytes, &known);
        if let Content::Documents(documents) = &content {
            self.progress.objects(documents.objects.len() as u64);
        }
        let nothing = sniffed && matches!(content, Content::Empty | Content::Text(_)) && !bytes.is_empty();
        let member = (!nothing).then_some(Member { path, file, content });
        (member, problems)
    }
}

fn spec_guess(spec: &InputSpec) -> Container {
    match spec {
        InputSpec::Path(path) if path.is_dir() => Container::Directory,
        _ => Container::File,
    }
}

/// Two members of one name: the later one replaces the earlier, as it would on unpacking.
fn keep_last_of_each<T>(input: &str, container: Container, members: &mut Vec<Member<T>>, problems: &mut Vec<Problem>) {
    members.sort_by(|a, b| a.path.cmp(&b.path).then(b.file.cmp(&a.file)));
    let mut seen: HashMap<String, usize> = HashMap::new();
    members.dedup_by(|later, kept| {
        let same = later.path == kept.path;
        if same {
            *seen.entry(kept.path.clone()).or_insert(1) += 1;
        }
        same
    });
    let mut repeated: Vec<_> = seen.into_iter().collect();
    repeated.sort();
    for (path, times) in repeated {
        problems.push(Problem {
            path: paths::display(container, input, &path),
            line: None,
            column: None,
            message: format!("the archive holds this member {times} times: the last one counts"),
        });
    }
}

struct Batches {
    sender: Option<SyncSender<Batch>>,
    pending: Vec<Unit>,
    bytes: usize,
    container: Container,
    in_pieces: bool,
    buffers: Buffers,
}

impl Batches {
    fn flush(&mut self, container: Container) -> bool {
        let bytes = std::mem::take(&mut self.bytes);
        let batch = Batch { container, units: std::mem::take(&mut self.pending), bytes };
        batch.units.is_empty() || self.sender.as_ref().is_some_and(|sender| sender.send(batch).is_ok())
    }

    fn add(&mut self, unit: Unit, bytes: usize) -> bool {
        self.bytes += bytes;
        self.pending.push(unit);
        if self.bytes >= BATCH_BYTES || self.pending.len() >= BATCH_UNITS { self.flush(self.container) } else { true }
    }
}

impl Sink for Batches {
    fn container(&mut self, container: Container) {
        self.container = container;
    }

    fn wants(&mut self, _: u32, _: &str) -> bool {
        true
    }

    fn take(&mut self, member: RawMember) -> bool {
        let bytes = if let RawBody::Bytes(bytes) = &member.body { bytes.len() } else { 0 };
        self.add(Unit::Member(member), bytes)
    }

    fn in_pieces(&self) -> bool {
        self.in_pieces
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.take()
    }

    fn take_piece(&mut self, piece: RawPiece) -> bool {
        let bytes = piece.bytes.len();
        self.add(Unit::Piece(piece), bytes)
    }
}
