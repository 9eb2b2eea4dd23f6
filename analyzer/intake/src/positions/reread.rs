//! Reading wanted byte ranges again: a file by seeking, an archive in one more pass.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::content::{Container, FileId, InputSpec, Origin};
use crate::limits::Limits;
use crate::paths::{self, NESTED};
use crate::progress::Silent;
use crate::source::compress::{self, Magic};
use crate::source::pieces::RawPiece;
use crate::source::{self, RawBody, RawMember, Sink};

/// Where the files of a scan came from. Standard input is kept in it, as it came.
#[derive(Debug, Clone)]
pub struct Sources {
    limits: Limits,
    inputs: Vec<Input>,
}

#[derive(Debug, Clone)]
struct Input {
    spec: InputSpec,
    container: Container,
    /// Paths of the members by their number.
    paths: Vec<String>,
}

impl Sources {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, inputs: Vec::new() }
    }

    pub(crate) fn add(&mut self, spec: InputSpec, container: Container, paths: Vec<String>) {
        self.inputs.push(Input { spec, container, paths });
    }

    /// The file as reports name it: `archive!member`.
    pub fn path(&self, file: FileId) -> Option<String> {
        let input = self.inputs.get(file.input as usize)?;
        let member = input.paths.get(file.member as usize)?;
        Some(paths::display(input.container, &source::name_of(&input.spec), member))
    }

    /// The bytes of origins, in their order; none where a source cannot be read again.
    pub fn bytes_of(&self, origins: &[Origin]) -> Vec<Option<Vec<u8>>> {
        let mut found: Vec<Option<Vec<u8>>> = vec![None; origins.len()];
        let mut by_input: BTreeMap<u32, HashMap<u32, Vec<usize>>> = BTreeMap::new();
        for (n, origin) in origins.iter().enumerate() {
            by_input.entry(origin.file.input).or_default().entry(origin.file.member).or_default().push(n);
        }
        for (input, wanted) in by_input {
            if let Some(input) = self.inputs.get(input as usize) {
                self.read(input, wanted, origins, &mut found);
            }
        }
        found
    }

    fn read(&self, input: &Input, wanted: HashMap<u32, Vec<usize>>, origins: &[Origin], found: &mut [Option<Vec<u8>>]) {
        match (&input.spec, input.container) {
            (InputSpec::Path(path), Container::File) => {
                for requests in wanted.into_values() {
                    if !seek(path, &requests, origins, found) {
                        self.stream(input, HashMap::from([(0, requests)]), origins, found);
                    }
                }
            }
            (InputSpec::Path(root), Container::Directory) => {
                let mut archives: BTreeMap<PathBuf, HashMap<&str, Vec<usize>>> = BTreeMap::new();
                for (member, requests) in wanted {
                    let Some(label) = input.paths.get(member as usize) else { continue };
                    let archive = paths::archive_of(label);
                    let file = root.join(archive.strip_suffix(NESTED).unwrap_or_default());
                    if !archive.is_empty() && file.is_file() {
                        let inside = label.get(archive.len()..).unwrap_or_default();
                        archives.entry(file).or_default().insert(inside, requests);
                        continue;
                    }
                    let path = root.join(label);
                    if !seek(&path, &requests, origins, found) {
                        // A compressed file in a directory is read again like one named by itself.
                        let alone = Input {
                            spec: InputSpec::Path(path.clone()),
                            container: Container::File,
                            paths: Vec::new(),
                        };
                        self.stream(&alone, HashMap::from([(0, requests)]), origins, found);
                    }
                }
                // Of an archive in the folder only that is read again.
                for (file, named) in archives {
                    let mut ranges = Ranges { wanted: HashMap::new(), named, paths: &[], origins, found };
                    source::read(&InputSpec::Path(file), &self.limits, &Silent, &mut ranges);
                }
            }
            _ => self.stream(input, wanted, origins, found),
        }
    }

    fn stream(
        &self,
        input: &Input,
        wanted: HashMap<u32, Vec<usize>>,
        origins: &[Origin],
        found: &mut [Option<Vec<u8>>],
    ) {
        let named = HashMap::new();
        let mut ranges = Ranges { wanted, named, paths: &input.paths, origins, found };
        source::read(&input.spec, &self.limits, &Silent, &mut ranges);
    }
}

/// Reads ranges of an uncompressed file; false where it is compressed.
fn seek(path: &Path, requests: &[usize], origins: &[Origin], found: &mut [Option<Vec<u8>>]) -> bool {
    let Ok(mut file) = File::open(path) else {
        return true;
    };
    if !file.metadata().is_ok_and(|m| m.is_file()) {
        return true;
    }
    let mut head = Vec::with_capacity(8);
    if file.by_ref().take(8).read_to_end(&mut head).is_err() {
        return true;
    }
    if compress::magic(&head) != Magic::Plain {
        return false;
    }
    for &n in requests {
        let Some(origin) = origins.get(n) else {
            continue;
        };
        let mut bytes = Vec::new();
        let whole = file.seek(SeekFrom::Start(origin.start)).is_ok()
            && file.by_ref().take(origin.len).read_to_end(&mut bytes).is_ok()
            && bytes.len() as u64 == origin.len;
        if whole && let Some(slot) = found.get_mut(n) {
            *slot = Some(bytes);
        }
    }
    true
}

struct Ranges<'r> {
    wanted: HashMap<u32, Vec<usize>>,
    /// Members that are known by their path, until they come.
    named: HashMap<&'r str, Vec<usize>>,
    paths: &'r [String],
    origins: &'r [Origin],
    found: &'r mut [Option<Vec<u8>>],
}

impl Sink for Ranges<'_> {
    fn container(&mut self, _: Container) {}

    fn wants(&mut self, id: u32, path: &str) -> bool {
        if let Some(requests) = self.named.remove(path) {
            self.wanted.insert(id, requests);
            return true;
        }
        // The number must still mean the same member: the archive may have changed since.
        self.wanted.contains_key(&id) && self.paths.get(id as usize).is_none_or(|known| known == path)
    }

    fn take(&mut self, member: RawMember) -> bool {
        if let (RawBody::Bytes(bytes), Some(requests)) = (member.body, self.wanted.remove(&member.id)) {
            for n in requests {
                let slice = self.origins.get(n).and_then(|origin| {
                    let start = usize::try_from(origin.start).ok()?;
                    let end = start.checked_add(usize::try_from(origin.len).ok()?)?;
                    bytes.get(start..end)
                });
                if let (Some(slice), Some(slot)) = (slice, self.found.get_mut(n)) {
                    *slot = Some(slice.to_vec());
                }
            }
        }
        !(self.wanted.is_empty() && self.named.is_empty())
    }

    fn in_pieces(&self) -> bool {
        true
    }

    fn take_piece(&mut self, piece: RawPiece) -> bool {
        let end = piece.start + piece.bytes.len() as u64;
        for &n in self.wanted.get(&piece.id).map(Vec::as_slice).unwrap_or_default() {
            let Some(origin) = self.origins.get(n) else { continue };
            // An object may lie across pieces where the member was first read as a whole.
            let (from, to) = (origin.start.max(piece.start), (origin.start + origin.len).min(end));
            if from >= to {
                continue;
            }
            let range = usize::try_from(from - piece.start).ok().zip(usize::try_from(to - piece.start).ok());
            let slice = range.and_then(|(from, to)| piece.bytes.get(from..to)).unwrap_or_default();
            if let Some(slot) = self.found.get_mut(n) {
                slot.get_or_insert_default().extend_from_slice(slice);
            }
        }
        if piece.last {
            for n in self.wanted.remove(&piece.id).unwrap_or_default() {
                let len = self.origins.get(n).map(|origin| origin.len);
                if let Some(slot) = self.found.get_mut(n)
                    && slot.as_ref().map(|bytes| bytes.len() as u64) != len
                {
                    *slot = None;
                }
            }
        }
        !(self.wanted.is_empty() && self.named.is_empty())
    }
}
