//! A page of the documentation as its tests see it: fenced blocks, which are run.

use std::path::Path;
use std::process::Command;

use crate::program::{PROGRAM, plain};

/// A fenced block: its language, the words behind it, its text.
pub(crate) struct Block {
    pub(crate) words: Vec<String>,
    pub(crate) text: String,
}

pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in markdown.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(words)) => {
                open = Some(Block { words: words.split(' ').map(str::to_owned).collect(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => block.text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    found
}

pub(crate) fn value<'b>(block: &'b Block, key: &str) -> Option<&'b str> {
    block.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// A shell with this program first on its PATH, outside of any CI system.
pub(crate) fn shell(script: &str, folder: &Path) -> Command {
    let bin = Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = plain("bash");
    command.args(["-c", script]).current_dir(folder).env("PATH", path);
    command
}
