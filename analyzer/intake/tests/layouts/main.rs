//! Intake from outside: bundles go in as archives, what the snapshot knows comes out.
//!
//! `b8` follows the decision table of "not collected" and "collected and empty" row by row.
#![allow(clippy::unwrap_used, reason = "tests")]

mod b8;
mod clusters;
mod plain;
mod said;

use std::sync::Arc;

use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec, Intake, IntakeError, IntakeOptions};
use kubereach_model::snapshot::{GroupKind, Snapshot};
use kubereach_reports::report::CoverageState;

/// A tar archive of these members under a name.
pub(crate) fn tar(name: &str, members: &[(&str, &str)]) -> InputSpec {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    InputSpec::Bytes { name: name.to_owned(), bytes: Arc::from(archive.into_inner().unwrap()) }
}

/// One file.
pub(crate) fn file(name: &str, text: &str) -> InputSpec {
    InputSpec::Bytes { name: name.to_owned(), bytes: Arc::from(text.as_bytes()) }
}

pub(crate) fn try_read(inputs: &[InputSpec]) -> Result<Intake, IntakeError> {
    intake::read(inputs, &IntakeOptions::default(), &Silent)
}

pub(crate) fn read(inputs: &[InputSpec]) -> Intake {
    try_read(inputs).unwrap()
}

/// The snapshot of inputs of one cluster.
pub(crate) fn one(inputs: &[InputSpec]) -> Snapshot {
    let mut intake = read(inputs);
    assert_eq!(intake.snapshots.len(), 1);
    intake.snapshots.remove(0)
}

/// The state of a kind (`Pod`, `gateway.networking.k8s.io/Gateway`) in a scope.
pub(crate) fn state(snapshot: &Snapshot, kind: &str, namespace: Option<&str>) -> CoverageState {
    let (group, kind) = kind.rsplit_once('/').unwrap_or(("", kind));
    let kind = GroupKind { group: group.to_owned().into(), kind: kind.to_owned().into() };
    snapshot.coverage.of(&kind, namespace).state
}

/// A pod as an API server prints it.
pub(crate) fn pod(namespace: &str, name: &str) -> String {
    stored("v1", "Pod", namespace, name)
}

/// An object that an API server has stored, as one line of JSON.
pub(crate) fn stored(version: &str, kind: &str, namespace: &str, name: &str) -> String {
    let place = if namespace.is_empty() { String::new() } else { format!(r#""namespace":"{namespace}","#) };
    format!(
        r#"{{"apiVersion":"{version}","kind":"{kind}","metadata":{{{place}"name":"{name}","uid":"u-{kind}-{namespace}-{name}","resourceVersion":"7","creationTimestamp":"2026-01-01T00:00:00Z"}}}}"#
    )
}

/// A list as kubectl prints it.
pub(crate) fn list(items: &[String]) -> String {
    format!(r#"{{"apiVersion":"v1","kind":"List","metadata":{{"resourceVersion":""}},"items":[{}]}}"#, items.join(","))
}

/// A list of one kind.
pub(crate) fn typed(version: &str, kind: &str, items: &[String]) -> String {
    format!(
        r#"{{"apiVersion":"{version}","kind":"{kind}List","metadata":{{"resourceVersion":"9"}},"items":[{}]}}"#,
        items.join(",")
    )
}
