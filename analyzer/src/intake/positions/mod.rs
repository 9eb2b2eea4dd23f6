//! From an object and a field to file, line and column, by reading only that object again.

use super::content::{Container, FileId, InputSpec};
use super::limits::Limits;
use super::source;

/// Where the files of a scan came from.
#[derive(Debug, Clone)]
pub struct Sources {
    limits: Limits,
    inputs: Vec<Input>,
}

#[derive(Debug, Clone)]
struct Input {
    spec: InputSpec,
    container: Container,
    paths: Vec<String>,
}

impl Sources {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, inputs: Vec::new() }
    }

    pub(crate) fn add(&mut self, spec: InputSpec, container: Container, paths: Vec<String>) {
        self.inputs.push(Input { spec, container, paths });
    }

    /// The file as reports name it: `archive!member`.
    pub fn path(&self, file: FileId) -> Option<String> {
        let input = self.inputs.get(file.input as usize)?;
        let member = input.paths.get(file.member as usize)?;
        Some(source::display(input.container, &source::name_of(&input.spec), member))
    }
}
