//! Digests of documents: SHA-256 over one canonical form.
//!
//! The form is JSON without white space and with the members of every object sorted by name
//! (as RFC 8785 does; the documents hold no fractions, so its number rules do not come up).

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// `sha256:` and 64 hexadecimal digits of the canonical form of `document`.
pub fn digest<T: Serialize>(document: &T) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string(&sorted(serde_json::to_value(document)?))?;
    Ok(format!("sha256:{}", sha256_hex(text.as_bytes())))
}

/// The same value with the members of every object in the order of their names.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().map(|(k, v)| (k, sorted(v))).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// The lower-case hexadecimal SHA-256 of some bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
