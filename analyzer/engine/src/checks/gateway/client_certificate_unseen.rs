//! `gateway/client-certificate-unseen`: the certificate the Gateway shows to backends was not read.

use kubereach_reports::report::SegmentName;

use crate::checks::tls::secrets;
use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::conditions::{ConditionState, state};
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "gateway/client-certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate the Gateway shows to backends was not read",
    explanation: "The Secret, or the ReferenceGrants that would allow it, are not in the input. That a Secret which no \
                  collector takes is there is assumed, unless the Gateway's own current status says that its \
                  references do not resolve; a ReferenceGrant must be there, so without the grants it cannot be told, \
                  unless that status vouches for it.",
    example: "A Gateway with spec.tls.backend in a dump without Secrets.",
    sources: &[
        "Gateway API reference: GatewayBackendTLS.clientCertificateRef",
        "Gateway API reference: GatewayConditionType ResolvedRefs",
    ],
});

pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let (Trust::Unseen(gap) | Trust::PermissionUnseen(gap)) = cx.target else { return };
    let Some(gateway) = cx.listener.gateway.map(|g| g.gateway) else { return };
    let object = gateway.get();
    let conditions = object.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
    let resolved = state(conditions, "ResolvedRefs", &object.metadata.generation);
    let message =
        format!("the certificate {} that Gateway {} shows to backends was not read", cx.name, gateway.metadata.name);
    let place = field!["spec", "tls", "backend", "clientCertificateRef"];
    match (cx.target, resolved) {
        (_, ConditionState::True(_)) => {}
        (Trust::Unseen(_), ConditionState::Missing | ConditionState::Stale(_)) => {
            let assumption = DOC
                .assumption(Obstacle::new(MayBeInTheWay::Secrets, gap.clone()), gateway.object(), message)
                .within(cx.secret().namespace.as_deref())
                .at(gateway.origin, place)
                .could("make backends that ask for a client certificate refuse the Gateway")
                .read_by(secrets());
            segment.assume(assumption, cx.listener.cluster.snapshot.strict);
        }
        _ => segment.add(
            DOC.finding(gap, gateway.object(), message)
                .next("Look at the Gateway's conditions.", command::describe(&gateway.object()))
                .at(gateway.origin, place),
        ),
    }
}
