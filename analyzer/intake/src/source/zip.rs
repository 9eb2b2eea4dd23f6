//! Zip archives: by the directory at their end, or from the start where that is missing.

use std::io::{self, BufRead as _, Read, Seek};

use zip::result::ZipError;

use super::compress::{self, Stream};
use super::member::take_stream;
use super::names::{self, Class};
use super::{RawBody, RawMember, Reading, io_words, label};
use crate::content::Container;

/// Reads every member in the order of the directory. An error is about the archive as a whole and
/// means that nothing was read.
pub(super) fn read<R: Read + Seek>(reading: &mut Reading<'_>, source: R) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(source).map_err(|error| error.to_string())?;
    if reading.inside.is_empty() {
        reading.summary.container = Container::Zip;
    }
    let mut out = 0_u64;
    let mut compressed = 0_u64;
    let mut files = 0_usize;
    let mut locked = 0_usize;
    for index in 0..archive.len() {
        if reading.stopped {
            return Ok(());
        }
        let entry = match archive.by_index(index) {
            Ok(entry) => entry,
            // Without a password an encrypted member is an error by itself.
            Err(error) => {
                files += 1;
                if matches!(error, ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) {
                    locked += 1;
                } else {
                    reading.say(&format!("member {index} of the archive cannot be read ({error})"), "it was left out");
                }
                continue;
            }
        };
        if entry.is_dir() {
            continue;
        }
        files += 1;
        let path = reading.label(entry.name_raw());
        if entry.is_symlink() {
            link(reading, path, entry);
            continue;
        }
        if names::classify(&path) == Class::Skip {
            reading.summary.skipped += 1;
            continue;
        }
        reading.progress.bytes(entry.compressed_size());
        compressed += entry.compressed_size();
        let before = reading.total;
        let size = entry.size();
        // The declared size is a claim: the stream is bounded by what really comes out.
        let bounded = Growth { inner: entry, out, compressed, limits: reading.limits };
        take_stream(reading, path, Some(size), Box::new(bounded));
        out += reading.total - before;
    }
    if files == 0 {
        reading.say("an archive without files", "there is nothing in it to read");
    }
    if locked > 0 {
        reading.summary.cut = true;
        let what = if files == locked {
            "the zip archive is encrypted".to_owned()
        } else {
            format!("{locked} of the {files} files in the zip archive are encrypted")
        };
        reading.say(&what, "unpack it with its password (7z x, unzip) and name the folder");
    }
    Ok(())
}

fn link(reading: &mut Reading<'_>, path: String, entry: impl Read) {
    let mut target = Vec::new();
    if names::classify(&path) == Class::Skip || entry.take(4096).read_to_end(&mut target).is_err() {
        reading.summary.skipped += 1;
        return;
    }
    let Some(id) = reading.next_id() else { return };
    if reading.sink.wants(id, &path) {
        let body = RawBody::Link(label(&target));
        reading.give(RawMember { id, path, class: Class::Structured, body, direct: false, cut: false });
    }
}

struct Growth<'l, R> {
    inner: R,
    out: u64,
    compressed: u64,
    limits: &'l crate::limits::Limits,
}

impl<R: Read> Read for Growth<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.out += n as u64;
        match compress::over(self.out, self.compressed, true, self.limits) {
            Some(hit) => Err(io::Error::other(hit)),
            None => Ok(n),
        }
    }
}

/// Reads members from their own headers, until the first damage. The archive's end is not needed.
pub(super) fn salvage(reading: &mut Reading<'_>, stream: Stream<'_>) {
    let mut source = io::BufReader::with_capacity(64 << 10, stream);
    while !reading.stopped {
        match local_member(reading, &mut source) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                // The caller says that the archive is damaged; a limit is worth its own words.
                if compress::limit_of(&error).is_some() {
                    reading.say(&io_words(&error), "the rest was not read");
                }
                return;
            }
        }
    }
}

/// One member by its local header (APPNOTE 4.3.7); false at the directory.
fn local_member(reading: &mut Reading<'_>, source: &mut io::BufReader<Stream<'_>>) -> io::Result<bool> {
    let mut fixed = [0_u8; 30];
    source.read_exact(&mut fixed)?;
    if fixed.get(..4) != Some(b"PK\x03\x04") {
        return Ok(false);
    }
    let short = |at: usize| fixed.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let long = |at: usize| u64::from(short(at)) | (u64::from(short(at + 2)) << 16);
    let (flags, method) = (short(6), short(8));
    let (packed, size) = (long(18), long(22));
    let mut name = vec![0; usize::from(short(26))];
    source.read_exact(&mut name)?;
    let mut extra = vec![0; usize::from(short(28))];
    source.read_exact(&mut extra)?;
    let path = reading.label(&name);
    let streamed = flags & 8 != 0;
    if flags & 1 != 0 || (method != 0 && method != 8) || (method == 0 && streamed) || packed == 0xFFFF_FFFF {
        return Ok(false);
    }
    let is_dir = path.ends_with('/');
    // A deflate stream knows its own end; everything else goes by the declared size.
    let mut content: Vec<u8> = Vec::new();
    let limit = reading.limits.member_bytes.saturating_add(1);
    if method == 8 {
        let mut decoder = flate2::bufread::DeflateDecoder::new(&mut *source);
        decoder.by_ref().take(limit).read_to_end(&mut content)?;
        let (read, grown) = (decoder.total_in(), decoder.total_out());
        if let Some(hit) = compress::over(grown, read, true, reading.limits) {
            return Err(io::Error::other(hit));
        }
        if content.len() as u64 >= limit {
            return Err(io::Error::other(compress::LimitHit(format!(
                "larger than {} bytes (limit {})",
                reading.limits.member_bytes,
                crate::limits::Limits::MEMBER_BYTES
            ))));
        }
        if streamed {
            skip_descriptor(source)?;
        }
    } else {
        let got = source.by_ref().take(size.min(limit)).read_to_end(&mut content)?;
        if (got as u64) < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if !is_dir {
        let len = content.len() as u64;
        take_stream(reading, path, Some(len), Box::new(io::Cursor::new(content)));
    }
    Ok(true)
}

/// The sizes that follow a streamed member, with or without their signature.
fn skip_descriptor(source: &mut io::BufReader<Stream<'_>>) -> io::Result<()> {
    let signed = source.fill_buf()?.starts_with(b"PK\x07\x08");
    let mut rest = if signed { [0_u8; 16].to_vec() } else { [0_u8; 12].to_vec() };
    source.read_exact(&mut rest)
}
