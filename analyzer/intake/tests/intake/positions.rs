//! Line and column of fields, in every container and format.

use kubereach_intake::positions::{Part, PathStep, Text, locate, resolve};
use kubereach_intake::{Content, InputSpec, Limits, TextFormat};

use crate::kit::{bytes, gz, scan_all, tar, zip_of};

fn path(text: &str) -> Vec<PathStep> {
    text.split('.').map(|step| step.parse::<usize>().map_or_else(|_| step.into(), PathStep::Index)).collect()
}

/// Resolves `field` of every object of the inputs to `path:line:column`.
fn all(inputs: &[InputSpec], field: &str) -> Vec<String> {
    let scan = scan_all(inputs, &Limits::default(), None);
    let mut requests = Vec::new();
    for input in &scan.inputs {
        for member in &input.members {
            if let Content::Documents(docs) = &member.content {
                requests.extend(docs.objects.iter().map(|o| (o.origin, path(field))));
            }
        }
    }
    resolve(&scan.sources, &requests)
        .into_iter()
        .map(|p| p.map_or("-".into(), |(p, l, c)| format!("{p}:{l}:{c}")))
        .collect()
}

const LIST: &str = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n  spec:\n    ports:\n    - port: 80\n- apiVersion: v1\n  kind: Service\n  spec:\n    ports:\n    - name: x\n      port: 81\nkind: List\n";

#[test]
fn fields_are_found_in_lists_documents_json_and_archives() {
    let field = "spec.ports.0.port";
    assert_eq!(all(&[bytes("l.yaml", LIST)], field), ["l.yaml:9:13", "l.yaml:15:13"]);
    let docs = "# c\n---\napiVersion: v1\nkind: Service\nspec:\n  ports: [{port: 80}]\n---\napiVersion: v1\nkind: Service\nspec: {ports: [{name: x, port: 81}]}\n";
    assert_eq!(all(&[bytes("d.yaml", docs)], field), ["d.yaml:6:18", "d.yaml:10:32"]);
    let crlf = format!("\u{feff}{}", docs.replace('\n', "\r\n"));
    assert_eq!(all(&[bytes("d.yaml", crlf)], field), ["d.yaml:6:18", "d.yaml:10:32"]);
    let json = "{\n  \"kind\": \"List\", \"apiVersion\": \"v1\",\n  \"items\": [\n    {\"kind\": \"Service\", \"apiVersion\": \"v1\", \"spec\": {\"ports\": [{\"port\": 80}]}},\n    {\n      \"kind\": \"Service\", \"apiVersion\": \"v1\",\n      \"spec\": {\"ports\": [{\"näme\": \"ü\", \"port\": 81}]}\n    }\n  ]\n}\n";
    assert_eq!(all(&[bytes("l.json", json)], field), ["l.json:4:73", "l.json:7:48"]);
    let compact = json.replace(['\n', ' '], "");
    let first = compact.find("80").unwrap() + 1;
    assert_eq!(all(&[bytes("c.json", &compact)], field)[0], format!("c.json:1:{first}"));
    let anchors = "apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: Service\n  spec: &s\n    ports: [{port: 80}]\n- <<: *a\n  spec:\n    <<: *s\n    x: 1\n";
    assert_eq!(all(&[bytes("a.yaml", anchors)], field), ["a.yaml:8:20", "a.yaml:8:20"]);
    assert_eq!(all(&[bytes("a.yaml", anchors)], "spec.x"), ["a.yaml:7:3", "a.yaml:12:8"]);
    let members: &[(&str, &[u8])] = &[
        ("b/l.yaml", LIST.as_bytes()),
        ("b/skip.log", b"x"),
        ("a/d.yaml", docs.as_bytes()),
        ("a/c.json", compact.as_bytes()),
    ];
    let expected = |name: &str| {
        vec![
            format!("{name}!a/c.json:1:{first}"),
            format!("{name}!a/c.json:1:{}", compact[..compact.find("81").unwrap()].chars().count() + 1),
            format!("{name}!a/d.yaml:6:18"),
            format!("{name}!a/d.yaml:10:32"),
            format!("{name}!b/l.yaml:9:13"),
            format!("{name}!b/l.yaml:15:13"),
        ]
    };
    assert_eq!(all(&[bytes("b.tgz", gz(&tar(members)))], field), expected("b.tgz"));
    assert_eq!(all(&[bytes("b.zip", zip_of(members))], field), expected("b.zip"));
    let typed = "apiVersion: v1\nkind: List\nitems:\n- kind: ServiceList\n  apiVersion: v1\n  items:\n  - spec:\n      ports:\n      - port: 80\n  - spec:\n      ports:\n      - port: 81\n";
    assert_eq!(all(&[bytes("t.yaml", typed)], field), ["t.yaml:9:15", "t.yaml:12:15"]);
}

#[test]
fn files_on_disk_are_read_again_by_range() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    let file = dir.path().join("sub/l.yaml");
    std::fs::write(&file, LIST).unwrap();
    std::fs::write(dir.path().join("z.yaml.gz"), gz(LIST.as_bytes())).unwrap();
    let shown = dir.path().to_string_lossy().into_owned();
    assert_eq!(
        all(&[InputSpec::Path(dir.path().to_path_buf())], "spec.ports.0.port"),
        [
            format!("{shown}/sub/l.yaml:9:13"),
            format!("{shown}/sub/l.yaml:15:13"),
            format!("{shown}/z.yaml.gz:9:13"),
            format!("{shown}/z.yaml.gz:15:13"),
        ]
    );
    assert_eq!(
        all(&[InputSpec::Path(file.clone())], "kind"),
        [format!("{}:4:9", file.display()), format!("{}:11:9", file.display())]
    );
}

#[test]
fn an_absent_field_is_placed_at_its_nearest_ancestor() {
    assert_eq!(all(&[bytes("l.yaml", LIST)], "spec.selector.app"), ["l.yaml:7:3", "l.yaml:12:3"]);
    assert_eq!(all(&[bytes("l.yaml", LIST)], "spec.ports.7.port"), ["l.yaml:8:5", "l.yaml:13:5"]);
    assert_eq!(all(&[bytes("l.yaml", LIST)], "status"), ["l.yaml:3:3", "l.yaml:10:3"]);
    let json = r#"{"kind":"Pod","apiVersion":"v1","spec":{"x":1}}"#;
    assert_eq!(all(&[bytes("p.json", json)], "spec.y"), ["p.json:1:33"]);
}

#[test]
fn the_key_can_be_asked_for() {
    let text = Text { bytes: b"a:\n  b: 1\n  c:\n", format: TextFormat::Yaml, line: 5, column: 1, item: None };
    assert_eq!(locate(&text, &path("a.b"), Part::Key), Some((6, 3)));
    assert_eq!(locate(&text, &path("a.b"), Part::Value), Some((6, 6)));
    assert_eq!(locate(&text, &path("a.c"), Part::Value), Some((7, 3)));
    let text = Text { bytes: b"{\"a\": {\"b\": 1}}", format: TextFormat::Json, line: 1, column: 10, item: None };
    assert_eq!(locate(&text, &path("a.b"), Part::Key), Some((1, 17)));
    assert_eq!(locate(&text, &path("a.b"), Part::Value), Some((1, 22)));
    let broken = Text { bytes: b"a: [", format: TextFormat::Yaml, line: 1, column: 1, item: None };
    assert_eq!(locate(&broken, &path("a"), Part::Value), None);
}
