//! `backend-tls/section-not-found`: the policy names a section that the Service does not have.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendTlsContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/section-not-found",
    segment: SegmentName::Tls,
    title: "The BackendTLSPolicy names a section that the Service does not have",
    explanation: "A sectionName is the name of a port of the Service. This one names none, so by the specification the \
                  policy attaches to nothing, and the gateway speaks plain HTTP to a backend of which somebody wants \
                  TLS. Older versions of some implementations take the number of the port, so which of the two happens \
                  cannot be told.",
    example: "targetRefs: [{kind: Service, name: api, sectionName: \"8443\"}]   # the port is named https-api",
    sources: &[
        "Gateway API reference: LocalPolicyTargetReferenceWithSectionName",
        "envoyproxy/gateway pull request 4630",
    ],
});

/// For each such policy, where none speaks for the port.
pub(in crate::checks) fn check(cx: &BackendTlsContext<'_, '_>, segment: &mut Segment) {
    if cx.policies.is_some() {
        return;
    }
    for astray in &cx.astray {
        let (policy, section) = (astray.policy, command::cut(astray.section));
        let gap = Gap::investigate(
            "whether the gateway encrypts towards the backend",
            format!("no port of the Service is named {section}"),
        );
        segment.add(
            DOC.finding(
                &gap,
                policy.object(),
                format!(
                    "BackendTLSPolicy {} is for port {section} of {}, which has no port of that name",
                    policy.metadata.name,
                    cx.target.describe()
                ),
            )
            .cause("a sectionName is the name of a port; without a match the policy attaches to nothing")
            .relates(cx.route.object(), "leads to that backend")
            .at(policy.origin, field!["spec", "targetRefs"])
            .next("Name the port as the Service does.", command::get(&policy.object(), "-o yaml")),
        );
    }
}
