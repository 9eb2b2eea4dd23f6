//! `policy/service-port-in-rule`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/service-port-in-rule",
    segment: SegmentName::Policy,
    title: "A rule names the port of the Service, not that of its pods",
    explanation: "Policies see a connection after the Service has translated its port, so a rule has to name the \
                  port on which the pods listen. Here an ingress rule names the Service's own port, the pods \
                  listen on another one and declare none of that number. Unless a container listens on it \
                  undeclared, the entry matches nothing.",
    example: "ports: [{port: 80}] for pods that listen on 8080 behind port: 80, targetPort: 8080.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
});
