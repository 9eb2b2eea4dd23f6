//! From a Service to the addresses behind it: which pods it selects, which of three sources tells what
//! answers, and which workloads stand behind. Three-valued; nothing is judged and nothing worded here.

mod alias;
pub(crate) mod closest_match;
mod endpoint;
mod family;
mod port;
mod resolve;
mod selected;
mod workloads;

pub use alias::{Alias, alias_of};
pub use endpoint::{Doubt, Endpoint, Group, GroupPort, Source};
pub use family::Family;
pub use port::{Counts, PortView};
pub use selected::{Addressed, Selected, addressed};
pub use workloads::{Workloads, Zero, refusal};

use super::ClusterIndex;
use kubereach_model::snapshot::model::{EndpointSlice, Resource as _, Service};
use kubereach_model::snapshot::{Found, Gap};

/// What tells which addresses answer, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// EndpointSlices, which kube-proxy reads. The gap says why further slices may exist.
    Slices(Option<Gap>),
    /// The Endpoints object, because slices were not collected.
    EndpointsObject {
        /// The control plane cut it off at its limit of 1000 addresses.
        truncated: bool,
    },
    /// The selected pods, because neither was collected. The gap says why further pods may exist.
    Pods(Option<Gap>),
    /// A change: worked out from the pods and templates it leaves. The gap says why further pods may exist.
    Simulated(Option<Gap>),
    /// Manifests: templates and pods that were declared and never ran.
    Templates,
    /// Nothing that could tell was read.
    Nothing(Gap),
}

/// A Service with everything that resolution found behind it.
#[derive(Debug)]
pub struct ServiceView<'s> {
    /// The Service.
    pub service: Found<'s, Service>,
    /// Its place in the order of the snapshot's Services.
    pub position: usize,
    /// No API server has seen it, nor anything live behind it: readiness cannot be known.
    pub declared_only: bool,
    /// The pods its selector selects.
    pub selected: Selected<'s>,
    /// What stands behind those pods.
    pub workloads: Workloads<'s>,
    /// Which source speaks.
    pub truth: Truth,
    /// Slices, subsets, or pods with the same ports.
    pub groups: Vec<Group<'s>>,
    /// Every address of the source, in the order of its groups.
    pub endpoints: Vec<Endpoint<'s>>,
    /// The Service's address families, where they are known.
    pub families: Vec<Family>,
}

impl<'s> ServiceView<'s> {
    /// Resolves a Service; costs as much as what is behind it.
    pub fn build(cluster: &ClusterIndex<'s>, position: usize, service: Found<'s, Service>) -> Self {
        let families = family::of_service(&service);
        if service.is_external_name() {
            // Selector and ports of an alias mean nothing (API reference: Service type ExternalName).
            return Self {
                service,
                position,
                declared_only: service.is_manifest(),
                selected: Selected::default(),
                workloads: Workloads::default(),
                truth: Truth::Nothing(Gap::by_design("an ExternalName Service has no endpoints", "")),
                groups: Vec::new(),
                endpoints: Vec::new(),
                families,
            };
        }
        let selected = Selected::of(cluster, &service);
        let workloads = Workloads::of(cluster, &service, &selected);
        let live_slices = cluster.slices_of(service.get()).iter().any(|slice| !slice.is_manifest());
        let live_pods = selected.all().any(|pod| !pod.is_manifest());
        let declared_only = service.is_manifest() && !live_slices && !live_pods && !cluster.is_simulated(&service);
        let (truth, groups, endpoints) = resolve::resolve(cluster, service, declared_only, &selected, &workloads);
        Self { service, position, declared_only, selected, workloads, truth, groups, endpoints, families }
    }

    /// Its namespace.
    pub fn namespace(&self) -> &'s str {
        &self.service.get().value.metadata.namespace
    }

    /// Its name.
    pub fn name(&self) -> &'s str {
        &self.service.get().value.metadata.name
    }

    /// Do slices count, and may others exist that were not read?
    pub fn slices_gap(&self, cluster: &ClusterIndex<'_>) -> Option<Gap> {
        match &self.truth {
            Truth::Slices(gap) => gap.clone(),
            _ => resolve::slices_gap(cluster, self.namespace()),
        }
    }

    /// Were all slices of its namespace read?
    pub fn slices_complete(&self, cluster: &ClusterIndex<'_>) -> bool {
        self.slices_gap(cluster).is_none()
    }

    /// The slices of this Service that kube-proxy considers.
    pub fn slices<'w>(&self, cluster: &'w ClusterIndex<'s>) -> impl Iterator<Item = Found<'s, EndpointSlice>> + 'w {
        resolve::usable_slices(cluster, self.service.get())
    }

    /// Does any of its addresses stand for a pod that is yet to come (manifests, or after a change)?
    pub fn is_declared(&self, cluster: &ClusterIndex<'_>) -> bool {
        let yet_to_come = |e: &Endpoint<'_>| e.template.is_some() || e.pod.is_some_and(|pod| cluster.is_replaced(&pod));
        match self.truth {
            Truth::Templates => true,
            Truth::Simulated(_) => self.endpoints.iter().any(yet_to_come),
            _ => false,
        }
    }

    /// Who redirects the traffic of the Service itself, so that the addresses behind it are placeholders that nobody
    /// dials: Cilium does, with the Services of the Gateways and Ingresses that it serves.
    ///
    /// Source: cilium/cilium `operator/pkg/model/translation/gateway-api/translator.go`,
    /// `operator/pkg/model/translation/ingress/dedicated_ingress.go` (`getEndpoints`).
    pub fn redirected_by(&self) -> Option<&'static str> {
        const PLACEHOLDER: &str = "192.192.192.192";
        const LABELS: [&str; 3] = ["io.cilium.gateway/owning-gateway", "cilium.io/ingress", "cilium.io/shared-ingress"];
        const NAMES: [&str; 2] = ["cilium-gateway-", "cilium-ingress"];
        let service = self.service.get();
        let all_placeholders =
            !self.endpoints.is_empty() && self.endpoints.iter().all(|e| e.address == Some(PLACEHOLDER));
        let marked = || {
            LABELS.iter().any(|key| service.metadata.label(key).is_some())
                || NAMES.iter().any(|start| service.metadata.name.starts_with(start))
        };
        (all_placeholders && service.is_selectorless() && marked()).then_some("Cilium")
    }

    /// `Service shop/web`, for prose.
    pub fn title(&self) -> String {
        let object = self.service.object_ref();
        format!("Service {}/{}", object.namespace.unwrap_or_default(), object.name)
    }
}
