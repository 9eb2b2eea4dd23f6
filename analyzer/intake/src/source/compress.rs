//! Decompression by content, with the limits against bombs.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::text::{self, Utf16};
use crate::limits::Limits;
use crate::progress::Progress;

/// A stream that can be handed on between layers.
pub(crate) type Stream<'a> = Box<dyn Read + 'a>;

/// Marks the error that a limit makes, so that it is told from a broken file.
#[derive(Debug)]
pub(crate) struct LimitHit(pub(crate) String);

impl std::fmt::Display for LimitHit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LimitHit {}

/// The limit behind an error, if one was hit.
pub(crate) fn limit_of(error: &io::Error) -> Option<&str> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<LimitHit>()).map(|hit| hit.0.as_str())
}

/// Counts the bytes that come from the disk.
struct Counted<'a> {
    inner: Stream<'a>,
    count: Arc<AtomicU64>,
    progress: &'a dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        self.progress.bytes(n as u64);
        Ok(n)
    }
}

/// Stops a stream that grows beyond the limits.
struct Bounded<'a> {
    inner: Stream<'a>,
    compressed: Arc<AtomicU64>,
    out: u64,
    limits: &'a Limits,
    packed: bool,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.out += n as u64;
        if let Some(hit) = over(self.out, self.compressed.load(Ordering::Relaxed), self.packed, self.limits) {
            return Err(io::Error::other(hit));
        }
        Ok(n)
    }
}

/// Counts what many streams yield together against the limit for all.
pub(crate) fn metered<'a>(inner: Stream<'a>, all: &Arc<AtomicU64>, limits: &Limits) -> Stream<'a> {
    Box::new(Metered { inner, all: Arc::clone(all), limit: limits.total_bytes })
}

struct Metered<'a> {
    inner: Stream<'a>,
    all: Arc<AtomicU64>,
    limit: u64,
}

impl Read for Metered<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        if self.all.fetch_add(n as u64, Ordering::Relaxed) > self.limit {
            let what =
                format!("more than {} bytes in all after decompression (limit {})", self.limit, Limits::TOTAL_BYTES);
            return Err(io::Error::other(LimitHit(what)));
        }
        Ok(n)
    }
}

/// The limit that these figures break.
pub(crate) fn over(out: u64, compressed: u64, packed: bool, limits: &Limits) -> Option<LimitHit> {
    if out > limits.total_bytes {
        return Some(LimitHit(format!(
            "more than {} bytes after decompression (limit {})",
            limits.total_bytes,
            Limits::TOTAL_BYTES
        )));
    }
    if packed && out > Limits::RATIO_GRACE && out / compressed.max(1) > limits.ratio {
        return Some(LimitHit(format!(
            "it grows more than {}-fold when decompressed (limit {})",
            limits.ratio,
            Limits::RATIO
        )));
    }
    None
}

/// How a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    Gzip,
    Xz,
    Zstd,
    Bzip2,
    SevenZip,
    Rar,
    Zip,
    /// Text in UTF-16.
    Utf16,
    Plain,
}

/// Recognises compression and encoding by the first bytes.
pub(crate) fn magic(head: &[u8]) -> Magic {
    match head {
        [0x1F, 0x8B, ..] => Magic::Gzip,
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Magic::Xz,
        // A frame, or a skippable frame before one.
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Magic::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Magic::Bzip2,
        [b'7', b'z', 0xBC, 0xAF, ..] => Magic::SevenZip,
        [b'R', b'a', b'r', b'!', ..] => Magic::Rar,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Magic::Zip,
        _ if text::order(head).is_some() => Magic::Utf16,
        _ => Magic::Plain,
    }
}

/// Whether the first block is a tar header: its checksum is right.
pub(crate) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else {
        return false;
    };
    let Some(field) = block.get(148..156) else {
        return false;
    };
    let digits: String = field.iter().filter(|b| (b'0'..=b'7').contains(b)).map(|&b| char::from(b)).collect();
    let Ok(stored) = u64::from_str_radix(&digits, 8) else {
        return false;
    };
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(n, &b)| if (148..156).contains(&n) { u64::from(b' ') } else { u64::from(b) })
        .sum();
    stored == sum
}

/// Reads up to `n` bytes ahead and puts them back in front.
pub(crate) fn peek(mut stream: Stream<'_>, n: usize) -> io::Result<(Vec<u8>, Stream<'_>)> {
    let mut head = Vec::with_capacity(n);
    let result = stream.by_ref().take(n as u64).read_to_end(&mut head);
    match result {
        // What came before the error is still worth having; the error comes again when reading on.
        Err(error) if head.is_empty() => Err(error),
        Err(error) => {
            let front = io::Cursor::new(head.clone());
            Ok((head, Box::new(front.chain(Broken(Some(error))))))
        }
        Ok(_) => {
            let front = io::Cursor::new(head.clone());
            Ok((head, Box::new(front.chain(stream))))
        }
    }
}

struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A stream after decompression.
pub(crate) struct Opened<'a> {
    pub(crate) head: Vec<u8>,
    pub(crate) stream: Stream<'a>,
    pub(crate) magic: Magic,
}

/// Peels compression off a stream, at most twice, and bounds what comes out. Text in UTF-16 comes out as UTF-8.
pub(crate) fn open<'a>(raw: Stream<'a>, limits: &'a Limits, progress: &'a dyn Progress) -> io::Result<Opened<'a>> {
    let count = Arc::new(AtomicU64::new(0));
    let counted = Counted { inner: raw, count: Arc::clone(&count), progress };
    let (mut head, mut stream) = peek(Box::new(counted), 512)?;
    let mut packed = false;
    for _ in 0..2 {
        stream = match magic(&head) {
            Magic::Gzip => Box::new(flate2::read::MultiGzDecoder::new(stream)),
            Magic::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(stream, true, DECODER_KIB)),
            Magic::Zstd => {
                let mut decoder = zstd::Decoder::new(stream)?;
                decoder.window_log_max(27)?;
                Box::new(decoder)
            }
            _ => break,
        };
        packed = true;
        let bounded = Bounded { inner: stream, compressed: Arc::clone(&count), out: 0, limits, packed };
        (head, stream) = peek(Box::new(bounded), 512)?;
    }
    if !packed {
        stream = Box::new(Bounded { inner: stream, compressed: count, out: 0, limits, packed });
    }
    if let Some(order) = text::order(&head) {
        (head, stream) = peek(Box::new(Utf16::new(stream, order)), 512)?;
    }
    Ok(Opened { magic: magic(&head), head, stream })
}

/// Memory that an xz decoder may ask for.
const DECODER_KIB: u32 = 256 << 10;
