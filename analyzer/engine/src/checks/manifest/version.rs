//! `manifest/…version-removed`: an API version that current versions of Kubernetes do not serve.

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

const EXPLANATION: &str = "The object is written in an API version that Kubernetes stopped serving. Whether the target \
     cluster is old enough to take it is not known; --kubernetes-version 1.34 (or kubernetes-version in \
     kubereach.toml) decides it.";
const SOURCES: &[&str] = &["Kubernetes: Deprecated API Migration Guide"];

/// What `explain` says of an Ingress.
pub static INGRESS: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "manifest/version-removed",
    segment: SegmentName::Rule,
    title: "An API version that was removed",
    explanation: EXPLANATION,
    example: "apiVersion: extensions/v1beta1   # gone since 1.22\nkind: Ingress",
    sources: SOURCES,
});

/// What `explain` says of a workload.
pub static WORKLOAD: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "manifest/workload-version-removed",
    segment: SegmentName::Endpoints,
    title: "A workload in an API version that was removed",
    explanation: EXPLANATION,
    example: "apiVersion: apps/v1beta1   # gone since 1.16\nkind: Deployment",
    sources: SOURCES,
});

/// What is not known.
pub(super) fn gap(since: u16) -> Gap {
    Gap::investigate(
        "which version of Kubernetes the target cluster runs",
        format!("1.{since} and later do not serve this API version; name it with --kubernetes-version"),
    )
}
