//! From an input named on the command line to the bytes of its members, in one fixed order.
//!
//! Nothing is ever written: archives are read as streams, names of members are labels only.

pub(crate) mod compress;
mod directory;
pub(crate) mod names;
pub(crate) mod pieces;
mod tar;
mod zip;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use compress::{Magic, Opened, Stream};
use names::Class;
use pieces::{PIECE, RawPiece, Splitter, WHOLE};

use super::content::{Container, InputSpec, Problem};
use super::limits::Limits;
use super::paths::display;
use super::progress::Progress;

/// One member with its bytes.
#[derive(Debug)]
pub(crate) struct RawMember {
    /// Number in reading order.
    pub(crate) id: u32,
    /// Path inside the input.
    pub(crate) path: String,
    pub(crate) class: Class,
    pub(crate) body: RawBody,
    /// Named on the command line by itself.
    pub(crate) direct: bool,
    /// The bytes end before the member does.
    pub(crate) cut: bool,
}

#[derive(Debug)]
pub(crate) enum RawBody {
    Bytes(Vec<u8>),
    Link(String),
}

/// Takes members as they are read; false ends the reading.
pub(crate) trait Sink {
    /// Told what the input is, before its first member.
    fn container(&mut self, container: Container);
    /// Whether the bytes of this member are wanted, by its number and path.
    fn wants(&mut self, id: u32, path: &str) -> bool;
    /// Takes a member.
    fn take(&mut self, member: RawMember) -> bool;
    /// Whether large members may come in pieces.
    fn in_pieces(&self) -> bool;
    /// An empty buffer for the next piece.
    fn buffer(&mut self) -> Vec<u8> {
        Vec::new()
    }
    /// Takes a piece of a member; they come in order and one member at a time.
    fn take_piece(&mut self, piece: RawPiece) -> bool;
}

/// What reading an input yields beside its members.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) container: Container,
    pub(crate) skipped: usize,
    pub(crate) problems: Vec<Problem>,
    /// Reading ended before the input did.
    pub(crate) cut: bool,
    pub(crate) modified: Option<jiff::Timestamp>,
    pub(crate) newest: Option<jiff::Timestamp>,
    pub(crate) members: u32,
}

/// Reads one input into the sink.
pub(crate) fn read(spec: &InputSpec, limits: &Limits, progress: &dyn Progress, sink: &mut dyn Sink) -> Summary {
    let name = name_of(spec);
    let mut reading = Reading {
        name: &name,
        limits,
        progress,
        sink,
        summary: Summary {
            container: Container::Unreadable,
            skipped: 0,
            problems: Vec::new(),
            cut: false,
            modified: None,
            newest: None,
            members: 0,
        },
        total: 0,
        stopped: false,
    };
    reading.input(spec);
    reading.summary.cut |= reading.stopped;
    reading.summary
}

/// Whether a file of this name may hold objects, or is short text that layouts need.
pub fn may_hold_objects(path: &str) -> bool {
    names::classify(path) != Class::Skip
}

/// How an input is called in reports.
pub(crate) fn name_of(spec: &InputSpec) -> String {
    match spec {
        InputSpec::Path(path) if cfg!(windows) => path.to_string_lossy().replace('\\', "/"),
        InputSpec::Path(path) => path.to_string_lossy().into_owned(),
        InputSpec::Stdin { name } | InputSpec::Bytes { name, .. } => name.clone(),
    }
}

pub(crate) struct Reading<'r> {
    name: &'r str,
    limits: &'r Limits,
    progress: &'r dyn Progress,
    sink: &'r mut dyn Sink,
    summary: Summary,
    /// Bytes of members so far, where no decompressor counts them.
    total: u64,
    stopped: bool,
}

impl Reading<'_> {
    fn input(&mut self, spec: &InputSpec) {
        match spec {
            InputSpec::Path(path) => self.path(path),
            InputSpec::Bytes { name, bytes } => self.bytes(name, bytes),
            InputSpec::Stdin { .. } => self.say("standard input was read already", "name it once"),
        }
    }

    fn path(&mut self, path: &Path) {
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.say(&io_words(&error), "nothing was read from it"),
        };
        self.summary.modified = metadata.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
        if metadata.is_dir() {
            self.summary.container = Container::Directory;
            return directory::read(self, path);
        }
        if !is_plain_or_pipe(&metadata) {
            return self.say("neither a file nor a directory", "nothing was read from it");
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return self.say(&io_words(&error), "nothing was read from it"),
        };
        let label = path.file_name().map_or_else(|| self.name.to_owned(), |n| n.to_string_lossy().into_owned());
        if metadata.is_file() && starts_as_zip(path) {
            return match zip::read(self, io::BufReader::new(&file)) {
                Ok(()) => {}
                Err(error) => self.salvage_zip(Box::new(io::BufReader::new(file)), &error, path),
            };
        }
        self.stream(Box::new(file), &label);
    }

    /// A zip whose directory at the end is missing is read from its start.
    fn salvage_zip(&mut self, _: Stream<'_>, error: &str, path: &Path) {
        self.summary.container = Container::Zip;
        match File::open(path) {
            Ok(file) => self.salvage(Box::new(io::BufReader::new(file)), error),
            Err(error) => self.say(&io_words(&error), "nothing was read from it"),
        }
    }

    fn salvage(&mut self, stream: Stream<'_>, error: &str) {
        let before = self.summary.members;
        zip::salvage(self, stream);
        let read = self.summary.members - before;
        self.say(
            &format!("the zip archive is damaged or cut off ({error})"),
            &format!("{read} members before the damage were read"),
        );
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        if compress::magic(bytes) == Magic::Zip {
            if let Err(error) = zip::read(self, io::Cursor::new(bytes)) {
                self.summary.container = Container::Zip;
                self.salvage(Box::new(bytes), &error);
            }
            return;
        }
        self.stream(Box::new(bytes), name);
    }

    fn stream(&mut self, raw: Stream<'_>, label: &str) {
        let Opened { head, stream, magic } = match compress::open(raw, self.limits, self.progress) {
            Ok(opened) => opened,
            Err(error) => return self.say(&io_words(&error), "nothing was read from it"),
        };
        match magic {
            Magic::Bzip2 => {
                return self.say("bzip2 compression is not read", "decompress it first (bunzip2)");
            }
            Magic::SevenZip | Magic::Rar => {
                return self.say("7z and rar archives are not read", "unpack it first and name the directory");
            }
            _ => {}
        }
        if compress::is_tar(&head) {
            self.summary.container = Container::Tar;
            return tar::read(self, stream);
        }
        self.summary.container = Container::File;
        let path = plain_name(label);
        let id = self.next_id();
        let Some(id) = id else { return };
        if !self.sink.wants(id, &path) {
            return;
        }
        let Some((bytes, cut)) = self.whole_or_pieces(stream, None, id, &path, true) else { return };
        if bytes.is_empty() && !cut {
            self.say("an empty file", "it told nothing");
        }
        self.total += bytes.len() as u64;
        let class = match names::classify(&path) {
            Class::Marker if !names::looks_structured(bytes.get(..512.min(bytes.len())).unwrap_or_default()) => {
                Class::Marker
            }
            _ => Class::Structured,
        };
        self.give(RawMember { id, path, class, body: RawBody::Bytes(bytes), direct: true, cut });
    }

    /// Reads a member: to its end, or, where it is large and its text shows where its objects end, piece by
    /// piece into the sink (and then nothing is left to give).
    fn whole_or_pieces(
        &mut self,
        mut stream: Stream<'_>,
        size: Option<u64>,
        id: u32,
        path: &str,
        direct: bool,
    ) -> Option<(Vec<u8>, bool)> {
        let mut filling = Filling { read: 0, size };
        let hint = usize::try_from(size.unwrap_or(0).min(self.limits.member_bytes).min(64 << 20)).unwrap_or(0);
        let goal = if self.sink.in_pieces() { WHOLE as u64 } else { u64::MAX };
        let mut bytes = Vec::with_capacity(hint.min(WHOLE + PIECE));
        match self.fill(&mut stream, &mut bytes, &mut filling, goal, path) {
            Filled::Ended => return Some((bytes, false)),
            Filled::Cut => return Some((bytes, true)),
            Filled::More => {}
        }
        let Some(splitter) = Splitter::begin(&bytes) else {
            let end = self.fill(&mut stream, &mut bytes, &mut filling, u64::MAX, path);
            return Some((bytes, end == Filled::Cut));
        };
        self.progress.member(path);
        self.sink.container(self.summary.container);
        self.pieces(stream, filling, bytes, splitter, RawPiece::first(id, path, direct));
        None
    }

    fn pieces(
        &mut self,
        mut stream: Stream<'_>,
        mut filling: Filling,
        mut buffer: Vec<u8>,
        mut splitter: Splitter,
        mut next: RawPiece,
    ) {
        let path = std::sync::Arc::clone(&next.path);
        let before = splitter.before();
        if before > 0 {
            let rest = buffer.split_off(before);
            next.pass(&buffer);
            buffer = rest;
        }
        loop {
            while let Some(cut) = splitter.cut(&buffer, next.line) {
                let needed = buffer.len() - cut.len + PIECE + 4096;
                let mut rest = self.sink.buffer();
                // What is left over is an object or two: a buffer that was large enough nearly always is again.
                if rest.capacity() < needed {
                    rest = Vec::with_capacity(needed + PIECE / 8);
                }
                rest.extend_from_slice(buffer.get(cut.len..).unwrap_or_default());
                buffer.truncate(cut.len);
                let done = std::mem::replace(&mut buffer, rest);
                let Some(kind) = cut.kind else {
                    next.pass(&done);
                    continue;
                };
                let piece = next.with(done, kind);
                if !self.sink.take_piece(piece) {
                    self.stopped = true;
                    return;
                }
            }
            match self.fill(&mut stream, &mut buffer, &mut filling, PIECE as u64, &path) {
                Filled::More => {}
                end => {
                    self.total += filling.read;
                    while let Some(cut) = splitter.cut(&buffer, next.line) {
                        let rest = buffer.split_off(cut.len);
                        let done = std::mem::replace(&mut buffer, rest);
                        match cut.kind {
                            None => next.pass(&done),
                            Some(kind) => {
                                let piece = next.with(done, kind);
                                self.stopped |= !self.sink.take_piece(piece);
                            }
                        }
                    }
                    let mut piece = next.with(buffer, splitter.rest());
                    piece.last = true;
                    piece.cut = end == Filled::Cut;
                    self.stopped |= !self.sink.take_piece(piece);
                    return;
                }
            }
        }
    }

    /// The number of the next member, unless there are too many.
    fn next_id(&mut self) -> Option<u32> {
        let id = self.summary.members;
        if id as usize >= self.limits.members {
            if !self.stopped {
                self.stopped = true;
                let message = format!("more than {} members (limit {})", self.limits.members, Limits::MEMBERS);
                self.say(&message, "the rest was not read");
            }
            return None;
        }
        self.summary.members = id.saturating_add(1);
        Some(id)
    }

    fn give(&mut self, member: RawMember) {
        self.progress.member(&member.path);
        self.sink.container(self.summary.container);
        if !self.sink.take(member) {
            self.stopped = true;
        }
    }

    /// Reads up to `goal` more bytes of a member, to its end or to a limit.
    fn fill(
        &mut self,
        stream: &mut Stream<'_>,
        bytes: &mut Vec<u8>,
        filling: &mut Filling,
        goal: u64,
        path: &str,
    ) -> Filled {
        let limit = self.limits.member_bytes;
        let wanted = goal.min(limit.saturating_add(1).saturating_sub(filling.read));
        let before = bytes.len();
        let result = stream.by_ref().take(wanted).read_to_end(bytes);
        let came = (bytes.len() - before) as u64;
        filling.read += came;
        let shown = display(self.summary.container, self.name, path);
        if let Err(error) = result {
            let why = match compress::limit_of(&error) {
                Some(limit) => limit.to_owned(),
                None if error.kind() == io::ErrorKind::UnexpectedEof => "the file is cut off".to_owned(),
                None => format!("reading failed ({error})"),
            };
            self.stopped = true;
            self.say_of(shown, &why, "what came before was read");
            return Filled::Cut;
        }
        if filling.read > limit {
            bytes.pop();
            let why = format!("larger than {limit} bytes (limit {})", Limits::MEMBER_BYTES);
            self.say_of(shown, &why, "its beginning was read");
            return Filled::Cut;
        }
        if came == wanted {
            return Filled::More;
        }
        if filling.size.is_some_and(|size| filling.read < size) {
            self.stopped = true;
            self.say_of(shown, "the archive is cut off inside this member", "what came before was read");
            return Filled::Cut;
        }
        Filled::Ended
    }

    fn say(&mut self, what: &str, then: &str) {
        self.say_of(self.name.to_owned(), what, then);
    }

    fn say_of(&mut self, path: String, what: &str, then: &str) {
        self.summary.problems.push(Problem { path, line: None, column: None, message: format!("{what}: {then}") });
    }

    fn newest(&mut self, time: Option<jiff::Timestamp>) {
        // Archives made for reproducibility carry the epoch, which says nothing.
        if let Some(time) = time.filter(|t| t.as_second() > 0) {
            self.summary.newest = Some(self.summary.newest.map_or(time, |n| n.max(time)));
        }
    }
}

/// How far a member was read.
#[derive(Debug)]
struct Filling {
    read: u64,
    /// How large it says it is.
    size: Option<u64>,
}

/// How reading on ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filled {
    /// As much as was asked for; there may be more.
    More,
    /// The member's end.
    Ended,
    /// Before the member's end.
    Cut,
}

/// The name without its compression.
fn plain_name(label: &str) -> String {
    for end in [".gz", ".xz", ".zst"] {
        if let Some(plain) = label.strip_suffix(end)
            && !plain.is_empty()
        {
            return plain.to_owned();
        }
    }
    label.to_owned()
}

/// The label of an archive member: `/`-separated, without a leading `./`.
pub(crate) fn label(raw: &[u8]) -> String {
    let name = String::from_utf8_lossy(raw).replace('\\', "/");
    let mut name = name.as_str();
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    name.to_owned()
}

fn starts_as_zip(path: &Path) -> bool {
    let mut head = [0_u8; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && compress::magic(&head) == Magic::Zip
}

#[cfg(unix)]
fn is_plain_or_pipe(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.is_file() || metadata.file_type().is_fifo() || metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_plain_or_pipe(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file()
}

pub(crate) fn io_words(error: &io::Error) -> String {
    match compress::limit_of(error) {
        Some(limit) => limit.to_owned(),
        None => match error.kind() {
            io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::UnexpectedEof => "the file is cut off".to_owned(),
            _ => format!("it could not be read ({error})"),
        },
    }
}

/// Reads one member of an archive or directory: by its name it is skipped, sniffed or read.
pub(crate) fn take_stream(reading: &mut Reading<'_>, path: String, size: Option<u64>, stream: Stream<'_>) {
    let mut class = names::classify(&path);
    if class == Class::Skip {
        reading.summary.skipped += 1;
        return;
    }
    let mut size = size;
    let mut stream = stream;
    let packed = [".gz", ".xz", ".zst"].iter().any(|end| path.ends_with(end));
    if packed {
        match compress::open(stream, reading.limits, &super::progress::Silent) {
            Ok(opened) => {
                stream = opened.stream;
                size = None;
            }
            Err(error) => {
                let shown = display(reading.summary.container, reading.name, &path);
                return reading.say_of(shown, &io_words(&error), "the rest was read");
            }
        }
    }
    if class == Class::Sniff {
        match compress::peek(stream, 4096) {
            Ok((head, whole)) if names::looks_structured(&head) || head.is_empty() => {
                stream = whole;
            }
            Ok(_) => {
                reading.summary.skipped += 1;
                return;
            }
            Err(error) => {
                reading.stopped = true;
                return reading.say(&io_words(&error), "what came before was read");
            }
        }
    }
    let Some(id) = reading.next_id() else { return };
    if !reading.sink.wants(id, &path) {
        return;
    }
    if class == Class::Marker {
        // Markers are short by nature; a long log is kept by its beginning.
        stream = Box::new(stream.take(reading.limits.text_bytes as u64));
        size = None;
    }
    let total = reading.total;
    let read = if class == Class::Structured {
        reading.whole_or_pieces(stream, size, id, &path, false)
    } else {
        let mut stream = stream;
        let mut bytes = Vec::new();
        let end = reading.fill(&mut stream, &mut bytes, &mut Filling { read: 0, size }, u64::MAX, &path);
        Some((bytes, end == Filled::Cut))
    };
    if let Some((bytes, _)) = &read {
        reading.total = total + bytes.len() as u64;
    }
    if reading.total > reading.limits.total_bytes && !reading.stopped {
        reading.stopped = true;
        let what = format!("more than {} bytes (limit {})", reading.limits.total_bytes, Limits::TOTAL_BYTES);
        reading.say(&what, "the rest was not read");
    }
    let Some((bytes, cut)) = read else { return };
    if class == Class::Marker && path.ends_with("version") && names::looks_structured(&bytes) {
        class = Class::Structured;
    }
    reading.give(RawMember { id, path, class, body: RawBody::Bytes(bytes), direct: false, cut });
}
