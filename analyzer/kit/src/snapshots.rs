//! Snapshots of objects: decoded as they are, or read as an input is.

use std::path::Path;
use std::sync::Arc;

use kubereach_intake::progress::Silent;
use kubereach_intake::{Content, InputSpec, IntakeOptions, Limits, read, scan};
use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Decode, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

struct Json<'v>(&'v Value);

impl Decode for Json<'_> {
    type Error = serde_json::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        T::deserialize(self.0)
    }
}

/// Reads a JSON file.
pub fn json_file(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// An object as the snapshot has it.
pub fn decoded(object: &Value) -> AnyObject {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    decoded_as(text("apiVersion"), text("kind"), object)
}

/// The same for an object that does not say what it is.
pub fn decoded_as(api_version: &str, kind: &str, object: &Value) -> AnyObject {
    AnyObject::decode(api_version, kind, &Json(object))
        .unwrap_or_else(|e| panic!("{kind} {}: {e}", object["metadata"]["name"]))
}

/// A builder that has these objects, each of an origin of its own, and knows nothing of what is missing.
pub fn builder(objects: &[Value]) -> Builder {
    let mut builder = Builder::default();
    for (origin, object) in (0_u32..).zip(objects) {
        builder.push(decoded(object), origin, false);
    }
    builder
}

/// A snapshot of these objects, which may be a part of a cluster.
pub fn part(objects: &[Value]) -> Snapshot {
    builder(objects).build()
}

/// A snapshot of these objects, which are the whole cluster.
pub fn whole(objects: &[Value]) -> Snapshot {
    let mut builder = builder(objects);
    builder.coverage.assume(Assumption { kind: None, namespace: None });
    builder.build()
}

/// One input with these objects, as `kubectl get -o json` prints them.
pub fn input(name: &str, objects: &[Value]) -> InputSpec {
    bytes(name, &json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string())
}

/// One input with this text.
pub fn bytes(name: &str, text: &str) -> InputSpec {
    InputSpec::Bytes { name: name.to_owned(), bytes: Arc::from(text.as_bytes()) }
}

/// The snapshot of [`input`], with what is to be assumed complete (as on the command line).
pub fn from_input(objects: &[Value], assume: &str) -> Snapshot {
    let assume_complete = if assume.is_empty() { Vec::new() } else { Assumption::parse(assume).unwrap() };
    let options = IntakeOptions { assume_complete, ..IntakeOptions::default() };
    read(&[input("cluster.json", objects)], &options, &Silent).unwrap().snapshots.remove(0)
}

/// Everything under a path, as the whole cluster; what no list, layout or record says about it is left aside.
pub fn load(path: &Path) -> Snapshot {
    scanned(InputSpec::Path(path.to_owned()))
}

/// YAML documents, as the whole cluster.
pub fn yaml(text: &str) -> Snapshot {
    scanned(bytes("input.yaml", text))
}

fn scanned(input: InputSpec) -> Snapshot {
    let decode = |raw: &kubereach_intake::RawObject<'_>| {
        let mut object = raw.decode::<Value>().expect("an object");
        // Items of lists may leave it to their list.
        object["apiVersion"] = raw.api_version.into();
        object["kind"] = raw.kind.into();
        object
    };
    let read = scan(&[input], &Limits::default(), &|_| None, &decode, &Silent).expect("a scan");
    let documents = read.inputs.into_iter().flat_map(|input| input.members).filter_map(|member| match member.content {
        Content::Documents(documents) => Some(documents),
        _ => None,
    });
    let kind = |object: &Value| object["kind"].as_str().unwrap_or_default().to_owned();
    let objects: Vec<Value> = documents
        .flat_map(|documents| documents.objects)
        .map(|object| object.value)
        .filter(|object| !kind(object).is_empty() && !kind(object).ends_with("List"))
        .collect();
    whole(&objects)
}
