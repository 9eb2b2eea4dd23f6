//! Archives, directories and compression: what is read, what is skipped, what is refused.

use kubereach_intake::{Container, Content, InputSpec, Limits};

use crate::kit::{bytes, everything, gz, messages, one, raw_name, scan_all, tar, xz, zip_of, zstd_of};

fn pod(name: &str) -> Vec<u8> {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n").into_bytes()
}

fn list(n: usize) -> Vec<u8> {
    let mut text = String::from("apiVersion: v1\nitems:\n");
    for k in 0..n {
        text.push_str(&format!(
            "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p{k}\n    uid: {:x}\n",
            k * 7_919 + 13
        ));
    }
    text.push_str("kind: List\n");
    text.into_bytes()
}

#[test]
fn containers_are_recognised_by_content_and_not_by_name() {
    let members: &[(&str, &[u8])] = &[
        ("./b/pods.yaml", &pod("b")),
        ("a/x.json", br#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}"#),
        ("a/ctr/current.log", b"level=info msg=\"apiVersion: v1\"\n"),
        ("cluster/k8s-resources", &pod("c")),
        ("img", b"\x89PNG\0"),
    ];
    let plain = tar(members);
    for (what, content, container) in [
        ("tar", plain.clone(), Container::Tar),
        ("tar.gz", gz(&plain), Container::Tar),
        ("tar.xz", xz(&plain), Container::Tar),
        ("tar.zst", zstd_of(&plain), Container::Tar),
        ("zip", zip_of(members), Container::Zip),
    ] {
        let input = one("no-ending", content);
        assert_eq!(input.container, container, "{what}");
        assert_eq!(
            everything(&input),
            ["a/x.json: Pod/a", "b/pods.yaml: Pod/b", "cluster/k8s-resources: Pod/c"],
            "{what}"
        );
        assert_eq!(input.skipped, 2, "{what}");
        assert!(input.problems.is_empty(), "{what}: {:?}", input.problems);
    }
    for content in [gz(&pod("a")), xz(&pod("a")), zstd_of(&pod("a")), gz(&gz(&pod("a")))] {
        let input = one("pod.yaml.gz", content);
        assert_eq!(input.container, Container::File);
        assert_eq!(everything(&input), ["pod.yaml: Pod/a"]);
    }
    assert!(messages(&one("x.yaml", b"BZh91AY&SY")).concat().contains("bzip2"));
}

#[test]
fn a_truncated_archive_keeps_what_came_before() {
    let plain = tar(&[("a.yaml", &pod("a")), ("b.yaml", &list(2000)), ("c.yaml", &pod("c"))]);
    for (what, whole) in [
        ("tar", plain.clone()),
        ("gz", gz(&plain)),
        ("zst", zstd_of(&plain)),
        ("xz", xz(&plain)),
        ("zip", zip_of(&[("a.yaml", &pod("a")), ("b.yaml", &list(2000)), ("c.yaml", &pod("c"))])),
    ] {
        let cut = &whole[..whole.len() * 2 / 3];
        let input = one("x", cut);
        let found = everything(&input);
        if what != "xz" && what != "zst" {
            // A block decoder may have to drop more than what was cut.
            assert_eq!(found.first().map(String::as_str), Some("a.yaml: Pod/a"), "{what}");
        }
        assert!(!found.iter().any(|f| f.starts_with('c')), "{what}");
        assert!(input.problems.len() <= 2 && !input.problems.is_empty(), "{what}: {:?}", input.problems);
        assert!(input.problems.iter().any(|p| p.message.contains("cut off")), "{what}: {:?}", input.problems);
        for member in &input.members {
            if let Content::Documents(docs) = &member.content {
                for object in &docs.objects {
                    assert!(
                        object.value.value.as_ref().unwrap()["metadata"]["uid"].is_null()
                            == (object.value.name().len() == 1)
                    );
                }
                assert_eq!(member.path.starts_with('b'), docs.lists.iter().any(|l| l.truncated), "{what}");
            }
        }
    }
}

#[test]
fn hostile_names_are_labels_only() {
    let dir = tempfile::tempdir().unwrap();
    let before = std::fs::read_dir(dir.path()).unwrap().count();
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, kind: tar::EntryType, content: &[u8], link: Option<&str>| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        raw_name(&mut header, name);
        if let Some(link) = link {
            header.set_link_name_literal(link).unwrap();
        }
        header.set_cksum();
        builder.append(&header, content).unwrap();
    };
    add("../../etc/passwd.yaml", tar::EntryType::Regular, &pod("up"), None);
    add("/abs/x.yaml", tar::EntryType::Regular, &pod("abs"), None);
    add("dev", tar::EntryType::Char, b"", None);
    add("l.yaml", tar::EntryType::Symlink, b"", Some("l.json"));
    add("d/h.yaml", tar::EntryType::Link, b"", Some("a/h.json"));
    add("twice.yaml", tar::EntryType::Regular, &pod("first"), None);
    add("twice.yaml", tar::EntryType::Regular, &pod("second"), None);
    let input = one("x.tar", builder.into_inner().unwrap());
    assert_eq!(everything(&input), ["../../etc/passwd.yaml: Pod/up", "/abs/x.yaml: Pod/abs", "twice.yaml: Pod/second"]);
    let links: Vec<_> = input
        .members
        .iter()
        .filter_map(|m| match &m.content {
            Content::Link { target } => Some((m.path.as_str(), target.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(links, [("d/h.yaml", "../a/h.json"), ("l.yaml", "l.json")]);
    assert_eq!(input.skipped, 1);
    assert_eq!(input.problems.len(), 1, "{:?}", messages(&input));
    assert!(input.problems[0].message.contains("2 times"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), before);
}

#[test]
fn names_that_are_not_utf8_are_shown_as_well_as_they_can_be() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    let content = pod("a");
    header.set_size(content.len() as u64);
    header.as_old_mut().name[..8].copy_from_slice(b"a\xff/x.yml");
    header.set_cksum();
    builder.append(&header, &content[..]).unwrap();
    let input = one("x.tar", builder.into_inner().unwrap());
    assert_eq!(everything(&input), ["a\u{fffd}/x.yml: Pod/a"]);
}

#[cfg(unix)]
#[test]
fn links_out_of_a_directory_are_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.yaml"), pod("secret")).unwrap();
    std::fs::write(dir.path().join("a.yaml"), pod("a")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), dir.path().join("out.yaml")).unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("outdir")).unwrap();
    std::os::unix::fs::symlink("a.yaml", dir.path().join("in.yaml")).unwrap();
    std::os::unix::fs::symlink(".", dir.path().join("loop")).unwrap();
    let input = scan_all(&[InputSpec::Path(dir.path().to_path_buf())], &Limits::default(), None).inputs.remove(0);
    assert_eq!(everything(&input), ["a.yaml: Pod/a"]);
    assert!(matches!(&input.members[1].content, Content::Link { target } if target == "a.yaml"));
    assert_eq!((input.skipped, input.problems.len()), (3, 0));
}

#[test]
fn a_directory_without_files_and_a_missing_path_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let scan = scan_all(
        &[
            InputSpec::Path(dir.path().to_path_buf()),
            InputSpec::Path(dir.path().join("nope")),
            bytes("p.yaml", pod("a")),
        ],
        &Limits::default(),
        None,
    );
    assert!(messages(&scan.inputs[0])[0].contains("without files"));
    assert!(messages(&scan.inputs[1])[0].contains("no such file"));
    assert_eq!(everything(&scan.inputs[2]), ["p.yaml: Pod/a"]);
    let input = one("x.tar", tar(&[("a.log", b"x"), ("b.png", b"x")]));
    assert!(messages(&input)[0].contains("none of its 2 files"), "{:?}", messages(&input));
}

#[test]
fn limits_are_named_and_what_was_read_stays() {
    let members: Vec<(String, Vec<u8>)> = (0..20).map(|n| (format!("p{n:02}.yaml"), pod(&format!("p{n}")))).collect();
    let borrowed: Vec<(&str, &[u8])> = members.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
    for (content, limits, flag, least) in [
        (tar(&borrowed), Limits { members: 5, ..Limits::default() }, "--max-members", 5),
        (zip_of(&borrowed), Limits { members: 5, ..Limits::default() }, "--max-members", 5),
        (gz(&tar(&borrowed)), Limits { total_bytes: 6000, ..Limits::default() }, "--max-total-bytes", 3),
        (zip_of(&borrowed), Limits { total_bytes: 200, ..Limits::default() }, "--max-total-bytes", 3),
        (list(50), Limits { objects: 7, ..Limits::default() }, "--max-objects", 7),
        (list(50), Limits { member_bytes: 1000, ..Limits::default() }, "--max-member-bytes", 5),
    ] {
        let input = scan_all(&[bytes("x", content)], &limits, None).inputs.remove(0);
        let said: Vec<_> = messages(&input).into_iter().filter(|m| m.contains(flag)).collect();
        assert_eq!(said.len(), 1, "{flag}: {:?}", messages(&input));
        assert!(everything(&input).len() >= least, "{flag}: {:?}", everything(&input));
    }
}

#[test]
fn archive_bombs_stop_at_the_ratio() {
    // 300 MB of zeros in a few hundred kilobytes.
    let zeros = std::io::Read::take(std::io::repeat(0), 300 << 20);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::BufReader::with_capacity(1 << 20, zeros), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 400_000);
    let input = one("x.yaml.gz", &bomb);
    assert!(messages(&input).concat().contains("--max-ratio"), "{:?}", messages(&input));
    // The same inside a tar beside an object that is kept, and a bomb of long names.
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()));
    let first = pod("a");
    let mut header = tar::Header::new_gnu();
    header.set_size(first.len() as u64);
    raw_name(&mut header, "a.yaml");
    header.set_cksum();
    builder.append(&header, &first[..]).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_size(200 << 20);
    header.set_entry_type(tar::EntryType::GNULongName);
    raw_name(&mut header, "././@LongLink");
    header.set_cksum();
    builder.append(&header, std::io::Read::take(std::io::repeat(b'x'), 200 << 20)).unwrap();
    let bomb = builder.into_inner().unwrap().finish().unwrap();
    let input = one("x.tgz", &bomb);
    assert_eq!(everything(&input), ["a.yaml: Pod/a"]);
    assert!(messages(&input).concat().contains("--max-ratio"), "{:?}", messages(&input));
}

#[test]
fn a_zip_that_was_written_as_a_stream_and_cut_is_salvaged() {
    // Go's writers put sizes after the data; made by hand, since the writer here seeks.
    let content = pod("a");
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut deflated, &content).unwrap();
    let deflated = deflated.finish().unwrap();
    let mut zip = Vec::new();
    for name in ["a.yaml", "b.yaml"] {
        zip.extend(b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0");
        zip.extend([0; 12]);
        zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        zip.extend([0, 0]);
        zip.extend(name.bytes());
        zip.extend(&deflated);
        zip.extend(b"PK\x07\x08");
        zip.extend([0; 12]);
    }
    zip.extend(b"PK\x03\x04\x14\0");
    let input = one("x.zip", &zip);
    assert_eq!(everything(&input), ["a.yaml: Pod/a", "b.yaml: Pod/a"]);
    assert_eq!(input.problems.len(), 1, "{:?}", messages(&input));
    assert!(input.problems[0].message.contains("2 members before"));
}
