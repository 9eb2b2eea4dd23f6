//! What becomes of a connection that goes by the address of a Service, where that changes whom policies see.
//!
//! Sources: the NetworkPolicy concept page ("Behavior of to and from selectors"; "traffic to and from the node where a
//! Pod is running is always allowed"); kube-proxy configuration, `iptables.masqueradeAll`; core/v1 `Service`
//! `spec.externalTrafficPolicy`; the DNS cache on nodes; aws/amazon-network-policy-controller-k8s
//! `pkg/resolvers/endpoints.go`.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::answer::{Answer, Direction, Missing};
use super::cilium::is_link_local;
use super::dns::{DNS_PORT, Dns};
use super::ends::{End, ServiceEnd};
use super::mesh::yaml;
use super::options::Nodes;
use super::set::{Connection, Selection};
use super::side::{SideAnswer, Verdict};
use super::view::PolicyView;
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::WorkloadKind;

/// The metadata service of clouds, which is not on the node.
const METADATA: [IpAddr; 1] = [IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254))];

/// Does kube-proxy put a node's address in the place of every client's?
pub(super) fn masquerades_all(snapshot: &Snapshot) -> bool {
    let map = snapshot.config_maps.named("kube-system", "kube-proxy").next();
    let of_map = map.and_then(|map| yaml::<Value>(map.get().values.get("config.conf")?));
    let asked = of_map.and_then(|config| config.pointer("/iptables/masqueradeAll")?.as_bool());
    let flags = || {
        let sets = snapshot.workloads.named("kube-system", "kube-proxy").filter(|w| w.kind == WorkloadKind::DaemonSet);
        let containers = sets.filter_map(|set| set.get().value.template()).flat_map(|t| &t.spec.containers);
        let mut words = containers.flat_map(|c| &c.args).filter_map(|word| word.known());
        words.any(|word| matches!(word.trim_start_matches('-'), "masquerade-all" | "masquerade-all=true"))
    };
    asked.unwrap_or_else(flags)
}

impl<'s> PolicyView<'s> {
    /// Weighs how it gets there: the verdict so far is that of a connection to the pod itself.
    pub(super) fn weigh_way(
        &self,
        connection: &Connection<'_, 's>,
        by: &End<'s>,
        (from, to): (&Selection<'s>, &Selection<'s>),
        verdict: &mut Verdict<'s>,
    ) {
        let End::Service(service) = by else { return };
        if self.plugins.looks_before_translation() {
            verdict.egress = self.out_by(connection, Some(by), from);
        }
        if self.may_be_cached(connection, service) && !verdict.egress.reasons.is_empty() {
            verdict.egress = SideAnswer::unknown(Missing::NodeCache);
        }
        let by_network = !verdict.ingress.is_closed_in_mesh();
        match connection.from {
            End::Pod(pod) if self.masquerades_all && !pod.host_network && !to.of(Direction::Ingress).is_empty() => {
                verdict.ingress = match pod.node.and_then(|node| self.ends.node_named(node)) {
                    Some(node) => {
                        let from = End::Node(node);
                        self.policies.side(&Connection { from: &from, ..*connection }, Direction::Ingress, to)
                    }
                    None => SideAnswer::unknown(Missing::Masqueraded),
                };
            }
            End::Outside | End::Address(_)
                if service.hides_clients && by_network && verdict.ingress.answer == Answer::Denied =>
            {
                verdict.ingress = SideAnswer::unknown(Missing::NodeForClient);
            }
            _ => {}
        }
        verdict.answer = verdict.egress.answer.min(verdict.ingress.answer);
    }

    /// A link-local address is the node's (RFC 3927), to which traffic is always allowed, unless something else on the
    /// link has it: what would be denied may pass.
    pub(super) fn weigh_link_local(&self, connection: &Connection<'_, 's>, verdict: &mut Verdict<'s>) {
        let End::Address(address) = connection.to else { return };
        let undecided = self.policies.options.nodes == Nodes::Undecidable;
        let on_link = is_link_local(*address) && !METADATA.contains(address);
        if undecided && on_link && connection.from.pod().is_some() && verdict.egress.answer == Answer::Denied {
            verdict.egress = SideAnswer::unknown(Missing::LinkLocal);
            verdict.answer = verdict.egress.answer.min(verdict.ingress.answer);
        }
    }

    /// May a cache on the client's own node answer for the cluster's DNS? Where nodes have an identity the policies
    /// answer for it.
    fn may_be_cached(&self, connection: &Connection<'_, 's>, service: &ServiceEnd<'s>) -> bool {
        let is_dns = service.namespace == "kube-system" && service.port == Some(DNS_PORT);
        let cached = matches!(self.dns, Dns::Cached(_)) && self.policies.options.nodes == Nodes::Undecidable;
        is_dns && cached && connection.from.pod().is_some_and(|pod| !pod.host_network)
    }
}
