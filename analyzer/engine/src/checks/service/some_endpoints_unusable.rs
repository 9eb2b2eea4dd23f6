//! `service/some-endpoints-unusable`

use std::net::IpAddr;

use kubereach_reports::report::SegmentName;

use super::endpoint_is_cluster_address::in_mesh;
use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::dns::addresses;
use crate::resolve::service::Endpoint;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/some-endpoints-unusable",
    segment: SegmentName::Service,
    title: "Some of its endpoints are addresses that kube-proxy cannot lead to",
    explanation: "Some of the ready addresses that were written by hand behind the Service are the cluster address of \
                  another Service, a loopback address or a link-local one. Connections to the address of the Service \
                  that are led there are lost; others arrive. In a mesh of Istio every one of them may be of that \
                  kind: its proxies dial endpoints themselves, and those outside of the mesh do not get through.",
    example: "endpoints: [{addresses: [10.96.0.50]}, {addresses: [192.0.2.10]}]",
    sources: &[
        "Kubernetes documentation: Service, Services without selectors (kube-proxy does not support virtual IPs as a destination)",
        "discovery.k8s.io/v1 Endpoint.addresses",
    ],
});

/// For whoever dials the address of the Service.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.consumer != Consumer::ClusterIp || cx.view.service.is_headless() {
        return None;
    }
    let unusable = unusable(cx);
    let (endpoint, why) = unusable.first().filter(|_| unusable.len() < cx.behind.counts.ready || in_mesh(cx))?;
    let message = format!(
        "{} of {} ready endpoints cannot be led to: {} is {why}",
        unusable.len(),
        cx.behind.counts.ready,
        endpoint.name()
    );
    Some(
        DOC.finding(&cx.shows(endpoint, format!("lists {} as ready, {why}", endpoint.name())), cx.object(), message)
            .cause("kube-proxy does not lead from one virtual address to another")
            .next("Write the addresses of the pods or hosts there.", command::get(&cx.object(), "-o yaml")),
    )
}

/// Ready addresses without a pod that no packet can be led to, each with what it is.
pub(super) fn unusable<'c, 's>(cx: &'c Context<'_, 's>) -> Vec<(&'c Endpoint<'s>, String)> {
    if !cx.is_selectorless() || cx.view.redirected_by().is_some() {
        return Vec::new();
    }
    let by_hand = cx.behind.ready().filter(|endpoint| endpoint.pod.is_none());
    by_hand.filter_map(|endpoint| Some((endpoint, what(cx, endpoint.address?)?))).collect()
}

fn what(cx: &Context<'_, '_>, address: &str) -> Option<String> {
    let ip: IpAddr = address.parse().ok()?;
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    if ip.is_loopback() {
        return Some("a loopback address".to_owned());
    }
    if link_local {
        return Some("a link-local address".to_owned());
    }
    let services = cx.cluster.snapshot.services.iter();
    let mut others = services.filter(|service| service.object() != cx.object());
    let other = others.find(|service| addresses(&service.get().value).any(|own| own == address))?;
    Some(format!("the cluster address of {}", other.object()))
}
