//! Istio's Gateways and VirtualServices: who serves them, and what they lead to.

pub mod hosts;
pub mod objects;
pub mod validation;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{Gateway, Pod, Resource as _, Secret, Service, Unmodelled, Workload};
use kubereach_model::snapshot::{Absence, Found, Gap, GroupKind, Lookup, matches_pairs};

use validation::Wrong;

use objects::{Destination, EntrySpec, GROUP, GatewaySpec, RuleSpec, Subset, VirtualServiceSpec};

/// An object with its spec.
#[derive(Debug)]
pub struct Read<'s, T> {
    /// The object.
    pub found: Found<'s, Unmodelled>,
    /// Its spec; the error says why it cannot be read.
    pub spec: Result<T, String>,
    /// What Istio refuses of it.
    pub wrong: Vec<String>,
    /// What some versions of Istio refuse of it, or what would be refused and is stored all the same.
    pub doubtful: Vec<String>,
}

impl<'s, T> Read<'s, T> {
    /// Its namespace.
    pub fn namespace(&self) -> &'s str {
        self.found.get().value.metadata.namespace.as_str()
    }

    /// Its name.
    pub fn name(&self) -> &'s str {
        self.found.get().value.metadata.name.as_str()
    }
}

/// Everything that was read of Istio.
#[derive(Debug)]
pub struct Istio<'s> {
    /// Gateways.
    pub gateways: Vec<Read<'s, GatewaySpec>>,
    /// The pods of each of them.
    pub tiers: Vec<Tier<'s>>,
    /// VirtualServices.
    pub services: Vec<Read<'s, VirtualServiceSpec>>,
    rules: Vec<Read<'s, RuleSpec>>,
    entries: Vec<Read<'s, EntrySpec>>,
}

/// The pods that a Gateway selects.
#[derive(Debug, Default)]
pub struct Tier<'s> {
    /// Running ones.
    pub pods: Vec<Found<'s, Pod>>,
    /// Workloads that make such pods, where none is there.
    pub workloads: Vec<Found<'s, Workload>>,
    /// The Services in front of them.
    pub services: Vec<Found<'s, Service>>,
}

impl Tier<'_> {
    /// How many are ready.
    pub fn ready(&self) -> usize {
        self.pods.iter().filter(|pod| pod.is_ready() == Some(true)).count()
    }

    /// Do they listen on their nodes?
    pub fn may_listen_on_node(&self) -> bool {
        self.pods.iter().any(|pod| {
            pod.spec.is_host_network()
                || pod.spec.containers.iter().flat_map(|c| &c.ports).any(|p| !p.host_port.is_absent())
        })
    }

    /// The namespace of the pods.
    pub fn namespace(&self) -> Option<&str> {
        let pod = self.pods.first().map(|pod| pod.get().value.metadata.namespace.as_str());
        pod.or_else(|| self.workloads.first().map(|workload| workload.get().value.metadata.namespace.as_str()))
    }

    /// Does a Service lead to a port at which they listen?
    pub fn exposes(&self, number: u16) -> bool {
        let ports = self.services.iter().flat_map(|service| service.get().value.spec.ports.iter());
        ports.filter(|port| port.protocol != "UDP").any(|port| {
            let target = match &port.target_port {
                Some(kubereach_model::snapshot::model::lenient::PortRef::Number(target)) => Some(*target),
                _ => None,
            };
            port.port.known() == Some(&number) || target == Some(number)
        })
    }

    /// May this number of a port mean this server?
    pub fn is_port(&self, server: u16, number: u16) -> bool {
        let ports = self.services.iter().flat_map(|service| service.get().value.spec.ports.iter());
        let mut targets =
            ports.filter(|port| port.port.known() == Some(&server)).filter_map(|port| port.target_port.as_ref());
        server == number || targets.any(|t| *t == kubereach_model::snapshot::model::lenient::PortRef::Number(number))
    }
}

/// What became of a destination.
#[derive(Debug, Clone)]
pub enum Target<'s> {
    /// A Service.
    Service(Found<'s, Service>),
    /// A host that a ServiceEntry adds: it, and its place among the entries.
    Entry(Found<'s, Unmodelled>, usize),
    /// Nothing in the mesh has this host.
    Missing(Absence),
    /// It was not read.
    Unseen(Gap),
    /// A name with a dot that Istio does not complete, and a Service that was perhaps meant.
    NotCompleted(Found<'s, Service>),
}

/// What became of a subset.
#[derive(Debug, Clone)]
pub enum SubsetOf<'r, 's> {
    /// None is asked for.
    None,
    /// A DestinationRule has it.
    Found(&'r Subset, Found<'s, Unmodelled>),
    /// No rule has it.
    Missing(Absence),
    /// Rules for the host were read, and have others: the first, and why there may be more.
    NotThere(Found<'s, Unmodelled>, Gap),
    /// Not all rules were read.
    Unseen(Gap),
}

impl<'s> Istio<'s> {
    /// Reads it all; nothing is looked for where there is nothing of it.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let gateways = read(cluster, "Gateway", |object| validation::gateway(&object.metadata.name, &object.spec));
        let services = read(cluster, "VirtualService", |object| {
            validation::virtual_service(&object.metadata.namespace, &object.spec)
        });
        let tiers = tiers(cluster, &gateways);
        Self {
            gateways,
            tiers,
            services,
            rules: read(cluster, "DestinationRule", |_| Wrong::default()),
            entries: read(cluster, "ServiceEntry", |_| Wrong::default()),
        }
    }

    /// The place of a Gateway.
    pub fn gateway(&self, namespace: &str, name: &str) -> Option<usize> {
        self.gateways.iter().position(|gateway| gateway.namespace() == namespace && gateway.name() == name)
    }

    /// A VirtualService.
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Read<'s, VirtualServiceSpec>> {
        self.services.iter().find(|service| service.namespace() == namespace && service.name() == name)
    }

    /// The VirtualServices that give requests to this delegate.
    pub fn roots(
        &self,
        delegate: &Read<'s, VirtualServiceSpec>,
    ) -> impl Iterator<Item = &Read<'s, VirtualServiceSpec>> {
        let (namespace, name) = (delegate.namespace(), delegate.name());
        self.services.iter().filter(move |root| {
            let rules = root.spec.iter().flat_map(|spec| spec.http.iter()).filter_map(|rule| rule.delegate.as_ref());
            rules.into_iter().any(|to| {
                let of = if to.namespace.is_empty() { root.namespace() } else { &to.namespace };
                to.name == name && of == namespace
            })
        })
    }

    /// What a destination leads to, named by an object of a namespace.
    pub fn target(&self, cluster: &ClusterIndex<'s>, destination: &Destination, namespace: &str) -> Target<'s> {
        let host = hosts::completed(&destination.host, namespace);
        let entry = self.entries.iter().position(|entry| {
            entry.spec.iter().flat_map(|spec| spec.hosts.iter()).any(|pattern| hosts::covers(pattern, &host))
        });
        if let Some((of, name)) = hosts::service(&host) {
            return match cluster.snapshot.lookup::<Service>(of, name) {
                Lookup::Found(service) => Target::Service(service),
                Lookup::Absent(absence) => match entry.and_then(|at| Some((self.entries.get(at)?.found, at))) {
                    Some((found, at)) => Target::Entry(found, at),
                    None => match cluster.snapshot.is_complete(&of_kind("ServiceEntry"), None) {
                        Err(gap) => Target::Unseen(gap),
                        Ok(()) => Target::Missing(absence),
                    },
                },
                Lookup::Unknown(gap) => Target::Unseen(gap),
            };
        }
        if let Some((found, at)) = entry.and_then(|at| Some((self.entries.get(at)?.found, at))) {
            return Target::Entry(found, at);
        }
        if let Some((name, of)) = host.split_once('.')
            && let Lookup::Found(service) = cluster.snapshot.lookup::<Service>(of, name)
        {
            return Target::NotCompleted(service);
        }
        let what = format!("a ServiceEntry for the host {host}");
        match elsewhere(cluster)
            .map_or_else(|| cluster.snapshot.nothing_else_of(&of_kind("ServiceEntry"), None, what), Err)
        {
            Ok(absence) => Target::Missing(absence),
            Err(gap) => Target::Unseen(gap),
        }
    }

    /// The ports of a ServiceEntry's hosts.
    pub fn ports_of_entry(&self, at: usize) -> Vec<u16> {
        let ports =
            self.entries.get(at).into_iter().flat_map(|entry| entry.spec.iter().flat_map(|spec| spec.ports.iter()));
        ports.filter_map(|port| port.number.known().copied()).collect()
    }

    /// What became of the subset of a destination.
    pub fn subset(&self, cluster: &ClusterIndex<'s>, destination: &Destination, namespace: &str) -> SubsetOf<'_, 's> {
        if destination.subset.is_empty() {
            return SubsetOf::None;
        }
        let host = hosts::completed(&destination.host, namespace);
        let fits = |rule: &&Read<'s, RuleSpec>| {
            let own = rule.namespace();
            rule.spec.as_ref().is_ok_and(|spec| hosts::covers(&hosts::completed(&spec.host, own), &host))
        };
        let mut first = None;
        for rule in self.rules.iter().filter(fits) {
            let subsets = rule.spec.iter().flat_map(|spec| spec.subsets.iter());
            if let Some(subset) = subsets.into_iter().find(|subset| subset.name == destination.subset) {
                return SubsetOf::Found(subset, rule.found);
            }
            first = first.or(Some(rule.found));
        }
        let what = format!("a DestinationRule for {host} with the subset {}", destination.subset);
        match (cluster.snapshot.nothing_else_of(&of_kind("DestinationRule"), None, what), first) {
            (Ok(absence), _) => SubsetOf::Missing(absence),
            (Err(gap), Some(rule)) => SubsetOf::NotThere(rule, gap),
            (Err(gap), None) => SubsetOf::Unseen(gap),
        }
    }
}

/// A kind of Istio's.
pub const fn of_kind(kind: &'static str) -> GroupKind {
    GroupKind::known(GROUP, kind)
}

/// Does Istio also see other clusters? Then hosts may be there. (Istio: multi-cluster, remote secrets)
fn elsewhere(cluster: &ClusterIndex<'_>) -> Option<Gap> {
    let remote = |secret: &Found<'_, Secret>| secret.get().value.metadata.label("istio/multiCluster") == Some("true");
    cluster.snapshot.secrets.iter().any(|secret| remote(&secret)).then(|| {
        Gap::investigate("what other clusters of the mesh add to it is not in the input", "Istio reads other clusters")
    })
}

fn read<'s, T: for<'de> Deserialize<'de> + Default>(
    cluster: &ClusterIndex<'s>,
    kind: &'static str,
    check: impl Fn(&Unmodelled) -> Wrong,
) -> Vec<Read<'s, T>> {
    let decode = |object: &Unmodelled| {
        if object.spec.is_null() {
            return Ok(T::default());
        }
        T::deserialize(&object.spec).map_err(|error| error.to_string())
    };
    objects::all(cluster.snapshot, kind)
        .map(|found| {
            let Wrong { mut sure, mut doubtful } = check(&found.get().value);
            // What an API server has stored was not refused: by no webhook, or by one of another version.
            if !found.get().is_manifest() {
                doubtful.append(&mut sure);
            }
            Read { found, spec: decode(&found.get().value), wrong: sure, doubtful }
        })
        .collect()
}

/// By labels, wherever the pods run. Equal selectors are looked for once.
fn tiers<'s>(cluster: &ClusterIndex<'s>, gateways: &[Read<'s, GatewaySpec>]) -> Vec<Tier<'s>> {
    let mut found: BTreeMap<&BTreeMap<String, String>, Tier<'s>> = BTreeMap::new();
    for selector in gateways.iter().filter_map(|gateway| gateway.spec.as_ref().ok()).map(|spec| &spec.selector) {
        found.entry(selector).or_default();
    }
    found.retain(|selector, _| !selector.is_empty());
    if !found.is_empty() {
        for siblings in cluster.snapshot.pods.siblings() {
            let Some(first) = siblings.first() else { continue };
            for (selector, tier) in &mut found {
                if matches_pairs(selector, &first.metadata.labels) {
                    tier.pods.extend(siblings.pods().filter(|pod| !pod.is_finished() && !pod.is_terminating()));
                }
            }
        }
    }
    for (selector, tier) in &mut found {
        if tier.pods.is_empty() {
            let templates = cluster.snapshot.workloads.iter().filter(|workload| {
                let template = workload.get().value.template();
                template.is_some_and(|template| matches_pairs(selector, &template.metadata.labels))
            });
            tier.workloads = templates.collect();
        }
        let of_pods = tier.pods.iter().map(|pod| &pod.get().value.metadata);
        let of_templates = tier.workloads.iter().filter_map(|workload| {
            Some((workload.get().value.metadata.namespace.as_str(), &workload.get().value.template()?.metadata.labels))
        });
        let mut kinds: Vec<_> =
            of_pods.map(|meta| (meta.namespace.as_str(), &meta.labels)).chain(of_templates).collect();
        kinds.sort_by_key(|(namespace, _)| *namespace);
        kinds.dedup();
        for (namespace, labels) in kinds {
            for service in cluster.snapshot.services.in_namespace(namespace) {
                let selects = !service.is_selectorless() && matches_pairs(&service.spec.selector, labels);
                if selects && !tier.services.iter().any(|known| known.object() == service.object()) {
                    tier.services.push(service);
                }
            }
        }
    }
    gateways
        .iter()
        .map(|gateway| {
            let of = gateway.spec.as_ref().ok().and_then(|spec| found.get(&spec.selector));
            of.map_or_else(Tier::default, |tier| Tier {
                pods: tier.pods.clone(),
                workloads: tier.workloads.clone(),
                services: tier.services.clone(),
            })
        })
        .collect()
}

/// The Gateway of the Gateway API that a VirtualService may also name.
pub fn standard_gateway<'s>(cluster: &ClusterIndex<'s>, namespace: &str, name: &str) -> Option<Found<'s, Gateway>> {
    let name = name.split("-istio-autogenerated-k8s-gateway").next().unwrap_or(name);
    match cluster.snapshot.lookup::<Gateway>(namespace, name) {
        Lookup::Found(gateway) => Some(gateway),
        Lookup::Absent(_) | Lookup::Unknown(_) => None,
    }
}

/// That no Gateway of either API has this name.
pub fn no_gateway(cluster: &ClusterIndex<'_>, namespace: &str, name: &str) -> Result<Absence, Gap> {
    cluster.snapshot.is_complete(Gateway::KIND, Some(namespace))?;
    cluster.snapshot.nothing_else_of(&of_kind("Gateway"), Some(namespace), format!("Gateway {namespace}/{name}"))
}
