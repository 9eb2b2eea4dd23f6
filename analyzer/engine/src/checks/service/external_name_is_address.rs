//! `service/external-name-is-address`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::{AliasContext, AliasStep, Consumer};
use crate::resolve::service::Alias;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/external-name-is-address",
    segment: SegmentName::Service,
    title: "The alias is an IP address",
    explanation: "An ExternalName is answered by DNS as an alias to another name. An address is not a name: it \
         does not resolve, so clients that use the Service's name fail. A Service without selector \
         and an EndpointSlice lead to an address. Proxies that dial the value themselves (ingress-nginx, Traefik) \
         take an address and are not concerned.",
    example: r"kind: Service
spec: {type: ExternalName, externalName: 10.1.2.3}",
    sources: &["core/v1 Service spec.externalName", "RFC 1123", "CoreDNS kubernetes plugin"],
});

/// Clients ask DNS, and DNS has no such name.
pub fn finding(cx: &AliasContext<'_, '_>) -> Option<Finding> {
    let AliasStep::Leads(Alias::Address(address)) = cx.step else { return None };
    // A proxy that dials the value itself takes an address as it stands; of one that is not known, nothing is.
    if cx.consumer != Consumer::ClusterIp {
        return None;
    }
    let service = cx.service;
    Some(
        DOC.finding(
            &service.shows(format!("externalName: {address}")),
            service.object(),
            format!("it is an alias for {address}, and an address is not a name that DNS resolves"),
        )
        .cause("clients that use the Service's name get no answer from DNS")
        .next(
            "Use a Service without selector, and an EndpointSlice with the address.",
            command::get(&service.object(), "-o yaml"),
        )
        .at(service.origin, field!["spec", "externalName"]),
    )
}
