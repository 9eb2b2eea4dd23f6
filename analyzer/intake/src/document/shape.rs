//! The outline of one YAML document by its indentation, in one pass over its lines.

/// A list whose items stand at one fixed indentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Where the list's lines begin and end, in the document.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Column of the dashes.
    pub(super) indent: usize,
    /// Start of each item's line, and its line number counted from 0.
    pub(super) items: Vec<(usize, u32)>,
}

/// What the outline shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Only comments and white space.
    Empty,
    /// A block mapping without a top-level `items:` list.
    Mapping,
    /// A block mapping with a top-level `items:` list in canonical form.
    List(Block),
    /// A block sequence at the top.
    Array(Block),
    /// Anything else: the full parser decides.
    Odd,
}

/// The outline, the start of the first content line, and Helm's source comment.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    pub(super) shape: Shape,
    /// Offset and line (from 0) of the first line with content.
    pub(super) first: (usize, u32),
    pub(super) source: Option<&'a str>,
}

/// Looks at the lines of one document.
pub(super) fn outline(text: &[u8]) -> Outline<'_> {
    let mut pass =
        Pass { first: None, source: None, block: None, in_list: false, array: false, mapping: false, odd: false };
    let mut at = 0;
    let mut number = 0_u32;
    while at < text.len() && !pass.odd {
        let rest = text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |n| at + n);
        pass.line(text, at, end, number);
        at = end + 1;
        number = number.saturating_add(1);
    }
    let first = pass.first.unwrap_or((text.len(), number));
    let shape = pass.finish(text.len());
    Outline { shape, first, source: pass.source }
}

#[allow(clippy::struct_excessive_bools)] // Independent facts about the lines so far.
struct Pass<'a> {
    first: Option<(usize, u32)>,
    source: Option<&'a str>,
    block: Option<Block>,
    in_list: bool,
    array: bool,
    mapping: bool,
    odd: bool,
}

impl<'a> Pass<'a> {
    fn line(&mut self, text: &'a [u8], start: usize, end: usize, number: u32) {
        let line = text.get(start..end).unwrap_or_default();
        let indent = line.iter().take_while(|&&b| b == b' ').count();
        let Some(&byte) = line.get(indent) else {
            return;
        };
        match byte {
            b'\r' => return,
            b'#' => {
                if self.first.is_none()
                    && let Some(path) = line.get(indent..).and_then(|l| l.strip_prefix(b"# Source: "))
                {
                    self.source = std::str::from_utf8(path.trim_ascii()).ok();
                }
                return;
            }
            // Blank lines may hold tabs; a tab before text is for the parser to judge: within an item for the item's.
            b'\t' => {
                let inside = self.in_list || self.array;
                let in_item = self.block.as_ref().is_some_and(|b| inside && !b.items.is_empty());
                self.odd |= !(in_item || line.trim_ascii().is_empty());
                return;
            }
            _ => {}
        }
        if self.first.is_none() {
            self.first = Some((start, number));
            self.odd |= indent != 0 || !(byte == b'-' || byte.is_ascii_alphabetic());
        }
        let dash = byte == b'-' && matches!(line.get(indent + 1), Some(b' '));
        if indent == 0 && !dash {
            if byte == b'-' || self.array {
                self.odd = true;
            }
            self.mapping = true;
            if self.in_list {
                self.in_list = false;
                if let Some(block) = &mut self.block {
                    block.end = start;
                }
            }
            if line.strip_prefix(b"items:").is_some_and(|rest| rest.trim_ascii().is_empty()) {
                self.odd |= self.block.is_some();
                self.in_list = true;
                self.block = Some(Block { start: end + 1, end: text.len(), indent: usize::MAX, items: Vec::new() });
            }
            return;
        }
        if indent == 0 && !self.in_list && !self.array {
            // A dash at the margin: the items of a bare array, or of a key other than `items`.
            if self.mapping {
                return;
            }
            self.array = true;
            self.block = Some(Block { start, end: text.len(), indent: 0, items: Vec::new() });
        }
        if !(self.in_list || self.array) {
            return;
        }
        let Some(block) = &mut self.block else { return };
        if block.indent == usize::MAX {
            self.odd |= !dash;
            block.indent = indent;
        }
        if indent < block.indent || (indent == block.indent && !dash) {
            self.odd = true;
        } else if indent == block.indent {
            block.items.push((start, number));
        }
    }

    fn finish(&mut self, len: usize) -> Shape {
        if self.first.is_none() {
            return Shape::Empty;
        }
        if self.odd {
            return Shape::Odd;
        }
        match self.block.take() {
            // `items:` with nothing under it is null.
            Some(mut block) if self.array || !block.items.is_empty() => {
                block.end = block.end.min(len);
                if self.array { Shape::Array(block) } else { Shape::List(block) }
            }
            Some(_) => Shape::Odd,
            None => Shape::Mapping,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_list_is_split_by_its_dashes() {
        let text = b"apiVersion: v1\nitems:\n- a: 1\n  b:\n  - x\n- a: 2\nkind: List\n";
        let Shape::List(block) = outline(text).shape else { panic!() };
        assert_eq!(block.items, [(22, 2), (40, 5)]);
        assert_eq!(&text[block.end..], b"kind: List\n");
    }

    #[test]
    fn what_is_not_surely_canonical_is_odd() {
        for text in [
            "items:\n  - a: 1\n - b: 2\n",
            "items:\n  - a: 1\n  b: 2\n",
            "items:\n  a: 1\n",
            "items:\n\t- a: 1\n",
            "{items: []}\n",
            "  kind: Pod\n",
            "items:\nkind: List\n",
            "- a\nb: c\n",
        ] {
            assert_eq!(outline(text.as_bytes()).shape, Shape::Odd, "{text}");
        }
    }

    #[test]
    fn comments_before_the_document_name_its_template() {
        let found = outline(b"# Source: web/templates/svc.yaml\napiVersion: v1\n");
        assert_eq!(found.source, Some("web/templates/svc.yaml"));
        assert_eq!(found.shape, Shape::Mapping);
        assert_eq!(outline(b"# nothing\n\n").shape, Shape::Empty);
    }
}
