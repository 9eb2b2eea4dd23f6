//! One address behind a Service, and the group (slice, subset) it came in.

use super::Family;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{EndpointSlice, Endpoints, Pod, PodSpec, TargetRef, Workload};

/// Where a group of addresses comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'s> {
    /// An EndpointSlice.
    Slice(Found<'s, EndpointSlice>),
    /// A subset of the Endpoints object.
    Object(Found<'s, Endpoints>),
    /// Worked out from pods or templates, as the endpoint controller would.
    Worked,
}

/// A port of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupPort<'s> {
    /// Equals the Service port's name.
    pub name: &'s str,
    /// `TCP`, `UDP`, `SCTP`.
    pub protocol: &'s str,
    /// `None`: masked, or left open.
    pub number: Option<u16>,
    /// Does its source give it a number at all (read or masked)? kube-proxy and proxies ignore one that has none.
    pub numbered: bool,
}

/// Addresses that share their ports.
#[derive(Debug)]
pub struct Group<'s> {
    /// Where it comes from.
    pub source: Source<'s>,
    /// Its ports.
    pub ports: Vec<GroupPort<'s>>,
    /// Kept by the control plane from the Service's selector (rather than by hand or another controller).
    pub managed: bool,
    /// Family of its addresses, where it is known.
    pub family: Option<Family>,
}

/// What makes an address doubtful: two objects that were read contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// It points to a pod that a complete list of pods does not hold (or holds in another life).
    StaleTarget,
    /// The pod has another address.
    OtherAddress,
    /// Pod and slice differ on readiness, or the pod is not selected any more.
    Readiness,
}

/// One address.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "three are the API's own conditions")]
pub struct Endpoint<'s> {
    /// The address kube-proxy uses: the first; `None` where a collector masked it or none exists yet.
    pub address: Option<&'s str>,
    /// Receives traffic.
    pub ready: bool,
    /// Answers, whether or not it terminates.
    pub serving: bool,
    /// Its pod is being deleted.
    pub terminating: bool,
    /// A collector masked the address.
    pub redacted: bool,
    /// The pod behind it, if it was read.
    pub pod: Option<Found<'s, Pod>>,
    /// The address is letter for letter one that the pod reports.
    pub is_own: bool,
    /// The template that stands in for pods (manifests).
    pub template: Option<Found<'s, Workload>>,
    /// What the source says it is.
    pub target: Option<&'s TargetRef>,
    /// The node it is on.
    pub node: Option<&'s str>,
    /// Index of its group.
    pub group: usize,
    /// Is it contradicted?
    pub doubt: Option<Doubt>,
}

impl<'s> Endpoint<'s> {
    /// The pod spec behind it: of the pod or of the template.
    pub fn spec(&self) -> Option<&'s PodSpec> {
        match (self.pod, self.template) {
            (Some(pod), _) => Some(&pod.get().value.spec),
            (None, Some(workload)) => workload.get().value.pod_spec(),
            (None, None) => None,
        }
    }

    /// Name it for prose: the pod, the template, or the address.
    pub fn name(&self) -> String {
        match (self.pod, self.template, self.target, self.address) {
            (Some(pod), ..) => format!("pod {}", pod.metadata.name),
            (None, Some(workload), ..) => workload.title(),
            (None, None, Some(target), _) if target.kind == "Pod" => format!("pod {}", target.name),
            (.., Some(address)) => format!("address {address}"),
            _ => "a masked address".to_owned(),
        }
    }
}
