//! Blocks that were read before, letter for letter.
//!
//! A dump prints the environment, the volumes and the ports of a workload's pods again for every pod. A block
//! of lines below a key that is the same as one read before, at the same column, with a line behind it that
//! ends it, reads the same: so it is compared (at the speed of memory) and not read. What the comparison needs
//! is a copy of the text; each thread has its own.

use std::cell::RefCell;

use super::cursor::{Cursor, Sure};
use kubereach_model::snapshot::model::remember;

/// Groups of blocks; a block belongs to the group of its first line.
const GROUPS: usize = 128;
/// Blocks of a group.
const WAYS: usize = 4;
/// Longer blocks are rarely the same, and copying them costs.
const LONGEST: usize = 8 << 10;

/// What becomes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is passed over.
    Skip,
    /// It is read as a field of this name.
    Field(&'static str),
}

/// Where a block begins, and what decides about it beside its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    usage: Use,
    start: usize,
    /// Column of the key it stands under.
    column: usize,
    group: usize,
}

#[derive(Debug)]
struct Entry {
    usage: Use,
    column: usize,
    /// How deep the nesting might have become.
    left: usize,
    text: Vec<u8>,
    /// The value of a field.
    value: u64,
}

#[derive(Debug, Default)]
struct Group {
    entries: Vec<Entry>,
    next: usize,
}

thread_local! {
    static MEMORY: RefCell<Vec<Group>> = const { RefCell::new(Vec::new()) };
}

impl Cursor<'_> {
    /// The block on the lines below the key at the cursor, which stands at `column`.
    pub(super) fn block_below(&self, usage: Use, column: usize) -> Block {
        let start = (self.eol + 1).min(self.len());
        // A prime for each, so that equal first lines of two fields do not always meet.
        let name = match usage {
            Use::Skip => 0,
            Use::Field(name) => name.len() * 31,
        };
        let mut hash = (name as u64) ^ ((column as u64) << 32);
        for word in self.slice(start, (start + 48).min(self.len())).as_chunks::<8>().0 {
            hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        }
        let group = usize::try_from((hash ^ (hash >> 32)) % GROUPS as u64).unwrap_or_default();
        Block { usage, start, column, group }
    }

    /// Passes over a block that was read before; says the number of its value.
    pub(super) fn pass_known(&mut self, block: Block) -> Option<u64> {
        let (len, value) = MEMORY.with_borrow(|memory| {
            let ahead = self.slice(block.start, self.len());
            let known = |e: &&Entry| {
                e.usage == block.usage
                    && e.column == block.column
                    && e.left <= self.left()
                    && ahead.starts_with(&e.text)
                    && self.ends_block(block.start + e.text.len(), block.column)
            };
            let entry = memory.get(block.group)?.entries.iter().find(known)?;
            (entry.usage == Use::Skip || remember::is_kept(entry.value)).then_some((entry.text.len(), entry.value))
        })?;
        self.eol = block.start + len - 1;
        self.advance();
        Some(value)
    }

    /// Whether what stands at this start of a line ends every block below a key at `column`.
    fn ends_block(&self, at: usize, column: usize) -> bool {
        if at >= self.len() {
            return true;
        }
        let spaces = self.spaces(at);
        let first = self.byte(at + spaces);
        spaces <= column && !matches!(first, b'\n' | b'#') && !(spaces == column && first == b'-')
    }

    /// Remembers a block that was just read; the cursor stands behind it.
    pub(super) fn remember_block(&self, block: Block, left: usize, value: u64) {
        let end = if self.ended { self.len() } else { self.at - self.column };
        let text = self.slice(block.start, end);
        if self.gap || text.len() > LONGEST || text.last() != Some(&b'\n') || !self.ends_block(end, block.column) {
            return;
        }
        MEMORY.with_borrow_mut(|memory| {
            if memory.is_empty() {
                memory.resize_with(GROUPS, Group::default);
            }
            let Some(group) = memory.get_mut(block.group) else { return };
            let Block { usage, column, .. } = block;
            if let Some(entry) = group.entries.get_mut(group.next) {
                entry.text.clear();
                entry.text.extend_from_slice(text);
                (entry.usage, entry.column, entry.left, entry.value) = (usage, column, left, value);
            } else {
                group.entries.push(Entry { usage, column, left, text: text.to_vec(), value });
            }
            group.next = (group.next + 1) % WAYS;
        });
    }

    /// Passes over what stands below the key at the cursor, at `column`.
    pub(super) fn skip_below(&mut self, column: usize, read: impl FnOnce(&mut Self) -> Sure<()>) -> Sure<()> {
        let block = self.block_below(Use::Skip, column);
        if self.pass_known(block).is_some() {
            return Ok(());
        }
        let left = self.left();
        read(self)?;
        self.remember_block(block, left, 0);
        Ok(())
    }
}
