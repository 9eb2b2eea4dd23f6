//! What the whole snapshot says that single dials need: indexes, built once, linear in its size.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::rc::Rc;

use kubereach_reports::report::{Backend, ObjectRef, Port};

use super::service::Dials;
use crate::evaluate::Cluster;
use crate::evaluate::door::spoken::{Spoken, of_port, of_word};
use crate::evaluate::door::{self, Around, DOORS, FrontDoor, Kind, OpenDoor, SERVICE};
use crate::resolve::route::policy::Policies;
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::{Path, SubjectPaths};
use kubereach_model::snapshot::model::ServicePort;
use kubereach_model::snapshot::model::lenient::PortRef;

/// The indexes.
pub(super) struct Facts<'w, 's> {
    pub(super) cluster: &'w Cluster<'s>,
    pub(super) policies: Policies<'s>,
    doors: Vec<(&'static [Kind], Box<dyn OpenDoor + 'w>)>,
    host_at: BTreeMap<String, String>,
    hints: HashMap<(String, String, u16), Spoken>,
    taken_by_nodes: HashSet<IpAddr>,
    /// Dials of a Service port, which every path that leads there shares.
    pub(super) shared: RefCell<HashMap<(String, String, usize), Rc<Dials>>>,
}

impl<'w, 's> Facts<'w, 's> {
    pub(super) fn new(cluster: &'w Cluster<'s>, subjects: &[SubjectPaths]) -> Self {
        let mut facts = Self {
            cluster,
            policies: Policies::new(cluster),
            doors: DOORS.iter().map(|door| (door.kinds(), door.open(cluster))).collect(),
            host_at: BTreeMap::new(),
            hints: HashMap::new(),
            taken_by_nodes: taken_by_nodes(cluster),
            shared: RefCell::default(),
        };
        facts.read(subjects);
        facts
    }

    /// What entries say of the ports they lead to, and the hosts that are really served at a door.
    fn read(&mut self, subjects: &[SubjectPaths]) {
        for subject in subjects.iter().filter(|s| door::leads(&s.object.kind, s.object.group.as_deref())) {
            let hint = self.door(&subject.object).and_then(|door| door.speaks(&subject.object));
            for path in &subject.paths {
                let key = &path.key;
                if let (Some(listener), Some(host)) = (&key.listener, &key.host)
                    && !host.contains('*')
                {
                    let slot = self.host_at.entry(listener.clone()).or_insert_with(|| host.clone());
                    if *host < *slot {
                        slot.clone_from(host);
                    }
                }
                if let (Some(hint), Some(backend)) = (hint, &key.backend)
                    && let Some((view, port)) = self.port_of(backend)
                    && let Some(number) = port.port.known()
                {
                    let at = (view.namespace().to_owned(), view.name().to_owned(), *number);
                    self.hints.entry(at).or_insert(hint);
                }
            }
        }
    }

    /// How a client comes in for this path.
    pub(super) fn front(&self, path: &Path) -> Result<FrontDoor, String> {
        let entry = &path.key.entry;
        self.door(entry).ok_or_else(|| format!("{} is no kind of door", entry.kind))?.front(path, self)
    }

    fn door(&self, of: &ObjectRef) -> Option<&dyn OpenDoor> {
        let (_, door) = self.doors.iter().find(|(kinds, _)| kinds.iter().any(|kind| kind.is(of)))?;
        Some(&**door)
    }

    /// What leads to a port says how it is spoken to.
    pub(super) fn hint(&self, view: &ServiceView<'_>, port: &ServicePort) -> Option<Spoken> {
        let own = view.service.metadata.annotation("traefik.ingress.kubernetes.io/service.serversscheme");
        let own = own.or_else(|| view.service.metadata.annotation("konghq.com/protocol"));
        if let Some(spoken) = own.and_then(|word| of_word(&word.to_ascii_lowercase())) {
            return Some(spoken);
        }
        let number = *port.port.known()?;
        self.hints.get(&(view.namespace().to_owned(), view.name().to_owned(), number)).copied()
    }

    /// Nodes answer this address themselves: the load balancer before it is not crossed from inside
    /// (KEP-1860, `ipMode: VIP`).
    pub(super) fn is_taken_by_nodes(&self, address: IpAddr) -> bool {
        self.taken_by_nodes.contains(&address)
    }

    /// The Service and port of a backend; of equal numbers the TCP one.
    pub(super) fn port_of(&self, backend: &Backend) -> Option<(&'w ServiceView<'s>, &'s ServicePort)> {
        if backend.kind != SERVICE.name {
            return None;
        }
        let view = self.cluster.service_view(&backend.namespace, &backend.name)?;
        let wanted = backend.port.as_ref()?;
        let ports = || view.service.get().value.spec.ports.iter();
        let is = |p: &&ServicePort| match wanted {
            Port::Number(number) => p.port.known() == Some(number),
            Port::Name(name) => p.name == *name,
        };
        // ingress-nginx also takes the number that a port leads to.
        let leads = |p: &&ServicePort| match (wanted, &p.target_port) {
            (Port::Number(number), Some(PortRef::Number(target))) => number == target,
            _ => false,
        };
        let found = ports().filter(is).find(|p| p.protocol == "TCP").or_else(|| ports().find(is));
        Some((view, found.or_else(|| ports().find(leads))?))
    }
}

impl Around for Facts<'_, '_> {
    fn spoken(&self, backend: &Backend) -> Option<Spoken> {
        let (view, port) = self.port_of(backend)?;
        Some(of_port(port, self.hint(view, port)))
    }

    fn host_at(&self, listener: &str) -> Option<&str> {
        self.host_at.get(listener).map(String::as_str)
    }
}

fn taken_by_nodes(cluster: &Cluster<'_>) -> HashSet<IpAddr> {
    let mut all = HashSet::new();
    for service in cluster.snapshot.services.iter() {
        let spec = &service.get().value.spec;
        all.extend(spec.external_ips.iter().filter_map(|ip| ip.parse::<IpAddr>().ok()));
        let published = service.get().value.status.iter().flat_map(|s| &s.load_balancer.ingress);
        let virtual_ones = published.filter(|i| i.ip_mode.as_deref() != Some("Proxy"));
        all.extend(virtual_ones.filter_map(|i| i.ip.known()?.parse::<IpAddr>().ok()));
    }
    all
}
