//! What policies of Calico choose by: labels of pods with those of their parents, sets of addresses, host endpoints.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::decode::{self, items, labels, nets};
use super::selector::{Label, Selector};
use crate::policy::answer::{Missing, Protocol, Truth};
use crate::policy::ends::PodEnd;
use crate::policy::network::Block;
use crate::policy::selectors::NAMESPACE_NAME;
use kubereach_model::snapshot::model::{EndpointSlice, Resource as _};
use kubereach_model::snapshot::{GroupKind, Index, Snapshot};

/// Labels that Calico puts on endpoints. (`api/pkg/apis/projectcalico/v3/constants.go`)
pub(super) const NAMESPACE: &str = "projectcalico.org/namespace";
pub(super) const ACCOUNT: &str = "projectcalico.org/serviceaccount";
const ORCHESTRATOR: &str = "projectcalico.org/orchestrator";
/// The one on namespaces and service accounts: their name. (`libcalico-go/lib/backend/k8s/conversion/constants.go`)
const NAME: &str = "projectcalico.org/name";
/// Before the keys of labels that pods have from their namespace and from their service account.
pub(super) const OF_NAMESPACE: &str = "pcns.";
pub(super) const OF_ACCOUNT: &str = "pcsa.";

/// Longer names of service accounts are no label. (`conversion/workload_endpoint_default.go`)
const LONGEST_ACCOUNT: usize = 62;

static ACCOUNTS: GroupKind = GroupKind::known("", "ServiceAccount");

/// A `NetworkSet` or `GlobalNetworkSet`.
#[derive(Debug)]
pub(super) struct Set<'s> {
    namespace: Option<&'s str>,
    labels: BTreeMap<String, String>,
    pub(super) nets: Vec<Block>,
}

/// A `HostEndpoint`.
#[derive(Debug)]
pub(super) struct Host<'s> {
    pub(super) name: &'s str,
    pub(super) node: &'s str,
    labels: BTreeMap<String, String>,
    /// Its profile lets everything through that no policy decides about.
    pub(super) is_open: bool,
}

/// Endpoints of a Service that a rule names.
#[derive(Debug)]
pub(super) struct Endpoints<'s> {
    pub(super) service: &'s str,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) ports: Vec<(IpAddr, Protocol, u16)>,
    pub(super) is_complete: bool,
}

/// A selector of a rule, and what it selects beside pods: that is the same for every connection.
#[derive(Debug)]
pub(super) struct Chosen<'s> {
    pub(super) selector: Selector,
    sets: Vec<(Truth<'s>, usize)>,
    /// Sets that it may select were not read.
    pub(super) lacks_sets: bool,
}

impl<'s> Chosen<'s> {
    /// The sets that it selects, as far as can be told.
    pub(super) fn sets<'w>(&'w self, world: &'w World<'s>) -> impl Iterator<Item = (Truth<'s>, &'w Set<'s>)> {
        self.sets.iter().filter_map(|(truth, index)| Some((*truth, world.sets.get(*index)?)))
    }
}

/// All of it.
#[derive(Debug)]
pub(super) struct World<'s> {
    snapshot: &'s Snapshot,
    namespaces: Index<&'s str, &'s BTreeMap<String, String>>,
    accounts: Index<(&'s str, &'s str), &'s BTreeMap<String, String>>,
    sets: Vec<Set<'s>>,
    pub(super) hosts: Vec<Host<'s>>,
}

/// The service account of a pod: the one named `default` where it names none.
fn account<'s>(pod: &PodEnd<'s>) -> &'s str {
    pod.spec.service_account_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("default")
}

impl<'s> World<'s> {
    /// Looks around once.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let namespaces = snapshot.namespaces.iter();
        let accounts = snapshot.unmodelled.of_kind(&ACCOUNTS);
        let mut sets = Vec::new();
        for kind in ["NetworkSet", "GlobalNetworkSet"] {
            sets.extend(decode::objects(snapshot, kind).into_iter().map(|found| {
                let stored = found.get();
                Set {
                    namespace: (kind == "NetworkSet").then_some(stored.metadata.namespace.as_str()),
                    labels: labels(&stored.value),
                    nets: nets(stored.value.spec.get("nets")),
                }
            }));
        }
        Self {
            snapshot,
            namespaces: namespaces.map(|ns| (ns.get().metadata.name.as_str(), &*ns.get().metadata.labels)).collect(),
            accounts: accounts
                .map(|account| &account.get().value.metadata)
                .map(|meta| ((meta.namespace.as_str(), meta.name.as_str()), &*meta.labels))
                .collect(),
            sets,
            hosts: hosts(snapshot),
        }
    }

    /// A label of a pod as Calico sees it: its own, those that Calico adds, and those of its namespace and its service
    /// account under their prefixes.
    pub(super) fn label_of_pod<'a>(&'a self, pod: &'a PodEnd<'s>, key: &str) -> Label<'a, 's> {
        match key {
            NAMESPACE => return Label::Is(pod.namespace),
            ORCHESTRATOR => return Label::Is("k8s"),
            ACCOUNT if account(pod).len() <= LONGEST_ACCOUNT => return Label::Is(account(pod)),
            _ => {}
        }
        if let Some(own) = pod.labels.get(key) {
            return Label::Is(own);
        }
        if let Some(key) = key.strip_prefix(OF_NAMESPACE) {
            return of_namespace(pod.namespace, pod.namespace_labels, key);
        }
        let Some(key) = key.strip_prefix(OF_ACCOUNT) else { return Label::None };
        let name = account(pod);
        if key == NAME {
            return Label::Is(name);
        }
        match self.accounts.get(&(pod.namespace, name)) {
            Some(labels) => labels.get(key).into(),
            None if self.snapshot.is_complete(&ACCOUNTS, Some(pod.namespace)).is_ok() => Label::None,
            None => Label::Unknown(Missing::AccountLabels(name)),
        }
    }

    /// A label of a set: its own, and those of its namespace.
    fn label_of_set<'a>(&'a self, set: &'a Set<'s>, key: &str) -> Label<'a, 's> {
        let Some(namespace) = set.namespace else { return set.labels.get(key).into() };
        if key == NAMESPACE {
            return Label::Is(namespace);
        }
        if let Some(own) = set.labels.get(key) {
            return Label::Is(own);
        }
        match key.strip_prefix(OF_NAMESPACE) {
            Some(key) => of_namespace(namespace, self.namespaces.get(namespace).copied(), key),
            None => Label::None,
        }
    }

    /// Does the selector select the pod itself?
    pub(super) fn selects_pod(&self, selector: &Selector, pod: &PodEnd<'s>) -> Truth<'s> {
        selector.matches(&|key| self.label_of_pod(pod, key))
    }

    /// Whom the selector selects, where it selects only within `namespace`, or anywhere.
    pub(super) fn chosen(&self, selector: Selector, namespace: Option<&str>) -> Chosen<'s> {
        let selects = |set: &Set<'s>| selector.matches(&|key| self.label_of_set(set, key));
        let all = (0..).zip(&self.sets).map(|(index, set)| (selects(set), index));
        let sets = all.filter(|(truth, _)| *truth != Truth::No).collect();
        let lacks_sets = self.lacks_sets(namespace);
        Chosen { selector, sets, lacks_sets }
    }

    /// Does the selector select the host endpoint?
    pub(super) fn selects_host(selector: &Selector, host: &Host<'s>) -> Truth<'s> {
        selector.matches(&|key| host.labels.get(key).into())
    }

    /// May there be sets that were not read, in a namespace or anywhere?
    fn lacks_sets(&self, namespace: Option<&str>) -> bool {
        let all = |kind, namespace| decode::is_complete(self.snapshot, kind, namespace);
        !all("NetworkSet", namespace) || (namespace.is_none() && !all("GlobalNetworkSet", None))
    }

    /// The endpoints of a Service, ready or not. (`felix/serviceindex`)
    pub(super) fn endpoints(&self, namespace: &str, service: &'s str) -> Endpoints<'s> {
        let (mut addresses, mut ports) = (Vec::new(), Vec::new());
        for slice in self.snapshot.slices.in_namespace(namespace) {
            if slice.metadata.label("kubernetes.io/service-name") != Some(service) {
                continue;
            }
            let known = slice.endpoints.iter().flat_map(|endpoint| endpoint.addresses.iter());
            for address in known.filter_map(|address| address.known()?.parse::<IpAddr>().ok()) {
                addresses.push(address);
                for port in &slice.ports {
                    let protocol = Protocol::of(if port.protocol.is_empty() { "TCP" } else { &port.protocol });
                    ports.extend(protocol.zip(port.port.known()).map(|(protocol, port)| (address, protocol, *port)));
                }
            }
        }
        let is_complete = self.snapshot.is_complete(EndpointSlice::KIND, Some(namespace)).is_ok();
        Endpoints { service, addresses, ports, is_complete }
    }
}

/// A label of a namespace.
fn of_namespace<'a, 's>(namespace: &'s str, labels: Option<&'a BTreeMap<String, String>>, key: &str) -> Label<'a, 's>
where
    's: 'a,
{
    if key == NAME || key == NAMESPACE_NAME {
        return Label::Is(namespace);
    }
    labels.map_or(Label::Unknown(Missing::NamespaceLabels(namespace)), |labels| labels.get(key).into())
}

fn hosts(snapshot: &Snapshot) -> Vec<Host<'_>> {
    decode::objects(snapshot, "HostEndpoint")
        .into_iter()
        .map(|found| {
            let stored = found.get();
            let spec = &stored.value.spec;
            let profiles = items(spec.get("profiles"));
            Host {
                name: &stored.metadata.name,
                node: spec.get("node").and_then(serde_json::Value::as_str).unwrap_or_default(),
                labels: labels(&stored.value),
                is_open: profiles.iter().any(|profile| profile.as_str() == Some("projectcalico-default-allow")),
            }
        })
        .collect()
}
