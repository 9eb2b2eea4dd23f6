//! `manifest/refused`, `manifest/unknown-field`, `manifest/update-refused`: worth saying, and no wall.

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

/// What `explain` says of an object that a controller would serve as it is.
pub static REFUSED: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "manifest/refused",
    segment: SegmentName::Rule,
    title: "The API server would refuse it as it stands",
    explanation: "The API server would refuse the manifest, so the deploy fails. What a controller would make of the \
         object is known and may be in order, which is why no path is called blocked by this; the gate does not let it \
         pass, as it does not let pass what cannot be read (--allow-unreadable does).",
    example: r"apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  rules:
  - http:
      paths:
      - path: /     # pathType is required
        backend: {service: {name: web, port: {number: 80}}}",
    sources: &["kubernetes/kubernetes pkg/apis/*/validation", "Ingress v1beta1: HTTPIngressPath.pathType"],
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
