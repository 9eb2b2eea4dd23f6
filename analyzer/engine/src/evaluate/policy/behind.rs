//! The `policy` segment behind a Service port, where it is not known who connects.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::SegmentName;

use super::context::{is_unread, unread_pods};
use super::egress::{self, EgressContext};
use super::{CheckTable, Context, PolicyContext, words};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::{Target, is_untouched, kinds_of_targets};
use crate::evaluate::service::Consumer;
use crate::policy::cni::Enforcement;
use crate::policy::third_party::ThirdParty;
use crate::policy::{Connection, Direction, End, PodEnd, Protocol, SideAnswer};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::{Pod, Resource as _, ServicePort};

/// The `policy` segment behind a port of a Service. `consumer` is who dials, as far as it is known.
pub fn behind<'s>(
    checks: &CheckTable,
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
    consumer: Consumer,
) -> Arc<Segment> {
    let service = view.service.object();
    let mut segment = Segment::new(SegmentName::Policy, Some(service.clone()));
    let policies = cluster.policies();
    let protocol = Protocol::of(&port.protocol).unwrap_or(Protocol::Tcp);
    // Then nobody has to be asked: not one policy would answer.
    let untouched = is_untouched(cluster, port, behind) && policies.touches_none_in(view.namespace());
    let targets = if untouched { Vec::new() } else { kinds_of_targets(cluster, view, port, behind) };
    if targets.is_empty() && !untouched {
        let pods_read = cluster.snapshot.is_complete(Pod::KIND, Some(view.namespace())).is_ok();
        segment.evaluated(if pods_read {
            "no pod is behind it, so no policy matters"
        } else {
            "which pods are behind it was not read"
        });
        return Arc::new(segment);
    }
    // Policies select pods; what is surely none is nobody's subject.
    let may_be_pod = |target: &Target<'s>| !matches!(target.end, End::Address(_) | End::Node(_) | End::Outside);
    if untouched || targets.iter().any(may_be_pod) {
        assume(checks, cluster, &mut segment, view.namespace());
    }
    let third_party = touching(cluster, &targets);
    for third_party in &third_party {
        for check in checks.third_party {
            segment.add(check(third_party));
        }
    }
    for way in ways_out(cluster, &targets) {
        for check in checks.ways_out {
            segment.add(check(way));
        }
    }
    let unread_pods = unread_pods(cluster, view, &targets);
    let anyone = End::Anyone;
    let sides: Vec<SideAnswer<'s>> = targets
        .iter()
        .map(|target| {
            // Whether a policy may select such a pod is asked by what is known of it: `policy/pods-unread`.
            if unread_pods.is_some() && is_unread(target) {
                return SideAnswer::open();
            }
            let selection = target.end.pod().map(|pod| policies.policies.select(pod)).unwrap_or_default();
            let connection = Connection { from: &anyone, to: &target.end, protocol, port: target.port, request: None };
            let side = policies.policies.side(&connection, Direction::Ingress, &selection);
            let not_enforced = matches!(policies.plugins.enforcement, Enforcement::NotEnforced { .. });
            // What the network's policies say then does nothing; a mesh enforces its own.
            if not_enforced && !side.is_open_in_mesh() { side.of_mesh() } else { side }
        })
        .collect();
    let node_may_enter =
        consumer != Consumer::ClusterIp || matches!(view.service.spec.kind.as_str(), "NodePort" | "LoadBalancer");
    let cx =
        Context { cluster, view, port, protocol, targets: &targets, third_party, sides, node_may_enter, unread_pods };
    segment.evaluated(evidence(&cx));
    for finding in checks.admission.iter().filter_map(|check| check(&cx)) {
        segment.add(finding);
    }
    if let Some(egress) = egress::of(&cx) {
        let cx = EgressContext { port: &cx, egress };
        for finding in checks.egress.iter().filter_map(|check| check(&cx)) {
            segment.add(finding);
        }
    }
    ask_of_policies(checks, &cx, &mut segment);
    Arc::new(segment)
}

/// Goes on as if no policy about pods of this namespace were there that was not read, and says so.
pub(super) fn assume(checks: &CheckTable, cluster: &Cluster<'_>, segment: &mut Segment, namespace: &str) {
    let Some(object) = segment.object.clone() else { return };
    let policies = cluster.policies();
    for unread in policies.unread(namespace).iter() {
        for assumption in checks.unread.iter().map(|check| check(unread, &object)) {
            segment.assume(assumption, policies.is_strict());
        }
    }
}

/// Asks about every policy that selects one of the pods, and about those of the namespace that select nobody.
fn ask_of_policies(checks: &CheckTable, cx: &Context<'_, '_>, segment: &mut Segment) {
    let view = cx.cluster.policies();
    let policies = &view.policies;
    if policies.is_empty() {
        return;
    }
    let pods: Vec<&PodEnd<'_>> = cx.targets.iter().filter_map(|target| target.end.pod()).collect();
    let mut indexes: Vec<u32> = Vec::new();
    for pod in &pods {
        let selection = policies.select(pod);
        indexes.extend(Direction::BOTH.iter().flat_map(|d| selection.of(*d)).map(|(index, _)| *index));
    }
    indexes.sort_unstable();
    indexes.dedup();
    let of = |index: u32| policies.get(index).map(|policy| PolicyContext { port: cx, pods: &pods, index, policy });
    for cx in indexes.into_iter().filter_map(of) {
        checks.selecting.iter().for_each(|check| check(&cx, segment));
    }
    for cx in view.ineffective().policies(cx.view.namespace()).iter().copied().filter_map(of) {
        for finding in checks.selecting_nobody.iter().filter_map(|check| check(&cx)) {
            segment.add(finding);
        }
    }
}

/// Policies of other systems that may touch one of the pods, each once.
fn touching<'a, 's>(cluster: &'a Cluster<'s>, targets: &[Target<'s>]) -> Vec<&'a ThirdParty<'s>> {
    let view = cluster.policies();
    if view.third_party.is_empty() {
        return Vec::new();
    }
    let mut found = BTreeMap::new();
    for pod in targets.iter().filter_map(|target| target.end.pod()) {
        for third_party in view.touching(pod, Direction::Ingress) {
            found.entry(third_party.object.clone()).or_insert(third_party);
        }
    }
    found.into_values().collect()
}

/// What says by which way connections of one of the pods leave the cluster, each once.
fn ways_out<'a, 's>(cluster: &'a Cluster<'s>, targets: &[Target<'s>]) -> Vec<&'a ThirdParty<'s>> {
    let pods = targets.iter().filter_map(|target| target.end.pod());
    let all = pods.flat_map(|pod| cluster.policies().third_party.ways_out(pod));
    let found: BTreeMap<_, _> = all.map(|way| (way.object.clone(), way)).collect();
    found.into_values().collect()
}

/// What shows the state: how many pods admit whom, and by which policies.
fn evidence(cx: &Context<'_, '_>) -> String {
    let (closed, some, unclear) = (cx.closed(), cx.open_to_some(), cx.unclear());
    let policies = cx.policies();
    let all = cx.all();
    let view = cx.cluster.policies();
    let assumed = if view.leaves_cluster_open(cx.view.namespace()) {
        "; a policy that is only in the cluster may still decide"
    } else {
        ""
    };
    let from = if cx.view.declared_only { "declared; " } else { "" };
    if closed + some + unclear > 0 {
        let open = all - closed - some - unclear;
        let parts: Vec<(usize, &str)> =
            [(open, "open to anyone"), (some, "open to some"), (closed, "closed"), (unclear, "undecided")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .collect();
        let by = words::list(&words::names(&policies));
        let by = if by.is_empty() { by } else { format!(" (by {by})") };
        let pods = match parts.as_slice() {
            [(1, word)] => format!("its one pod is {word}"),
            [(_, word)] => format!("its {all} pods are {word}"),
            several => {
                let parts: Vec<String> = several.iter().map(|(count, word)| format!("{count} {word}")).collect();
                format!("of its {all} pods: {}", parts.join(", "))
            }
        };
        format!("{from}{pods}{by}{assumed}")
    } else if !policies.is_empty() {
        let by = words::admitting(cx.cluster, cx.sides.iter().flat_map(|side| &side.reasons));
        let by = if by.is_empty() { String::new() } else { format!(": {}", words::list(&by)) };
        format!("{from}network policies admit anyone on {}{by}{assumed}", cx.port_words())
    } else {
        if cx.unread_pods.is_some() {
            return format!("{from}no network policy was seen to select the pods, which were not all read{assumed}");
        }
        let read = if cx.cluster.policies().unread(cx.view.namespace()).is_empty() { "" } else { " that was read" };
        format!("{from}no network policy{read} restricts who may connect{assumed}")
    }
}
