//! YAML as kubectl reads it: types, merges, duplicates, and where errors are.

use kubereach_intake::yaml::{ErrorKind, Position, Slice, YamlError, from_slice, tree::Bounds};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::kit::{docs, messages, one};

fn read<D: DeserializeOwned>(text: &str) -> Result<D, YamlError> {
    from_slice(text.as_bytes(), Slice::Document, Bounds::default())
}

#[test]
fn documents_become_the_json_that_kubectl_makes_of_them() {
    for (text, expected) in [
        ("a: yes\nb: off\nc: y\nd: \"yes\"\n", json!({"a": true, "b": false, "c": true, "d": "yes"})),
        (
            "a: 0755\nb: 08\nc: 1_000\nd: 1e3\ne: 1.0\nf: 0x1F\n",
            json!({"a": 493, "b": 8, "c": 1000, "d": 1000, "e": 1, "f": 31}),
        ),
        ("a: ~\nb:\nc: null\nd: ''\n", json!({"a": null, "b": null, "c": null, "d": ""})),
        (
            "a: 100m\nb: 1Gi\nc: 12:30:45\nd: 2001-01-01\ne: 10.0.0.1\n",
            json!({"a": "100m", "b": "1Gi", "c": "12:30:45", "d": "2001-01-01", "e": "10.0.0.1"}),
        ),
        ("\u{feff}a: 1\n", json!({"a": 1})),
        (
            "a: !!binary aGVsbG8=\nb: !custom yes\nc: !!str 12\nd: !!int \"5\"\n",
            json!({"a": "hello", "b": "yes", "c": "12", "d": 5}),
        ),
        ("a: \"\\ud83d\\ude00\"\n", json!({"a": "😀"})),
        ("1: x\nyes: y1\n1.5: z\n", json!({"1": "x", "true": "y1", "1.5": "z"})),
        ("base: &b {x: 1, z: 2}\na:\n  <<: *b\n  z: 3\n", json!({"base": {"x": 1, "z": 2}, "a": {"x": 1, "z": 3}})),
        (
            "p: &p {x: 1}\nq: &q {x: 2, z: 3}\na:\n  w: 0\n  <<: [*p, *q]\n",
            json!({"p": {"x": 1}, "q": {"x": 2, "z": 3}, "a": {"x": 1, "w": 0, "z": 3}}),
        ),
        (
            "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\n",
            json!({"a": "x\n y\n\nz\n", "b": "x y\nz", "c": "x\n\n"}),
        ),
        ("a:\tb\n", json!({"a": "b"})),
        ("a: b # comment\nc: 'it''s'\nd: \"x\\ty\"\n", json!({"a": "b", "c": "it's", "d": "x\ty"})),
        ("a: 'two\n  lines'\nb: two\n  lines\n", json!({"a": "two lines", "b": "two lines"})),
        ("? a\n: 1\n", json!({"a": 1})),
        ("a: [1, {b: c}, ]\n", json!({"a": [1, {"b": "c"}]})),
        ("a: 1\na: 2\n", json!({"a": 2})),
    ] {
        assert_eq!(read::<Value>(text).unwrap_or_else(|e| panic!("{text}: {e}")), expected, "{text}");
    }
}

#[test]
fn what_kubectl_refuses_is_refused_with_its_place() {
    for (text, line, column, word) in [
        ("a: .inf\n", 1, 4, "infinity"),
        ("a:\n  {x: y}: 1\n", 2, 3, "key"),
        ("a: 1: 2\n", 1, 5, "mapping values"),
        ("a: *nope\n", 1, 4, "anchor"),
        ("a: 1\n\tb: 2\n", 1, 4, "tab"),
        ("a: !!binary '***'\n", 1, 13, "base64"),
        ("a:\n  <<: 1\n", 2, 7, "merge"),
    ] {
        let error = read::<Value>(text).unwrap_err();
        assert!(error.to_string().contains(word), "{text}: {error}");
        let at = error.at.unwrap();
        assert_eq!((at.line, at.column), (line, column), "{text}: {error}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[allow(clippy::struct_field_names)] // The field has this name in the API.
struct Port {
    name: Option<String>,
    port: u16,
    #[serde(rename = "targetPort")]
    target: Option<Target>,
    protocol: Option<Protocol>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Target {
    Number(u16),
    Name(String),
}

#[derive(Debug, PartialEq, Deserialize)]
enum Protocol {
    #[serde(rename = "TCP")]
    Tcp,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Spec {
    ports: Vec<Port>,
}

#[test]
fn types_are_as_strict_as_in_json() {
    let good = read::<Spec>("ports:\n- port: 80\n  name: \"443\"\n  targetPort: \"8080\"\n  protocol: TCP\n- {port: 0x50, targetPort: 8080, name: null}\n").unwrap();
    assert_eq!(good.ports[0].target, Some(Target::Name("8080".into())));
    assert_eq!(good.ports[0].protocol, Some(Protocol::Tcp));
    assert_eq!(
        (good.ports[1].port, good.ports[1].target.as_ref(), &good.ports[1].name),
        (80, Some(&Target::Number(8080)), &None)
    );
    for (text, path, at) in [
        ("ports:\n- port: 80\n- port: \"80\"\n", "ports[1].port", (3, 9)),
        ("ports:\n- port: 70000\n", "ports[0].port", (2, 9)),
        ("ports:\n- port: 80\n  name: 443\n", "ports[0].name", (3, 9)),
        ("ports: {}\n", "ports", (1, 8)),
        ("ports:\n- name: x\n", "ports[0]", (2, 3)),
    ] {
        let error = read::<Spec>(text).unwrap_err();
        assert_eq!((error.kind, error.path.as_str()), (ErrorKind::Shape, path), "{text}: {error}");
        assert_eq!(error.at, Some(Position { line: at.0, column: at.1 }), "{text}: {error}");
    }
}

#[test]
fn nesting_up_to_the_limit_is_read_on_every_thread() {
    let deep = |depth: usize| {
        format!(
            "- apiVersion: v1\n  kind: Pod\n  metadata: {{name: a}}\n  x: {}1{}\n",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let text = format!("apiVersion: v1\nitems:\n{}kind: List\n", deep(110).repeat(64));
    let input = one("x.yaml", &text);
    assert!(docs(&input).objects.iter().all(|o| o.value.value.is_ok()));
    let text = format!("apiVersion: v1\nitems:\n{}{}kind: List\n", deep(3), deep(200));
    let input = one("x.yaml", &text);
    assert!(docs(&input).objects[0].value.value.is_ok());
    assert!(docs(&input).objects[1].value.value.is_err());
}

#[test]
fn a_key_written_twice_is_reported_and_the_last_counts() {
    let yaml =
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    name: b\nkind: List\n";
    let input = one("x.yaml", yaml);
    assert_eq!(docs(&input).objects[0].value.name(), "b");
    assert_eq!(messages(&input).len(), 1);
    assert!(messages(&input)[0].starts_with("x.yaml:6:5: the key \"name\" is written twice"), "{:?}", messages(&input));
}
