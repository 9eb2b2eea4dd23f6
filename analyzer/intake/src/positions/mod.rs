//! From an object and a field to file, line and column, by reading only that object again.
//!
//! A dump of 150,000 pods pays nothing for positions until a report needs some: then the wanted byte
//! ranges are read again, an archive in one more pass for all of them together.

mod frame;
mod json;
mod reread;
mod whole;
mod yaml;

use std::collections::HashMap;

use kubereach_reports::report::Frame;

pub use reread::Sources;
pub use whole::whole;

use super::content::{Origin, TextFormat};
use super::document;
use super::yaml::Position;

/// One step of the way from an object to a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathStep {
    /// A key of a mapping.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

impl From<&str> for PathStep {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathStep {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Which end of a field is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its value.
    Value,
    /// Its key; for an item of a list, the item.
    Key,
}

/// The bytes of one object, with what is needed to find places in them.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The slice that the origin names.
    pub bytes: &'a [u8],
    /// How it is written.
    pub format: TextFormat,
    /// Line of its first byte in the file, 1-based.
    pub line: u32,
    /// Column of its first byte in characters, 1-based.
    pub column: u32,
    /// Where the slice is a whole list: the item.
    pub item: Option<u32>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as reports name it.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// In characters, 1-based.
    pub column: u32,
    /// One past the last character of what stands there, on the same line.
    pub end_column: Option<u32>,
    /// How many steps of the path stand in the object: with fewer than all, the place is that of the
    /// nearest ancestor.
    pub steps: usize,
    /// The lines around it, where a field of the object stands there and may be shown.
    pub frame: Option<Frame>,
}

/// A place in a slice, and how many steps of the path lead to it.
type Spot = (Position, usize);

/// The place of a field: 1-based line and column in characters. Where the field is absent, the place
/// of its nearest ancestor that is there; none where the text cannot be parsed.
pub fn locate(text: &Text<'_>, path: &[PathStep], part: Part) -> Option<(u32, u32)> {
    let spot = places(text, &[path], part).into_iter().next().flatten();
    spot.map(|(at, _)| (at.line, at.column))
}

/// The places of several fields of one object, for one parse.
fn places(text: &Text<'_>, paths: &[&[PathStep]], part: Part) -> Vec<Option<Spot>> {
    match text.format {
        TextFormat::Json => json::places(text, paths, part),
        TextFormat::Yaml | TextFormat::YamlItem => yaml::places(text, paths, part),
    }
}

/// File, line and column of fields, in the order of the requests. Where an object cannot be read
/// again (standard input is kept; a file may have changed since), the place where it began.
pub fn resolve(sources: &Sources, requests: &[(Origin, Vec<PathStep>)]) -> Vec<Option<(String, u32, u32)>> {
    let places = show(sources, requests);
    places.into_iter().map(|place| place.map(|p| (p.path, p.line, p.column))).collect()
}

/// The same with the lines around them.
pub fn show(sources: &Sources, requests: &[(Origin, Vec<PathStep>)]) -> Vec<Option<Place>> {
    let mut by_origin: HashMap<Origin, Vec<usize>> = HashMap::new();
    for (n, (origin, _)) in requests.iter().enumerate() {
        by_origin.entry(*origin).or_default().push(n);
    }
    let mut origins: Vec<Origin> = by_origin.keys().copied().collect();
    origins.sort_unstable();
    let texts = sources.bytes_of(&origins);
    let mut places_of = vec![None; requests.len()];
    for (origin, bytes) in origins.iter().zip(texts) {
        let (Some(path), Some(wanted)) = (sources.path(origin.file), by_origin.get(origin)) else {
            continue;
        };
        let began = Place { path, line: origin.line, column: origin.column, end_column: None, steps: 0, frame: None };
        let paths: Vec<&[PathStep]> =
            wanted.iter().filter_map(|&n| requests.get(n)).map(|(_, path)| path.as_slice()).collect();
        let found = bytes.map_or_else(Vec::new, |bytes| in_object(origin, &bytes, &paths, &began));
        for (k, &n) in wanted.iter().enumerate() {
            if let Some(slot) = places_of.get_mut(n) {
                *slot = Some(found.get(k).cloned().flatten().unwrap_or_else(|| began.clone()));
            }
        }
    }
    places_of
}

fn in_object(origin: &Origin, bytes: &[u8], paths: &[&[PathStep]], began: &Place) -> Vec<Option<Place>> {
    let clean = document::without_captured(bytes);
    let text =
        Text { bytes: &clean, format: origin.format, line: origin.line, column: origin.column, item: origin.item };
    let lines = frame::Lines::of(&text);
    let place = |(at, steps): Spot| Place {
        path: began.path.clone(),
        line: at.line,
        column: at.column,
        end_column: lines.as_ref().and_then(|lines| lines.end_column(at.line, at.column)),
        steps,
        frame: lines.as_ref().filter(|_| steps > 0).and_then(|lines| lines.frame(at.line, at.column)),
    };
    places(&text, paths, Part::Value).into_iter().map(|spot| spot.map(place)).collect()
}
