//! Objects with all their fields, read once more: for the rare question about what the slim model leaves out.

use serde_json::Value;

use super::Sources;
use crate::content::{Origin, TextFormat};
use crate::document;
use crate::yaml::tree::Bounds;
use crate::yaml::{Slice, engine};

/// The objects of these origins, in their order; none where one cannot be read again.
pub fn whole(sources: &Sources, origins: &[Origin]) -> Vec<Option<Value>> {
    let texts = sources.bytes_of(origins);
    origins.iter().zip(texts).map(|(origin, bytes)| object(origin, &bytes?)).collect()
}

fn object(origin: &Origin, bytes: &[u8]) -> Option<Value> {
    let clean = document::without_captured(bytes);
    let value: Value = match origin.format {
        TextFormat::Json => serde_json::from_slice(&clean).ok()?,
        TextFormat::Yaml => engine::from_slice(&clean, Slice::Document, Bounds::default()).ok()?,
        TextFormat::YamlItem => engine::from_slice(&clean, Slice::Item, Bounds::default()).ok()?,
    };
    let Some(item) = origin.item else { return Some(value) };
    // The slice is the list that it stands in.
    let items = if value.is_array() { &value } else { value.get("items")? };
    items.get(item as usize).cloned()
}
