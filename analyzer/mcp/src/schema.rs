//! JSON Schemas of what tools take and answer, in the dialect of the protocol (2020-12) and in words that clients
//! understand: everything in place, and an argument that may be left out is no `null`.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

fn plain<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let mut schema = settings
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    if let Value::Object(map) = &mut schema {
        map.remove("title");
        map.remove("description");
    }
    tidy(&mut schema);
    schema
}

/// Of an answer.
pub(crate) fn output<T: JsonSchema>() -> JsonObject {
    object(plain::<T>(SchemaSettings::draft2020_12().for_serialize()))
}

/// Of arguments; with those that every paged tool takes.
pub(crate) fn input<T: JsonSchema>(paged: bool) -> JsonObject {
    let mut schema = plain::<T>(SchemaSettings::draft2020_12().for_deserialize());
    without_null(&mut schema);
    let mut schema = object(schema);
    schema.entry("properties").or_insert_with(|| json!({}));
    if let (true, Some(Value::Object(properties))) = (paged, schema.get_mut("properties")) {
        properties.insert(
            "cursor".to_owned(),
            json!({"type": "string", "description": "From truncated.cursor of the answer before: what follows it"}),
        );
        let (least, most) = (crate::fit::SIZES.start(), crate::fit::SIZES.end());
        let words = format!("Largest answer in bytes, {} if not given", crate::fit::USUAL);
        properties.insert(
            "max_bytes".to_owned(),
            json!({"type": "integer", "minimum": least, "maximum": most, "description": words}),
        );
    }
    schema
}

fn object(schema: Value) -> JsonObject {
    match schema {
        Value::Object(map) => map,
        _ => JsonObject::new(),
    }
}

/// Formats that only Rust knows are left out, and so are defaults that say nothing.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("uint") || f.starts_with("int"))
            {
                map.remove("format");
            }
            one_of_words(map);
            if map.get("default").is_some_and(|default| default.is_null() || *default == json!([])) {
                map.remove("default");
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// Words that are documented one by one are a plain list of words: shorter, and understood everywhere.
fn one_of_words(map: &mut JsonObject) {
    let words = map.get("oneOf").and_then(Value::as_array).and_then(|all| {
        all.iter().map(|one| one.get("const").or_else(|| one["enum"].get(0)).cloned()).collect::<Option<Vec<Value>>>()
    });
    if let Some(words) = words {
        map.remove("oneOf");
        map.insert("type".to_owned(), json!("string"));
        map.insert("enum".to_owned(), Value::Array(words));
    }
}

/// `"type": ["string", "null"]` is a string that may be left out.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    map.insert("type".to_owned(), one);
                }
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::input;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Some {
        /// A name
        name: Option<String>,
        port: Option<u16>,
    }

    #[test]
    fn what_may_be_left_out_is_no_null_and_has_no_format_of_ours() {
        let schema = input::<Some>(true);
        assert_eq!(schema["properties"]["name"], json!({"type": "string", "description": "A name"}));
        assert_eq!(schema["properties"]["port"]["type"], "integer");
        assert!(schema["properties"]["port"].get("format").is_none());
        assert_eq!((schema.get("required"), &schema["additionalProperties"]), (None, &json!(false)));
        assert!(schema["properties"]["cursor"].is_object());
    }
}
