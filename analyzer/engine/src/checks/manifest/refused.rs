//! `manifest/…-refused`: an object that no API server would store.

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Narrows, Text};

const SOURCES: &[&str] = &[
    "Kubernetes OpenAPI schema",
    "kubernetes/kubernetes pkg/apis/*/validation",
    "Kubernetes: Server-side field validation",
    "Gateway API reference: validation of Hostname, BackendObjectReference, HTTPPathMatch",
];

const EXPLANATION: &str = "The API server validates what it is given, and kubectl and Helm ask it to refuse fields that \
     it does not know. This object would be refused, so what it declares is not there after the deploy. Judged of \
     manifests only: what an API server has stored it took. A field that holds a placeholder is not judged.";

/// What `explain` says of a Service.
pub static SERVICE: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "manifest/service-refused",
    segment: SegmentName::Service,
    title: "The API server would refuse the Service",
    explanation: EXPLANATION,
    example: r"kind: Service
spec:
  selectors: {app: web}   # the field is called selector
  ports: [{port: 80}]",
    sources: SOURCES,
});

/// What `explain` says of an Ingress.
pub static INGRESS: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "manifest/ingress-refused",
    segment: SegmentName::Rule,
    title: "The API server would refuse the Ingress",
    explanation: EXPLANATION,
    example: r"apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  rules:
  - host: https://shop.example   # a host has no scheme",
    sources: SOURCES,
});

/// What `explain` says of a route.
pub static ROUTE: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "manifest/route-refused",
    segment: SegmentName::Rule,
    title: "The API server would refuse the route",
    explanation: EXPLANATION,
    example: r"kind: HTTPRoute
spec:
  hostnames: [https://shop.example]   # a host name has no scheme",
    sources: SOURCES,
});

/// What `explain` says of a Gateway.
pub static GATEWAY: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "manifest/gateway-refused",
    segment: SegmentName::Listener,
    title: "The API server would refuse the Gateway",
    explanation: EXPLANATION,
    example: r"kind: Gateway
spec:
  listeners:
  - {name: web, port: 80, protocol: HTTP}
  - {name: web, port: 81, protocol: HTTP}   # names are unique",
    sources: SOURCES,
});

/// What `explain` says of one of several workloads.
pub static PARTLY: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "manifest/workload-partly-refused",
    segment: SegmentName::Endpoints,
    title: "The API server would refuse one of the workloads",
    explanation: "Several workloads stand behind the Service, and one of them would be refused (see manifest/workload-refused): the others carry the traffic alone.",
    example: "A canary Deployment whose selector does not match its template, beside a stable one.",
    sources: SOURCES,
});

/// What `explain` says of a workload.
pub static WORKLOAD: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "manifest/workload-refused",
    segment: SegmentName::Endpoints,
    title: "The API server would refuse the workload",
    explanation: EXPLANATION,
    example: r"kind: Deployment
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: wbe}}   # the selector must match them",
    sources: SOURCES,
});
