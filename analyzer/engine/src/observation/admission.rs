//! Does a failure of this caller say anything about the real ones? A pod that network policy may refuse, where
//! it lets others in, is no proof against the target
//! (`docs/semantics/measurement.md#a-caller-whom-policy-may-refuse-condemns-nothing`).

use std::collections::BTreeMap;

use kubereach_prober::observations::Vantage;
use kubereach_prober::words::{Segment, VantageKind};
use kubereach_reports::report::{PathState, SegmentName};

use super::Sighting;
use crate::evaluate::Cluster;
use crate::evaluate::policy::{Behind, behind_port};
use crate::policy::cni::Enforcement;
use crate::policy::{Answer, Connection, Direction, End, PodEnd, Protocol};
use kubereach_model::evidence::Path;
use kubereach_model::snapshot::model::PodSpec;

/// Why a failure of this caller may be its own, if so.
pub(super) fn other_identity(
    cluster: &Cluster<'_>,
    path: &Path,
    vantage: &Vantage,
    sighting: &Sighting,
) -> Option<String> {
    // Where the configuration turns everyone away, this caller is no exception.
    if vantage.kind != VantageKind::InCluster || path.state() == PathState::Blocked {
        return None;
    }
    let view = cluster.policies();
    if matches!(view.plugins.enforcement, Enforcement::NotEnforced { .. }) {
        return None;
    }
    let at_backend = sighting.span.to >= Segment::Port && sighting.span.from >= Segment::Service;
    let Some(namespace) = vantage.namespace.as_deref() else {
        let none = view.policies.is_empty() && view.third_party.is_empty() && path_is_unrestricted(path);
        return (!none).then(|| {
            "the namespace of the measuring pod is not known, so neither is what policies say to it".to_owned()
        });
    };
    if !view.unread(namespace).is_empty() {
        return Some(format!("network policies of namespace {namespace}, where it was measured from, were not read"));
    }
    if vantage.labels.is_empty()
        && !view.policies.is_empty()
        && (!path_is_unrestricted(path) || egress_policies(cluster, namespace))
    {
        return Some("the labels of the measuring pod are not known, so neither is what policies say to it".to_owned());
    }
    decide(cluster, path, vantage, namespace, sighting, at_backend)
}

fn decide(
    cluster: &Cluster<'_>,
    path: &Path,
    vantage: &Vantage,
    namespace: &str,
    sighting: &Sighting,
    at_backend: bool,
) -> Option<String> {
    let view = cluster.policies();
    let spec = PodSpec::default();
    let labels: &BTreeMap<String, String> = &vantage.labels;
    let caller = PodEnd {
        kind: "Pod",
        name: vantage.pod.as_deref().unwrap_or_default(),
        namespace,
        namespace_labels: view.ends.namespace_labels(namespace),
        namespace_annotations: view.ends.namespace_annotations(namespace),
        labels,
        annotations: None,
        spec: &spec,
        addresses: Vec::new(),
        node: vantage.node.as_deref(),
        node_labels: None,
        host_network: vantage.host_network == Some(true),
        is_template: false,
        on_virtual_node: false,
    };
    if view.touching(&caller, Direction::Egress).next().is_some() {
        return Some("policies of another system may refuse the measuring pod".to_owned());
    }
    let from = End::Pod(caller);
    let targets = if at_backend { backend(cluster, path) } else { Vec::new() };
    if targets.is_empty() {
        // Through an entry: what may refuse this caller is what it may send.
        let to = sighting.peer.map_or(End::Outside, |peer| view.ends.at(peer.ip()));
        let connection = Connection {
            from: &from,
            to: &to,
            protocol: Protocol::Tcp,
            port: sighting.peer.map(|p| p.port()),
            request: None,
        };
        let answer = view.decide(&connection).egress;
        return refusal(answer, "may send");
    }
    let answers = targets.iter().map(|(to, port, protocol)| {
        view.decide(&Connection { from: &from, to, protocol: *protocol, port: *port, request: None }).answer
    });
    // One pod that refuses it explains a failure.
    let worst = answers.fold(Answer::Allowed, |worst, answer| match (worst, answer) {
        (Answer::Denied, _) | (_, Answer::Denied) => Answer::Denied,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        _ => Answer::Allowed,
    });
    refusal(worst, "is let in")
}

fn refusal(answer: Answer, what: &str) -> Option<String> {
    match answer {
        Answer::Allowed => None,
        Answer::Denied => Some("network policies refuse the measuring pod by its labels and namespace".to_owned()),
        Answer::Unknown => Some(format!("whether the measuring pod {what} by network policies cannot be decided")),
    }
}

/// The policy segment is open, and nothing on it turns some callers away.
fn path_is_unrestricted(path: &Path) -> bool {
    const HARMLESS: [&str; 6] = [
        "policy/not-enforced",
        "policy/dns-egress-closed",
        "policy/dns-egress-udp-only",
        "policy/egress-closed",
        "policy/inactive-rules",
        "policy/port-no-pod-has",
    ];
    path.segment(SegmentName::Policy).is_none_or(|segment| {
        segment.is_counted()
            && segment.assumptions().is_empty()
            && segment.findings().iter().all(|finding| HARMLESS.contains(&finding.code()))
    })
}

fn egress_policies(cluster: &Cluster<'_>, namespace: &str) -> bool {
    cluster.policies().policies.all().iter().any(|policy| {
        policy.rule_count(Direction::Egress).is_some()
            && policy.object.namespace.as_deref().is_none_or(|of| of == namespace)
    })
}

/// The pods behind the path's port, as ends of connections.
fn backend<'s>(cluster: &Cluster<'s>, path: &Path) -> Vec<Behind<'s>> {
    path.key.backend.as_ref().map(|backend| behind_port(cluster, backend)).unwrap_or_default()
}
