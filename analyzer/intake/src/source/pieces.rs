//! Large members in pieces: cut where the text shows that one object ends and the next begins.
//!
//! A splitter looks at no object. It finds the document markers of YAML, the dashes of a list's items at
//! their own indentation, or the commas between the items of a JSON list, and leaves it to whoever reads
//! a piece to find out that it was not what it seemed; then the member is read again as a whole.

use std::sync::Arc;

use memchr::memmem;

use crate::json;

/// Members up to this size are read at once.
pub(crate) const WHOLE: usize = 4 << 20;
/// Bytes of a piece, more or less: pieces end with an object.
pub(crate) const PIECE: usize = 1 << 20;
/// Where a list must have begun.
const HEAD: usize = 64 << 10;

/// What stands before the items of a list, and where.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) bytes: Vec<u8>,
    pub(crate) line: u32,
    /// Column of the dashes; nothing for JSON.
    pub(crate) indent: usize,
}

/// What a piece holds.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Whole YAML documents.
    Documents,
    /// Items of a YAML list; the last ones with what stands behind them in the document.
    Items { head: Arc<Head>, last: bool },
    /// Items of a JSON list, each but perhaps the last with its comma.
    JsonItems(Arc<Head>),
    /// What stands behind the items, from the closing bracket on.
    JsonEnd(Arc<Head>),
}

/// A piece of a large member.
#[derive(Debug)]
pub(crate) struct RawPiece {
    /// The member's number in reading order.
    pub(crate) id: u32,
    pub(crate) path: Arc<str>,
    /// Where it begins in the member: byte, line and column in characters (both 1-based).
    pub(crate) start: u64,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: Kind,
    /// The member ends with it.
    pub(crate) last: bool,
    pub(crate) direct: bool,
    /// The member ends before its time.
    pub(crate) cut: bool,
}

impl RawPiece {
    /// A piece without content at the start of a member, from which the others are made.
    pub(crate) fn first(id: u32, path: &str, direct: bool) -> Self {
        let path = Arc::from(path);
        let (bytes, kind) = (Vec::new(), Kind::Documents);
        Self { id, path, start: 0, line: 1, column: 1, bytes, kind, last: false, direct, cut: false }
    }

    /// The piece with these bytes; this one moves on behind it.
    pub(crate) fn with(&mut self, bytes: Vec<u8>, kind: Kind) -> Self {
        let (id, path, direct) = (self.id, Arc::clone(&self.path), self.direct);
        let (start, line, column) = (self.start, self.line, self.column);
        self.pass(&bytes);
        Self { id, path, start, line, column, bytes, kind, last: false, direct, cut: false }
    }

    /// Moves on behind these bytes.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.start += bytes.len() as u64;
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        self.line = self.line.saturating_add(json::clamp(lines));
        let tail = memchr::memrchr(b'\n', bytes).map_or(bytes, |n| bytes.get(n + 1..).unwrap_or_default());
        let column = json::clamp(json::chars(tail));
        self.column = if lines > 0 { column.saturating_add(1) } else { self.column.saturating_add(column) };
    }
}

/// Where the next piece ends, and what it is; none of it where it only goes into a head.
pub(crate) struct Cut {
    pub(crate) len: usize,
    pub(crate) kind: Option<Kind>,
}

/// Finds where pieces end.
#[derive(Debug)]
pub(crate) struct Splitter {
    mode: Mode,
    /// Bytes of the buffer in which no end was found.
    seen: usize,
}

#[derive(Debug)]
enum Mode {
    Documents,
    Items(Arc<Head>),
    JsonItems(Arc<Head>, Nesting),
    JsonEnd(Arc<Head>),
}

impl Splitter {
    /// For a member that begins with these bytes; none where it has to be read whole.
    pub(crate) fn begin(bytes: &[u8]) -> Option<Self> {
        if memchr::memchr(0, bytes.get(..8192)?).is_some() || bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
            return None;
        }
        let first = json::skip_space(bytes, 0);
        let mode = match bytes.get(first)? {
            b'{' => {
                let open = json_head(bytes, first)?;
                let head = Head { bytes: bytes.get(..=open)?.to_vec(), line: line_of(bytes, first), indent: 0 };
                Mode::JsonItems(Arc::new(head), Nesting::default())
            }
            b'[' => return None,
            _ => Mode::Documents,
        };
        Some(Self { mode, seen: 0 })
    }

    /// Bytes that stand before the first piece.
    pub(crate) fn before(&self) -> usize {
        match &self.mode {
            Mode::JsonItems(head, _) => head.bytes.len(),
            _ => 0,
        }
    }

    /// The next piece of the buffer, whose first line is `line`; none where more has to be read.
    pub(crate) fn cut(&mut self, buffer: &[u8], line: u32) -> Option<Cut> {
        match &mut self.mode {
            Mode::Documents => self.documents(buffer, line),
            Mode::Items(head) => {
                let head = Arc::clone(head);
                if let Some(mark) = first_marker(buffer, self.seen) {
                    self.mode = Mode::Documents;
                    self.seen = 0;
                    return Some(Cut { len: mark, kind: Some(Kind::Items { head, last: true }) });
                }
                let dash = [b"\n", " ".repeat(head.indent).as_bytes(), b"- "].concat();
                let last = memmem::rfind(buffer, &dash);
                // A marker may straddle the end of what was read.
                self.seen = last.map_or(buffer.len(), |at| buffer.len() - at).saturating_sub(4);
                last.map(|at| Cut { len: at + 1, kind: Some(Kind::Items { head, last: false }) })
            }
            Mode::JsonItems(head, nesting) => {
                let head = Arc::clone(head);
                let (comma, close) = nesting.walk(buffer, self.seen);
                self.seen = buffer.len();
                if let Some(close) = close {
                    self.mode = Mode::JsonEnd(Arc::clone(&head));
                    return Some(Cut { len: close, kind: Some(Kind::JsonItems(head)) });
                }
                let comma = comma?;
                self.seen -= comma + 1;
                Some(Cut { len: comma + 1, kind: Some(Kind::JsonItems(head)) })
            }
            Mode::JsonEnd(_) => None,
        }
    }

    /// What the rest of the buffer is at the end of the member.
    pub(crate) fn rest(&self) -> Kind {
        match &self.mode {
            Mode::Documents => Kind::Documents,
            Mode::Items(head) => Kind::Items { head: Arc::clone(head), last: true },
            Mode::JsonItems(head, _) | Mode::JsonEnd(head) => Kind::JsonEnd(Arc::clone(head)),
        }
    }

    fn documents(&mut self, buffer: &[u8], line: u32) -> Option<Cut> {
        let last = last_marker(buffer, self.seen);
        // A list begins within its first lines, which may not all have come yet.
        let decided = self.seen >= HEAD;
        self.seen = buffer.len().saturating_sub(4);
        if let Some(mark) = last {
            self.seen = 0;
            return Some(Cut { len: mark, kind: Some(Kind::Documents) });
        }
        if decided {
            return None;
        }
        let (len, indent, own) = list_head(buffer)?;
        let head = buffer.get(own..len)?;
        let before = buffer.get(..own)?;
        let line = line.saturating_add(json::clamp(memchr::memchr_iter(b'\n', before).count()));
        self.mode = Mode::Items(Arc::new(Head { bytes: head.to_vec(), line, indent }));
        self.seen = 0;
        Some(Cut { len, kind: None })
    }
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    json::clamp(memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count() + 1)
}

fn is_marker(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.starts_with(b"---") && matches!(rest.get(3), Some(b' ' | b'\n' | b'\r' | b'\t'))
}

/// The first document marker behind the start of the buffer.
fn first_marker(buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    memmem::find_iter(rest, b"\n---").map(|n| from + n + 1).find(|&at| is_marker(buffer, at))
}

/// The last document marker behind the start of the buffer.
fn last_marker(buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    memmem::rfind_iter(rest, b"\n---").map(|n| from + n + 1).find(|&at| is_marker(buffer, at))
}

/// Where the first item of a list document begins, the column of its dash, and where the document's own
/// text begins.
fn list_head(buffer: &[u8]) -> Option<(usize, usize, usize)> {
    let buffer = buffer.get(..HEAD.min(buffer.len()))?;
    let mut at = 0;
    let mut own = 0;
    let mut opened = false;
    loop {
        let end = at + memchr::memchr(b'\n', buffer.get(at..)?)?;
        let line = buffer.get(at..end)?;
        let indent = line.iter().take_while(|&&b| b == b' ').count();
        match line.get(indent) {
            None | Some(b'#' | b'\r') => {}
            Some(b'-') if opened && line.get(indent + 1) == Some(&b' ') => return Some((at, indent, own)),
            _ if opened => return None,
            Some(b'-') if at == 0 && is_marker(buffer, 0) => {
                let after = line.get(3..)?.trim_ascii();
                if !after.is_empty() && after.first() != Some(&b'#') {
                    return None;
                }
                own = end + 1;
            }
            Some(_) => opened = line.strip_prefix(b"items:").is_some_and(|rest| rest.trim_ascii().is_empty()),
        }
        at = end + 1;
    }
}

/// Where the items of a JSON list open, if its type, as far as it is known before them, is a list's.
fn json_head(text: &[u8], at: usize) -> Option<usize> {
    let depth = crate::yaml::tree::DEFAULT_DEPTH;
    let mut open = None;
    let mut walk = json::members(text, at, depth);
    while let Some(entry) = walk.next_with(|text, key, at| {
        if key.of(text) == b"\"items\"" && text.get(at) == Some(&b'[') {
            open = Some(at);
            return Err(json::ScanError { at, what: json::What::Cut });
        }
        json::value(text, at, depth)
    }) {
        let word = json::text_of(text, entry.value);
        if entry.key.of(text) == b"\"kind\"" && !word.is_some_and(|kind| kind.ends_with("List")) {
            return None;
        }
    }
    open
}

/// Brackets and strings, over the edges of buffers.
#[derive(Debug, Default)]
struct Nesting {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Walks on from `at`: the last comma between items, and the bracket that closes the list.
    fn walk(&mut self, text: &[u8], mut at: usize) -> (Option<usize>, Option<usize>) {
        let mut comma = None;
        while at < text.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            if self.in_string {
                let Some(found) = memchr::memchr2(b'"', b'\\', rest) else { break };
                at += found + 1;
                let quote = rest.get(found) == Some(&b'"');
                (self.in_string, self.escaped) = (!quote, !quote);
                continue;
            }
            let Some(found) = rest.iter().position(|b| matches!(b, b'"' | b'{' | b'}' | b'[' | b']' | b',')) else {
                break;
            };
            at += found;
            match rest.get(found) {
                Some(b'"') => self.in_string = true,
                Some(b'{' | b'[') => self.depth = self.depth.saturating_add(1),
                Some(b'}' | b']') if self.depth == 0 => return (comma, Some(at)),
                Some(b'}' | b']') => self.depth -= 1,
                Some(b',') if self.depth == 0 => comma = Some(at),
                _ => {}
            }
            at += 1;
        }
        (comma, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text that arrives in steps of `step` bytes: kinds and texts.
    fn pieces(text: &str, step: usize) -> Vec<(String, String)> {
        let bytes = text.as_bytes();
        let word = |kind: &Kind| match kind {
            Kind::Documents => "documents",
            Kind::Items { last: false, .. } => "items",
            Kind::Items { last: true, .. } => "last",
            Kind::JsonItems(_) => "json",
            Kind::JsonEnd(_) => "end",
        };
        let mut padded = bytes.to_vec();
        padded.resize(padded.len().max(9000), b' ');
        let mut splitter = Splitter::begin(&padded).unwrap();
        let mut at = splitter.before();
        let (mut found, mut have) = (Vec::new(), at);
        while have < bytes.len() {
            have = (have + step).min(bytes.len());
            while let Some(cut) = splitter.cut(&bytes[at..have], 1) {
                if let Some(kind) = cut.kind {
                    found.push((word(&kind).to_owned(), text[at..at + cut.len].to_owned()));
                }
                at += cut.len;
            }
        }
        found.push((word(&splitter.rest()).to_owned(), text[at..].to_owned()));
        found
    }

    #[test]
    fn pieces_end_where_objects_end() {
        let list =
            "apiVersion: v1\nitems:\n- a: 1\n  b:\n  - x\n- a: |\n    - y\n- a: 3\nkind: List\n---\nx: 1\n---\ny: 2\n";
        for step in [1, 7, 40, 1000] {
            let found = pieces(list, step);
            let whole: String = found.iter().map(|(_, text)| text.as_str()).collect();
            // What has come at once may hold a whole list before a marker.
            let at_once = list == whole;
            assert!(at_once || format!("apiVersion: v1\nitems:\n{whole}") == list, "{step}: {found:?}");
            assert_eq!(at_once, step == 1000);
            for (kind, text) in &found {
                match kind.as_str() {
                    "documents" => assert!(text.starts_with("---") || at_once, "{text}"),
                    _ => assert!(text.starts_with("- a"), "{text}"),
                }
            }
        }
        let json = r#"{"apiVersion": "v1", "items": [{"a": [1, "],{\""]}, {"b": {}} , {"c": 1}], "kind": "List"}"#;
        for step in [1, 7, 1000] {
            let found = pieces(json, step);
            assert_eq!(found.last().unwrap(), &("end".to_owned(), r#"], "kind": "List"}"#.to_owned()), "{step}");
            let items: String =
                found.iter().filter(|(kind, _)| kind == "json").map(|(_, text)| text.as_str()).collect();
            assert_eq!(items, r#"{"a": [1, "],{\""]}, {"b": {}} , {"c": 1}"#, "{step}");
        }
    }

    #[test]
    fn what_shows_no_pieces_is_read_whole() {
        let long = |text: &str| format!("{text}{}", " ".repeat(9000)).into_bytes();
        assert!(Splitter::begin(&long("[{}]")).is_none());
        assert!(Splitter::begin(&long("{\"kind\": \"Pod\", \"items\": []}")).is_none());
        assert!(Splitter::begin(&long("{\"data\": {}}")).is_none());
        assert_eq!(list_head(b"a: 1\nitems: []\n- x\n"), None);
        assert_eq!(list_head(b"--- # c\nitems:\n  - x\n"), Some((15, 2, 8)));
    }
}
