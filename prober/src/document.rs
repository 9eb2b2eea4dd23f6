//! Reading and writing documents: which one it is comes before what it says, and what goes without
//! saying is not written.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{DocumentError, shortened};

/// Only the schema name of a document, whatever the rest looks like.
#[derive(Deserialize)]
struct Named {
    schema: Option<serde_json::Value>,
}

/// Read a document that says it is what `expected` names. Any other is refused before the rest of it
/// is looked at.
pub(crate) fn read<T: DeserializeOwned>(
    json: &[u8],
    what: &'static str,
    expected: &'static str,
) -> Result<T, DocumentError> {
    let malformed = |source| DocumentError::Malformed { what, expected, source };
    let named: Named = serde_json::from_slice(json).map_err(malformed)?;
    let found = match named.schema {
        Some(serde_json::Value::String(found)) if found == expected => {
            return serde_json::from_slice(json).map_err(malformed);
        }
        Some(serde_json::Value::String(found)) => found,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    Err(DocumentError::UnknownSchema { what, expected, found: shortened(&found) })
}

/// The value is its type's own default.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
