//! `measurement/relay-differs`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/relay-differs",
    segment: SegmentName::Address,
    title: "Real traffic and the API server's relay disagree",
    explanation: "Every real request failed while every request relayed by the API server was answered, or the \
                  other way round. The relay bypasses kube-proxy and network policy: if only real traffic fails, \
                  look at policies, the mesh and the nodes' Service rules rather than at the application. The \
                  relay itself never decides a verdict.",
    example: "A ClusterIP times out from a Pod while the API server's service proxy answers 200.",
    sources: &["Kubernetes API: services/proxy"],
});
