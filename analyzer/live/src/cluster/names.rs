//! Names for completion: what cannot be had at once is left to be typed.

use std::time::Duration;

use serde::Deserialize;

use super::client::{Accept, path};
use super::connect::Target;
use super::read::{block_on, reader};

/// A person is waiting at a prompt.
const PROMPT: Duration = Duration::from_secs(2);
/// More names than these help nobody.
const MOST: usize = 500;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Names {
    items: Vec<Item>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    metadata: Meta,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    name: String,
}

/// The contexts of the kubeconfig.
pub fn contexts(target: &Target) -> Vec<String> {
    let found = super::kubeconfig::find(target.kubeconfig.as_deref()).ok().flatten();
    found.map(|found| found.contexts.into_iter().map(|context| context.name).collect()).unwrap_or_default()
}

/// The namespaces of a cluster, if they may be listed and come soon.
pub fn namespaces(target: &Target) -> Vec<String> {
    let names = block_on(async {
        let connection = target.connect().ok()?;
        let reader = reader(&connection, 1, PROMPT).await.ok()?;
        let url = format!("{}?limit={MOST}", path("", "v1", None, "namespaces", None));
        let list: Names = reader.get_as(&url, Accept::Metadata).await.ok()?;
        Some(list.items.into_iter().map(|item| item.metadata.name).collect::<Vec<_>>())
    });
    // A name with anything else in it is none, and would be acted on by a shell.
    let is_name = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    names.ok().flatten().unwrap_or_default().into_iter().filter(is_name).collect()
}
