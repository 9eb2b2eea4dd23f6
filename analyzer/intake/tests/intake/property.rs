//! Properties: every way to write a value reads back as that value, splitting agrees with parsing,
//! and no bytes whatever make the reader panic.

use kubereach_intake::Content;
use kubereach_intake::yaml::{Slice, from_slice, tree::Bounds};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::kit::{docs, one};

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1000_i32..1000).prop_map(|n| json!(f64::from(n) + 0.5)),
        "[ -~\u{a0}-\u{2ff}\u{1f600}]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "yes",
            "null",
            "~",
            "0755",
            "1e3",
            "80",
            "true",
            "a: b",
            "- a",
            "#x",
            "*a",
            "&a",
            "",
            " x",
            "x ",
            "a\nb",
            "a\n",
            "\n",
            "---",
            "|",
            "{",
            "10.0.0.1",
            "2001-01-01",
            "x\ty",
            "a:",
            "'",
            "\"",
            "\\",
            "%x",
            "@x",
            "`x",
            "!x",
            "line one\n  two\n\nthree",
            "items:\n- a"
        ])
        .prop_map(Value::from),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-zA-Z0-9]{0,8}",
        "[a-z.]{1,10}/[a-z-]{1,8}",
        prop::sample::select(vec!["yes", "80", "a b", "", "kind", "items", "x:y"]).prop_map(str::to_owned)
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

pub(crate) fn object() -> impl Strategy<Value = Value> {
    (key(), value(), value(), "[a-z]{1,8}").prop_map(|(key, spec, extra, name)| {
        let mut map = Map::new();
        map.insert("apiVersion".into(), json!("v1"));
        map.insert("kind".into(), json!("Pod"));
        map.insert("metadata".into(), json!({"name": name}));
        map.insert("spec".into(), spec);
        if !map.contains_key(&key) {
            map.insert(key, extra);
        }
        Value::Object(map)
    })
}

/// Block style as kubectl writes it, quoting with JSON's quotes where there is doubt.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (n, (key, value)) in map.iter().enumerate() {
                if n > 0 {
                    out.push_str(&pad);
                }
                out.push_str(&scalar(&Value::String(key.clone())));
                out.push(':');
                nested(value, indent, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push_str(&pad);
                }
                out.push_str("- ");
                match item {
                    Value::Object(m) if m.is_empty() => out.push_str("{}\n"),
                    Value::Array(a) if a.is_empty() => out.push_str("[]\n"),
                    Value::Object(_) | Value::Array(_) => block(item, indent + 2, out),
                    other => {
                        out.push_str(&scalar(other));
                        out.push('\n');
                    }
                }
            }
        }
        other => {
            out.push_str(&serde_json::to_string(other).unwrap());
            out.push('\n');
        }
    }
}

fn nested(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            out.push_str(&" ".repeat(indent + 2));
            block(value, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            block(value, indent, out);
        }
        Value::String(text) if literal(text) => {
            out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                if !line.is_empty() {
                    out.push_str(&" ".repeat(indent + 2));
                }
                out.push_str(line);
                out.push('\n');
            }
        }
        other => {
            out.push(' ');
            out.push_str(&scalar(other));
            out.push('\n');
        }
    }
}

fn literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.chars().all(|c| c == '\n' || (' '..='~').contains(&c))
        && text != "\n"
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "./-".contains(c))
                && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
                    .contains(&text.to_ascii_lowercase().as_str());
            if plain { text.clone() } else { serde_json::to_string(text).unwrap() }
        }
        other => serde_json::to_string(other).unwrap(),
    }
}

pub(crate) fn in_block(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<_> =
                map.iter().map(|(k, v)| format!("{}: {}", serde_json::to_string(k).unwrap(), flow(v))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        other => scalar(other),
    }
}

fn seen(text: &str) -> Vec<Value> {
    let input = one("x", text);
    assert!(input.problems.is_empty(), "{:?}\n{text}", input.problems);
    docs(&input).objects.iter().map(|o| o.value.value.clone().unwrap_or_else(|e| panic!("{e:?}\n{text}"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_of_writing_objects_reads_back(objects in prop::collection::vec(object(), 1..5)) {
        let list = json!({"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}});
        let documents: String = objects.iter().map(|o| format!("---\n{}", in_block(o))).collect();
        let concatenated: String = objects.iter().map(|o| serde_json::to_string_pretty(o).unwrap()).collect();
        let block_list = in_block(&list);
        for (what, text) in [
            ("block list", block_list.clone()),
            ("windows block list", block_list.replace('\n', "\r\n")),
            ("documents", documents),
            ("flow documents", objects.iter().map(|o| format!("--- {}\n", flow(o))).collect()),
            ("flow list", format!("# c\n{}", flow(&list))),
            ("json", serde_json::to_string(&list).unwrap()),
            ("pretty json", serde_json::to_string_pretty(&list).unwrap()),
            ("concatenated json", concatenated),
            ("bare array", in_block(&json!(objects))),
            ("json array", serde_json::to_string(&objects).unwrap()),
        ] {
            prop_assert_eq!(&seen(&text), &objects, "{}:\n{}", what, text);
        }
        // Splitting by indentation agrees with parsing the whole.
        let whole: Value = from_slice(block_list.as_bytes(), Slice::Document, Bounds::default()).unwrap();
        prop_assert_eq!(&whole["items"], &json!(objects));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        objects in prop::collection::vec(object(), 1..3),
        json_form in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), prop::sample::select(b"\n \t-:{}[]\"'#&*!|>%@`,?\r\\".to_vec())]), 0..6),
    ) {
        let list = json!({"apiVersion": "v1", "items": objects, "kind": "List"});
        let mut text = if json_form { serde_json::to_vec(&list).unwrap() } else { in_block(&list).into_bytes() };
        for (at, byte) in edits {
            let at = at.index(text.len());
            text[at] = byte;
        }
        text.truncate(cut.index(text.len() * 3).min(text.len()));
        let input = one("x.yaml", &text);
        // What is left of a list never has more objects than it had items.
        if let Content::Documents(docs) = &input.members[0].content {
            prop_assert!(docs.objects.len() <= text.len());
        }
    }

    #[test]
    fn archives_of_any_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), which in 0..5_usize, at in any::<prop::sample::Index>()) {
        let seed = crate::kit::tar(&[("a.yaml", b"apiVersion: v1\nkind: Pod\n"), ("b.json", b"{}")]);
        let mut whole = match which {
            0 => crate::kit::gz(&seed),
            1 => crate::kit::zstd_of(&seed),
            2 => crate::kit::zip_of(&[("a.yaml", b"apiVersion: v1\nkind: Pod\n"), ("b.json", b"{}")]),
            3 => seed,
            _ => crate::kit::xz(&seed),
        };
        let at = at.index(whole.len());
        for (n, byte) in bytes.iter().enumerate().take(24) {
            if let Some(slot) = whole.get_mut(at + n) {
                *slot = *byte;
            }
        }
        let _ = one("x", whole);
    }
}
