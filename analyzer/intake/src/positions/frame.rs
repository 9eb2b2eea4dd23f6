//! The source lines around a place, as data for a code frame: cut to a width, and never what may be secret.
//!
//! Lines come only from the slice of the one object, so a frame never shows a neighbour in the same file.

use kubereach_reports::report::Frame;
use kubereach_reports::secrets::{mask, names_credential};

use super::Text;

/// Characters of a line that are kept.
const WIDTH: usize = 160;
/// Characters kept before the marked ones, where a line is cut on its left.
const BEFORE: usize = 60;
const LINES_BEFORE: usize = 2;
const LINES_AFTER: usize = 1;

/// Lines of a slice, found by the line numbers of the file.
pub(super) struct Lines<'t> {
    lines: Vec<&'t str>,
    first: u32,
    /// Characters of the file's line before the slice's first one.
    shift: usize,
    /// The slice holds other objects too.
    shared: bool,
    json: bool,
}

impl<'t> Lines<'t> {
    /// None where the text is not UTF-8.
    pub(super) fn of(text: &Text<'t>) -> Option<Self> {
        let whole = std::str::from_utf8(text.bytes).ok()?;
        let whole = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        let lines = whole.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
        let json = text.format == super::TextFormat::Json;
        let shift = if json { text.column.saturating_sub(1) as usize } else { 0 };
        Some(Self { lines, first: text.line, shift, shared: text.item.is_some(), json })
    }

    /// The line and the character of it, from 0.
    fn find(&self, line: u32, column: u32) -> Option<(usize, &'t str, usize)> {
        let index = line.checked_sub(self.first)? as usize;
        let shift = if index == 0 { self.shift } else { 0 };
        let at = (column.checked_sub(1)? as usize).checked_sub(shift)?;
        Some((index, self.lines.get(index)?, at))
    }

    /// One past the last character of the key or value at this place, as a column of the file.
    pub(super) fn end_column(&self, line: u32, column: u32) -> Option<u32> {
        let (_, text, at) = self.find(line, column)?;
        let length = token(text, at, self.json);
        (length > 0).then(|| column.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)))
    }

    /// The frame, unless what it would show may be secret.
    pub(super) fn frame(&self, line: u32, column: u32) -> Option<Frame> {
        let (index, text, at) = self.find(line, column)?;
        let end = at + token(text, at, self.json).max(1);
        let (shown, start, end) = cut(text, at, end);
        if may_be_secret(&shown) || (self.json && shown.contains("\"value\"")) {
            return None;
        }
        let cut_left = start != at;
        let around = |n: usize| self.lines.get(n).map(|line| context(line));
        let before = if self.shared || cut_left { 0 } else { LINES_BEFORE.min(index) };
        let after = if self.shared || cut_left { 0 } else { LINES_AFTER };
        let mut lines: Vec<String> = (index - before..index).filter_map(around).collect();
        let marked = lines.len();
        lines.push(shown);
        lines.extend((index + 1..=index + after).filter_map(around));
        while lines.len() > marked + 1 && lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        let first_line = line.saturating_sub(u32::try_from(marked).unwrap_or(0));
        Some(Frame { first_line, lines, marked, start, end })
    }
}

/// A line beside the marked one. What may be secret is told by its key only.
fn context(line: &str) -> String {
    let key = line.split_once(':').map(|(key, _)| key);
    let bare = key.map(|key| key.trim_start_matches([' ', '-', '"', '\'']).trim_end_matches(['"', '\'']));
    if bare == Some("value") || may_be_secret(line) {
        // `key: ***`; of a line without a key, its indentation.
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        return match key {
            Some(key) if mask(key).is_none() && key.chars().count() < WIDTH => format!("{key}: ***"),
            _ => format!("{indent}***"),
        };
    }
    cut(line, 0, 0).0
}

fn may_be_secret(line: &str) -> bool {
    let key = line.split_once(':').map_or("", |(key, _)| key);
    mask(line).is_some() || names_credential(key.trim_end_matches(['"', '\'']))
}

/// At most [`WIDTH`] characters of a line with `start..end` among them, and where they are then.
fn cut(line: &str, start: usize, end: usize) -> (String, usize, usize) {
    let length = line.chars().count();
    if length <= WIDTH {
        return (line.to_owned(), start, end.min(length.max(start + 1)));
    }
    let from = if start < WIDTH - BEFORE { 0 } else { start - BEFORE };
    let mut shown = if from > 0 { "…".to_owned() } else { String::new() };
    let shift = usize::from(from > 0);
    shown.extend(line.chars().skip(from).take(WIDTH));
    if from + WIDTH < length {
        shown.push('…');
    }
    let last = (from + WIDTH).min(length);
    (shown, start - from + shift, end.clamp(start + 1, last.max(start + 1)) - from + shift)
}

/// How many characters the key or value at `at` has; it ends with its line.
fn token(line: &str, at: usize, json: bool) -> usize {
    let mut rest = line.chars().skip(at);
    let Some(first) = rest.next() else { return 0 };
    match first {
        '"' => {
            let mut escaped = false;
            for (n, c) in rest.enumerate() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => return n + 2,
                    _ => {}
                }
            }
            line.chars().count() - at
        }
        '\'' => rest.position(|c| c == '\'').map_or(line.chars().count() - at, |n| n + 2),
        '{' | '[' => flow(line, at),
        '|' | '>' => 1,
        _ => plain(line, at, json || in_flow(line, at)),
    }
}

/// A flow: up to the bracket that closes it, where that stands on the same line; else the bracket alone.
fn flow(line: &str, at: usize) -> usize {
    let (mut depth, mut quote) = (0_i32, None);
    for (n, c) in line.chars().skip(at).enumerate() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return n + 1;
                }
            }
            (None, _) => {}
        }
    }
    1
}

/// A plain scalar: up to a comment, to the colon of a key, to the comma or bracket of a flow.
fn plain(line: &str, at: usize, flow: bool) -> usize {
    let mut length = 0;
    let mut last = ' ';
    let mut chars = line.chars().skip(at).peekable();
    while let Some(c) = chars.next() {
        let next_ends = chars.peek().is_none_or(|c| c.is_whitespace());
        if (c == '#' && last == ' ' && length > 0)
            || (c == ':' && (next_ends || flow))
            || (flow && matches!(c, ',' | ']' | '}'))
        {
            break;
        }
        length += 1;
        last = c;
    }
    let text: String = line.chars().skip(at).take(length).collect();
    text.trim_end().chars().count()
}

/// Is a bracket of a flow open before this character?
fn in_flow(line: &str, at: usize) -> bool {
    let depth = line.chars().take(at).fold(0_i32, |depth, c| match c {
        '{' | '[' => depth + 1,
        '}' | ']' => depth - 1,
        _ => depth,
    });
    depth > 0
}

#[cfg(test)]
mod tests {
    use super::super::TextFormat;
    use super::*;

    fn yaml(text: &str) -> Text<'_> {
        Text { bytes: text.as_bytes(), format: TextFormat::Yaml, line: 10, column: 1, item: None }
    }

    #[test]
    fn tokens_end_where_yaml_ends_them() {
        for (line, at, length) in [
            ("  - port: 80 # web", 10, 2),
            ("  - port: 80", 4, 4),
            ("host: \"a \\\" b\" # x", 6, 8),
            ("host: 'a b'", 6, 5),
            ("ports: [{port: 80, name: x}]", 15, 2),
            ("ports: [{port: 80, name: x}]", 25, 1),
            ("image: a/b:1.2", 7, 7),
            ("größe: ü", 7, 1),
            ("key:", 0, 3),
            ("selector: {app: '}', a: [x]} # c", 10, 18),
            ("selector: {app: web,", 10, 1),
        ] {
            assert_eq!(token(line, at, false), length, "{line}");
        }
        assert_eq!(token("{\"port\":80,\"x\":1}", 8, true), 2);
    }

    #[test]
    fn a_frame_has_the_line_its_neighbours_and_the_mark() {
        let text = "kind: Service\nspec:\n  ports:\n  - port: 80\n    targetPort: web\n";
        let lines = Lines::of(&yaml(text)).unwrap();
        let frame = lines.frame(13, 11).unwrap();
        assert_eq!((frame.first_line, frame.marked, frame.start, frame.end), (11, 2, 10, 12));
        assert_eq!(frame.lines, ["spec:", "  ports:", "  - port: 80", "    targetPort: web"]);
        assert_eq!(lines.end_column(13, 11), Some(13));
        assert_eq!(lines.frame(10, 1).unwrap().lines.len(), 2);
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let text = "env:\n- name: DB_PASSWORD\n  value: hunter2\nports:\n- containerPort: 80\n";
        let frame = Lines::of(&yaml(text)).unwrap().frame(14, 18).unwrap();
        assert_eq!(frame.lines, ["  value: ***", "ports:", "- containerPort: 80"]);
        let args = "args:\n- --password=hunter2\nports:\n- containerPort: 80\n";
        assert!(!format!("{:?}", Lines::of(&yaml(args)).unwrap().frame(12, 1)).contains("hunter2"));
        let auth = "  password: hunter2\n";
        assert_eq!(Lines::of(&yaml(auth)).unwrap().frame(10, 13), None);
        let json = r#"{"env":[{"name":"X","value":"hunter2"}],"ports":[{"containerPort":80}]}"#;
        let text = Text { bytes: json.as_bytes(), format: TextFormat::Json, line: 1, column: 5, item: None };
        assert_eq!(Lines::of(&text).unwrap().frame(1, 70), None);
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let line = format!("{}\"port\": 80{}", "x".repeat(500), "y".repeat(500));
        let text = Text { bytes: line.as_bytes(), format: TextFormat::Json, line: 3, column: 1001, item: None };
        let frame = Lines::of(&text).unwrap().frame(3, 1501).unwrap();
        let shown: String = frame.lines[0].chars().skip(frame.start).take(frame.end - frame.start).collect();
        assert_eq!(shown, "\"port\"");
        assert!(frame.lines[0].chars().count() <= WIDTH + 2);
    }

    #[test]
    fn a_list_shared_with_other_objects_shows_one_line() {
        let text = Text { item: Some(1), ..yaml("a: 1\nb: 2\nc: 3\n") };
        assert_eq!(Lines::of(&text).unwrap().frame(11, 4).unwrap().lines, ["b: 2"]);
    }
}
