//! `manifest/unknown-field`, `manifest/update-refused`: worth saying, and no wall.

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// What `explain` says of a field that is dropped.
pub static UNKNOWN_FIELD: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "manifest/unknown-field",
    segment: SegmentName::Service,
    title: "A field that the API does not know",
    explanation: "The schema of Kubernetes has no such field here, and none that it resembles. kubectl and Helm refuse \
         the object, other clients have the field dropped. A version of Kubernetes newer than the schema may know it, \
         so nothing is concluded from it.",
    example: r"kind: Service
spec:
  replicas: 2   # a Service has none",
    sources: &["Kubernetes OpenAPI schema", "Kubernetes: Server-side field validation"],
});

/// What `explain` says of an update.
pub static UPDATE_REFUSED: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "manifest/update-refused",
    segment: SegmentName::Service,
    title: "The API server would refuse the update",
    explanation: "The change holds an object that the cluster has already, in a form that the API server refuses. What \
         is there stays as it is, and the deploy fails.",
    example: "A Service whose new version has two ports without names, applied with --on-top-of.",
    sources: &["kubernetes/kubernetes pkg/apis/*/validation", "Kubernetes: Server-side field validation"],
});
