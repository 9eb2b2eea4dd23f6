//! Large members come in pieces: what is read is what reading them as a whole reads.

use kubereach_intake::{Content, Documents, Limits, ScannedInput};
use serde_json::{Value, json};

use crate::kit::{Seen, bytes, gz, messages, one, scan_all, tar};
use crate::property::in_block;

/// More than is read at once.
const LARGE: usize = 5 << 20;

fn pod(n: usize) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("p{n}"), "namespace": "ü", "annotations": {"text": "line\n- item\n---x\n"}},
        "spec": {"containers": [{"name": "c", "args": ["x".repeat(3000), "},\n{", "a: b"]}]}})
}

fn pods() -> Vec<Value> {
    (0..LARGE / 2900).map(pod).collect()
}

fn documents(input: &ScannedInput<Seen>) -> &Documents<Seen> {
    match &input.members.last().unwrap().content {
        Content::Documents(docs) => docs,
        other => panic!("{other:?}; {:?}", input.problems),
    }
}

/// Everything that is known of every object, by name, in order.
fn names(input: &ScannedInput<Seen>) -> Vec<String> {
    documents(input).objects.iter().map(|o| o.value.name().to_owned()).collect()
}

/// The text at each origin is the object's own: its first line is where the name says.
fn check_places(text: &[u8], input: &ScannedInput<Seen>) {
    for object in documents(input).objects.iter().step_by(61) {
        let origin = object.origin;
        let start = usize::try_from(origin.start).unwrap();
        let slice = &text[start..start + usize::try_from(origin.len).unwrap()];
        let name = object.value.name();
        let shown = String::from_utf8_lossy(slice);
        assert!(shown.contains(&format!("{name}\n")) || shown.contains(&format!("\"{name}\"")), "{name}: {shown}");
        let before = &text[..start];
        let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
        let tail = before.iter().rposition(|&b| b == b'\n').map_or(before, |n| &before[n + 1..]);
        let column = String::from_utf8_lossy(tail).chars().count() + 1;
        assert_eq!((origin.line as usize, origin.column as usize), (line, column), "{name}");
    }
}

#[test]
fn large_files_of_every_shape_read_as_small_ones_do() {
    let pods = pods();
    let expected: Vec<String> = (0..pods.len()).map(|n| format!("p{n}")).collect();
    let list = json!({"apiVersion": "v1", "items": pods, "kind": "List", "metadata": {"resourceVersion": "7"}});
    let typed = |kind_first: bool| {
        let bare: Vec<Value> = pods.iter().map(|p| json!({"metadata": p["metadata"], "spec": p["spec"]})).collect();
        let items = in_block(&json!(bare));
        if kind_first {
            format!("apiVersion: v1\nkind: PodList\nitems:\n{items}metadata:\n  continue: abc\n")
        } else {
            format!("apiVersion: v1\nitems:\n{items}kind: PodList\n")
        }
    };
    let block = in_block(&list);
    let docs: String = pods.iter().map(|p| format!("---\n{}", in_block(p))).collect();
    for (what, text, lists) in [
        ("list", block.clone(), 1),
        (
            "indented list",
            format!(
                "kind: List\napiVersion: v1\nitems:\n{}",
                in_block(&json!(pods)).lines().map(|l| format!("  {l}\n")).collect::<String>().replace("  \n", "\n")
            ),
            1,
        ),
        ("documents", docs.clone(), 0),
        ("typed list", typed(true), 1),
        ("list whose type comes last", typed(false), 1),
        ("two lists", format!("---\n{block}---\n{}", block.replace("name: p", "name: q")), 2),
        (
            "captured lines",
            format!(
                "Warning: v1 X is deprecated\n{}",
                block.replacen("- apiVersion", "Error from server (Forbidden): pods is forbidden\n- apiVersion", 9)
            ),
            1,
        ),
        ("pretty json", serde_json::to_string_pretty(&list).unwrap(), 1),
        ("json", serde_json::to_string(&list).unwrap(), 1),
        ("json array", serde_json::to_string(&pods).unwrap(), 1),
        ("documents and a list", format!("{docs}---\n{block}"), 1),
        (
            "an alias across items",
            block.replacen("v1\nitems", "v1\nx: &n hello\nitems", 1).replacen(
                "text: |",
                "other: *n\n      text: |",
                4000,
            ),
            1,
        ),
    ] {
        assert!(text.len() > LARGE, "{what}: {}", text.len());
        println!("{what}");
        let input = one("l.yaml", &text);
        let mut found = names(&input);
        if what == "two lists" {
            assert_eq!(found.split_off(expected.len()).len(), expected.len());
        } else if what == "documents and a list" {
            assert_eq!(found.split_off(expected.len()), expected);
        }
        assert!(found == expected, "{what}: {} of {}", found.len(), expected.len());
        assert_eq!(messages(&input), [""; 0], "{what}");
        let docs = documents(&input);
        assert_eq!(docs.lists.len(), lists, "{what}");
        if what == "captured lines" {
            assert_eq!(docs.errors.len(), 9);
            assert!(docs.errors.iter().all(|e| text.lines().nth(e.line as usize - 1).unwrap().starts_with("Error")));
        }
        if let Some(first) = docs.lists.first() {
            assert_eq!(first.items, expected.len(), "{what}");
            assert_eq!(first.truncated, what == "typed list", "{what}");
        }
        let per_list = docs.objects.iter().filter(|o| o.list == Some(0)).count();
        assert!(lists == 0 || per_list == expected.len(), "{what}: {per_list}");
        if !what.starts_with("an alias") {
            check_places(text.as_bytes(), &input);
        }
    }
}

#[test]
fn a_large_list_that_is_cut_off_says_so() {
    let block = in_block(&json!({"apiVersion": "v1", "items": pods(), "kind": "List"}));
    let cut = &block[..block.len() - 100_000];
    let input = one("l.yaml", cut);
    assert!(documents(&input).lists[0].truncated);
    assert_eq!(messages(&input).len(), 1);
    let json = serde_json::to_string(&json!({"apiVersion": "v1", "items": pods(), "kind": "List"})).unwrap();
    let input = one("l.json", &json[..json.len() - 100_000]);
    assert!(documents(&input).lists[0].truncated);
    assert_eq!(messages(&input).len(), 1, "{:?}", messages(&input));
    assert!(documents(&input).objects.len() > 1_000);
}

#[test]
fn archives_with_large_members_and_their_positions() {
    let block = in_block(&json!({"apiVersion": "v1", "items": pods(), "kind": "List"}));
    let small = in_block(&pod(99_999_999));
    let archive = gz(&tar(&[("a.yaml", small.as_bytes()), ("b.yaml", block.as_bytes()), ("c.yaml", small.as_bytes())]));
    let scan = scan_all(&[bytes("b.tgz", archive)], &Limits::default(), None);
    let input = &scan.inputs[0];
    assert_eq!(messages(input), [""; 0]);
    assert_eq!(input.members.iter().map(|m| m.path.as_str()).collect::<Vec<_>>(), ["a.yaml", "b.yaml", "c.yaml"]);
    let Content::Documents(docs) = &input.members[1].content else { panic!() };
    let requests: Vec<_> =
        docs.objects.iter().step_by(97).map(|o| (o.origin, vec!["metadata".into(), "name".into()])).collect();
    let found = kubereach_intake::positions::resolve(&scan.sources, &requests);
    for ((origin, _), place) in requests.iter().zip(found) {
        let (path, line, column) = place.unwrap();
        assert_eq!(path, "b.tgz!b.yaml");
        let text = block.lines().nth(line as usize - 1).unwrap();
        assert!(text.starts_with("    name: p") && column == 11, "{origin:?}: {line}:{column} {text}");
    }
}
