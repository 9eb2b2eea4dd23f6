//! `istio/host-not-in-gateway`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use crate::evaluate::istio::{Binding, BoundContext};
use crate::resolve::istio::hosts;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Proof;
use kubereach_reports::report::ObjectRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/host-not-in-gateway",
    segment: SegmentName::Listener,
    title: "No server of the gateway takes the host",
    explanation: "A VirtualService is served at a server of a gateway where their hosts meet; either may have a \
                  wildcard. A host of a server may carry the namespace of the VirtualServices that may use it. No \
                  server of this gateway takes this host from this namespace: requests for it get 404.",
    example: "hosts: [shop.example]   # the servers of the Gateway have hosts: [www.example]",
    sources: &["Istio: Gateway.Server.hosts", "Istio: IST0132 VirtualServiceHostNotFoundInGateway"],
});

/// Adds it for one host at one gateway.
pub fn check(cx: &BoundContext<'_, '_>, segment: &mut Segment) {
    let Some((proof, object)) = refused(cx) else { return };
    let host = words::brief(cx.host);
    let message = format!("no server of {object} takes the host {host} from namespace {}", cx.of.service.namespace());
    let finding = DOC.finding(&proof, cx.of.object(), message).relates(object, "is the gateway");
    let finding = finding.at(cx.of.service.found.get().origin, field!["spec", "hosts"]);
    segment.add(finding.next("Add the host to a server of the Gateway, or correct it.", words::get(&cx.of.object())));
}

fn refused(cx: &BoundContext<'_, '_>) -> Option<(Proof, ObjectRef)> {
    match cx.binding {
        Binding::Gateway(at) if cx.servers.is_empty() => {
            let gateway = GatewayContext::of(cx.of.cluster, cx.of.all, *at)?;
            gateway.gateway.spec.as_ref().ok()?;
            let hosts: Vec<&str> =
                gateway.servers().flat_map(|(_, server)| server.hosts.iter()).map(String::as_str).collect();
            let fact = format!("its servers take {}", words::brief(&hosts.join(", ")));
            Some((gateway.gateway.found.shows(fact), gateway.object()))
        }
        Binding::Standard(gateway) => {
            let listeners = &gateway.get().value.spec.listeners;
            let names: Vec<&str> = listeners.iter().filter_map(|listener| listener.hostname.as_deref()).collect();
            let open = names.len() < listeners.len() || names.iter().any(|name| hosts::meet(name, cx.host));
            let fact = format!("its listeners take {}", words::brief(&names.join(", ")));
            (!open && !listeners.is_empty()).then(|| (gateway.shows(fact), gateway.object()))
        }
        _ => None,
    }
}
