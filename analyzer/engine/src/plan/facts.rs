//! What the whole snapshot says that single dials need: indexes, built once, linear in its size.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::rc::Rc;

use kubereach_prober::words::Protocol;
use kubereach_reports::report::{Backend, ObjectRef, Port};

use super::protocol::{Spoken, of_word};
use super::service::Dials;
use crate::evaluate::Cluster;
use crate::resolve::gateway::Gateways;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::rules::{Declared, declared};
use crate::resolve::ingress::state::IngressState;
use crate::resolve::route::matches;
use crate::resolve::route::policy::Policies;
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::Subject;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Ingress, Route, RouteMatch, RouteRule, ServicePort};

/// A match of a route; `None` where its rule takes everything.
pub(super) type Matched<'s> = Option<&'s RouteMatch>;

/// The indexes.
pub(super) struct Facts<'w, 's> {
    pub(super) cluster: &'w Cluster<'s>,
    pub(super) gateways: Gateways<'s>,
    pub(super) policies: Policies<'s>,
    ingresses: Ingresses<'s>,
    ingress_at: HashMap<ObjectRef, usize>,
    rules: HashMap<ObjectRef, HashMap<(Option<String>, String), Declared<'s>>>,
    routes: HashMap<ObjectRef, (Found<'s, Route>, HashMap<Option<String>, Matched<'s>>)>,
    door_at: HashMap<String, usize>,
    host_at: BTreeMap<String, String>,
    hints: HashMap<(String, String, u16), Spoken>,
    taken_by_nodes: HashSet<IpAddr>,
    /// Dials of a Service port, which every path that leads there shares.
    pub(super) shared: RefCell<HashMap<(String, String, usize), Rc<Dials>>>,
}

impl<'w, 's> Facts<'w, 's> {
    pub(super) fn new(cluster: &'w Cluster<'s>, subjects: &[Subject]) -> Self {
        let gateways = Gateways::new(cluster);
        let door_at = gateways.listeners.iter().enumerate().map(|(id, door)| (door.key(), id)).collect();
        let ingresses = Ingresses::of(cluster);
        let ingress_at = ingresses.states.iter().enumerate().map(|(id, f)| (f.ingress.object(), id)).collect();
        let rules = cluster
            .snapshot
            .ingresses
            .iter()
            .map(|ingress| {
                let mut all = HashMap::new();
                for path in declared(&ingress.get().value) {
                    all.entry((path.host.map(str::to_owned), path.matches())).or_insert(path);
                }
                (ingress.object(), all)
            })
            .collect();
        let routes = cluster.snapshot.routes.iter().map(|r| (r.object(), (r, matches_of(r)))).collect();
        let mut facts = Self {
            cluster,
            gateways,
            policies: Policies::new(cluster),
            ingresses,
            ingress_at,
            rules,
            routes,
            door_at,
            host_at: BTreeMap::new(),
            hints: HashMap::new(),
            taken_by_nodes: taken_by_nodes(cluster),
            shared: RefCell::default(),
        };
        facts.read(subjects);
        facts
    }

    /// What entries say of the ports they lead to, and the hosts that are really served at a door.
    fn read(&mut self, subjects: &[Subject]) {
        for subject in subjects.iter().filter(|s| !matches!(s.object.kind.as_str(), "Service" | "Gateway")) {
            let hint = match subject.object.kind.as_str() {
                "GRPCRoute" => Some(Spoken::declared(Protocol::Grpc)),
                "TLSRoute" => Some(Spoken::declared(Protocol::Tls)),
                "Ingress" => self.front(&subject.object).and_then(|front| annotated(&front.ingress.get().value)),
                _ => None,
            };
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

    /// The resolved Ingress.
    pub(super) fn front(&self, object: &ObjectRef) -> Option<&IngressState<'s>> {
        self.ingresses.states.get(*self.ingress_at.get(object)?)
    }

    /// The declared rule of a path.
    pub(super) fn rule(&self, entry: &ObjectRef, host: Option<&str>, text: &str) -> Option<&Declared<'s>> {
        self.rules.get(entry)?.get(&(host.map(str::to_owned), text.to_owned()))
    }

    /// The route of a path, and its match.
    pub(super) fn route(&self, entry: &ObjectRef, text: Option<&str>) -> Option<(Found<'s, Route>, Matched<'s>)> {
        let (route, all) = self.routes.get(entry)?;
        let matched = all.get(&text.map(str::to_owned)).copied();
        Some((*route, matched.flatten()))
    }

    /// A listener by the key that paths name it with.
    pub(super) fn door(&self, key: &str) -> Option<&crate::resolve::gateway::listener::ListenerState<'s>> {
        self.gateways.listeners.get(*self.door_at.get(key)?)
    }

    /// A host name that some route serves at this door.
    pub(super) fn host_at(&self, key: &str) -> Option<&str> {
        self.host_at.get(key).map(String::as_str)
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
        if backend.kind != "Service" {
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

fn matches_of(route: Found<'_, Route>) -> HashMap<Option<String>, Matched<'_>> {
    let route = &route.get().value;
    let mut all = HashMap::new();
    let blank = RouteRule::default();
    if route.spec.rules.is_empty() {
        for words in matches::of_rule(route, &blank, 0) {
            all.entry(words.text).or_insert(None);
        }
    }
    for (index, rule) in route.spec.rules.iter().enumerate() {
        for words in matches::of_rule(route, rule, index) {
            let one = words.index.and_then(|i| rule.matches.get(i));
            all.entry(words.text).or_insert(one);
        }
    }
    all
}

/// The protocol towards the backend that an Ingress's annotations name.
fn annotated(ingress: &Ingress) -> Option<Spoken> {
    let get = |key: &str| ingress.metadata.annotation(key).map(|v| v.trim().to_ascii_lowercase());
    if get("alb.ingress.kubernetes.io/backend-protocol-version").as_deref() == Some("grpc") {
        return Some(Spoken::declared(Protocol::Grpc));
    }
    let keys = [
        "nginx.ingress.kubernetes.io/backend-protocol",
        "alb.ingress.kubernetes.io/backend-protocol",
        "traefik.ingress.kubernetes.io/service.serversscheme",
        "haproxy-ingress.github.io/backend-protocol",
        "ingress.kubernetes.io/protocol",
    ];
    // FastCGI is nothing that can be asked here.
    keys.iter().find_map(|key| match get(key)?.as_str() {
        "fcgi" => Some(Spoken::declared(Protocol::Tcp)),
        word => of_word(word),
    })
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
