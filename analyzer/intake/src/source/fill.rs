//! How the bytes of a member are taken: at once, or where it is large piece by piece, and never beyond the limits.

use std::io::{self, Read as _};
use std::sync::Arc;

use super::Reading;
use super::compress::{self, Stream};
use super::pieces::{PIECE, RawPiece, Splitter, WHOLE};
use crate::limits::Limits;
use crate::paths::display;

/// How far a member was read.
#[derive(Debug)]
pub(super) struct Filling {
    pub(super) read: u64,
    /// How large it says it is.
    pub(super) size: Option<u64>,
}

/// How reading on ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// As much as was asked for; there may be more.
    More,
    /// The member's end.
    Ended,
    /// Before the member's end.
    Cut,
}

impl Reading<'_> {
    /// Reads a member: to its end, or, where it is large and its text shows where its objects end, piece by
    /// piece into the sink (and then nothing is left to give).
    pub(super) fn whole_or_pieces(
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
        let path = Arc::clone(&next.path);
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
                    return self.end();
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
                                if !self.sink.take_piece(piece) {
                                    self.end();
                                }
                            }
                        }
                    }
                    let mut piece = next.with(buffer, splitter.rest());
                    piece.last = true;
                    piece.cut = end == Filled::Cut;
                    if !self.sink.take_piece(piece) {
                        self.end();
                    }
                    return;
                }
            }
        }
    }

    /// Reads up to `goal` more bytes of a member, to its end or to a limit.
    pub(super) fn fill(
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
}
