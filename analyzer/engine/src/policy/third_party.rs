//! Policies of other systems: not evaluated, but asked whom they may touch, so that it can be said.

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;
use serde::Deserialize as _;
use serde_json::Value;

use super::answer::{Direction, Truth};
use super::ends::PodEnd;
use super::engine::is_evaluated;
use super::selectors::on_labels;
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, LabelSelector, Snapshot};

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
}

/// Every policy of another system in a snapshot.
#[derive(Debug)]
pub struct ThirdParties<'s> {
    all: Vec<ThirdParty<'s>>,
    /// Those that touch pods of one namespace only.
    by_namespace: HashMap<&'s str, Vec<usize>>,
    anywhere: Vec<usize>,
}

impl<'s> ThirdParties<'s> {
    /// Reads them.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let all: Vec<ThirdParty<'s>> = snapshot.unmodelled.iter().filter_map(read).collect();
        let (mut by_namespace, mut anywhere) = (HashMap::<_, Vec<usize>>::new(), Vec::new());
        for (index, third_party) in all.iter().enumerate() {
            match third_party.scope {
                Scope::Inert => {}
                Scope::Namespace(Some(namespace)) | Scope::Labels { namespace: Some(namespace), .. } => {
                    by_namespace.entry(namespace).or_default().push(index);
                }
                Scope::Namespace(None) | Scope::Labels { .. } => anywhere.push(index),
            }
        }
        Self { all, by_namespace, anywhere }
    }

    /// None at all?
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Every one.
    pub fn iter(&self) -> impl Iterator<Item = &ThirdParty<'s>> {
        self.all.iter()
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
        }
    }
}

fn read(found: Found<'_, Unmodelled>) -> Option<ThirdParty<'_>> {
    let stored = found.get();
    let kind = stored.value.group_kind.as_ref()?;
    if is_evaluated(kind) {
        return None;
    }
    let spec = &stored.value.spec;
    let own = Some(stored.metadata.namespace.as_str()).filter(|ns| !ns.is_empty());
    let (system, may_allow, scope, directions) = match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("network.openshift.io", "EgressNetworkPolicy") => {
            ("OpenShift SDN", false, Scope::Namespace(own), [false, true])
        }
        ("kuma.io", "MeshTrafficPermission" | "TrafficPermission") => {
            ("Kuma", false, Scope::Namespace(None), [true; 2])
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

/// The pods that a field selects; all of the namespace where it does not stand there.
fn by_labels<'s>(spec: &Value, field: &str, namespace: Option<&'s str>) -> Scope<'s> {
    match spec.get(field).and_then(|value| LabelSelector::deserialize(value).ok()) {
        Some(selector) => Scope::Labels { namespace, selector },
        None => Scope::Namespace(namespace),
    }
}
