//! MetalLB: from the pool of an address to the nodes that announce it.
//!
//! Sources: metallb/metallb `speaker/layer2_controller.go` (`ShouldAnnounce`, `speakersForPool`),
//! `speaker/bgp_controller.go`, `speaker/main.go` (`--ignore-exclude-lb`, since 0.14.4), `internal/config/config.go`
//! (`ipAddressPoolSelectors`, `nodeSelectors`), `website/content/troubleshooting/_index.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::flags::Flags;
use kubereach_model::snapshot::model::{ConditionStatus, Node, Pod, Resource as _, Service, Unmodelled, current};
use kubereach_model::snapshot::{Absence, Found, Gap, GroupKind, LabelSelector, Snapshot};

/// By which MetalLB notes the pool of an address on the Service.
const POOL: [&str; 2] = ["metallb.io/ip-allocated-from-pool", "metallb.universe.tf/ip-allocated-from-pool"];
const GROUP: &str = "metallb.io";
static ADVERTISEMENTS: [GroupKind; 2] =
    [GroupKind::known(GROUP, "L2Advertisement"), GroupKind::known(GROUP, "BGPAdvertisement")];
static POOLS: GroupKind = GroupKind::known(GROUP, "IPAddressPool");
const EXCLUDED: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// From a pool to what announces its addresses.
#[derive(Debug)]
pub struct Chain<'s> {
    /// The pool's name.
    pub pool: &'s str,
    /// What announces it.
    pub announced: Announced<'s>,
}

/// What announces the addresses of a pool.
#[derive(Debug)]
pub enum Announced<'s> {
    /// Speakers on these nodes, by this advertisement.
    By(Found<'s, Unmodelled>, BTreeSet<&'s str>),
    /// Speakers that were not found, or that are on nodes that were not read (the gap), by this advertisement.
    Unseen(Found<'s, Unmodelled>, Option<Gap>),
    /// No advertisement is for the pool.
    Nothing(Absence),
    /// No advertisement was found, and those of this kind were not all read.
    Unread(&'static GroupKind, Gap),
    /// Every node with a speaker is left out: the first of them, with why.
    NoNode(Found<'s, Node>, &'static str),
    /// Every node with a speaker is left out if the speakers honour the label that excludes nodes, which is not shown.
    PerhapsNoNode(Found<'s, Node>),
    /// No speaker is ready: one of them.
    NoSpeaker(Found<'s, Pod>),
}

/// What the cluster has of MetalLB, found once for all Services: places in the stores, which, unlike what stands there,
/// bind no lifetime.
#[derive(Debug)]
pub struct MetalLb {
    advertisements: Vec<usize>,
    speakers: Vec<usize>,
}

impl MetalLb {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let is_advertisement = |object: &Found<'_, Unmodelled>| {
            object.get().value.group_kind.as_ref().is_some_and(|kind| ADVERTISEMENTS.contains(kind))
        };
        Self {
            advertisements: places(snapshot.unmodelled.iter(), is_advertisement),
            speakers: places(snapshot.pods.iter(), is_speaker),
        }
    }
}

fn places<'s, T: 's>(all: impl Iterator<Item = Found<'s, T>>, is_one: impl Fn(&Found<'s, T>) -> bool) -> Vec<usize> {
    all.enumerate().filter(|(_, found)| is_one(found)).map(|(place, _)| place).collect()
}

/// The chain of a Service of type `LoadBalancer`; `None` where MetalLB did not give it its address.
pub fn chain<'s>(cluster: &ClusterIndex<'s>, service: Found<'s, Service>) -> Option<Chain<'s>> {
    let meta = &service.get().value.metadata;
    let pool = POOL.iter().find_map(|key| meta.annotation(key)).filter(|pool| !pool.is_empty())?;
    let local = service.spec.external_traffic_policy.as_deref() == Some("Local");
    Some(Chain { pool, announced: announced(cluster, pool, local.then_some(service)) })
}

fn announced<'s>(cluster: &ClusterIndex<'s>, pool: &str, local: Option<Found<'s, Service>>) -> Announced<'s> {
    let labels = cluster.snapshot.unmodelled.of_kind(&POOLS).find(|object| object.metadata.name == pool);
    let labels = labels.map(|pool| &pool.get().value.metadata.labels);
    let all = cluster.metallb().advertisements.iter().filter_map(|place| cluster.snapshot.unmodelled.get(*place));
    let advertisements: Vec<_> =
        all.filter(|o| is_for(&o.get().value.spec, pool, labels.map(|labels| -> &BTreeMap<_, _> { labels }))).collect();
    let Some(first) = advertisements.first().copied() else { return unannounced(cluster, pool) };
    nodes(cluster, first, &advertisements, local)
}

fn unannounced<'s>(cluster: &ClusterIndex<'s>, pool: &str) -> Announced<'s> {
    let mut shown = None;
    for kind in &ADVERTISEMENTS {
        let what = format!("{} for the pool {pool}", kind.kind);
        match cluster.snapshot.nothing_else_of(kind, None, what) {
            Ok(absence) => shown = shown.or(Some(absence)),
            Err(gap) => return Announced::Unread(kind, gap),
        }
    }
    match shown {
        Some(absence) => Announced::Nothing(absence),
        None => Announced::Unread(&ADVERTISEMENTS[0], Gap::investigate("advertisements of MetalLB", "")),
    }
}

/// Does an advertisement speak for a pool? Without pools and selectors it does for every one.
fn is_for(spec: &Value, pool: &str, labels: Option<&BTreeMap<String, String>>) -> bool {
    let list = |key: &str| spec.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (pools, selectors) = (list("ipAddressPools"), list("ipAddressPoolSelectors"));
    if pools.is_empty() && selectors.is_empty() {
        return true;
    }
    // A pool that was not read may carry any label.
    let selected = |selector: &Value| labels.is_none_or(|labels| matches(selector, labels));
    pools.iter().any(|name| name.as_str() == Some(pool)) || selectors.iter().any(selected)
}

/// Does a selector match? One that cannot be read may.
fn matches(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let selector = serde_json::from_value::<LabelSelector>(selector.clone()).ok();
    selector.is_none_or(|selector| selector.matches(labels) != Some(false))
}

fn nodes<'s>(
    cluster: &ClusterIndex<'s>,
    first: Found<'s, Unmodelled>,
    advertisements: &[Found<'s, Unmodelled>],
    local: Option<Found<'s, Service>>,
) -> Announced<'s> {
    let speakers = cluster.metallb().speakers.iter().filter_map(|place| cluster.snapshot.pods.get(*place));
    let speakers: Vec<_> = speakers.collect();
    if let Err(gap) = cluster.snapshot.is_complete(Node::KIND, None) {
        return Announced::Unseen(first, Some(gap));
    }
    let Some(any) = speakers.first().copied() else { return Announced::Unseen(first, None) };
    let ready: Vec<_> = speakers.iter().filter(|pod| pod.is_ready() != Some(false)).collect();
    if ready.is_empty() {
        return Announced::NoSpeaker(any);
    }
    let selected = |node: &Found<'s, Node>| {
        advertisements.iter().any(|advertisement| {
            let selectors = advertisement.get().value.spec.get("nodeSelectors").and_then(Value::as_array);
            let selectors = selectors.map(Vec::as_slice).unwrap_or_default();
            selectors.is_empty() || selectors.iter().any(|selector| matches(selector, &node.metadata.labels))
        })
    };
    let backed = local.and_then(|service| {
        let view = cluster.service_view(&service.get().value.metadata.namespace, &service.get().value.metadata.name)?;
        Some(view.endpoints.iter().filter(|e| e.ready).filter_map(|e| e.node).collect::<BTreeSet<_>>())
    });
    let honours = ready.first().and_then(|pod| honours_exclusion(&pod.get().value));
    let (mut announcing, mut left_out, mut perhaps) = (BTreeSet::new(), None, None);
    for pod in ready {
        let Some(name) = pod.get().value.spec.node_name.as_deref() else { continue };
        let Some(node) = cluster.snapshot.nodes.named("", name).next() else {
            return Announced::Unseen(first, None);
        };
        let why = if !selected(&node) {
            Some("no advertisement selects it")
        } else if backed.as_ref().is_some_and(|backed| !backed.contains(name)) {
            Some("no ready pod of the Service runs on it (externalTrafficPolicy Local)")
        } else if is_unavailable(&node) {
            Some("its network is unavailable")
        } else if node.metadata.label(EXCLUDED).is_some() && honours != Some(false) {
            if honours.is_none() {
                perhaps = perhaps.or(Some(node));
                continue;
            }
            Some("it carries the label node.kubernetes.io/exclude-from-external-load-balancers")
        } else {
            None
        };
        match why {
            Some(why) => left_out = left_out.or(Some((node, why))),
            None => {
                announcing.insert(name);
            }
        }
    }
    match (announcing.is_empty(), perhaps, left_out) {
        (true, Some(node), _) => Announced::PerhapsNoNode(node),
        (true, None, Some((node, why))) => Announced::NoNode(node, why),
        (true, None, None) => Announced::Unseen(first, None),
        (false, ..) => Announced::By(first, announcing),
    }
}

/// By the labels of the manifests and of the chart.
fn is_speaker(pod: &Found<'_, Pod>) -> bool {
    let labelled = |name: &str, component: &str| {
        pod.metadata.label(name) == Some("metallb") && pod.metadata.label(component) == Some("speaker")
    };
    let own = labelled("app", "component") || labelled("app.kubernetes.io/name", "app.kubernetes.io/component");
    own && !pod.is_finished() && !pod.is_terminating()
}

/// Do the speakers keep away from nodes with the label? They do since 0.14.4, unless a flag says otherwise; `None` where
/// version or flags are not shown.
fn honours_exclusion(pod: &Pod) -> Option<bool> {
    if Flags::of(pod)?.is_on("ignore-exclude-lb")? {
        return Some(false);
    }
    let image =
        pod.spec.containers.iter().find(|c| c.name == "speaker" || c.name == "metallb-speaker")?.image.as_deref()?;
    let tag = image.rsplit_once(':')?.1.trim_start_matches('v');
    let numbers: Vec<u32> = tag.split(['.', '-']).take(3).map_while(|part| part.parse().ok()).collect();
    let [major, minor, patch] = numbers.as_slice() else { return None };
    Some((*major, *minor, *patch) >= (0, 14, 4))
}

fn is_unavailable(node: &Node) -> bool {
    let conditions = node.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
    current(conditions, "NetworkUnavailable").is_some_and(|c| c.status == ConditionStatus::True)
}
