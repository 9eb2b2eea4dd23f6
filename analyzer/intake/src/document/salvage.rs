//! What can be read of YAML that does not parse: a terminal's copy, a table before a document, a damaged item.
//!
//! Nothing is guessed. Lines at the left margin that no document can hold are left out, which divides the text where
//! a command was run anew; what parses by itself then counts, and what does not is said with its line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::emit::{self, ListMeta};
use super::shape::Block;
use super::yaml_docs::{self, Segment};
use super::{Context, Out, full, json_stream};
use crate::capture::{self, Lead};
use crate::content::TableDocument;
use crate::json;
use crate::lost;
use crate::yaml::{Position, YamlError};

/// Reads what it can; false where that is nothing.
pub(super) fn read<T: Send>(segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) -> bool {
    let blocks = blocks(segment.text);
    let mut own = Out::new();
    let mut lost: Vec<(u32, usize)> = Vec::new();
    for part in parts(segment.text, &blocks, &mut lost) {
        match part {
            Part::Table(block) => {
                let text = segment.text.get(block.start..block.end).unwrap_or_default();
                own.docs.tables.extend(table(text, segment.line_of(block.line)));
            }
            Part::Json(block) => json(segment, &block, ctx, &mut own),
            Part::Yaml { text, start, line } => {
                let inner = Segment { text: &text, start: segment.start + start, line: segment.line_of(line) };
                documents(&inner, ctx, &mut own);
            }
        }
    }
    let found = !own.docs.objects.is_empty() || own.docs.lists.iter().any(|list| list.items > 0 || list.kind.is_some());
    if !found && own.docs.tables.is_empty() {
        return false;
    }
    if found && let Some(&(line, _)) = lost.first() {
        let count: usize = lost.iter().map(|(_, lines)| lines).sum();
        let at = Position { line: segment.line_of(line), column: 1 };
        let lines = if count == 1 { "a line".to_owned() } else { format!("{count} lines from here on") };
        let verb = if count == 1 { "is" } else { "are" };
        own.problems
            .push(ctx.problem(Some(at), format!("{lines} that {verb} no YAML {verb} left out; the rest was read")));
    }
    out.append(own, ctx);
    true
}

/// Is the first line a prompt or a command?
pub(super) fn begins_with_command(text: &[u8]) -> bool {
    let first = text.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty());
    first.is_some_and(|line| capture::lead(line) == Some(Lead::Command))
}

/// The record of a text that shows objects without their content.
pub(super) fn table(text: &[u8], line: u32) -> Option<TableDocument> {
    let (shown, resource) = capture::shown(text)?;
    let lines = text.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let rows = match shown {
        capture::Shown::Describe => lines.filter(|line| line.starts_with(b"Name:")).count(),
        capture::Shown::Table | capture::Shown::K9s => lines.count().saturating_sub(1),
    };
    Some(TableDocument { kind: shown.words().to_owned(), rows, line, resource: resource.map(str::to_owned) })
}

/// Lines of one sort.
#[derive(Debug)]
struct Lines<'a> {
    sort: Sort,
    start: usize,
    end: usize,
    /// From 0.
    line: u32,
    lines: usize,
    keys: BTreeSet<&'a [u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Yaml,
    Json,
    Command,
    Table,
    Foreign,
}

/// Sorts the lines of a text.
fn blocks(text: &[u8]) -> Vec<Lines<'_>> {
    let mut found: Vec<Lines<'_>> = Vec::new();
    let mut at = 0;
    let mut number = 0_u32;
    // The bracket at the margin that ends a JSON value.
    let mut until: Option<u8> = None;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
        let line = rest.get(..len).unwrap_or_default().trim_ascii_end();
        let last = found.last().map(|block| block.sort);
        let mut key = None;
        // Values of JSON in a row are read one by one.
        let mut begins = false;
        let sort = if until.is_some() {
            if line.first().copied() == until {
                until = None;
            }
            Sort::Json
        } else {
            match line.first() {
                None | Some(b'#') => last.unwrap_or(Sort::Foreign),
                Some(b' ' | b'\t') => Sort::Yaml,
                Some(b'-') if line.len() == 1 || line.get(1) == Some(&b' ') => Sort::Yaml,
                Some(&bracket @ (b'{' | b'[')) if capture::lead(line).is_none() => {
                    let close = if bracket == b'{' { b'}' } else { b']' };
                    until = (line.last() != Some(&close)).then_some(close);
                    begins = true;
                    Sort::Json
                }
                _ => match key_of(line) {
                    Some(word) => {
                        key = Some(word);
                        Sort::Yaml
                    }
                    None => match capture::lead(line) {
                        Some(Lead::Table) => Sort::Table,
                        Some(Lead::Command) => Sort::Command,
                        // Rows of a table stand below its head.
                        None if last == Some(Sort::Table) => Sort::Table,
                        None => Sort::Foreign,
                    },
                },
            }
        };
        match found.last_mut().filter(|block| block.sort == sort && !begins) {
            Some(block) => {
                block.end = at + len;
                block.lines += 1;
                block.keys.extend(key);
            }
            None => found.push(Lines {
                sort,
                start: at,
                end: at + len,
                line: number,
                lines: 1,
                keys: key.into_iter().collect(),
            }),
        }
        at += len;
        number = number.saturating_add(1);
    }
    found
}

/// The key that a line at the margin begins with.
fn key_of(line: &[u8]) -> Option<&[u8]> {
    let quoted = line.strip_prefix(b"\"").or_else(|| line.strip_prefix(b"'"));
    let from = quoted.unwrap_or(line);
    let len = from.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/')).count();
    let rest = from.get(len + usize::from(quoted.is_some())..)?;
    let colon = rest.first() == Some(&b':') && matches!(rest.get(1), None | Some(b' ' | b'\t'));
    (len > 0 && colon).then(|| from.get(..len)).flatten()
}

/// What is read by itself.
enum Part<'a> {
    Yaml { text: Cow<'a, [u8]>, start: usize, line: u32 },
    Json(Range),
    Table(Range),
}

/// Where lines stand.
#[derive(Debug, Clone, Copy)]
struct Range {
    start: usize,
    end: usize,
    line: u32,
}

/// Puts together what belongs to one document. Lines inside a document that are none of it are `lost`.
fn parts<'a>(text: &'a [u8], blocks: &[Lines<'a>], lost: &mut Vec<(u32, usize)>) -> Vec<Part<'a>> {
    let mut found = Vec::new();
    let mut open: Vec<&Lines<'a>> = Vec::new();
    // Is what comes printed by another command than what is open?
    let mut anew = false;
    let close = |open: &mut Vec<&Lines<'a>>, found: &mut Vec<Part<'a>>| {
        let (Some(first), Some(last)) = (open.first(), open.last()) else { return };
        let whole = text.get(first.start..last.end).unwrap_or_default();
        let text = if open.len() == 1 {
            Cow::Borrowed(whole)
        } else {
            let mut copy: Vec<u8> = whole.iter().map(|&b| if b == b'\n' { b } else { b' ' }).collect();
            for block in open.iter() {
                let here = block.start - first.start..block.end - first.start;
                if let (Some(to), Some(from)) = (copy.get_mut(here), text.get(block.start..block.end)) {
                    to.copy_from_slice(from);
                }
            }
            Cow::Owned(copy)
        };
        found.push(Part::Yaml { text, start: first.start, line: first.line });
        open.clear();
    };
    for block in blocks {
        let range = Range { start: block.start, end: block.end, line: block.line };
        match block.sort {
            Sort::Yaml => {
                let again = open.iter().any(|earlier| !earlier.keys.is_disjoint(&block.keys));
                if anew && (again || block.keys.contains(&b"apiVersion"[..])) {
                    close(&mut open, &mut found);
                }
                anew = false;
                open.push(block);
            }
            Sort::Json => {
                close(&mut open, &mut found);
                found.push(Part::Json(range));
            }
            Sort::Table => {
                found.push(Part::Table(range));
                anew = true;
            }
            Sort::Command => anew = true,
            Sort::Foreign => {
                let text = text.get(block.start..block.end).unwrap_or_default();
                if !text.trim_ascii().is_empty() {
                    lost.push((block.line, block.lines));
                }
                anew = true;
            }
        }
    }
    close(&mut open, &mut found);
    found
}

fn json<T: Send>(segment: &Segment<'_>, range: &Range, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let text = segment.text.get(..range.end).unwrap_or_default();
    json_stream::read_at(text, range.start, segment.start, segment.line_of(range.line), ctx, out);
}

/// Reads a text as one document; where that fails, from each line on that begins one.
fn documents<T: Send>(segment: &Segment<'_>, ctx: &Context<'_, T>, out: &mut Out<T>) {
    let Some(error) = yaml_docs::attempt(segment, ctx, out) else { return };
    let starts: Vec<usize> = memchr::memmem::find_iter(segment.text, b"\napiVersion:").map(|n| n + 1).collect();
    if starts.is_empty() {
        return damaged(segment, &error, ctx, out);
    }
    let ends = starts.iter().copied().chain([segment.text.len()]);
    let mut from = 0;
    for end in ends {
        let text = segment.text.get(from..end).unwrap_or_default();
        let lines = json::lines(segment.text.get(..from).unwrap_or_default());
        let inner = Segment { text, start: segment.start + from, line: segment.line_of(lines) };
        if !text.trim_ascii().is_empty()
            && let Some(error) = yaml_docs::attempt(&inner, ctx, out)
        {
            damaged(&inner, &error, ctx, out);
        }
        from = end;
    }
}

/// A document that does not parse: of a list, every item that does.
fn damaged<T: Send>(segment: &Segment<'_>, error: &YamlError, ctx: &Context<'_, T>, out: &mut Out<T>) {
    if let Some(text) = table(segment.text, segment.line) {
        return out.docs.tables.push(text);
    }
    let Some(block) = list_head(segment.text).and_then(|start| items(segment.text, start)) else {
        return full::unreadable(segment, error, ctx, out);
    };
    let around = [segment.text.get(..block.start), segment.text.get(block.end..)];
    let word = |key: &[u8]| {
        let mut lines = around.iter().flatten().flat_map(|text| text.split(|&b| b == b'\n'));
        let value = lines.find_map(|line| line.strip_prefix(key))?;
        Some(String::from_utf8_lossy(value).trim_matches([' ', '"', '\'', '\r']).to_owned()).filter(|v| !v.is_empty())
    };
    let (api_version, kind) = (word(b"apiVersion:"), word(b"kind:"));
    let mut record = emit::list_document(api_version, kind, ListMeta::default(), 0, segment.line);
    // What the damage took with it cannot be told.
    record.truncated = true;
    out.docs.lists.push(record);
    let before = out.docs.objects.len();
    yaml_docs::items_of(segment, &block, ctx, out);
    if out.docs.objects.len() == before {
        out.docs.lists.pop();
        full::unreadable(segment, error, ctx, out);
    } else {
        out.lost_of_list(segment.line, lost::item(segment.text));
    }
}

/// Where the lines behind `items:` at the margin begin.
fn list_head(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in text.split(|&b| b == b'\n') {
        at += line.len() + 1;
        if line.strip_prefix(b"items:").is_some_and(|rest| rest.trim_ascii().is_empty()) {
            return Some(at);
        }
    }
    None
}

/// The items of a list by their dashes alone.
fn items(text: &[u8], start: usize) -> Option<Block> {
    let mut number = json::lines(text.get(..start)?);
    let mut block = Block { start, end: text.len(), indent: usize::MAX, items: Vec::new() };
    let mut at = start;
    for line in text.get(start..)?.split(|&b| b == b'\n') {
        let indent = line.iter().take_while(|&&b| b == b' ').count();
        let dash = line.get(indent) == Some(&b'-') && line.get(indent + 1) == Some(&b' ');
        if block.indent == usize::MAX && dash {
            block.indent = indent;
        }
        if dash && indent == block.indent {
            block.items.push((at, number));
        } else if indent == 0 && key_of(line).is_some() {
            block.end = at;
            break;
        }
        at += line.len() + 1;
        number = number.saturating_add(1);
    }
    (!block.items.is_empty()).then_some(block)
}
