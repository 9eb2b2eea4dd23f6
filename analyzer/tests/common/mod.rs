//! Snapshots from JSON, without intake.
#![allow(dead_code, reason = "every test uses its own part")]
#![allow(clippy::panic, reason = "helpers of tests")]

use std::path::Path;

use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Decode, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::Value;

struct Json<'v>(&'v Value);

impl Decode for Json<'_> {
    type Error = serde_json::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        T::deserialize(self.0)
    }
}

/// Reads a JSON file.
pub(crate) fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A snapshot of these objects; `whole` makes them the whole cluster.
pub(crate) fn snapshot(items: &[Value], whole: bool) -> Snapshot {
    let mut builder = Builder::default();
    for (origin, item) in (0_u32..).zip(items) {
        let text = |key: &str| item[key].as_str().unwrap_or_default();
        let object = AnyObject::decode(text("apiVersion"), text("kind"), &Json(item))
            .unwrap_or_else(|e| panic!("{} {}: {e}", text("kind"), item["metadata"]["name"]));
        builder.push(object, origin, false);
    }
    if whole {
        builder.coverage.assume(Assumption { kind: None, namespace: None });
    }
    builder.build()
}
