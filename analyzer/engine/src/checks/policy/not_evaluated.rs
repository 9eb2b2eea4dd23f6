//! `policy/not-evaluated`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/not-evaluated",
    segment: SegmentName::Policy,
    title: "Network policies were not evaluated",
    explanation: "Network policies speak of the ports of pods. Where it is not known which port of which pods a \
                  path leads to, there is nothing to evaluate them for. It does not cloud the verdict by itself: \
                  the segment that does not know the port does.",
    example: "An Ingress that names no port of its Service.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// For a path that ends at `backend`.
pub fn finding(backend: &ObjectRef) -> Finding {
    DOC.finding(
        backend.clone(),
        "whether a network policy lets traffic through was not evaluated: the port is not known",
    )
}
