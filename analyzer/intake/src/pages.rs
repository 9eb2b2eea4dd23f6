//! Objects that come from a live API server instead of a file: the same decoding, the same layouts.

use std::sync::Mutex;

use serde_json::Value;

use super::assemble::{Intake, IntakeOptions, assemble};
use super::content::{
    Container, Content, Decoded, Documents, FileId, IntakeError, ListDocument, Member, Origin, ScannedInput, TextFormat,
};
use super::item::{Item, What};
use super::layouts::kubereach::RECORD;
use super::limits::Limits;
use super::object::{Body, Notes, RawObject};
use super::positions::Sources;
use super::scan::Scan;
use super::yaml::tree::Bounds;

/// A live object is in no file: nobody can be shown its line.
const NOWHERE: Origin =
    Origin { file: FileId::NOWHERE, start: 0, len: 0, line: 1, column: 1, format: TextFormat::Json, item: None };

/// Decodes one object; `path` is where it was asked for.
pub fn decode(value: &Value, api_version: &str, kind: &str, path: &str) -> Item {
    let notes: Mutex<Notes> = Mutex::default();
    let raw = RawObject {
        api_version,
        kind,
        member: path,
        body: Body::Value(value),
        origin: NOWHERE,
        source_comment: None,
        bounds: Bounds::default(),
        display: path,
        notes: &notes,
        guessed: false,
    };
    Item::decode(&raw)
}

/// The objects of one list.
#[derive(Debug)]
pub struct Listed {
    /// The path that was asked.
    pub path: String,
    /// Its objects.
    pub items: Vec<Item>,
}

/// Makes snapshots of lists and the record that speaks for them.
pub fn read(name: &str, record: Value, lists: Vec<Listed>, options: &IntakeOptions) -> Result<Intake, IntakeError> {
    let about = Item { what: What::About(Box::new(record)), seen: None, template: None, text: None };
    let mut members = vec![member(RECORD.to_owned(), vec![about])];
    members.extend(lists.into_iter().map(|list| member(list.path, list.items)));
    members.sort_by(|a, b| a.path.cmp(&b.path));
    let input = ScannedInput {
        name: name.to_owned(),
        container: Container::Directory,
        members,
        skipped: 0,
        problems: Vec::new(),
        cut: false,
        modified: None,
        newest_member: None,
    };
    assemble(Scan { inputs: vec![input], sources: Sources::new(Limits::default()) }, options)
}

fn member(path: String, items: Vec<Item>) -> Member<Item> {
    let list = ListDocument {
        api_version: None,
        kind: None,
        items: items.len(),
        items_null: false,
        truncated: false,
        remaining: None,
        resource_version: None,
        line: 1,
    };
    let objects = items.into_iter().map(|value| Decoded { value, origin: NOWHERE, list: Some(0) }).collect();
    let documents = Documents { objects, lists: vec![list], ..Documents::default() };
    Member { path, file: NOWHERE.file, content: Content::Documents(documents) }
}
