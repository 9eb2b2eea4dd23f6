//! `docs/policies.md`: what is evaluated of each kind and field is what situations show.

use std::collections::BTreeSet;
use std::path::Path;

use kubereach_engine::policy::catalogue::{How, KINDS, evaluated, markdown};
use kubereach_testkit::situations::{expect, fixtures};
use serde_json::Value;

/// Everything that goes into a situation, as text, by document.
fn documents(folder: &Path) -> Vec<String> {
    let files = walkdir(&folder.join("input"));
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    texts.flat_map(|text| text.split("\n---").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn walkdir(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { walkdir(&path) } else { vec![path] }).collect()
}

/// The last word of a path: `ports` of `ingress[].ports`.
fn leaf(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]")
}

#[test]
fn every_row_is_shown_by_a_situation() {
    let mut wrong = Vec::new();
    for of in KINDS {
        for field in of.fields {
            let folder = fixtures().join("policy").join(field.shown);
            let is_ours = |text: &&String| of.kinds.iter().any(|(_, kind)| text.contains(&format!("kind: {kind}\n")));
            let documents = documents(&folder);
            let has = documents.iter().filter(is_ours).any(|text| text.contains(&format!("{}:", leaf(field.path))));
            if !has {
                wrong.push(format!("{}: {} does not have it", field.path, field.shown));
            }
            let Ok(expected) = expect::<Value>(&folder) else {
                wrong.push(format!("{}: no situation {}", field.path, field.shown));
                continue;
            };
            let undecided = expected.to_string().contains("\"unknown\"");
            if field.how == How::Undecided && !undecided {
                wrong.push(format!("{}: nothing is unknown in {}", field.path, field.shown));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_that_is_evaluated_has_rows() {
    let known: BTreeSet<String> =
        KINDS.iter().flat_map(|of| of.kinds).map(|(group, kind)| format!("{kind}.{group}")).collect();
    let missing: Vec<String> =
        evaluated().map(|kind| format!("{}.{}", kind.kind, kind.group)).filter(|kind| !known.contains(kind)).collect();
    assert!(missing.is_empty(), "no row says what is evaluated of {missing:?}");
}

#[test]
fn the_page_is_what_the_table_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies.md");
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&file, markdown()).unwrap();
    }
    let page = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        page == markdown(),
        "docs/policies.md is not what the table says; run KUBEREACH_BLESS=1 cargo test -p kubereach-engine --test suite \
         policy_catalogue"
    );
}

/// Situations of each engine, counted by the kinds that they hold.
#[test]
fn every_engine_has_twenty_situations() {
    let counted = [
        ("Kubernetes", "kind: NetworkPolicy", "networking.k8s.io/"),
        ("admin policies", "NetworkPolicy", "policy.networking.k8s.io/"),
        ("Calico", "kind", "projectcalico.org/"),
        ("Cilium", "kind: Cilium", "cilium.io/"),
        ("Antrea", "kind", "crd.antrea.io/"),
        ("Istio", "kind", "security.istio.io/"),
        ("Linkerd", "kind", "policy.linkerd.io/"),
    ];
    let folders = std::fs::read_dir(fixtures().join("policy")).unwrap().filter_map(Result::ok);
    let all: Vec<Vec<String>> = folders.map(|entry| documents(&entry.path())).collect();
    for (engine, kind, group) in counted {
        let has = |documents: &&Vec<String>| {
            documents.iter().any(|text| text.contains(kind) && text.contains(&format!("apiVersion: {group}")))
                || documents.iter().any(|text| text.contains(&format!("apiVersion: crd.{group}")))
        };
        let count = all.iter().filter(has).count();
        assert!(count >= 20, "{engine}: {count} situations");
    }
}
