//! Every fixture of live objects is served, read back over the socket and judged as the files are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use kubereach_engine::{AnalysisOptions, analyze};
use kubereach_intake::progress::Silent;
use kubereach_model::snapshot::model::UnmodelledRole;
use kubereach_model::snapshot::{GroupKind, kinds};
use kubereach_reports::report::Report;
use serde_json::Value;

use super::kit::{ask, objects_in, report};
use crate::api::Cluster;
use kubereach_testkit::situations::{folders, inputs, name, options};

/// What is compared: per subject its words, its headline and the codes of its findings.
fn verdicts(report: &Report) -> BTreeMap<String, (String, String, BTreeSet<String>)> {
    report
        .subjects
        .iter()
        .map(|s| {
            let codes = report.findings.iter().filter(|f| s.findings.contains(&f.id)).map(|f| f.code.clone());
            // Files of these fixtures tell no time to judge dates at; a live server has a clock.
            let codes = codes.filter(|code| code != "tls/certificate-dates");
            let place = s.broken_at.as_ref().map_or("", |b| b.segment.word());
            let words = format!("{} {place}", s.verdict.word());
            (format!("{}/{}/{}", s.kind, s.namespace, s.name), (words, s.headline.clone(), codes.collect()))
        })
        .collect()
}

fn is_live(object: &Value) -> bool {
    let meta = &object["metadata"];
    object["kind"].is_string()
        && object["apiVersion"].is_string()
        && meta["name"].is_string()
        && ["uid", "creationTimestamp", "resourceVersion"].iter().any(|key| meta[*key].is_string())
}

/// Kinds whose content is not read live by design; what a fixture says with it cannot be seen.
fn is_private(object: &Value) -> bool {
    let tls = object["type"] == "kubernetes.io/tls";
    object["kind"] == "Secret" && !tls && (object["data"].is_object() || object["type"].is_string())
}

/// Kinds that are kept where they are found and that a live read does not ask for (docs/live.md).
fn is_not_asked_for(object: &Value) -> bool {
    let word = |key: &str| object[key].as_str().unwrap_or_default();
    let kind = GroupKind::of(word("apiVersion"), word("kind"));
    let role = kinds::unmodelled_role(&kind);
    let of_a_project = matches!(role, Some(UnmodelledRole::GatewayExtension | UnmodelledRole::Policy));
    // Definitions are known from discovery, without their conversion webhooks.
    (kinds::of(&kind).is_none() && of_a_project)
        || kind == GroupKind::known("apiextensions.k8s.io", "CustomResourceDefinition")
}

/// What a fixture's files leave out or contradict, whatever was declared of them: an API server lists it all.
fn is_of_files(folder: &std::path::Path) -> bool {
    let name = name(folder);
    // Certificates that no door names are not read live without `--read-tls`.
    let unnamed = ["tls/default-certificate-covers", "api-server/certificate-of-another-authority"];
    name.starts_with("intake/") || name.ends_with("-not-collected") || unnamed.contains(&name.as_str())
}

#[test]
fn every_live_fixture_is_judged_as_its_files_are() {
    let mut wrong = String::new();
    let (mut served, mut skipped) = (0, 0);
    for folder in folders() {
        let Some(objects) = objects_in(&folder.join("input")) else {
            skipped += 1;
            continue;
        };
        let unique: BTreeSet<String> = objects
            .iter()
            .map(|o| format!("{}{}{}", o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]))
            .collect();
        if objects.is_empty()
            || is_of_files(&folder)
            || !objects.iter().all(is_live)
            || objects.iter().any(is_private)
            || objects.iter().any(is_not_asked_for)
            || unique.len() != objects.len()
        {
            skipped += 1;
            continue;
        }
        // A live read is complete, so the files are judged as the whole cluster.
        let mut intake = options(&["--assume-complete".to_owned()]);
        intake.default_namespace = "default".to_owned();
        let options = AnalysisOptions { intake, ..AnalysisOptions::default() };
        let Ok(from_files) = analyze(&inputs(&folder), &options, &Silent) else {
            skipped += 1;
            continue;
        };
        served += 1;
        let api = Cluster::new(objects).start();
        let live = verdicts(&report(&api, "admin", &ask()));
        let files = verdicts(&from_files);
        for (subject, expected) in &files {
            if live.get(subject) != Some(expected) {
                let _ = writeln!(
                    wrong,
                    "{}: {subject}\n   files {expected:?}\n   live  {:?}",
                    name(&folder),
                    live.get(subject)
                );
            }
        }
        for name in live.keys().filter(|name| !files.contains_key(*name)) {
            let _ = writeln!(wrong, "{}: {name} is judged only live", folder.display());
        }
    }
    println!("{served} fixtures served, {skipped} are manifests, bundles or about what is not read live");
    assert!(served > 20, "only {served} fixtures could be served");
    assert!(wrong.is_empty(), "{wrong}");
}
