//! From an input named on the command line to the bytes of its members, in one fixed order.
//!
//! Nothing is ever written: archives are read as streams, names of members are labels only.

pub(crate) mod compress;
mod directory;
mod fill;
mod member;
pub(crate) mod names;
pub(crate) mod pieces;
mod tar;
mod text;
mod zip;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use compress::{Magic, Opened, Stream};
use names::Class;
use pieces::RawPiece;

use super::content::{Container, InputSpec, Problem};
use super::limits::Limits;
use super::paths::{NESTED, display};
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
        ended: false,
        unpacked: Arc::default(),
        inside: String::new(),
    };
    reading.input(spec);
    reading.summary.cut |= reading.stopped;
    reading.summary
}

/// Whether a file of this name may hold objects, or is short text that layouts need.
pub fn may_hold_objects(path: &str) -> bool {
    // Of a text or an archive only its first bytes tell.
    !matches!(names::classify(path), Class::Skip | Class::Text)
}

/// Whether a text begins as a dump of objects does.
pub(crate) fn begins_as_dump(text: &[u8]) -> bool {
    names::looks_structured(text.get(..64.min(text.len())).unwrap_or_default()) || names::looks_like_dump(text)
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
    /// No more is read of the archive at hand.
    stopped: bool,
    /// No more is read of the input.
    ended: bool,
    /// Bytes that came out of compressed members and of archives inside the input.
    unpacked: Arc<AtomicU64>,
    /// The archive inside the input that is read, as paths of its members begin; empty for the input itself.
    inside: String,
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

    /// Reads the members of a damaged zip archive up to the damage.
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
            self.say("an empty file", "whatever made it wrote nothing into it");
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

    /// The number of the next member, unless there are too many.
    fn next_id(&mut self) -> Option<u32> {
        let id = self.summary.members;
        if id as usize >= self.limits.members {
            if !std::mem::replace(&mut self.ended, true) {
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
            self.end();
        }
    }

    /// Nothing more is wanted of the input.
    fn end(&mut self) {
        self.stopped = true;
        self.ended = true;
    }

    /// Says something of the input, or of the archive in it that is read.
    fn say(&mut self, what: &str, then: &str) {
        let place = match self.inside.strip_suffix(NESTED) {
            Some(archive) => display(self.summary.container, self.name, archive),
            None => self.name.to_owned(),
        };
        self.say_of(place, what, then);
    }

    /// The path of a member: in an archive inside the input it begins with that of the archive.
    fn label(&self, raw: &[u8]) -> String {
        let name = label(raw);
        if self.inside.is_empty() { name } else { format!("{}{name}", self.inside) }
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
