//! The snapshot with the indexes that resolution needs: built once, linear in the snapshot.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::OnceLock;

use jiff::Timestamp;
use rayon::prelude::*;

use super::metallb::MetalLb;
use super::plumbing::Agents;
use super::proxy_pods::ProxyPods;
use super::service::ServiceView;
use kubereach_model::snapshot::model::{EndpointSlice, Event, Namespace, Node, Pod, Service, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, Index, ManifestsOnly, Siblings, Snapshot};

/// Values by two names. Nested rather than keyed by a pair, so that any `&str` can ask.
type Nested<'s, V> = Index<&'s str, Index<&'s str, V>>;

/// The snapshot and its indexes.
#[derive(Debug)]
pub struct ClusterIndex<'s> {
    /// What was read.
    pub snapshot: &'s Snapshot,
    pods: Pods<'s>,
    proxy_pods: ProxyPods<'s>,
    /// Namespaces that are being deleted.
    leaving: Index<&'s str, Found<'s, Namespace>>,
    node_addresses: OnceLock<Vec<IpAddr>>,
    metallb: OnceLock<MetalLb>,
    agents: OnceLock<Agents>,
    slices_by_service: Nested<'s, Vec<Found<'s, EndpointSlice>>>,
    events_by_object: Index<&'s str, Nested<'s, Vec<Found<'s, Event>>>>,
    templates: Templates<'s>,
    nodes_down: Index<&'s str, Found<'s, Node>>,
    views: Vec<ServiceView<'s>>,
    manifests: Option<ManifestsOnly>,
}

/// The pods, to be found by what Services ask for.
#[derive(Debug)]
struct Pods<'s> {
    /// Keys of labels that the selector of some Service or the search for a Gateway's pods names: others are not
    /// looked for often.
    keys: HashSet<&'s str>,
    by_label: Index<(&'s str, &'s str, &'s str), Vec<Siblings<'s>>>,
}

impl<'s> Pods<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let selectors = snapshot.services.iter().map(|service| &service.get().value.spec.selector);
        let of_services = selectors.flat_map(|selector| selector.keys()).map(String::as_str);
        let of_gateways = super::proxy_pods::labels_of_gateways().map(|key| -> &'s str { key });
        let keys: HashSet<&str> = of_services.chain(of_gateways).collect();
        let mut this = Self { keys, by_label: Index::default() };
        for siblings in snapshot.pods.siblings() {
            let Some(pod) = siblings.first() else { continue };
            let meta = &pod.get().metadata;
            for (key, value) in meta.labels.iter().filter(|(key, _)| this.keys.contains(key.as_str())) {
                this.by_label.entry((&meta.namespace, key, value)).or_default().push(siblings);
            }
        }
        this
    }
}

/// Workloads that have a pod template.
#[derive(Debug, Default)]
struct Templates<'s> {
    by_namespace: Index<&'s str, Vec<Found<'s, Workload>>>,
    by_label: Index<(&'s str, &'s str, &'s str), Vec<Found<'s, Workload>>>,
}

impl<'s> Templates<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let mut this = Self::default();
        for workload in snapshot.workloads.iter() {
            let stored = workload.get();
            if let Some(template) = stored.value.template() {
                let namespace = stored.value.metadata.namespace.as_str();
                this.by_namespace.entry(namespace).or_default().push(workload);
                for (key, value) in &template.metadata.labels {
                    this.by_label.entry((namespace, key, value)).or_default().push(workload);
                }
            }
        }
        this
    }
}

fn slices_by_service(snapshot: &Snapshot) -> Nested<'_, Vec<Found<'_, EndpointSlice>>> {
    let mut found: Nested<'_, Vec<_>> = Index::default();
    for slice in snapshot.slices.iter() {
        let meta = &slice.get().metadata;
        if let Some(service) = meta.label("kubernetes.io/service-name") {
            found.entry(&meta.namespace).or_default().entry(service).or_default().push(slice);
        }
    }
    found
}

impl<'s> ClusterIndex<'s> {
    /// Builds the indexes.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        snapshot.pods.prepare();
        let of_pods = || rayon::join(|| Pods::of(snapshot), || ProxyPods::of(snapshot));
        let of_others = || rayon::join(|| slices_by_service(snapshot), || Templates::of(snapshot));
        let ((pods, proxy_pods), (slices_by_service, templates)) = rayon::join(of_pods, of_others);
        let mut events_by_object: Index<&str, Nested<'s, Vec<_>>> = Index::default();
        for event in snapshot.events.iter() {
            let about = &event.get().involved_object;
            let of_kind = events_by_object.entry(&about.kind).or_default();
            of_kind.entry(&about.namespace).or_default().entry(&about.name).or_default().push(event);
        }
        let leaving = snapshot.namespaces.iter().filter(|namespace| namespace.is_leaving());
        let down = snapshot.nodes.iter().filter(|node| node.is_ready() == Some(false));
        let mut cluster = Self {
            nodes_down: down.map(|node| (node.get().metadata.name.as_str(), node)).collect(),
            leaving: leaving.map(|namespace| (namespace.get().metadata.name.as_str(), namespace)).collect(),
            node_addresses: OnceLock::new(),
            metallb: OnceLock::new(),
            agents: OnceLock::new(),
            snapshot,
            pods,
            proxy_pods,
            slices_by_service,
            events_by_object,
            templates,
            views: Vec::new(),
            manifests: snapshot.manifests_only(),
        };
        let services: Vec<_> = snapshot.services.iter().collect();
        cluster.views =
            services.par_iter().enumerate().map(|(at, service)| ServiceView::build(&cluster, at, *service)).collect();
        cluster
    }

    /// Nothing but manifests was read: workload templates stand in for pods
    /// (`docs/semantics/honesty.md#what-manifests-leave-out-is-open-by-design`).
    pub const fn is_manifests(&self) -> bool {
        self.manifests.is_some()
    }

    /// The same, as something to show.
    pub const fn manifests_only(&self) -> Option<ManifestsOnly> {
        self.manifests
    }

    /// Would a change give this Service other addresses than were read?
    pub fn is_simulated(&self, service: &Service) -> bool {
        self.simulated(service).is_some()
    }

    /// How a Service to which a change gives other addresses stood before it.
    pub fn simulated(&self, service: &Service) -> Option<&'s str> {
        self.snapshot.simulation.of_service(&service.metadata.namespace, &service.metadata.name)
    }

    /// Does this pod stand for the one that a change puts in its place?
    pub fn is_replaced(&self, pod: &Pod) -> bool {
        self.snapshot.simulation.is_replaced(&pod.metadata.namespace, &pod.metadata.name)
    }

    /// Pods of a namespace that a non-empty equality selector selects, in order of name. Walks only the
    /// pods of the rarest label.
    pub fn pods_selected(&self, namespace: &str, selector: &BTreeMap<String, String>) -> Vec<Found<'s, Pod>> {
        if selector.is_empty() {
            return Vec::new();
        }
        let selects = |labels: &BTreeMap<String, String>| kubereach_model::snapshot::matches_pairs(selector, labels);
        let indexed = selector.iter().filter(|(key, _)| self.pods.keys.contains(key.as_str()));
        let lists = indexed.map(|(key, value)| {
            let list = self.pods.by_label.get(&(namespace, key.as_str(), value.as_str()));
            list.map(Vec::as_slice).unwrap_or_default()
        });
        let Some(rarest) = lists.min_by_key(|list| list.len()) else {
            let all = self.snapshot.pods.in_namespace(namespace);
            return all.filter(|pod| selects(&pod.metadata.labels)).collect();
        };
        let selected = rarest.iter().filter(|s| s.first().is_some_and(|pod| selects(&pod.metadata.labels)));
        selected.flat_map(|siblings| siblings.pods()).collect()
    }

    /// Slices that belong to a Service, by their label, whoever manages them.
    pub fn slices_of(&self, service: &Service) -> &[Found<'s, EndpointSlice>] {
        self.slices_by_service
            .get(service.metadata.namespace.as_str())
            .and_then(|of_namespace| of_namespace.get(service.metadata.name.as_str()))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Warning events about an object.
    pub fn events_about(&self, kind: &str, namespace: &str, name: &str) -> &[Found<'s, Event>] {
        let about = self.events_by_object.get(kind).and_then(|k| k.get(namespace)).and_then(|n| n.get(name));
        about.map(Vec::as_slice).unwrap_or_default()
    }

    /// Pods that carry the traffic of Ingresses and Gateways.
    pub const fn proxy_pods(&self) -> &ProxyPods<'s> {
        &self.proxy_pods
    }

    /// The namespace of this name, if it is being deleted.
    pub fn leaving(&self, name: &str) -> Option<Found<'s, Namespace>> {
        self.leaving.get(name).copied()
    }

    /// The internal addresses of every node that was read, in order; gathered when they are first asked for.
    pub fn node_addresses(&self) -> &[IpAddr] {
        self.node_addresses.get_or_init(|| node_addresses(self.snapshot))
    }

    /// What there is of MetalLB; looked for when it is first asked about.
    pub(super) fn metallb(&self) -> &MetalLb {
        self.metallb.get_or_init(|| MetalLb::of(self.snapshot))
    }

    /// The agents that keep the network of every node; looked for when they are first asked about.
    pub fn agents(&self) -> &Agents {
        self.agents.get_or_init(|| Agents::of(self.snapshot))
    }

    /// A node of this name that says that it is not ready.
    pub fn node_down(&self, name: &str) -> Option<Found<'s, Node>> {
        self.nodes_down.get(name).copied()
    }

    /// Workloads of a namespace that have a pod template.
    pub fn templates_in(&self, namespace: &str) -> &[Found<'s, Workload>] {
        self.templates.by_namespace.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// Workloads of a namespace whose pod template a non-empty equality selector selects.
    pub fn templates_selected(&self, namespace: &str, selector: &BTreeMap<String, String>) -> Vec<Found<'s, Workload>> {
        let declared = || selector.iter().filter(|(key, _)| !set_by_controller(key));
        let candidates: Option<Vec<&Vec<_>>> = declared()
            .map(|(key, value)| self.templates.by_label.get(&(namespace, key.as_str(), value.as_str())))
            .collect();
        let rarest = match candidates.map(|lists| lists.into_iter().min_by_key(|list| list.len())) {
            Some(Some(rarest)) => rarest.as_slice(),
            // Only labels that controllers set: any workload of the namespace may be meant.
            Some(None) => self.templates_in(namespace),
            None => &[],
        };
        let selects = |w: &Found<'s, Workload>| {
            let labels = w.template().map(|t| &t.metadata.labels);
            labels.is_some_and(|labels| {
                selector.iter().all(|(key, value)| labels.get(key) == Some(value) || controller_sets(w, key, value))
            })
        };
        rarest.iter().copied().filter(selects).collect()
    }

    /// Every Service with what is behind it, in the snapshot's order.
    pub fn service_views(&self) -> &[ServiceView<'s>] {
        &self.views
    }

    /// A Service with what is behind it. `None` for a Service of another snapshot.
    pub fn service_view(&self, namespace: &str, name: &str) -> Option<&ServiceView<'s>> {
        self.views.get(self.snapshot.services.position(namespace, name)?)
    }

    /// Seconds between a time and the snapshot, if both are known. Negative differences (clock skew)
    /// read as zero.
    pub fn age_seconds(&self, since: Option<Timestamp>) -> Option<i64> {
        Some((self.snapshot.taken_at?.as_second() - since?.as_second()).max(0))
    }
}

fn node_addresses(snapshot: &Snapshot) -> Vec<IpAddr> {
    let status = snapshot.nodes.iter().filter_map(|node| node.get().value.status.as_ref());
    let internal = status.flat_map(|status| status.addresses.iter().filter(|address| address.kind == "InternalIP"));
    internal.filter_map(|address| address.address.known()?.parse().ok()).collect()
}

/// Labels that a workload's controller adds to its pods beyond the template's.
fn set_by_controller(key: &str) -> bool {
    matches!(
        key,
        "statefulset.kubernetes.io/pod-name"
            | "apps.kubernetes.io/pod-index"
            | "batch.kubernetes.io/job-name"
            | "job-name"
            | "deploymentconfig"
            | "deployment"
            | "kubevirt.io"
            | "vm.kubevirt.io/name"
    )
}

/// Would this workload's controller set this label to this value on one of its pods? (apps/v1 StatefulSet
/// "Pod name label" and "Pod index label", batch/v1 Job; openshift/library-go `appsutil.MakeDeployment`; kubevirt
/// `pkg/virt-controller/services/template.go` `podLabels`.)
fn controller_sets(workload: &Workload, key: &str, value: &str) -> bool {
    let ordinal = match (key, workload.kind) {
        ("statefulset.kubernetes.io/pod-name", WorkloadKind::StatefulSet | WorkloadKind::AdvancedStatefulSet) => {
            value.strip_prefix(workload.metadata.name.as_str()).and_then(|rest| rest.strip_prefix('-'))
        }
        ("apps.kubernetes.io/pod-index", WorkloadKind::StatefulSet) => Some(value),
        ("batch.kubernetes.io/job-name" | "job-name", WorkloadKind::Job)
        | ("deploymentconfig", WorkloadKind::DeploymentConfig)
        | ("vm.kubevirt.io/name", WorkloadKind::VirtualMachine | WorkloadKind::VirtualMachineInstance) => {
            return value == workload.metadata.name;
        }
        ("kubevirt.io", WorkloadKind::VirtualMachine | WorkloadKind::VirtualMachineInstance) => {
            return value == "virt-launcher";
        }
        // The pods of a roll-out carry its name, which ends in its number.
        ("deployment", WorkloadKind::DeploymentConfig) => {
            let number = value.strip_prefix(workload.metadata.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
            let newest = workload.status.as_ref().and_then(|s| s.latest_version.known().copied());
            return number.and_then(|n| n.parse::<i64>().ok()).is_some_and(|n| newest.is_none_or(|newest| n == newest));
        }
        _ => None,
    };
    // A set at zero still is the one the selector means; it is judged as scaled to zero.
    ordinal
        .and_then(|ordinal| ordinal.parse::<i64>().ok())
        .is_some_and(|ordinal| workload.desired().is_none_or(|replicas| ordinal < replicas.max(1)))
}
