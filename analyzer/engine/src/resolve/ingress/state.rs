//! What stands before an Ingress's rules: address, class, controller.

use std::collections::HashMap;
use std::sync::Arc;

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::annotations::{REDIRECTS, SSL_PASSTHROUGH};
use crate::resolve::controllers::{Controller, Dials, On, Place, Product, Setting, TargetPorts};
use crate::resolve::proxy_pods;
use kubereach_model::snapshot::model::{Pod, Service};
use kubereach_model::snapshot::{Found, ManifestsOnly, Provenance};

use super::class::{Class, Classes, Named, Resolved};
use super::demands::{self, Unmet};
use super::entry::Entry;
use super::instances::Asked;
use super::middlewares::{Middlewares, Unmet as UnmetMiddleware};
use super::pods::{ControllerPods, Seen};

/// What the Ingress's status says of its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Published: as written, joined.
    Published(String),
    /// A controller has written none.
    None,
    /// The input does not show a status: a manifest.
    Manifest,
    /// A collector dropped the status.
    NotCollected,
}

/// How far the evidence that it is served reaches. Words must not say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A class or annotation says who should serve it.
    Configured,
    /// A controller pod is ready.
    Observed,
    /// The Ingress has an address.
    Programmed,
}

/// One Ingress and what stands before its rules.
#[derive(Debug)]
pub struct IngressState<'s> {
    /// The Ingress, or what was modelled after it.
    pub ingress: Entry<'s>,
    /// Its class.
    pub class: Resolved<'s>,
    /// Pods of its controller, where the controller is known.
    pub seen: Option<Arc<Seen<'s>>>,
    /// Who dials the backends, where that is known.
    pub proxy: Option<Arc<proxy_pods::Proxy<'s>>>,
    /// Its address.
    pub address: Address,
    /// Every controller pod that was seen is seconds old.
    pub young: bool,
    /// Objects that its annotations need and that it does not have for certain.
    pub unmet: Vec<Unmet<'s>>,
    /// Middlewares that its annotations name and that are not there, or were not read.
    pub middlewares: Vec<UnmetMiddleware>,
    /// Nothing but manifests was read.
    pub manifests: Option<ManifestsOnly>,
    /// What was not read and may be in the way counts as unknown.
    pub strict: bool,
}

/// A controller pod younger than this is still starting.
const YOUNG_SECONDS: i64 = 60;

/// The controllers of a cluster, each looked at once per class it serves.
pub(super) struct ControllerStates<'w, 's> {
    cluster: &'w ClusterIndex<'s>,
    classes: Classes<'s>,
    pods: ControllerPods<'s>,
    known: HashMap<Key<'s>, ControllerState<'s>>,
    middlewares: Middlewares,
    /// Who dials where the controller is not known.
    unknown: Option<Arc<proxy_pods::Proxy<'s>>>,
}

/// Controller, class as it is named, the class's object, and the namespace where that matters.
type Key<'s> = (*const Controller, Option<(Named<'s>, Option<&'s str>)>, Option<&'s str>);

#[derive(Clone)]
struct ControllerState<'s> {
    seen: Arc<Seen<'s>>,
    proxy: Option<Arc<proxy_pods::Proxy<'s>>>,
    young: bool,
}

impl<'w, 's> ControllerStates<'w, 's> {
    /// Nobody is looked at yet.
    pub(super) fn of(cluster: &'w ClusterIndex<'s>) -> Self {
        Self {
            cluster,
            classes: Classes::of(cluster.snapshot),
            pods: ControllerPods::of(cluster),
            known: HashMap::new(),
            middlewares: Middlewares::default(),
            unknown: proxy_pods::of_unknown(cluster).map(Arc::new),
        }
    }

    fn serving(&mut self, controller: &'static Controller, asked: Option<Asked<'s, 's>>) -> ControllerState<'s> {
        let (cluster, pods) = (self.cluster, &self.pods);
        let look = || {
            let seen = pods.serving(controller, asked);
            let proxy = proxy_pods::of_ingress(cluster, controller, &seen.pods).map(Arc::new);
            let age = |pod: &Found<'s, Pod>| cluster.age_seconds(pod.metadata.creation_timestamp.0);
            let young = seen.pods.iter().all(|pod| age(pod).is_some_and(|age| age < YOUNG_SECONDS));
            ControllerState { seen: Arc::new(seen), proxy, young }
        };
        let class = asked.map(|asked| (asked.named, asked.object.map(|class| class.get().metadata.name.as_str())));
        let namespace = asked.map(|asked| asked.namespace).filter(|_| pods.watches_some());
        self.known.entry((std::ptr::from_ref(controller), class, namespace)).or_insert_with(look).clone()
    }

    /// Resolves one Ingress.
    pub(super) fn state_of(&mut self, ingress: Entry<'s>) -> IngressState<'s> {
        let class = self.classes.resolve(&ingress, &self.pods);
        let object = if let Class::Found(object) = class.class { Some(object) } else { None };
        let asked = Asked { named: class.named, object, namespace: ingress.found.metadata.namespace.as_str() };
        // What only one controller reads is not what its flags about Ingresses speak of.
        let asked = ingress.only().is_none().then_some(asked);
        // Without a class and without a flag that says so, a sign shows who serves it.
        let asked = asked.filter(|_| !matches!(class.class, Class::Sign(_)));
        let controller = class.controller.map(|controller| self.serving(controller, asked));
        let (seen, proxy, young) = match controller {
            Some(controller) => (Some(controller.seen), controller.proxy, controller.young),
            None => (None, self.unknown.clone(), false),
        };
        let (manifests, strict) = (self.cluster.manifests_only(), self.cluster.snapshot.strict);
        let (unmet, middlewares) = (Vec::new(), Vec::new());
        let address = address(&ingress);
        let mut state =
            IngressState { ingress, class, seen, proxy, address, young, unmet, middlewares, manifests, strict };
        state.unmet = demands::unmet(self.cluster, &state);
        state.middlewares = self.middlewares.unmet(self.cluster, &state);
        state
    }
}

impl<'s> IngressState<'s> {
    /// The known controller.
    pub fn controller(&self) -> Option<&'static Controller> {
        self.class.controller
    }

    /// Is it this product?
    pub fn is(&self, product: Product) -> bool {
        self.controller().is_some_and(|c| c.product == product)
    }

    /// Is it this product, or one that nobody knows?
    pub fn may_be(&self, product: Product) -> bool {
        self.controller().is_none_or(|c| c.product == product)
    }

    /// An annotation's value, if not empty.
    pub fn annotation(&self, key: &str) -> Option<&'s str> {
        self.ingress.metadata.annotation(key).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Is the annotation `true`?
    pub fn says(&self, key: &str) -> bool {
        self.annotation(key) == Some("true")
    }

    /// Does the Ingress, or this Service behind it, carry the setting?
    fn has(&self, setting: &Setting, service: &Service) -> bool {
        let of_service = || service.metadata.annotation(setting.key);
        let value = match setting.on {
            On::Ingress => self.annotation(setting.key),
            On::Service => of_service(),
            On::ServiceElseIngress => of_service().or_else(|| self.annotation(setting.key)),
        };
        value == Some(setting.value)
    }

    /// How the controller uses the endpoints of a Service behind it.
    pub fn dials(&self, service: &Service) -> Dials {
        let Some(controller) = self.controller() else { return Dials::Unknown };
        let told = controller.dials_cluster_address.iter().any(|setting| self.has(setting, service));
        if told { Dials::ClusterAddress } else { controller.dials }
    }

    /// Is the controller asked to pass TLS through unopened? (ingress-nginx)
    pub fn passes_tls_through(&self) -> bool {
        self.is(Product::IngressNginx) && self.says(SSL_PASSTHROUGH)
    }

    /// The annotation that redirects every request, and where to. (ingress-nginx)
    pub fn redirect(&self) -> Option<(&'static str, &'s str)> {
        if !self.may_be(Product::IngressNginx) {
            return None;
        }
        REDIRECTS.into_iter().find_map(|key| Some((key, self.annotation(key)?)))
    }

    /// What becomes of a backend port that is only the target of a Service port.
    pub fn target_ports(&self) -> TargetPorts {
        self.controller().map_or(TargetPorts::Unknown, |controller| controller.target_ports)
    }

    /// Is it proven that no pod of the controller takes requests?
    pub fn is_unserved(&self) -> bool {
        let (Some(controller), Some(seen)) = (self.controller(), &self.seen) else { return false };
        let all_read = seen.complete.is_ok() && seen.all_unready;
        let none_listens = !seen.may_listen_on_node && !self.young && seen.stand_in.is_none();
        controller.place == Place::Pods && !seen.pods.is_empty() && all_read && none_listens
    }

    /// Is it proven that every instance of the controller ignores it, so that nobody takes its requests? A published
    /// address speaks against that.
    pub fn is_ignored(&self) -> bool {
        let (Some(controller), Some(seen)) = (self.controller(), &self.seen) else { return false };
        let none_else = seen.complete.is_ok() && seen.pods.is_empty() && seen.stand_in.is_none();
        let unpublished = matches!(self.address, Address::None | Address::Manifest);
        controller.place == Place::Pods && !seen.ignoring.is_empty() && none_else && unpublished
    }

    /// Has an address been published?
    pub fn is_published(&self) -> bool {
        matches!(self.address, Address::Published(_))
    }

    /// Was it never stored by an API server?
    pub fn is_manifest(&self) -> bool {
        self.ingress.is_manifest()
    }

    /// How far the evidence reaches.
    pub fn tier(&self) -> Tier {
        if self.is_published() {
            Tier::Programmed
        } else if self.seen.as_ref().is_some_and(|seen| seen.ready > 0) {
            Tier::Observed
        } else {
            Tier::Configured
        }
    }
}

fn address(ingress: &Entry<'_>) -> Address {
    let Some(published) = ingress.published else {
        // An API server always writes a status; without one it was dropped on the way.
        return if ingress.provenance == Provenance::Manifest { Address::Manifest } else { Address::NotCollected };
    };
    let published: Vec<String> = published
        .iter()
        .filter_map(|entry| match (&entry.ip, &entry.hostname) {
            (ip, _) if ip.is_redacted() => Some("(masked)".to_owned()),
            (ip, hostname) => ip.known().cloned().or_else(|| hostname.clone().filter(|h| !h.is_empty())),
        })
        .collect();
    if published.is_empty() { Address::None } else { Address::Published(published.join(", ")) }
}
