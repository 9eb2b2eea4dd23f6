//! Where a route leads: its Services, through TraefikServices, each with what was found of it.
//!
//! Sources: traefik/traefik `pkg/provider/kubernetes/crd/kubernetes_http.go`, `kubernetes_tcp.go`, `kubernetes_udp.go`
//! (`loadServers` and its neighbours, `nameAndService`, `getServicePort`) and `pkg/server/service/service.go`.

use crate::resolve::ClusterIndex;
use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::field;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Service, ServicePort, Unmodelled};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};
use kubereach_reports::report::{Backend, Port};

use super::objects::{self, ServiceRef, ServiceSpec, Takes};

/// Where an object names something.
#[derive(Debug, Clone)]
pub struct Naming<'s> {
    /// The object.
    pub object: Found<'s, Unmodelled>,
    /// Where in it.
    pub field: FieldPath,
}

/// What a leaf is for its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It answers.
    Answers,
    /// Its weight is 0.
    Drained,
    /// It answers while another does not.
    Fallback,
    /// It gets copies; its answers are thrown away.
    Mirror,
}

/// What became of a reference.
#[derive(Debug, Clone)]
pub enum Target<'s> {
    /// A Service, and its port.
    Service(Found<'s, Service>, PortOf<'s>),
    /// There is no such object: its kind and what shows it.
    Missing(&'static str, Absence),
    /// It was not read.
    Unseen(&'static str, Gap),
    /// Of another provider, or of Traefik itself (`api@internal`).
    Elsewhere,
    /// A kind that Traefik does not know.
    UnknownKind(String),
    /// A TraefikService that says nothing, says it wrongly, or leads back to itself: which.
    Unusable(Found<'s, Unmodelled>, String),
}

/// What became of a port.
#[derive(Debug, Clone, Copy)]
pub enum PortOf<'s> {
    /// The Service declares it.
    Declared(&'s ServicePort),
    /// The Service stands for a name; its ports need not be declared.
    External,
    /// The reference names none.
    Unsaid,
    /// The Service does not declare it.
    Missing,
    /// A collector masked it.
    Masked,
}

/// One Service behind a route.
#[derive(Debug, Clone)]
pub struct Leaf<'s> {
    /// As it is named.
    pub reference: ServiceRef,
    /// What names it.
    pub naming: Naming<'s>,
    /// Where it leads.
    pub target: Target<'s>,
    /// As a report names it.
    pub backend: Backend,
    /// What it is for the route.
    pub share: Share,
    /// Another namespace than that of the object that names it.
    pub crosses: bool,
    /// The route names it itself, and not a TraefikService.
    pub is_direct: bool,
    /// Its part of what the route takes, in millionths.
    pub part: i64,
}

/// The whole of what a route takes.
const WHOLE: i64 = 1_000_000;

impl Leaf<'_> {
    /// Is it answered by Traefik itself?
    pub fn is_internal(&self) -> bool {
        self.reference.name.ends_with("@internal")
    }
}

/// TraefikServices are followed this far.
const DEPTH: usize = 8;

/// Follows references.
pub struct Follower<'w, 's> {
    /// The snapshot.
    pub cluster: &'w ClusterIndex<'s>,
    /// The group of the object that begins.
    pub group: &'static str,
    /// What the route takes.
    pub takes: Takes,
}

impl<'s> Follower<'_, 's> {
    /// The leaves behind the services of a route, and of what stands in their place.
    pub fn leaves(&self, from: Found<'s, Unmodelled>, services: &[ServiceRef], field: &FieldPath) -> Vec<Leaf<'s>> {
        let mut all = Vec::new();
        self.several(from, services, field, (Share::Answers, WHOLE), &mut Vec::new(), &mut all);
        all
    }

    /// The leaf of one Service.
    pub fn leaf(&self, from: Found<'s, Unmodelled>, service: &ServiceRef, field: FieldPath) -> Vec<Leaf<'s>> {
        let mut all = Vec::new();
        self.one(from, service, field, (Share::Answers, WHOLE), &mut Vec::new(), &mut all);
        all
    }

    fn several(
        &self,
        from: Found<'s, Unmodelled>,
        services: &[ServiceRef],
        field: &FieldPath,
        (share, part): (Share, i64),
        above: &mut Vec<(String, String)>,
        all: &mut Vec<Leaf<'s>>,
    ) {
        let is_zero = |service: &ServiceRef| service.weight.known() == Some(&0);
        let some_carry = services.iter().any(|service| !is_zero(service));
        let weight = |service: &ServiceRef| service.weight.known().copied().unwrap_or(1).max(0);
        let sum = services.iter().map(weight).fold(0, i64::saturating_add);
        for (i, service) in services.iter().enumerate() {
            let mut field = field.clone();
            field.push(Step::Index(i));
            let drained = share == Share::Answers && some_carry && is_zero(service);
            let own = part.saturating_mul(weight(service)).checked_div(sum).unwrap_or(part);
            self.one(from, service, field, (if drained { Share::Drained } else { share }, own), above, all);
        }
    }

    fn one(
        &self,
        from: Found<'s, Unmodelled>,
        service: &ServiceRef,
        field: FieldPath,
        (share, part): (Share, i64),
        above: &mut Vec<(String, String)>,
        all: &mut Vec<Leaf<'s>>,
    ) {
        let own = from.get().value.metadata.namespace.as_str();
        let namespace = if service.namespace.is_empty() { own } else { service.namespace.as_str() };
        let naming = Naming { object: from, field };
        let mut leaf = Leaf {
            reference: service.clone(),
            naming,
            target: Target::Elsewhere,
            backend: shown(service, namespace),
            share,
            crosses: namespace != own,
            is_direct: above.is_empty(),
            part,
        };
        if self.takes == Takes::Http && service.name.contains('@') {
            leaf.crosses = false;
            return all.push(leaf);
        }
        match (service.kind.as_str(), self.takes) {
            ("" | "Service", _) | (_, Takes::Tcp | Takes::Udp) => {
                leaf.target = self.service(namespace, service);
                all.push(leaf);
            }
            ("TraefikService", Takes::Http) => {
                let name = service.name.as_str();
                let unusable = match objects::lookup(self.cluster, self.group, "TraefikService", namespace, name) {
                    Lookup::Absent(absence) => Target::Missing("TraefikService", absence),
                    Lookup::Unknown(gap) => Target::Unseen("TraefikService", gap),
                    Lookup::Found(found) => {
                        let key = (namespace.to_owned(), name.to_owned());
                        if above.contains(&key) || above.len() >= DEPTH {
                            Target::Unusable(found, "it leads back to itself".to_owned())
                        } else {
                            above.push(key);
                            let before = all.len();
                            let inside = self.inside(found, (share, part), above, all);
                            above.pop();
                            if leaf.crosses {
                                all.iter_mut().skip(before).for_each(|leaf| leaf.crosses = true);
                            }
                            match inside {
                                Ok(()) => return,
                                Err(why) => Target::Unusable(found, why),
                            }
                        }
                    }
                };
                leaf.target = unusable;
                all.push(leaf);
            }
            (other, _) => {
                leaf.target = Target::UnknownKind(other.to_owned());
                all.push(leaf);
            }
        }
    }

    /// What a TraefikService leads to; the error says why it leads nowhere.
    fn inside(
        &self,
        found: Found<'s, Unmodelled>,
        (share, part): (Share, i64),
        above: &mut Vec<(String, String)>,
        all: &mut Vec<Leaf<'s>>,
    ) -> Result<(), String> {
        let spec: ServiceSpec = objects::spec(&found.get().value)?;
        // In this order where several are there.
        if let Some(weighted) = &spec.weighted {
            let field = field!["spec", "weighted", "services"].into();
            self.several(found, &weighted.services, &field, (share, part), above, all);
            return if weighted.services.is_empty() { Err("it names no Service".to_owned()) } else { Ok(()) };
        }
        if let Some(mirroring) = &spec.mirroring {
            self.one(found, &mirroring.main, field!["spec", "mirroring"].into(), (share, part), above, all);
            let field = field!["spec", "mirroring", "mirrors"].into();
            self.several(found, &mirroring.mirrors, &field, (Share::Mirror, part), above, all);
            return Ok(());
        }
        if let Some(several) = &spec.highest_random_weight {
            let field = field!["spec", "highestRandomWeight", "services"].into();
            self.several(found, &several.services, &field, (share, part), above, all);
            return if several.services.is_empty() { Err("it names no Service".to_owned()) } else { Ok(()) };
        }
        if let Some(failover) = &spec.failover {
            self.one(found, &failover.service, field!["spec", "failover", "service"].into(), (share, part), above, all);
            let instead = if share == Share::Answers { Share::Fallback } else { share };
            let field = field!["spec", "failover", "fallback"].into();
            self.one(found, &failover.fallback, field, (instead, part), above, all);
            return Ok(());
        }
        Err("it says nothing of where it leads".to_owned())
    }

    fn service(&self, namespace: &str, reference: &ServiceRef) -> Target<'s> {
        match self.cluster.snapshot.lookup::<Service>(namespace, &reference.name) {
            Lookup::Absent(absence) => Target::Missing("Service", absence),
            Lookup::Unknown(gap) => Target::Unseen("Service", gap),
            Lookup::Found(service) => Target::Service(service, port_of(&service.get().value, reference.port.as_ref())),
        }
    }
}

/// By number or name; of a name outside the cluster any number will do.
fn port_of<'s>(service: &'s Service, wanted: Option<&PortRef>) -> PortOf<'s> {
    let ports = &service.spec.ports;
    let found = match wanted {
        None | Some(PortRef::Number(0)) => return PortOf::Unsaid,
        Some(PortRef::Name(name)) if name.is_empty() => return PortOf::Unsaid,
        Some(PortRef::Redacted) => return PortOf::Masked,
        Some(PortRef::Number(number)) => ports.iter().find(|port| port.port.known() == Some(number)),
        Some(PortRef::Name(name)) => ports.iter().find(|port| port.name == *name),
    };
    match (found, wanted) {
        (Some(port), _) => PortOf::Declared(port),
        (None, Some(PortRef::Number(_))) if service.is_external_name() => PortOf::External,
        (None, Some(PortRef::Number(_))) if ports.iter().any(|port| port.port.is_redacted()) => PortOf::Masked,
        (None, _) => PortOf::Missing,
    }
}

fn shown(service: &ServiceRef, namespace: &str) -> Backend {
    let is_service = matches!(service.kind.as_str(), "" | "Service") && !service.name.contains('@');
    Backend {
        kind: if is_service { "Service".to_owned() } else { "TraefikService".to_owned() },
        namespace: namespace.to_owned(),
        name: service.name.clone(),
        port: service.port.as_ref().map(|port| match port {
            PortRef::Number(number) => Port::Number(*number),
            PortRef::Name(_) | PortRef::Redacted => Port::Name(port.to_string()),
        }),
    }
}
