//! What the policy tests share: snapshots from files and from text.
#![allow(dead_code, reason = "not every test that shares this module uses all of it")]

use std::path::Path;
use std::sync::Arc;

use kubereach_intake::progress::Silent;
use kubereach_intake::{Content, InputSpec, Limits, scan};
use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Decode, Snapshot};
use serde_json::Value;

/// A decoded object, decoded once more as its kind.
pub(crate) struct Json(pub(crate) Value);

impl Decode for Json {
    type Error = serde_json::Error;
    fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, Self::Error> {
        T::deserialize(&self.0)
    }
}

/// Everything under a path, as the whole cluster.
pub(crate) fn load(path: &Path) -> Snapshot {
    build(InputSpec::Path(path.to_owned()))
}

/// YAML documents, as the whole cluster.
pub(crate) fn yaml(text: &str) -> Snapshot {
    build(InputSpec::Bytes { name: "input.yaml".to_owned(), bytes: Arc::from(text.as_bytes()) })
}

fn build(input: InputSpec) -> Snapshot {
    let read = scan(
        &[input],
        &Limits::default(),
        &|_| None,
        &|raw| (raw.api_version.to_owned(), raw.kind.to_owned(), raw.decode::<Value>().expect("an object")),
        &Silent,
    )
    .expect("a scan");
    let mut builder = Builder::default();
    builder.coverage.assume(Assumption { kind: None, namespace: None });
    for member in read.inputs.into_iter().flat_map(|i| i.members) {
        let Content::Documents(documents) = member.content else { continue };
        for object in documents.objects {
            let (api_version, kind, value) = object.value;
            if kind.is_empty() || kind.ends_with("List") {
                continue;
            }
            builder.push(AnyObject::decode(&api_version, &kind, &Json(value)).expect("a decoded object"), 0, false);
        }
    }
    builder.build()
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}
