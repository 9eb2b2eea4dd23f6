//! Policies of other systems: not evaluated, but asked whom they may touch, so that it can be said.

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;
use serde::Deserialize as _;
use serde_json::Value;

use super::answer::{Direction, Missing, Truth};
use super::ends::PodEnd;
use super::engine::is_evaluated;
use super::mesh::{annotation, runs_container};
use super::selectors::{on_labels, on_namespace};
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Snapshot};

/// A policy of another system.
#[derive(Debug, Clone)]
pub struct ThirdParty<'s> {
    /// It.
    pub object: ObjectRef,
    /// As it was read.
    pub found: Found<'s, Unmodelled>,
    /// Whose policy it is.
    pub system: &'static str,
    /// May it let through what a `NetworkPolicy` turns away? Some only take away.
    pub may_allow: bool,
    scope: Scope<'s>,
    directions: [bool; 2],
}

#[derive(Debug, Clone)]
enum Scope<'s> {
    /// It changes nothing by itself: staged, a tier, a routing rule.
    Inert,
    /// Every pod of the namespace (`None`: of the cluster).
    Namespace(Option<&'s str>),
    /// Pods by labels.
    Labels { namespace: Option<&'s str>, selector: LabelSelector },
    /// Pods by labels, of namespaces by labels.
    Selected { namespaces: LabelSelector, selector: LabelSelector },
    /// Pods of a mesh: they run its proxy, or will.
    Mesh(&'static Mesh, Option<Member>),
}

/// How the pods of a mesh are known.
#[derive(Debug)]
struct Mesh {
    /// Containers that are its proxy.
    proxies: &'static [&'static str],
    /// The label or annotation, of the pod or its namespace, that asks for it, and its value.
    asks: (&'static str, &'static str),
}

/// Kuma, data plane on Kubernetes: the container `kuma-sidecar`, and `kuma.io/sidecar-injection: enabled`.
static KUMA: Mesh = Mesh { proxies: &["kuma-sidecar"], asks: ("kuma.io/sidecar-injection", "enabled") };
/// Consul on Kubernetes: its proxy's containers, and the annotation `consul.hashicorp.com/connect-inject`.
static CONSUL: Mesh = Mesh {
    proxies: &["consul-dataplane", "envoy-sidecar", "consul-connect-envoy-sidecar"],
    asks: ("consul.hashicorp.com/connect-inject", "true"),
};

/// Which pods of a mesh.
#[derive(Debug, Clone)]
enum Member {
    /// By tags, which Kuma takes from labels.
    Tags(LabelSelector),
    /// The service of this name.
    Service(String),
}

/// Every policy of another system in a snapshot.
#[derive(Debug)]
pub struct ThirdParties<'s> {
    all: Vec<ThirdParty<'s>>,
    /// Those that touch pods of one namespace only.
    by_namespace: HashMap<&'s str, Vec<usize>>,
    anywhere: Vec<usize>,
    /// What turns nobody away, and says by which way or address connections leave the cluster.
    ways_out: Vec<ThirdParty<'s>>,
}

impl<'s> ThirdParties<'s> {
    /// Reads them.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let meshes = without_tls(snapshot);
        let read = |found| read(found, &meshes);
        let all: Vec<ThirdParty<'s>> = snapshot.unmodelled.iter().filter_map(read).collect();
        let ways_out = snapshot.unmodelled.iter().filter_map(way_out).collect();
        let (mut by_namespace, mut anywhere) = (HashMap::<_, Vec<usize>>::new(), Vec::new());
        for (index, third_party) in all.iter().enumerate() {
            match third_party.scope {
                Scope::Inert => {}
                Scope::Namespace(Some(namespace)) | Scope::Labels { namespace: Some(namespace), .. } => {
                    by_namespace.entry(namespace).or_default().push(index);
                }
                Scope::Namespace(None) | Scope::Labels { .. } | Scope::Selected { .. } | Scope::Mesh(..) => {
                    anywhere.push(index);
                }
            }
        }
        Self { all, by_namespace, anywhere, ways_out }
    }

    /// None at all?
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.ways_out.is_empty()
    }

    /// Every one.
    pub fn iter(&self) -> impl Iterator<Item = &ThirdParty<'s>> {
        self.all.iter()
    }

    /// What says by which way or address connections of this pod leave the cluster.
    pub fn ways_out(&self, pod: &PodEnd<'s>) -> impl Iterator<Item = &ThirdParty<'s>> {
        self.ways_out.iter().filter(move |of| of.touches(pod, Direction::Egress) == Truth::Yes)
    }

    /// Those that may touch a pod of this namespace, in their order.
    pub(super) fn near(&self, namespace: &str) -> impl Iterator<Item = &ThirdParty<'s>> {
        let own = self.by_namespace.get(namespace).map(Vec::as_slice).unwrap_or_default();
        let mut indexes = [own, &self.anywhere].concat();
        indexes.sort_unstable();
        indexes.into_iter().filter_map(|index| self.all.get(index))
    }
}

impl<'s> ThirdParty<'s> {
    /// Does it change nothing by itself?
    pub const fn is_inert(&self) -> bool {
        matches!(self.scope, Scope::Inert)
    }

    /// May it touch this pod's connections in this direction?
    pub fn touches(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if !self.directions.get(direction.index()).copied().unwrap_or(false) {
            return Truth::No;
        }
        let elsewhere = |namespace: Option<&str>| namespace.is_some_and(|ns| ns != pod.namespace);
        match &self.scope {
            Scope::Inert => Truth::No,
            Scope::Namespace(namespace) => Truth::of(!elsewhere(*namespace)),
            Scope::Labels { namespace, selector } => {
                if elsewhere(*namespace) {
                    return Truth::No;
                }
                on_labels(selector, pod.labels)
            }
            Scope::Selected { namespaces, selector } => {
                on_namespace(namespaces, pod.namespace, pod.namespace_labels).and(on_labels(selector, pod.labels))
            }
            Scope::Mesh(mesh, member) => mesh.holds(pod).and(member.as_ref().map_or(Truth::Yes, |m| m.is(pod))),
        }
    }
}

impl Mesh {
    /// Is the pod one of them, or will it be?
    fn holds<'s>(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        let (key, value) = self.asks;
        let of_namespace = || {
            let labels = pod.namespace_labels.and_then(|labels| labels.get(key));
            let annotations = pod.namespace_annotations.and_then(|annotations| annotations.get(key));
            labels.or(annotations).map(String::as_str)
        };
        let of_pod = pod.labels.get(key).map(String::as_str).or_else(|| annotation(pod, key));
        let runs = self.proxies.iter().any(|proxy| runs_container(pod, proxy));
        // A pod that runs has its proxy or never gets one; a template may get it.
        Truth::of(runs || (pod.is_template && of_pod.or_else(of_namespace) == Some(value)))
    }
}

impl Member {
    fn is<'s>(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        match self {
            Self::Tags(tags) => on_labels(tags, pod.labels),
            Self::Service(name) if name == "*" => Truth::Yes,
            Self::Service(name) => match annotation(pod, "consul.hashicorp.com/connect-service") {
                Some(services) => Truth::of(services.split(',').any(|service| service.trim() == name)),
                // It has the name of its Service, which may be another than its own.
                None => Truth::Unknown(Missing::Form),
            },
        }
    }
}

/// Meshes of Kuma that were read and do without TLS: permissions have no effect there.
fn without_tls(snapshot: &Snapshot) -> Vec<&str> {
    let meshes = snapshot.unmodelled.iter().filter(|found| {
        let stored = found.get();
        stored.value.group_kind.as_ref() == Some(&GroupKind::known("kuma.io", "Mesh"))
            && stored.value.spec.pointer("/mtls/enabledBackend").is_none()
    });
    meshes.map(|found| found.get().metadata.name.as_str()).collect()
}

/// `EgressIP` of OVN-Kubernetes sets the source address of connections out of the cluster, and
/// `AdminPolicyBasedExternalRoute` the gateways they take (API references of k8s.ovn.org/v1).
fn way_out(found: Found<'_, Unmodelled>) -> Option<ThirdParty<'_>> {
    let stored = found.get();
    let kind = stored.value.group_kind.as_ref()?;
    let spec = &stored.value.spec;
    let selector = |field: Option<&Value>| field.and_then(|value| LabelSelector::deserialize(value).ok());
    let (namespaces, pods) = match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("k8s.ovn.org", "EgressIP") => (spec.get("namespaceSelector"), spec.get("podSelector")),
        ("k8s.ovn.org", "AdminPolicyBasedExternalRoute") => (spec.pointer("/from/namespaceSelector"), None),
        _ => return None,
    };
    let scope = Scope::Selected { namespaces: selector(namespaces)?, selector: selector(pods).unwrap_or_default() };
    let object = ObjectRef {
        kind: kind.kind.to_string(),
        namespace: None,
        name: stored.metadata.name.clone(),
        group: kind.other_group(),
    };
    let (system, may_allow, directions) = ("OVN-Kubernetes", false, [false, true]);
    Some(ThirdParty { object, found, system, may_allow, scope, directions })
}

fn read<'s>(found: Found<'s, Unmodelled>, without_tls: &[&str]) -> Option<ThirdParty<'s>> {
    let stored = found.get();
    let kind = stored.value.group_kind.as_ref()?;
    if is_evaluated(kind) {
        return None;
    }
    let spec = &stored.value.spec;
    let own = Some(stored.metadata.namespace.as_str()).filter(|ns| !ns.is_empty());
    let (system, may_allow, scope, directions) = match (kind.group.as_ref(), kind.kind.as_ref()) {
        // The proxy of the destination enforces it, where the mesh has TLS.
        ("kuma.io", "MeshTrafficPermission" | "TrafficPermission") => {
            let mesh = stored.metadata.label("kuma.io/mesh").unwrap_or("default");
            let scope = if without_tls.contains(&mesh) { Scope::Inert } else { of_kuma(spec) };
            ("Kuma", false, scope, [true, false])
        }
        // Without a permission nobody gets in, and who has no proxy never does.
        ("kuma.io", "Mesh") if spec.pointer("/mtls/enabledBackend").is_some() => {
            ("Kuma", false, Scope::Mesh(&KUMA, None), [true, false])
        }
        ("consul.hashicorp.com", "ServiceIntentions") => {
            let name = spec.pointer("/destination/name").and_then(Value::as_str).unwrap_or("*");
            let member = Member::Service(name.to_owned());
            ("Consul", false, Scope::Mesh(&CONSUL, Some(member)), [true, false])
        }
        // Speaks of further interfaces of a pod; Services lead to the first one.
        ("k8s.cni.cncf.io", "MultiNetworkPolicy") => ("Multus", false, Scope::Inert, [false; 2]),
        ("vpcresources.k8s.aws", "SecurityGroupPolicy") => {
            ("Amazon VPC CNI", false, by_labels(spec, "podSelector", own), [true; 2])
        }
        ("networking.k8s.aws", "ApplicationNetworkPolicy") => {
            ("Amazon VPC CNI", true, by_labels(spec, "podSelector", own), [true; 2])
        }
        ("networking.gke.io", "FQDNNetworkPolicy") => ("GKE", true, by_labels(spec, "podSelector", own), [false, true]),
        _ => return None,
    };
    let object = ObjectRef {
        kind: kind.kind.to_string(),
        namespace: own.map(str::to_owned),
        name: stored.metadata.name.clone(),
        group: kind.other_group(),
    };
    Some(ThirdParty { object, found, system, may_allow, scope, directions })
}

/// The pods that the top `targetRef` of a policy means: by labels of pods, or by tags that are labels.
fn of_kuma<'s>(spec: &Value) -> Scope<'s> {
    let kind = spec.pointer("/targetRef/kind").and_then(Value::as_str);
    let pairs = match kind {
        Some("Dataplane") => spec.pointer("/targetRef/labels"),
        Some("MeshSubset") => spec.pointer("/targetRef/tags"),
        _ => None,
    };
    let pairs = pairs.and_then(Value::as_object).into_iter().flatten();
    // What Kuma makes itself is on no pod.
    let own = pairs.filter(|(key, _)| !key.contains("kuma.io/"));
    let labels = own.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let tags = LabelSelector { match_labels: labels, ..LabelSelector::default() };
    Scope::Mesh(&KUMA, Some(Member::Tags(tags)).filter(|_| kind.is_some()))
}

/// The pods that a field selects; all of the namespace where it does not stand there.
fn by_labels<'s>(spec: &Value, field: &str, namespace: Option<&'s str>) -> Scope<'s> {
    match spec.get(field).and_then(|value| LabelSelector::deserialize(value).ok()) {
        Some(selector) => Scope::Labels { namespace, selector },
        None => Scope::Namespace(namespace),
    }
}
