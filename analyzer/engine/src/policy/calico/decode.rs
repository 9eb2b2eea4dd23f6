//! Objects of Calico as they are stored: under two groups, of which one is a view of the other.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Map, Value};

use crate::policy::network::Block;
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, GroupKind, Snapshot};

/// What an API server of Calico shows.
const SERVED: &str = "projectcalico.org";
/// What is stored behind it.
const STORED: &str = "crd.projectcalico.org";

macro_rules! kinds {
    ($($kind:literal),+ $(,)?) => {
        /// Every kind that is read, in both groups.
        pub(super) static KINDS: &[GroupKind] =
            &[$(GroupKind::known(SERVED, $kind), GroupKind::known(STORED, $kind)),+];
    };
}

kinds! {
    "NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy",
    "StagedKubernetesNetworkPolicy", "Tier", "NetworkSet", "GlobalNetworkSet", "HostEndpoint", "Profile",
}

/// Before the names of policies of Kubernetes, where an API server of Calico shows these a second time.
const COPIES: [&str; 4] = ["knp.default.", "kanp.adminnetworkpolicy.", "kbanp.baselineadminnetworkpolicy.", "kcnp."];

/// Was everything of a kind read, in a namespace or everywhere? One group shows what the other does.
pub(super) fn is_complete(snapshot: &Snapshot, kind: &'static str, namespace: Option<&str>) -> bool {
    let all = |group| snapshot.is_complete(&GroupKind::known(group, kind), namespace).is_ok();
    snapshot.is_manifests() || all(SERVED) || all(STORED)
}

/// Every object of a kind, once.
pub(super) fn objects<'s>(snapshot: &'s Snapshot, kind: &str) -> Vec<Found<'s, Unmodelled>> {
    let mut all: BTreeMap<(&str, &str, &str), Found<'s, Unmodelled>> = BTreeMap::new();
    for found in snapshot.unmodelled.iter() {
        let stored = found.get();
        let Some(of) = stored.value.group_kind.as_ref().filter(|of| of.kind == kind) else { continue };
        if COPIES.iter().any(|prefix| stored.metadata.name.starts_with(prefix)) {
            continue;
        }
        // One name may stand in several tiers.
        let name = (stored.metadata.namespace.as_str(), tier(&stored.value.spec), plain_name(&stored.value));
        match of.group.as_ref() {
            SERVED => {
                all.insert(name, found);
            }
            STORED => {
                all.entry(name).or_insert(found);
            }
            _ => {}
        }
    }
    all.into_values().collect()
}

/// Is it of the group that is stored, which no server completes?
pub(super) fn is_stored(object: &Unmodelled) -> bool {
    object.group_kind.as_ref().is_some_and(|kind| kind.group == STORED)
}

/// The tier that a policy names.
pub(super) fn tier(spec: &Value) -> &str {
    spec.get("tier").and_then(Value::as_str).filter(|tier| !tier.is_empty()).unwrap_or("default")
}

/// Its name without the tier, which some versions write before it.
pub(super) fn plain_name(object: &Unmodelled) -> &str {
    let name = object.metadata.name.as_str();
    name.strip_prefix(tier(&object.spec)).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
}

/// The labels of an object. What is stored keeps them in an annotation. (`libcalico-go/lib/backend/k8s/resources`)
pub(super) fn labels(object: &Unmodelled) -> BTreeMap<String, String> {
    let mut labels: BTreeMap<String, String> = (*object.metadata.labels).clone();
    let kept = object.metadata.annotation("projectcalico.org/metadata").filter(|_| is_stored(object));
    let kept: Option<Value> = kept.and_then(|text| serde_json::from_str(text).ok());
    if let Some(kept) = kept.as_ref().and_then(|kept| kept.get("labels")).and_then(Value::as_object) {
        let pairs = kept.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
        labels.extend(pairs);
    }
    labels
}

/// The fields of an object that have a value.
pub(super) fn fields(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let object: Option<&Map<String, Value>> = value.and_then(Value::as_object);
    object.into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
}

/// The items of a list.
pub(super) fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Texts of a list.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    items(Some(value)).iter().filter_map(Value::as_str)
}

/// Ranges, or single addresses.
pub(super) fn nets(value: Option<&Value>) -> Vec<Block> {
    let block = |text: &str| match text.trim().parse::<IpAddr>() {
        Ok(address) => Block::of_cidr(&IpNet::from(address).to_string()),
        Err(_) => Block::of_cidr(text),
    };
    items(value).iter().map(|net| block(net.as_str().unwrap_or_default())).collect()
}
