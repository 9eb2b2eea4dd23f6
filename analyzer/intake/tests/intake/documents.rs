//! Shapes of documents: lists, streams, watches, captured output, and what is wrong with them.

use kubereach_intake::{Content, ErrorClass, Limits, TypeHint};
use serde_json::json;

use crate::kit::{bytes, docs, messages, names, one, scan_all};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";

#[test]
fn a_list_as_kubectl_prints_it() {
    let input = one(
        "x.yaml",
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: b\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
    );
    assert_eq!(names(&input), ["Service/a", "Deployment/b"]);
    let docs = docs(&input);
    assert_eq!((docs.lists[0].kind.as_deref(), docs.lists[0].items, docs.lists[0].truncated), (Some("List"), 2, false));
    assert_eq!(docs.objects[1].origin.line, 7);
    assert_eq!(docs.objects[1].list, Some(0));
    assert!(input.problems.is_empty(), "{:?}", input.problems);
}

#[test]
fn every_shape_gives_the_same_objects() {
    let shapes = [
        (
            "indented list",
            "kind: List\napiVersion: v1\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n  - kind: Pod\n    apiVersion: v1\n    metadata:\n      name: b\n",
        ),
        (
            "flow list",
            "{kind: List, apiVersion: v1, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: v1, kind: Pod, metadata: {name: b}}]}",
        ),
        ("typed list", "apiVersion: v1\nkind: PodList\nitems:\n- metadata:\n    name: a\n- metadata:\n    name: b\n"),
        (
            "bare array",
            "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n",
        ),
        (
            "documents",
            "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n---\n# only a comment\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n...\n",
        ),
        (
            "windows",
            "\u{feff}apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: b\r\n",
        ),
        (
            "anchors across items",
            "apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: Pod\n  metadata: &m\n    name: a\n- <<: *a\n  metadata:\n    <<: *m\n    name: b\n",
        ),
        (
            "json list",
            r#"{"kind":"List","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}},{"kind":"Pod","apiVersion":"v1","metadata":{"name":"b"}}]}"#,
        ),
        (
            "json typed list, items first",
            r#"{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"kind":"PodList","apiVersion":"v1"}"#,
        ),
        (
            "json array",
            r#" [ {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}} , {"kind":"Pod","apiVersion":"v1","metadata":{"name":"b"}} ] "#,
        ),
        (
            "concatenated json",
            "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}\n",
        ),
        (
            "json between markers",
            "---\n{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}\n---\n{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}\n",
        ),
        (
            "list in a list",
            r#"{"kind":"List","apiVersion":"v1","items":[{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}]}"#,
        ),
        (
            "list in a yaml list",
            "kind: List\napiVersion: v1\nitems:\n- kind: PodList\n  apiVersion: v1\n  items:\n  - metadata:\n      name: a\n  - metadata:\n      name: b\n",
        ),
        (
            "watch",
            "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"gone\"}}}\n{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\",\"labels\":{\"old\":\"x\"}}}}\n{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}}\n{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}}\n{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{}}}\n{\"type\":\"DELETED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"gone\"}}}\n",
        ),
        (
            "errors between documents",
            "Error from server (Forbidden): secrets is forbidden: User \"u\" cannot list resource \"secrets\" in API group \"\" at the cluster scope\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n",
        ),
        (
            "errors inside a list",
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\nError from server (NotFound): x\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\nkind: List\n",
        ),
        (
            "custom indentation and comments",
            "# top\napiVersion: v1\nkind: List\nitems:\n    # first\n    -   apiVersion: v1\n        kind: Pod\n        metadata:\n            name: a\n\n    # second\n    -   apiVersion: v1\n        kind: Pod\n        metadata:\n            name: b\n",
        ),
    ];
    for (what, text) in shapes {
        let input = one("x", text);
        assert_eq!(names(&input), ["Pod/a", "Pod/b"], "{what}: {:?}", input.problems);
        assert!(input.problems.is_empty(), "{what}: {:?}", input.problems);
        for object in &docs(&input).objects {
            assert_eq!(object.value.api_version, "v1", "{what}");
            assert_eq!(object.value.value.as_ref().unwrap()["metadata"].get("labels"), None, "{what}");
        }
    }
}

#[test]
fn cluster_info_dump_with_logs_between() {
    let text = "{\n  \"kind\": \"PodList\",\n  \"apiVersion\": \"v1\",\n  \"items\": [{\"metadata\": {\"name\": \"a\"}}]\n}\n==== START logs for container c of pod ns/a ====\n{\"level\":\"info\",\"kind\":\"Pod\"}\nError from server: nothing\n[ not json\n==== END logs for container c of pod ns/a ====\n{\"kind\":\"ServiceList\",\"apiVersion\":\"v1\",\"items\":null}\n";
    let input = one("dump", text);
    assert_eq!(names(&input), ["Pod/a"]);
    let found = docs(&input);
    assert!(found.lists[1].items_null && found.lists[1].items == 0);
    assert_eq!(found.lists[1].line, 11);
    assert!(found.errors.is_empty() && input.problems.is_empty(), "{:?}", input.problems);
    let yaml = "apiVersion: v1\nitems:\n- metadata:\n    name: a\nkind: PodList\n---\n==== START logs for container c of pod ns/a ====\n---\nkind: x\n==== END logs for container c of pod ns/a ====\n---\napiVersion: v1\nitems: []\nkind: ServiceList\n";
    let input = one("dump.yaml", yaml);
    assert_eq!(names(&input), ["Pod/a"]);
    assert_eq!(docs(&input).lists[1].kind.as_deref(), Some("ServiceList"));
    assert!(input.problems.is_empty(), "{:?}", input.problems);
}

#[test]
fn paged_lists_and_tables_are_told() {
    let input = one(
        "x.json",
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":7},"items":[]}"#,
    );
    let list = &docs(&input).lists[0];
    assert!(list.truncated);
    assert_eq!((list.remaining, list.resource_version.as_deref()), (Some(7), Some("12")));
    for text in [
        r#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[{"cells":[1]},{"cells":[2]}]}"#,
        "kind: Table\napiVersion: meta.k8s.io/v1\nrows:\n- cells: [1]\n- cells: [2]\n",
    ] {
        let input = one("x", text);
        assert!(docs(&input).objects.is_empty());
        assert_eq!(docs(&input).tables[0].rows, 2);
    }
}

#[test]
fn failures_of_the_api_server_are_captured() {
    let input = one(
        "x.json",
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"","reason":"Forbidden","code":403}"#,
    );
    let error = &docs(&input).errors[0];
    assert_eq!((error.class, error.namespace.as_deref()), (ErrorClass::Forbidden, Some("shop")));
    let input = one("x.txt", "No resources found in shop namespace.\n");
    assert_eq!(docs(&input).errors[0].class, ErrorClass::NoResources);
}

#[test]
fn helm_says_which_template_made_an_object() {
    let input =
        one("x.yaml", "---\n# Source: web/templates/svc.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n");
    assert_eq!(docs(&input).objects[0].value.source.as_deref(), Some("web/templates/svc.yaml"));
}

#[test]
fn one_bad_part_costs_one_problem_and_nothing_else() {
    let cases = [
        ("bad document", format!("{POD}---\na: [1\n---\n{POD}"), 2, "x:6:4"),
        ("bad item is no map", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- just text\n- apiVersion: v1\n  kind: Pod\n".to_owned(), 2, "x:6:"),
        ("item without kind", "apiVersion: v1\nkind: List\nitems:\n- metadata: {}\n- apiVersion: v1\n  kind: Pod\n".to_owned(), 1, "x:4:"),
        ("bad json item", r#"{"kind":"List","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1"},7,{"kind":"Pod","apiVersion":"v1"}]}"#.to_owned(), 2, "x:1:76"),
        ("truncated json", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[\n{\"kind\":\"Pod\",\"apiVersion\":\"v1\"},\n{\"kind\":\"Po".to_owned(), 1, "x:3:"),
        ("truncated json of kubectl", "{\"apiVersion\":\"v1\",\"items\":[\n{\"kind\":\"Pod\",\"apiVersion\":\"v1\"},\n{\"kind\":\"Po".to_owned(), 1, "x:3:"),
        ("truncated yaml of kubectl", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n- apiVersion: v1\n  kind: Pod\n  spec:\n    no".to_owned(), 1, "x:1:"),
        ("duplicate key", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n".to_owned(), 1, "x:4:3"),
        ("other document beside", format!("{POD}---\nreplicas: 2\n"), 1, "x:6:"),
        ("template", format!("{POD}---\napiVersion: v1\nkind: {{{{ .Kind }}}}\n"), 1, "x:"),
    ];
    for (what, text, objects, at) in cases {
        let input = one("x", &text);
        let good = docs(&input).objects.iter().filter(|o| o.value.value.is_ok()).count();
        assert_eq!(good, objects, "{what}: {:?}", input.problems);
        assert_eq!(input.problems.len(), 1, "{what}: {:?}", messages(&input));
        assert!(messages(&input)[0].starts_with(at), "{what}: {:?}", messages(&input));
    }
    let input = one(
        "x",
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: [}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\nkind: List\n",
    );
    let bad = docs(&input).objects[0].value.value.as_ref().unwrap_err();
    assert_eq!(bad.0, 5, "{bad:?}");
    assert_eq!(names(&input)[1], "Pod/b");
}

#[test]
fn a_file_that_holds_nothing_says_so() {
    for (name, content, word) in [
        ("a.yaml", &b""[..], "empty file"),
        ("a.yaml", b"replicas: 2\n", "no Kubernetes object"),
        ("a.bin", b"\x7fELF\0\0\0\0", "binary"),
        ("a.json", b"{\"a\": ", "ends in the middle"),
        ("a.txt", b"Name\nweb\n", "no Kubernetes object"),
        ("a.yaml", b"kind: \xff\xfe\n", "UTF-8"),
    ] {
        let input = one(name, content);
        assert_eq!(input.problems.len(), 1, "{:?}", messages(&input));
        assert!(messages(&input)[0].contains(word), "{word}: {:?}", messages(&input));
    }
}

#[test]
fn hints_type_what_has_no_type_and_undo_null_strings() {
    let hint =
        |null_strings| Some(TypeHint { api_version: Some("v1".into()), kind: Some("Namespace".into()), null_strings });
    for text in [
        "[{\"metadata\":{\"name\":\"a\"}}]",
        "- metadata:\n    name: a\n",
        "{\"metadata\":{\"name\":\"a\"}}",
        "metadata:\n  name: a\n",
    ] {
        let found = scan_all(&[bytes("x", text)], &Limits::default(), hint(false));
        assert_eq!(names(&found.inputs[0]), ["Namespace/a"], "{text}");
    }
    for text in [
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n    x: \"null\"\nkind: List\n",
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\",\"x\":\"null\"}}]}",
    ] {
        let found = scan_all(&[bytes("x", text)], &Limits::default(), hint(true));
        let value = docs(&found.inputs[0]).objects[0].value.value.clone().unwrap();
        assert_eq!(value["metadata"], json!({"name": "a", "x": null}));
    }
    let found = scan_all(&[bytes("x.json", "[]")], &Limits::default(), hint(false));
    assert_eq!(docs(&found.inputs[0]).lists[0].items, 0);
}

#[test]
fn data_of_layouts_is_kept() {
    let tar = crate::kit::tar(&[
        ("a/query-time.json", br#"[{"queryobj":"pods","time":1}]"#),
        ("a/apis.json", br#"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[]}"#),
        ("a/version", b"openshift/must-gather\n4.1\n"),
        ("a/pods-errors.json", b"{}"),
        ("a/empty.yaml", b"\n# nothing\n"),
        ("a/failed.yaml", b"failed to print: no kind is registered\n"),
    ]);
    let input = one("x.tar", tar);
    let kinds: Vec<_> = input
        .members
        .iter()
        .map(|m| {
            let content = match &m.content {
                Content::Data(_) => "data",
                Content::Text(_) => "text",
                Content::Empty => "empty",
                _ => "other",
            };
            (m.path.as_str(), content)
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("a/apis.json", "data"),
            ("a/empty.yaml", "empty"),
            ("a/failed.yaml", "text"),
            ("a/pods-errors.json", "data"),
            ("a/query-time.json", "data"),
            ("a/version", "text"),
        ]
    );
}
