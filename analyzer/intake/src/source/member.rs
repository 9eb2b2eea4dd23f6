//! One member of an archive or folder: by its name and its first bytes it is skipped, opened as an archive by itself, or
//! read.

use std::io::{self, Read as _};

use super::compress::{self, Magic, Stream};
use super::fill::{Filled, Filling};
use super::names::{self, Class};
use super::text::{self, Utf16};
use super::{RawBody, RawMember, Reading, io_words, tar, zip};
use crate::limits::Limits;
use crate::paths::{NESTED, display};
use crate::progress::Silent;

/// Bytes that are looked at where the name says that it is YAML or JSON: enough for a tar header.
const HEAD: usize = 512;
/// Bytes that are looked at where the first ones decide: a document may stand behind a table.
const AHEAD: usize = 64 << 10;
/// The largest zip archive inside another that is read: its directory is at its end, so it is held.
const ZIP_BYTES: u64 = 256 << 20;

/// Reads one member of an archive or directory.
pub(crate) fn take_stream(reading: &mut Reading<'_>, path: String, size: Option<u64>, stream: Stream<'_>) {
    let class = names::classify(&path);
    let ahead = match class {
        Class::Skip => return skip(reading),
        Class::Marker | Class::Structured => HEAD,
        Class::Sniff | Class::Text => AHEAD,
    };
    let mut size = size;
    let (mut head, mut stream) = match compress::peek(stream, ahead) {
        Ok(peeked) => peeked,
        Err(error) => return broken(reading, &path, &error),
    };
    match compress::magic(&head) {
        Magic::Gzip | Magic::Xz | Magic::Zstd => {
            size = None;
            let opened = compress::open(stream, reading.limits, &Silent)
                .map(|opened| compress::metered(opened.stream, &reading.unpacked, reading.limits))
                .and_then(|stream| compress::peek(stream, ahead));
            match opened {
                Ok(opened) => (head, stream) = opened,
                Err(error) => {
                    let shown = display(reading.summary.container, reading.name, &path);
                    return reading.say_of(shown, &io_words(&error), "it was not read");
                }
            }
        }
        Magic::Utf16 => {
            size = None;
            let Some(order) = text::order(&head) else { return };
            match compress::peek(Box::new(Utf16::new(stream, order)), ahead) {
                Ok(opened) => (head, stream) = opened,
                Err(error) => return broken(reading, &path, &error),
            }
        }
        Magic::Bzip2 | Magic::SevenZip | Magic::Rar => return skip(reading),
        Magic::Zip | Magic::Plain => {}
    }
    let is_zip = compress::magic(&head) == Magic::Zip;
    if is_zip || compress::is_tar(&head) {
        return archive(reading, &path, is_zip, stream);
    }
    let wanted = match class {
        Class::Sniff => head.is_empty() || names::looks_structured(&head) || names::looks_like_dump(&head),
        Class::Text => names::looks_like_dump(&head),
        Class::Skip | Class::Marker | Class::Structured => true,
    };
    if !wanted {
        return skip(reading);
    }
    drop(head);
    take(reading, path, class, size, stream);
}

fn skip(reading: &mut Reading<'_>) {
    reading.summary.skipped += 1;
}

/// What comes behind cannot be told from this member's rest.
fn broken(reading: &mut Reading<'_>, path: &str, error: &io::Error) {
    reading.stopped = true;
    let shown = display(reading.summary.container, reading.name, path);
    let why = match compress::limit_of(error) {
        None if error.kind() == io::ErrorKind::UnexpectedEof => "the archive is cut off inside this member".to_owned(),
        _ => io_words(error),
    };
    reading.say_of(shown, &why, "what came before was read");
}

/// Reads the members of an archive inside the input, one level deep.
fn archive(reading: &mut Reading<'_>, path: &str, is_zip: bool, mut stream: Stream<'_>) {
    if !reading.inside.is_empty() {
        return skip(reading);
    }
    let before = reading.summary.members;
    reading.inside = format!("{path}{NESTED}");
    if is_zip {
        let mut bytes = Vec::new();
        match stream.by_ref().take(ZIP_BYTES + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > ZIP_BYTES => {
                let what = format!("a zip archive of more than {ZIP_BYTES} bytes inside another");
                reading.say(&what, "unpack it, and name it by itself");
            }
            Ok(_) => {
                if let Err(error) = zip::read(reading, io::Cursor::new(bytes.as_slice())) {
                    reading.salvage(Box::new(bytes.as_slice()), &error);
                }
            }
            Err(error) => reading.say(&io_words(&error), "it was not read"),
        }
    } else {
        tar::read(reading, stream);
    }
    reading.inside.clear();
    // Damage in it is none of the archive around it.
    reading.stopped = reading.ended;
    if reading.summary.members == before {
        skip(reading);
    }
}

fn take(reading: &mut Reading<'_>, path: String, class: Class, size: Option<u64>, mut stream: Stream<'_>) {
    let Some(id) = reading.next_id() else { return };
    if !reading.sink.wants(id, &path) {
        return;
    }
    let mut class = class;
    let mut size = size;
    if class == Class::Marker {
        // Markers are short by nature; a long log is kept by its beginning.
        stream = Box::new(stream.take(reading.limits.text_bytes as u64));
        size = None;
    }
    let total = reading.total;
    let read = if class == Class::Marker {
        let mut bytes = Vec::new();
        let end = reading.fill(&mut stream, &mut bytes, &mut Filling { read: 0, size }, u64::MAX, &path);
        Some((bytes, end == Filled::Cut))
    } else {
        reading.whole_or_pieces(stream, size, id, &path, false)
    };
    if let Some((bytes, _)) = &read {
        reading.total = total + bytes.len() as u64;
    }
    if reading.total > reading.limits.total_bytes && !reading.ended {
        reading.end();
        let what = format!("more than {} bytes (limit {})", reading.limits.total_bytes, Limits::TOTAL_BYTES);
        reading.say(&what, "the rest was not read");
    }
    let Some((bytes, cut)) = read else { return };
    if class == Class::Marker && path.ends_with("version") && names::looks_structured(&bytes) {
        class = Class::Structured;
    }
    reading.give(RawMember { id, path, class, body: RawBody::Bytes(bytes), direct: false, cut });
}
