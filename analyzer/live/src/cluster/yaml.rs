//! JSON values as block YAML that every reader takes for the same values (YAML 1.2 section 10.3).

use serde_json::Value;

/// One document, without its marks.
pub(crate) fn document(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                out.push_str(&" ".repeat(indent));
                out.push_str(&scalar(key));
                out.push(':');
                child(inner, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&" ".repeat(indent));
                out.push('-');
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        // The first key stands beside the dash.
                        let mut inner = String::new();
                        block(item, indent + 2, &mut inner);
                        out.push(' ');
                        out.push_str(inner.get(indent + 2..).unwrap_or_default());
                    }
                    _ => child(item, indent + 2, out),
                }
            }
        }
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

fn child(value: &Value, indent: usize, out: &mut String) {
    let nested = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        block(value, indent, out);
    } else {
        out.push(' ');
        out.push_str(&flow(value));
        out.push('\n');
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// Plain where no reader could take it for anything but this text, else quoted as in JSON.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        // `1e3`-like words begin with a digit and are quoted; these begin with a letter.
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf"
        );
    if plain {
        return text.to_owned();
    }
    // JSON's escapes are YAML's; NEL and the Unicode line ends would be folded, and are escaped, too.
    let quoted = Value::String(text.to_owned()).to_string();
    quoted.chars().fold(String::with_capacity(quoted.len()), |mut out, c| {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_intake::yaml;
    use serde_json::json;

    #[test]
    fn what_is_written_is_what_is_read() {
        let value = json!({"a": [1, "yes", "1", "", "x: y", [], {}, {"b": [[1, 2], {"c": null}], "d e": true}],
            "multi": "line\nend \u{85}\u{2028}\"quoted\"", "- x": "#no", "n": -1.5, "empty": {"in": {}}, "time": "2026-01-02T03:04:05Z"});
        let text = document(&value);
        let read: Value =
            yaml::from_slice(text.as_bytes(), yaml::Slice::Document, yaml::tree::Bounds::default()).unwrap();
        assert_eq!(read, value, "{text}");
        let other: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(other, value, "{text}");
    }
}
