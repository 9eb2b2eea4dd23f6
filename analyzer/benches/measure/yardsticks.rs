//! What kubereach is held against: other people's parsers, item by item and straight into the same structs.

use kubereach_model::snapshot::{AnyObject, Decode};
use serde::de::DeserializeOwned;

use super::Any;

struct Yaml<'a>(&'a str);

impl Decode for Yaml<'_> {
    type Error = serde_yaml::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        let mut items: Vec<T> = serde_yaml::from_str(self.0)?;
        items.pop().ok_or_else(|| serde::de::Error::custom("no item"))
    }
}

/// `serde_yaml`.
pub(crate) fn yaml_items(text: &str) -> Any<Vec<AnyObject>> {
    let word = |item: &str, key: &str| {
        let line = item.lines().find_map(|l| l.get(2..)?.strip_prefix(key));
        line.map(|l| l.split('#').next().unwrap_or(l).trim().to_owned()).unwrap_or_default()
    };
    let (_, items) = text.split_once("items:\n").ok_or("no list")?;
    let (items, _) = items.split_once("\nkind: List").ok_or("no end")?;
    let mut starts: Vec<usize> = items.match_indices("\n- ").map(|(n, _)| n + 1).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([items.len()]);
    let slices = starts.iter().zip(ends).map(|(&start, end)| items.get(start..end).unwrap_or_default());
    slices.map(|item| Ok(AnyObject::decode(&word(item, "apiVersion: "), &word(item, "kind: "), &Yaml(item))?)).collect()
}

struct Json<'a>(&'a serde_json::value::RawValue);

impl Decode for Json<'_> {
    type Error = serde_json::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        serde_json::from_str(self.0.get())
    }
}

/// `serde_json`.
pub(crate) fn json_items(text: &str) -> Any<Vec<AnyObject>> {
    #[derive(serde::Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Vec<&'a serde_json::value::RawValue>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        api_version: String,
        kind: String,
    }
    let list: List<'_> = serde_json::from_str(text)?;
    let decode = |item: &&serde_json::value::RawValue| {
        let head: Head = serde_json::from_str(item.get())?;
        Ok(AnyObject::decode(&head.api_version, &head.kind, &Json(item))?)
    };
    list.items.iter().map(decode).collect()
}
