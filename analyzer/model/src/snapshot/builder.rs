//! How intake fills a snapshot: decoded objects in, defaults applied, duplicates resolved.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::defaults;
use super::model::{
    BackendTlsPolicy, ConfigMap, CustomResourceDefinition, EndpointSlice, Endpoints, Event, Gateway, GatewayClass,
    HorizontalPodAutoscaler, Ingress, IngressClass, ListenerSet, Meta, Namespace, NetworkPolicy, Node,
    PersistentVolumeClaim, Pod, ReferenceGrant, Resource, Route, RouteKind, Secret, Service, Unmodelled, Workload,
    WorkloadKind, unmodelled_role,
};
use super::store::{Snapshot, Store, Stored};
use super::{Coverage, GroupKind, Simulation};

/// Where an object's content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// An API server's copy.
    Live,
    /// An API server's copy from which a collector dropped status or identity (kube-dump).
    Stripped,
    /// Written by hand or rendered; no API server has seen it.
    Manifest,
}

/// An object of any kind the model knows.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "one variant per kind")]
pub enum AnyObject {
    Service(Box<Service>),
    Pod(Box<Pod>),
    Node(Box<Node>),
    Namespace(Box<Namespace>),
    Endpoints(Box<Endpoints>),
    EndpointSlice(Box<EndpointSlice>),
    Secret(Box<Secret>),
    ConfigMap(Box<ConfigMap>),
    PersistentVolumeClaim(Box<PersistentVolumeClaim>),
    HorizontalPodAutoscaler(Box<HorizontalPodAutoscaler>),
    CustomResourceDefinition(Box<CustomResourceDefinition>),
    Event(Box<Event>),
    Ingress(Box<Ingress>),
    IngressClass(Box<IngressClass>),
    NetworkPolicy(Box<NetworkPolicy>),
    GatewayClass(Box<GatewayClass>),
    Gateway(Box<Gateway>),
    ListenerSet(Box<ListenerSet>),
    ReferenceGrant(Box<ReferenceGrant>),
    BackendTlsPolicy(Box<BackendTlsPolicy>),
    Workload(Box<Workload>),
    Route(Box<Route>),
    Unmodelled(Box<Unmodelled>),
    /// A kind the model does not keep: only its name.
    Other(GroupKind, Box<Meta>),
}

/// Something that can be decoded as any type: a slice of YAML or JSON.
pub trait Decode {
    /// The decoder's error.
    type Error;
    /// Decodes the whole object.
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error>;
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct MetaOnly {
    metadata: Meta,
}

impl AnyObject {
    /// Decodes an object by its kind.
    pub fn decode<D: Decode>(api_version: &str, kind: &str, raw: &D) -> Result<Self, D::Error> {
        fn boxed<D: Decode, T: DeserializeOwned>(
            raw: &D,
            wrap: fn(Box<T>) -> AnyObject,
        ) -> Result<AnyObject, D::Error> {
            Ok(wrap(Box::new(raw.decode()?)))
        }
        let group_kind = GroupKind::of(api_version, kind);
        if let Some(workload_kind) = WorkloadKind::ALL.into_iter().find(|k| k.group_kind() == group_kind) {
            let mut workload: Box<Workload> = Box::new(raw.decode()?);
            workload.kind = workload_kind;
            return Ok(Self::Workload(workload));
        }
        if let Some(route_kind) = RouteKind::ALL.into_iter().find(|k| k.group_kind() == group_kind) {
            let mut route: Box<Route> = Box::new(raw.decode()?);
            route.kind = route_kind;
            return Ok(Self::Route(route));
        }
        match (group_kind.group.as_ref(), group_kind.kind.as_ref()) {
            ("", "Service") => boxed(raw, Self::Service),
            ("", "Pod") => boxed(raw, Self::Pod),
            ("", "Node") => boxed(raw, Self::Node),
            ("", "Namespace") => boxed(raw, Self::Namespace),
            ("", "Endpoints") => boxed(raw, Self::Endpoints),
            ("discovery.k8s.io", "EndpointSlice") => boxed(raw, Self::EndpointSlice),
            ("", "Secret") => boxed(raw, Self::Secret),
            ("", "ConfigMap") => boxed(raw, Self::ConfigMap),
            ("", "PersistentVolumeClaim") => boxed(raw, Self::PersistentVolumeClaim),
            ("autoscaling", "HorizontalPodAutoscaler") => boxed(raw, Self::HorizontalPodAutoscaler),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => boxed(raw, Self::CustomResourceDefinition),
            ("" | "events.k8s.io", "Event") => boxed(raw, Self::Event),
            ("networking.k8s.io", "Ingress") => boxed(raw, Self::Ingress),
            ("networking.k8s.io", "IngressClass") => boxed(raw, Self::IngressClass),
            ("networking.k8s.io", "NetworkPolicy") => boxed(raw, Self::NetworkPolicy),
            ("gateway.networking.k8s.io", "GatewayClass") => boxed(raw, Self::GatewayClass),
            ("gateway.networking.k8s.io", "Gateway") => boxed(raw, Self::Gateway),
            ("gateway.networking.k8s.io", "ListenerSet") | ("gateway.networking.x-k8s.io", "XListenerSet") => {
                boxed(raw, Self::ListenerSet)
            }
            ("gateway.networking.k8s.io", "ReferenceGrant") => boxed(raw, Self::ReferenceGrant),
            ("gateway.networking.k8s.io", "BackendTLSPolicy") => boxed(raw, Self::BackendTlsPolicy),
            _ if unmodelled_role(&group_kind).is_some() => {
                let mut unmodelled: Box<Unmodelled> = Box::new(raw.decode()?);
                unmodelled.group_kind = Some(group_kind);
                Ok(Self::Unmodelled(unmodelled))
            }
            _ => Ok(Self::Other(group_kind, Box::new(raw.decode::<MetaOnly>()?.metadata))),
        }
    }

    /// Its group and kind.
    pub fn group_kind(&self) -> GroupKind {
        match self {
            Self::Other(kind, _) => kind.clone(),
            _ => self.with(&mut |_, kind, _| kind),
        }
    }

    /// Its metadata.
    pub fn meta(&self) -> &Meta {
        match self {
            Self::Other(_, meta) => meta,
            Self::Service(o) => &o.metadata,
            Self::Pod(o) => &o.metadata,
            Self::Node(o) => &o.metadata,
            Self::Namespace(o) => &o.metadata,
            Self::Endpoints(o) => &o.metadata,
            Self::EndpointSlice(o) => &o.metadata,
            Self::Secret(o) => &o.metadata,
            Self::ConfigMap(o) => &o.metadata,
            Self::PersistentVolumeClaim(o) => &o.metadata,
            Self::HorizontalPodAutoscaler(o) => &o.metadata,
            Self::CustomResourceDefinition(o) => &o.metadata,
            Self::Event(o) => &o.metadata,
            Self::Ingress(o) => &o.metadata,
            Self::IngressClass(o) => &o.metadata,
            Self::NetworkPolicy(o) => &o.metadata,
            Self::GatewayClass(o) => &o.metadata,
            Self::Gateway(o) => &o.metadata,
            Self::ListenerSet(o) => &o.metadata,
            Self::ReferenceGrant(o) => &o.metadata,
            Self::BackendTlsPolicy(o) => &o.metadata,
            Self::Workload(o) => &o.metadata,
            Self::Route(o) => &o.metadata,
            Self::Unmodelled(o) => &o.metadata,
        }
    }

    fn with<R>(&self, f: &mut dyn FnMut(&Meta, GroupKind, bool) -> R) -> R {
        fn call<T: Resource, R>(o: &T, f: &mut dyn FnMut(&Meta, GroupKind, bool) -> R) -> R {
            f(o.meta(), o.group_kind(), T::NAMESPACED)
        }
        match self {
            Self::Service(o) => call(&**o, f),
            Self::Pod(o) => call(&**o, f),
            Self::Node(o) => call(&**o, f),
            Self::Namespace(o) => call(&**o, f),
            Self::Endpoints(o) => call(&**o, f),
            Self::EndpointSlice(o) => call(&**o, f),
            Self::Secret(o) => call(&**o, f),
            Self::ConfigMap(o) => call(&**o, f),
            Self::PersistentVolumeClaim(o) => call(&**o, f),
            Self::HorizontalPodAutoscaler(o) => call(&**o, f),
            Self::CustomResourceDefinition(o) => call(&**o, f),
            Self::Event(o) => call(&**o, f),
            Self::Ingress(o) => call(&**o, f),
            Self::IngressClass(o) => call(&**o, f),
            Self::NetworkPolicy(o) => call(&**o, f),
            Self::GatewayClass(o) => call(&**o, f),
            Self::Gateway(o) => call(&**o, f),
            Self::ListenerSet(o) => call(&**o, f),
            Self::ReferenceGrant(o) => call(&**o, f),
            Self::BackendTlsPolicy(o) => call(&**o, f),
            Self::Workload(o) => call(&**o, f),
            Self::Route(o) => call(&**o, f),
            Self::Unmodelled(o) => call(&**o, f),
            Self::Other(kind, meta) => f(meta, kind.clone(), !meta.namespace.is_empty()),
        }
    }

    /// The newest time the object itself mentions: the cluster was read no earlier.
    fn newest_time(&self) -> Option<jiff::Timestamp> {
        let created = self.meta().creation_timestamp.0;
        let told = match self {
            Self::Pod(pod) => pod.status.as_ref().and_then(super::model::PodStatus::newest_time),
            Self::Event(event) => event.last_timestamp.0.max(event.event_time.0),
            _ => None,
        };
        created.max(told)
    }

    /// Does the object carry a status with something in it? Only an API server writes one.
    pub fn has_status(&self) -> bool {
        match self {
            Self::Service(o) => o.status.is_some(),
            Self::Pod(o) => o.status.as_ref().is_some_and(|s| s.phase.is_some() || !s.conditions.is_empty()),
            Self::Node(o) => o.status.is_some(),
            Self::Ingress(o) => o.status.is_some(),
            Self::Gateway(o) => o.status.is_some(),
            Self::Route(o) => o.status.is_some(),
            Self::Workload(o) => o.status.as_ref().is_some_and(|s| !s.replicas.is_absent() || !s.conditions.is_empty()),
            _ => false,
        }
    }
}

/// An object that came twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// `Kind/namespace/name`.
    pub object: String,
    /// Its kind.
    pub kind: GroupKind,
    /// Origin of the copy that was kept.
    pub kept: u32,
    /// Origin of the copy that was dropped.
    pub dropped: u32,
    /// The two have different uids: another life of the name, or another cluster.
    pub different_uid: bool,
    /// The two speak of the same version.
    pub same_version: bool,
}

/// An object, its origin, and what kind of source it is.
type Entry = (AnyObject, u32, Provenance);

/// Collects the objects of one cluster.
#[derive(Debug, Default)]
pub struct Builder {
    /// In the order of pushing, until they are settled.
    objects: BTreeMap<GroupKind, Vec<Entry>>,
    unnamed: Vec<Entry>,
    duplicates: Vec<Duplicate>,
    settled: bool,
    /// What is known about what was read.
    pub coverage: Coverage,
    /// The newest time the inputs speak for.
    pub taken_at: Option<jiff::Timestamp>,
    newest: Option<jiff::Timestamp>,
    /// The cluster's name, where there are several.
    pub cluster: Option<String>,
    /// Namespace of namespaced manifests that name none; `default` if empty.
    pub default_namespace: String,
}

impl Builder {
    /// Adds an object. `stripped` says that its layout drops status and identity of live objects.
    pub fn push(&mut self, mut object: AnyObject, origin: u32, stripped: bool) {
        self.newest = self.newest.max(object.newest_time());
        let provenance = if object.meta().is_stored() || object.has_status() {
            Provenance::Live
        } else if stripped {
            Provenance::Stripped
        } else {
            Provenance::Manifest
        };
        let fallback = if self.default_namespace.is_empty() { "default" } else { &self.default_namespace };
        defaults::apply(&mut object, fallback);
        let kind = object.group_kind();
        if object.meta().name.is_empty() {
            self.unnamed.push((object, origin, provenance));
        } else {
            self.objects.entry(kind).or_default().push((object, origin, provenance));
        }
        self.settled = false;
    }

    /// What came twice, in the order of kind, namespace and name.
    pub fn duplicates(&mut self) -> &[Duplicate] {
        self.settle();
        &self.duplicates
    }

    /// Brings the objects into order and keeps the newest copy of each.
    fn settle(&mut self) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let Self { objects, duplicates, .. } = self;
        for (kind, entries) in objects {
            // Dumps come in this order nearly always: a stable sort then only looks.
            entries.sort_by(|a, b| key(a).cmp(&key(b)));
            entries.dedup_by(|new, old| {
                let same = key(new) == key(old);
                if same {
                    duplicates.push(newest_first(kind, old, new));
                }
                same
            });
        }
    }

    /// The snapshot.
    pub fn build(mut self) -> Snapshot {
        self.settle();
        let mut parts = Parts::default();
        for entries in self.objects.into_values().chain([self.unnamed]) {
            if let Some((first, ..)) = entries.first() {
                parts.reserve(first, entries.len());
            }
            for (object, origin, provenance) in entries {
                parts.add(object, origin, provenance);
            }
        }
        Snapshot { newest: self.newest, ..parts.into_snapshot(self.coverage, self.taken_at, self.cluster) }
    }
}

fn key(entry: &Entry) -> (&str, &str) {
    let meta = entry.0.meta();
    (&meta.namespace, &meta.name)
}

/// Of two copies the newer one becomes `old`, the one that is kept.
fn newest_first(kind: &GroupKind, old: &mut Entry, new: &mut Entry) -> Duplicate {
    let different_uid = matches!((&old.0.meta().uid, &new.0.meta().uid), (Some(a), Some(b)) if a != b);
    let same_version = freshness(new).0 == freshness(old).0;
    if freshness(new) > freshness(old) {
        std::mem::swap(old, new);
    }
    let (namespace, name) = key(old);
    Duplicate {
        object: format!("{kind}/{namespace}/{name}").replace("//", "/"),
        kind: kind.clone(),
        kept: old.1,
        dropped: new.1,
        different_uid,
        same_version,
    }
}

/// Which of two copies speaks for the later state: resourceVersion, then generation, then the later
/// source in the order of origins. (Kubernetes calls resourceVersion opaque; within one kind of one
/// cluster it is etcd's revision and grows.)
fn freshness(object: &Entry) -> ((bool, i64, i64, bool), std::cmp::Reverse<u32>) {
    let meta = object.0.meta();
    let live = object.2 == Provenance::Live;
    let version = meta.resource_version.known().copied().unwrap_or(-1);
    let generation = meta.generation.known().copied().unwrap_or(-1);
    ((live, version, generation, object.0.has_status()), std::cmp::Reverse(object.1))
}

impl Snapshot {
    /// Every object with its origin and provenance, in a stable order of kinds, namespaces and names.
    pub fn into_objects(self) -> Vec<(AnyObject, u32, Provenance)> {
        Parts::of(self)
    }

    /// The same cluster with other objects. They are taken as they are: nothing is defaulted again.
    #[must_use]
    pub fn with_objects(&self, objects: impl IntoIterator<Item = (AnyObject, u32, Provenance)>) -> Self {
        let mut parts = Parts::default();
        for (object, origin, provenance) in objects {
            parts.add(object, origin, provenance);
        }
        let mut snapshot = parts.into_snapshot(self.coverage.clone(), self.taken_at, self.cluster.clone());
        for (kind, count) in &self.other_kinds {
            *snapshot.other_kinds.entry(kind.clone()).or_default() += count;
        }
        snapshot.newest = self.newest;
        snapshot.simulation = self.simulation.clone();
        snapshot.thresholds = self.thresholds;
        snapshot
    }
}

macro_rules! parts {
    ($($variant:ident => $field:ident: $type:ty),+ $(,)?) => {
        #[derive(Default)]
        struct Parts {
            other: BTreeMap<GroupKind, usize>,
            $($field: Vec<Stored<$type>>,)+
        }
        impl Parts {
            /// Makes room for so many more objects like this one.
            fn reserve(&mut self, like: &AnyObject, count: usize) {
                match like {
                    $(AnyObject::$variant(_) => self.$field.reserve_exact(count),)+
                    AnyObject::Other(..) => {}
                }
            }
            fn add(&mut self, object: AnyObject, origin: u32, provenance: Provenance) {
                match object {
                    $(AnyObject::$variant(o) => self.$field.push(Stored { value: o, origin, provenance }),)+
                    AnyObject::Other(kind, _) => *self.other.entry(kind).or_default() += 1,
                }
            }
            fn of(snapshot: Snapshot) -> Vec<(AnyObject, u32, Provenance)> {
                let mut all = Vec::new();
                $(all.extend(
                    snapshot.$field.into_items().into_iter()
                        .map(|s| (AnyObject::$variant(s.value), s.origin, s.provenance)),
                );)+
                all
            }
            fn into_snapshot(
                self,
                coverage: Coverage,
                taken_at: Option<jiff::Timestamp>,
                cluster: Option<String>,
            ) -> Snapshot {
                Snapshot {
                    cluster,
                    taken_at,
                    newest: None,
                    coverage,
                    simulation: Simulation::default(),
                    thresholds: super::Thresholds::default(),
                    other_kinds: self.other,
                    $($field: Store::new(self.$field),)+
                }
            }
        }
    };
}
parts! {
    Service => services: Service,
    Pod => pods: Pod,
    Node => nodes: Node,
    Namespace => namespaces: Namespace,
    Endpoints => endpoints: Endpoints,
    EndpointSlice => slices: EndpointSlice,
    Secret => secrets: Secret,
    ConfigMap => config_maps: ConfigMap,
    PersistentVolumeClaim => claims: PersistentVolumeClaim,
    HorizontalPodAutoscaler => autoscalers: HorizontalPodAutoscaler,
    CustomResourceDefinition => crds: CustomResourceDefinition,
    Event => events: Event,
    Ingress => ingresses: Ingress,
    IngressClass => ingress_classes: IngressClass,
    NetworkPolicy => network_policies: NetworkPolicy,
    GatewayClass => gateway_classes: GatewayClass,
    Gateway => gateways: Gateway,
    ListenerSet => listener_sets: ListenerSet,
    ReferenceGrant => grants: ReferenceGrant,
    BackendTlsPolicy => backend_tls: BackendTlsPolicy,
    Workload => workloads: Workload,
    Route => routes: Route,
    Unmodelled => unmodelled: Unmodelled,
}
