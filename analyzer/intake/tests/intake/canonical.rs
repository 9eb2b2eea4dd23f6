//! The reader of canonical YAML against the full parser: whatever it accepts, both read the same.

use std::path::{Path, PathBuf};

use kubereach_intake::progress::Silent;
use kubereach_intake::yaml::{Slice, canonical, tree::Bounds};
use kubereach_intake::{Content, InputSpec, Limits, RawObject, scan};
use kubereach_model::snapshot::{AnyObject, Decode};
use proptest::prelude::*;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use crate::agree::agree;
use crate::property::{in_block, object};
use kubereach_testkit::truth;

fn as_item(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let lines = text.lines().enumerate();
    lines
        .map(|(n, line)| match (n, line.is_empty()) {
            (0, _) => format!("{pad}- {line}\n"),
            (_, true) => "\n".to_owned(),
            _ => format!("{pad}  {line}\n"),
        })
        .collect()
}

#[test]
fn what_is_canonical_is_read_without_the_parser() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n  name: a\nspec:\n  containers:\n  - args: []\n    name: c\n    ports:\n    - containerPort: 80\nstatus:\n",
        "a: \"x\\ty \\u00e9\"\nb: 'it''s'\nc: |\n  one\n    two\n\n  three\nd: |-\n  x\ne: |+\n  x\n\nf: null\n",
        "a: folded over\n  two lines\nb: 'folded over\n\n  three lines'\nc: \"folded\n  \\  with spaces\"\n",
        "f:metadata:\n  .: {}\n  f:app.kubernetes.io/name: {}\n  k:{\"containerPort\":80,\"protocol\":\"TCP\"}:\n    .: {}\n",
        "# a comment\n\na:\n    - b\n    - - c\n      - d\n    -\x20e: f\n      g: h\n# the end\n",
        "a: -5\nb: 10.0.0.0/8\nc: http://x:80/#y\nd: 2026-01-01T00:00:00Z\ne: yes\nf: 0755\ng: ü\n",
        "z: 1\na: 2\nm: 3\n",
        "a: b # c\nd: 'x' # it's\ne: \"y\"   # a \"quote\"\nf: # g\n  h: [] # i: j\n  k: {} #\nl: m#n #o # p\nq: r\n  s # t\n",
        "a: # one\n# two\n- b # c\n-   d: e # f\n    g: h\n-   i\n-  - j\n   - k\n# three\n",
    ] {
        assert!(agree(text.as_bytes(), Slice::Document), "{text}");
        assert!(agree(as_item(text, 0).as_bytes(), Slice::Item) || text.starts_with('#'), "{text}");
        assert!(agree(as_item(text, 2).as_bytes(), Slice::Item) || text.starts_with('#'), "{text}");
    }
}

#[test]
fn what_is_not_surely_canonical_is_left_to_the_parser() {
    for text in [
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "a: [1, 2]\n",
        "a: {b: c}\n",
        "a:\tb\n",
        "a: b # c\n  d\n",
        "a: b\n  c # d\n  e\n",
        "a: |  # b\n  c\n",
        "a: []# b\n",
        "a: 'x'# y\n",
        "- # a\n  b: c\n",
        "a # b: c\n",
        "a: b: # c\n",
        "a: b # c\t\n",
        "? a\n: b\n",
        "<<: {}\n",
        "a: 1\na: 2\n",
        "b: 1\na: 2\nb: 3\n",
        "yes: 1\n",
        "1: x\n",
        "a: b: c\n",
        "a: b\n\n  c\n",
        "a:\n    b: 1\n  c: 2\n",
        "a:\n  b: 1\n    c: 2\n",
        "a: |2\n   x\n",
        "a: >\n  x\n  y\n",
        "a: \"\\ud83d\\ude00\"\n",
        "a: 'x\n",
        "a: \"x\ny\"\n",
        "- a\n- b\n",
        "a: b\r\n",
        "%YAML 1.1\n---\na: b\n",
        "a: .inf\n",
        "a: b \n",
        "a: -\n",
        "a:\n-   b: c\n  d: e\n",
        "a:\n- b\n - c\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "\u{feff}a: b\n",
        "a: x\u{85}y\n",
        "a",
        "",
        "a: |\n  x",
        "a: |\n    x\n  y\n",
        "a: \"x\" y\n",
        "\"a\\n\": b\n",
    ] {
        assert_eq!(canonical::read::<Value>(text.as_bytes(), Slice::Document, Bounds::default()), None, "{text:?}");
        agree(text.as_bytes(), Slice::Document);
    }
    // Passed over or read, the rules are the same.
    for text in ["a:\n  b: [1]\n", "a:\n  b: 1\n  b: 2\n", "a:\n  b: \"\\q\"\n", "a:\n  b: &x 1\n"] {
        assert!(canonical::read::<IgnoredAny>(text.as_bytes(), Slice::Document, Bounds::default()).is_none(), "{text}");
    }
    let deep: String = (0..100).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert!(canonical::read::<IgnoredAny>(deep.as_bytes(), Slice::Document, Bounds::default()).is_none());
}

/// One of the ways in which other emitters and hands differ from kubectl.
fn vary(text: &str, way: usize) -> String {
    match way {
        0 => text.to_owned(),
        1 => serde_yaml::from_str::<Value>(text).ok().and_then(|v| serde_yaml::to_string(&v).ok()).unwrap_or_default(),
        2 => text.replace(": ", ":  "),
        3 => text.replace('\n', "\n# c\n"),
        4 => text.replace('\n', "\n\n"),
        5 => text.replace("  ", "    "),
        6 => text.replace('"', "'"),
        7 => text.replace("- ", "-   "),
        8 => text.replace('/', "\n          "),
        9 => text.replace(": ", ": |\n          "),
        10 => text.replace('.', " #"),
        11 => text.replace('\n', " # c\n"),
        12 => text.replace('\n', " # it's: \"c\"\n# d\n").replace("- ", "-  "),
        _ => text.replace('\n', " \n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn generated_objects_read_the_same(value in object(), way in 0..14_usize, indent in 0..4_usize) {
        let text = vary(&in_block(&value), way);
        agree(text.as_bytes(), Slice::Document);
        agree(as_item(&text, indent).as_bytes(), Slice::Item);
    }

    #[test]
    fn mutated_bytes_read_the_same(
        value in object(),
        way in 0..14_usize,
        cut in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize,
            prop_oneof![any::<u8>(), prop::sample::select(b"\n\n   -:{}[]\"'#&*!|>%@`,?\r\\~<=.x0".to_vec())]), 0..5),
    ) {
        let mut text = vary(&in_block(&value), way).into_bytes();
        for (at, what, byte) in edits {
            if text.is_empty() { break; }
            let at = at.index(text.len());
            match what {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => { text.remove(at); }
            }
        }
        text.truncate(cut.index(text.len() * 4 + 1).max(1));
        agree(&text, Slice::Document);
        let item = as_item(&String::from_utf8_lossy(&text), 0);
        agree(item.as_bytes(), Slice::Item);
    }

    #[test]
    fn kubernetes_objects_mutated_read_the_same(
        which in 0..5_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize,
            prop::sample::select(b"\n\n   -:{}[]\"'#&*!|>%@`,?\\~<=.x0".to_vec())), 0..4),
    ) {
        let mut text = KUBECTL[which].as_bytes().to_vec();
        for (at, what, byte) in edits {
            let at = at.index(text.len());
            match what {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                2 => { text.remove(at); }
                // A line moves in or out.
                _ => {
                    let start = text[..at].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
                    if byte == b' ' || text[start] != b' ' { text.insert(start, b' ') } else { text.remove(start); }
                }
            }
        }
        agree(&text, Slice::Document);
    }
}

const KUBECTL: [&str; 5] = [
    "apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\"}\n  name: web\n  namespace: shop\nspec:\n  clusterIP: 10.96.0.1\n  clusterIPs:\n  - 10.96.0.1\n  ports:\n  - name: http\n    port: 80\n    targetPort: http\n  selector:\n    app: web\nstatus:\n  loadBalancer: {}\n",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    app: web\n  managedFields:\n  - apiVersion: v1\n    fieldsV1:\n      f:metadata:\n        f:labels:\n          .: {}\n          f:app: {}\n    manager: kubectl\n  name: web-1\nspec:\n  containers:\n  - args:\n    - --x=1\n    - 'it''s: so'\n    env:\n    - name: A\n      value: \"1\"\n    image: nginx:1.25\n    name: web\n    ports:\n    - containerPort: 80\n  volumes:\n  - emptyDir: {}\n    name: tmp\nstatus:\n  conditions:\n  - lastProbeTime: null\n    message: 'containers with unready status: [web] and a text that\n      goes on'\n    status: \"False\"\n    type: Ready\n  phase: Running\n  podIP: 10.0.0.1\n",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\nendpoints:\n- addresses:\n  - 10.0.0.1\n  conditions:\n    ready: true\n  targetRef:\n    kind: Pod\n    name: web-1\nports:\n- name: \"\"\n  port: 80\n",
    "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    line\n\n      deeper\n    - item\n    key: value\n  b: \"x\\ny\"\nmetadata:\n  name: c\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: nginx\n          command: []\n",
];

/// The reader remembers blocks of text. What stands before and behind them differs here, line by line.
#[test]
fn a_block_that_was_read_before_reads_the_same_wherever_it_stands() {
    for text in KUBECTL {
        // A quote in an item with a colon is left to the parser.
        let text = &text.replace("it''s: so", "it''s so");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for at in 1..=lines.len() {
            // From here on everything in it is known.
            assert!(agree(text.as_bytes(), Slice::Document));
            let (before, after) = (lines[..at].concat(), lines[at..].concat());
            let column = lines[at - 1].len() - lines[at - 1].trim_start().len();
            for more in ["", "\n", "# c\n", "x: y\n", "- x\n", "x\n"] {
                for pad in [0, column.saturating_sub(2), column, column + 2] {
                    let more = format!("{}{more}", " ".repeat(pad));
                    agree(format!("{before}{more}{after}").as_bytes(), Slice::Document);
                    agree(format!("{before}{more}").as_bytes(), Slice::Document);
                }
            }
            agree(before.trim_end().as_bytes(), Slice::Document);
            // Moved, and as an item among items.
            agree(as_item(&before, 2).as_bytes(), Slice::Item);
            agree(as_item(text, at % 4).as_bytes(), Slice::Item);
        }
    }
}

/// What both readers make of an object of a scan: its problem, and whether the fast one took it.
fn compare(raw: &RawObject<'_>) -> (bool, bool, Option<String>) {
    struct OfRaw<'r, 'a>(&'r RawObject<'a>, bool);
    impl Decode for OfRaw<'_, '_> {
        type Error = ();
        fn decode<T: DeserializeOwned>(&self) -> Result<T, ()> {
            if self.1 { self.0.canonical().ok_or(()) } else { self.0.parsed().and_then(Result::ok).ok_or(()) }
        }
    }
    let Some(parsed) = raw.parsed::<Value>() else { return (false, false, None) };
    let Some(fast) = raw.canonical::<Value>() else { return (true, false, None) };
    if Ok(&fast) != parsed.as_ref() {
        return (true, true, Some(format!("{}: {fast}\n{parsed:?}", raw.path())));
    }
    let typed = |fast| AnyObject::decode(raw.api_version, raw.kind, &OfRaw(raw, fast)).map(|o| format!("{o:?}"));
    if let Ok(fast) = typed(true)
        && Ok(&fast) != typed(false).as_ref()
    {
        return (true, true, Some(format!("{}: {fast}\n{:?}", raw.path(), typed(false))));
    }
    (true, true, None)
}

fn compare_all(folders: &[PathBuf]) -> (usize, usize) {
    let (mut slices, mut accepted) = (0, 0);
    for folder in folders {
        let inputs = [InputSpec::Path(folder.clone())];
        let found = scan(&inputs, &Limits::default(), &|_| None, &compare, &Silent).unwrap();
        for member in found.inputs.iter().flat_map(|input| &input.members) {
            let Content::Documents(docs) = &member.content else { continue };
            for object in &docs.objects {
                let (slice, fast, difference) = &object.value;
                assert_eq!(*difference, None, "{}", member.path);
                slices += usize::from(*slice);
                accepted += usize::from(*fast);
            }
        }
    }
    println!("{accepted} of {slices} slices of YAML read as canonical");
    (slices, accepted)
}

#[test]
fn fixtures_read_the_same() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures).unwrap().map(|f| f.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let (slices, accepted) = compare_all(&folders);
    assert!(slices > 500 && accepted * 10 > slices, "{accepted} of {slices}");
}

#[test]
fn the_truth_reads_the_same() {
    let folders: Vec<PathBuf> = truth::suites().into_iter().map(|(_, folder)| folder).collect();
    let (slices, accepted) = compare_all(&folders);
    assert!(slices > 1000 && accepted * 10 > slices, "{accepted} of {slices}");
}

#[test]
fn a_list_of_kubectl_needs_no_parser() {
    let items: Vec<Value> = KUBECTL.iter().map(|text| serde_yaml::from_str(text).unwrap()).collect();
    let list = in_block(&json!({"apiVersion": "v1", "items": items, "kind": "List"}));
    let inputs = [crate::kit::bytes("l.yaml", list)];
    let found =
        scan(&inputs, &Limits::default(), &|_| None, &|raw| raw.canonical::<Value>().is_some(), &Silent).unwrap();
    let Content::Documents(docs) = &found.inputs[0].members[0].content else { panic!() };
    assert_eq!(docs.objects.iter().map(|o| o.value).collect::<Vec<_>>(), [true; 5]);
}

/// What the fuzz target is given: bytes that are nearly canonical, as a document and as an item.
#[test]
fn the_fuzz_target_takes_any_bytes() {
    let mut seed = 0x9E37_79B9_u32;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for round in 0..300 {
        let mut bytes = KUBECTL[round % KUBECTL.len()].as_bytes().to_vec();
        for _ in 0..next(4) {
            let (at, from) = (next(bytes.len()), next(bytes.len()));
            bytes[at] = bytes[from];
        }
        let slice = if round % 2 == 0 { Slice::Document } else { Slice::Item };
        agree(&bytes, slice);
    }
}
