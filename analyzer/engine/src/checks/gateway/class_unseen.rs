//! `gateway/class-unseen`: the GatewayClass was not read.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Reading, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

pub(super) static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "gateway/class-unseen",
    segment: SegmentName::Controller,
    title: "The GatewayClass was not read",
    explanation: "The class decides which controller serves the Gateway. It is not in the input, and the input does \
                  not prove that it does not exist. Nothing is claimed where the Gateway itself says, for its present \
                  spec, that a controller accepted it. In manifests the class belongs to the cluster that they are for, and \
                  is assumed to be there.",
    example: "A Gateway manifest without its GatewayClass.",
    sources: &["Gateway API reference: GatewaySpec.gatewayClassName"],
});

/// For a class that was not read, unless a controller accepted the Gateway.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let Lookup::Unknown(gap) = &cx.state.class else { return };
    if cx.accepted.is_true() {
        return;
    }
    let gateway = cx.gateway();
    let class = &gateway.spec.gateway_class_name;
    let message = format!(
        "the GatewayClass {class} is not in the input, so it is not known whether a controller serves the Gateway"
    );
    let place = field!["spec", "gatewayClassName"];
    let words = "the Gateway classes of the cluster";
    let obstacle = Obstacle::of_cluster(cx.cluster.manifests_only(), "GatewayClass", words, gap.clone());
    if let Some(obstacle) = obstacle {
        let reading = Reading {
            resource: "gatewayclasses.gateway.networking.k8s.io".to_owned(),
            arguments: "-o yaml > gatewayclasses.yaml".to_owned(),
        };
        let assumption = DOC.assumption(obstacle, gateway.object(), message).at(gateway.origin, place);
        let could = "lack the class, so that nobody serves the Gateway";
        return segment.assume(assumption.could(could).read_by(reading), cx.cluster.snapshot.strict);
    }
    segment.add(
        DOC.finding(gap, gateway.object(), message)
            .next(
                "Check whether the class exists and is accepted.",
                command::get(
                    &ObjectRef { kind: "GatewayClass".to_owned(), namespace: None, name: class.clone(), group: None },
                    "",
                ),
            )
            .at(gateway.origin, place),
    );
}
