//! What people save and send: other encodings, archives in archives, terminals, damage.

use kubereach_intake::positions::resolve;
use kubereach_intake::{Container, Content, InputSpec, Limits};

use crate::kit::{bytes, docs, everything, gz, messages, names, one, scan_all, tar, zip_of};

fn object(kind: &str, name: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n")
}

fn list(kind: &str, names: &[&str]) -> String {
    let items: String = names
        .iter()
        .map(|name| format!("- apiVersion: v1\n  kind: {kind}\n  metadata:\n    name: {name}\n  spec: {{}}\n"))
        .collect();
    format!("apiVersion: v1\nitems:\n{items}kind: List\nmetadata:\n  resourceVersion: ''\n")
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_in_utf16_is_the_text_and_its_places_are_found_again() {
    let text = list("Service", &["a", "b"]).replace('\n', "\r\n");
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("svc.yaml"), utf16(&text)).unwrap();
    let json = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}"#;
    std::fs::write(dir.path().join("svc.json"), utf16(json)).unwrap();
    let scan = scan_all(&[InputSpec::from(dir.path())], &Limits::default(), None);
    assert_eq!(everything(&scan.inputs[0]), ["svc.json: Pod/c", "svc.yaml: Service/a", "svc.yaml: Service/b"]);
    let member = scan.inputs[0].members.iter().find(|m| m.path == "svc.yaml").unwrap();
    let Content::Documents(found) = &member.content else { panic!() };
    let name = || vec!["metadata".into(), "name".into()];
    let place = resolve(&scan.sources, &[(found.objects[1].origin, name())]);
    assert_eq!(place[0].as_ref().map(|(_, line, column)| (*line, *column)), Some((11, 11)));
    let alone = scan_all(&[bytes("svc.yaml", utf16(&text))], &Limits::default(), None);
    let place = resolve(&alone.sources, &[(docs(&alone.inputs[0]).objects[1].origin, name())]);
    assert_eq!(place, [Some(("svc.yaml".to_owned(), 11, 11))]);
}

#[test]
fn archives_inside_are_read_one_level_deep() {
    let deep = tar(&[("d.yaml", b"kind: Pod\n")]);
    let inner = tar(&[("x/pods.yaml", object("Pod", "in").as_bytes()), ("deep.tar", &deep)]);
    let (packed, zipped) = (gz(&inner), zip_of(&[("svc.yaml", object("Service", "z").as_bytes())]));
    let (out, last) = (object("Pod", "out"), object("Pod", "last"));
    let members: &[(&str, &[u8])] =
        &[("a.yaml", out.as_bytes()), ("b.tar.gz", &packed), ("c.zip", &zipped), ("z.yaml", last.as_bytes())];
    let expected =
        ["a.yaml: Pod/out", "b.tar.gz!/x/pods.yaml: Pod/in", "c.zip!/svc.yaml: Service/z", "z.yaml: Pod/last"];
    for (content, container) in [(tar(members), Container::Tar), (zip_of(members), Container::Zip)] {
        let input = one("all", content);
        assert_eq!((input.container, input.skipped), (container, 1));
        assert_eq!(everything(&input), expected);
        assert!(input.problems.is_empty(), "{:?}", messages(&input));
    }
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in members {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    let scan = scan_all(&[InputSpec::from(dir.path())], &Limits::default(), None);
    assert_eq!(everything(&scan.inputs[0]), expected);
    // Places in them are found again.
    for member in scan.inputs[0].members.iter().filter(|m| m.path.contains("!/")) {
        let Content::Documents(found) = &member.content else { panic!() };
        let name = vec!["metadata".into(), "name".into()];
        let place = resolve(&scan.sources, &[(found.objects[0].origin, name)]);
        assert_eq!(place[0].as_ref().map(|(_, line, column)| (*line, *column)), Some((4, 9)), "{}", member.path);
    }
}

#[test]
fn damage_in_an_inner_archive_costs_only_it() {
    let inner = gz(&tar(&[("a.yaml", object("Pod", "a").as_bytes()), ("b.yaml", &[b'x'; 9000])]));
    let cut = &inner[..inner.len() - 20];
    let input = one("x.tar", tar(&[("in.tar.gz", cut), ("z.yaml", object("Pod", "z").as_bytes())]));
    assert!(everything(&input).contains(&"z.yaml: Pod/z".to_owned()), "{:?}", messages(&input));
    assert!(input.problems.iter().all(|p| p.path.starts_with("x.tar!in.tar.gz")), "{:?}", messages(&input));
    assert!(!input.problems.is_empty());
}

#[test]
fn a_packaged_chart_is_no_dump() {
    let chart =
        gz(&tar(&[("web/Chart.yaml", b"name: web\n"), ("web/templates/x.yaml", b"kind: {{ .Values.kind }}\n")]));
    let input = one("x.tar", tar(&[("charts/web-1.tgz", &chart), ("svc.yaml", object("Service", "a").as_bytes())]));
    assert_eq!(everything(&input), ["svc.yaml: Service/a"]);
    assert!(input.problems.is_empty(), "{:?}", messages(&input));
}

#[test]
fn inner_archives_are_under_the_limits_of_all() {
    let bomb = gz(&vec![b' '; 3 << 20]);
    let names = ["0.txt.gz", "1.txt.gz", "2.txt.gz", "3.txt.gz"];
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, bomb.as_slice())).collect();
    let limits = Limits { total_bytes: 100 << 10, ..Limits::default() };
    let scan = scan_all(&[bytes("x.tar", tar(&members))], &limits, None);
    assert!(messages(&scan.inputs[0]).concat().contains("--max-total-bytes"), "{:?}", messages(&scan.inputs[0]));
}

#[test]
fn an_encrypted_zip_says_so() {
    let mut locked = zip_of(&[("pods.yaml", object("Pod", "a").as_bytes())]);
    // The flag of encryption, in the member's own header and in the directory.
    let at = locked.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[at + 8] |= 1;
    let found = messages(&one("dump.zip", locked));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("the zip archive is encrypted: unpack it with its password"), "{found:?}");
}

#[test]
fn a_terminal_holds_documents_between_its_prompts() {
    let prompt = "[admin@bastion ~]$ kubectl get x -o yaml\n";
    let json = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"j"}}"#;
    let pretty = "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Pod\",\n    \"metadata\": {\n        \"name\": \"k\"\n    }\n}";
    let text = format!(
        "{prompt}{}{prompt}{}user@host:~$ kubectl get pod j -o json\n{json}\n{pretty}\n$ exit\n",
        list("Service", &["a", "b"]),
        list("Pod", &["c"]),
    );
    let input = one("session.log", &text);
    assert_eq!(names(&input), ["Service/a", "Service/b", "Pod/c", "Pod/j", "Pod/k"], "{:?}", messages(&input));
    assert_eq!(docs(&input).lists.iter().map(|l| (l.items, l.truncated)).collect::<Vec<_>>(), [(2, false), (1, false)]);
    assert!(input.problems.is_empty(), "{:?}", messages(&input));
    let input = one("session.log", format!("$ kubectl get pod j -o json\n{json}\n$ exit\n"));
    assert_eq!(names(&input), ["Pod/j"], "{:?}", messages(&input));
    assert!(input.problems.is_empty(), "{:?}", messages(&input));
}

#[test]
fn a_table_before_its_list_costs_nothing() {
    let table = "NAME    READY   STATUS    RESTARTS   AGE\nweb-a   1/1     Running   0          10d\n";
    let input = one("pods.txt", format!("{table}{}", list("Pod", &["a", "b"])));
    assert_eq!(names(&input), ["Pod/a", "Pod/b"], "{:?}", messages(&input));
    assert!(!docs(&input).lists[0].truncated && input.problems.is_empty(), "{:?}", messages(&input));
    let alone = one("pods.txt", table);
    assert_eq!((docs(&alone).tables[0].rows, docs(&alone).tables[0].resource.as_deref()), (1, Some("pods")));
}

#[test]
fn what_no_document_can_hold_is_left_out_and_said() {
    let text = list("Pod", &["a", "b"]).replace("    name: b\n", "Broken pipe (x)\n    name: b\n");
    let input = one("pods.yaml", text);
    assert_eq!(names(&input), ["Pod/a", "Pod/b"], "{:?}", messages(&input));
    assert_eq!(messages(&input), ["pods.yaml:11:1: a line that is no YAML is left out; the rest was read"]);
    // What breaks an item costs it; the situations `intake/tab-in-a-list` and its neighbours hold what the list proves then.
    let input = one("pods.yaml", list("Pod", &["a", "b", "c"]).replace("    name: b\n", "\tname: b\n"));
    assert_eq!(names(&input), ["Pod/a", "Pod/!", "Pod/c"], "{:?}", messages(&input));
}

#[test]
fn zeros_in_an_item_cost_the_item() {
    for n in [1, 240] {
        let pods: Vec<String> = (0..400).map(|k| format!("p{k}")).collect();
        let pods: Vec<&str> = pods.iter().map(String::as_str).collect();
        let damaged = list("Pod", &pods).replace(&format!("name: p{n}\n"), "name: \0\0\0\0\n");
        let input = one("pods.yaml", &damaged);
        let read = docs(&input).objects.iter().filter(|o| o.value.value.is_ok()).count();
        assert_eq!(read, pods.len() - 1, "{n}: {:?}", messages(&input));
    }
}

#[test]
fn a_text_of_which_nothing_could_be_read_has_no_rest() {
    let input = one("a.yaml", "a: [\nb\n");
    let found = messages(&input);
    assert!(found.len() == 1 && found[0].ends_with("; no object was found in the file"), "{found:?}");
}
