//! The JSON Schemas of both documents, as committed in `schema/`.

use schemars::{JsonSchema, generate::SchemaSettings};

use crate::{Observations, Plan, canonical::sorted};

/// The schema of `kubereach/plan/v1`, as text that ends with a line feed.
pub fn plan() -> String {
    text::<Plan>()
}

/// The schema of `kubereach/observations/v1`, as text that ends with a line feed.
pub fn observations() -> String {
    text::<Observations>()
}

/// What is accepted: only fields without a default are required. Members are sorted, so the text
/// does not depend on which features of `serde_json` the rest of a build turns on.
fn text<T: JsonSchema>() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    format!("{:#}\n", sorted(schema.to_value()))
}
