//! The pod or template whose labels come closest to a selector that matches nothing.

use std::collections::BTreeMap;

use kubereach_reports::report::ObjectRef;

use crate::resolve::ClusterIndex;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Pod, Resource as _, Service, Workload, WorkloadKind};
use kubereach_model::snapshot::{Absence, Found, Gap, GroupKind, is_placeholder, matches_pairs};

/// How many pods and how many templates of a namespace are compared; this is advice, not evidence.
const COMPARED: usize = 2000;

/// Labels in words: `app=web, tier=front`.
pub(crate) fn words(labels: &BTreeMap<String, String>) -> String {
    let mut all: Vec<String> = labels.iter().take(6).map(|(k, v)| format!("{k}={v}")).collect();
    if labels.len() > all.len() {
        all.push("…".to_owned());
    }
    cut(&all.join(", "))
}

/// What comes closest.
pub(crate) struct ClosestMatch {
    /// The pod or workload.
    pub(crate) object: ObjectRef,
    /// A workload's template rather than a pod.
    pub(crate) template: bool,
    differences: Vec<String>,
    /// The one label that was meant, where the selector differs by a slip of the finger.
    meant: Option<String>,
}

impl ClosestMatch {
    /// `pod web-1`, `the template of Deployment web`.
    pub(crate) fn title(&self) -> String {
        if self.template {
            format!("the pod template of {} {}", self.object.kind, self.object.name)
        } else {
            format!("pod {}", self.object.name)
        }
    }

    /// Which labels differ, and what was meant.
    pub(crate) fn difference(&self) -> String {
        let differences = cut(&self.differences.join(", "));
        match &self.meant {
            Some(meant) => format!("{differences}; did you mean {}?", cut(meant)),
            None => differences,
        }
    }
}

/// Is one word the other with a slip of the finger? At most two letters, and no more than one in three, differ, and no
/// digit: `db-1` and `db-2` are two things.
fn is_slip(one: &str, other: &str) -> bool {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    let longest = one.chars().count().max(other.chars().count());
    let apart = strsim::osa_distance(one, other);
    (1..=2).contains(&apart) && apart * 3 <= longest && digits(one) == digits(other)
}

/// The label that the selector means, where one of its labels has a slip in the value or in the key and all others fit.
fn meant(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> Option<String> {
    let mut differing = selector.iter().filter(|(key, value)| labels.get(*key) != Some(*value));
    let (key, value) = differing.next()?;
    if differing.next().is_some() {
        return None;
    }
    let slipped = match labels.get(key) {
        Some(found) => Some((key, found)).filter(|_| is_slip(value, found)),
        None => labels
            .iter()
            .find(|(other, found)| *found == value && is_slip(key, other) && !selector.contains_key(other.as_str())),
    };
    slipped.map(|(key, value)| format!("{key}={value}"))
}

/// Labels it shares in full count most, keys it shares with another value count too.
fn score(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> usize {
    selector.iter().fold(0, |sum, (key, value)| match labels.get(key) {
        Some(found) if found == value => sum + 3,
        Some(_) => sum + 1,
        None => sum,
    })
}

/// How many letters the values that differ are apart: `web` is nearer to `webshop` than to `cart`.
fn apart(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> usize {
    let pairs = selector.iter().filter_map(|(key, value)| Some((value, labels.get(key)?)));
    let prefixed = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    pairs.map(|(a, b)| if prefixed(a, b) { usize::from(a != b) } else { strsim::osa_distance(a, b) }).sum()
}

fn differences(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> Vec<String> {
    let differing = selector.iter().filter(|(key, value)| labels.get(*key) != Some(*value));
    differing
        .map(|(key, value)| match labels.get(key) {
            Some(found) => format!("it has {key}={found}, the selector asks for {key}={value}"),
            None => format!("it has no label {key}, the selector asks for {key}={value}"),
        })
        .collect()
}

/// The pod or template of the namespace whose labels are most like the selector.
pub(crate) fn closest_match(
    cluster: &ClusterIndex<'_>,
    namespace: &str,
    selector: &BTreeMap<String, String>,
) -> Option<ClosestMatch> {
    let mut best: Option<((usize, std::cmp::Reverse<usize>), ObjectRef, bool, &BTreeMap<String, String>)> = None;
    let mut offer = |object: ObjectRef, template: bool, labels| {
        let score = score(selector, labels);
        let score = (score, std::cmp::Reverse(if score > 0 { apart(selector, labels) } else { 0 }));
        if score.0 > 0 && best.as_ref().is_none_or(|(old, ..)| score > *old) {
            best = Some((score, object, template, labels));
        }
    };
    for workload in cluster.templates_in(namespace).iter().take(COMPARED) {
        if let Some(template) = workload.get().value.template()
            && workload.metadata.controller().is_none()
        {
            offer(workload.object(), true, &template.metadata.labels);
        }
    }
    for pod in cluster.snapshot.pods.in_namespace(namespace).take(COMPARED) {
        let pod: &Pod = &pod.get().value;
        offer(pod.object_ref(), false, &pod.metadata.labels);
    }
    let (_, object, template, labels) = best?;
    let (differences, meant) = (differences(selector, labels), meant(selector, labels));
    Some(ClosestMatch { object, template, differences, meant })
}

/// That a selector of a manifest is misspelt: all workloads of a kind are in the input, and it differs by a slip of the
/// finger from the template of one of them, which no other Service means (or whose name the Service bears).
pub(crate) fn misspelt(
    cluster: &ClusterIndex<'_>,
    service: &Service,
    near: &ClosestMatch,
    what: impl Into<String>,
) -> Option<Absence> {
    let namespace = service.metadata.namespace.as_str();
    near.meant.as_ref().filter(|_| near.template)?;
    let workload = cluster.templates_in(namespace).iter().find(|w| w.object() == near.object)?;
    let labels = &workload.template()?.metadata.labels;
    let others = cluster.snapshot.services.in_namespace(namespace);
    let others = others.filter(|other| other.metadata.name != service.metadata.name && !other.is_selectorless());
    let is_meant_by_others = others.into_iter().any(|other| matches_pairs(&other.spec.selector, labels));
    if is_meant_by_others && !service.metadata.name.starts_with(workload.metadata.name.as_str()) {
        return None;
    }
    if cluster.snapshot.other_kinds.keys().any(may_make_pods) {
        return None;
    }
    cluster.snapshot.nothing_else_of(&workload.group_kind(), Some(namespace), what).ok()
}

/// Why, in manifests, a workload with the right labels may exist that was not read.
pub(crate) fn templates_gap(cluster: &ClusterIndex<'_>, namespace: &str, service: &Service) -> Option<Gap> {
    let selector = &service.spec.selector;
    let is_filled = |text: &String| is_placeholder(text);
    if selector.iter().any(|(key, value)| is_filled(key) || is_filled(value)) {
        return Some(Gap::investigate(
            "what the selector asks for",
            "it holds a placeholder that something fills in later",
        ));
    }
    let holey = |w: &&Found<'_, Workload>| {
        w.template().is_some_and(|t| t.metadata.labels.iter().any(|(key, value)| is_filled(key) || is_filled(value)))
    };
    if let Some(workload) = cluster.templates_in(namespace).iter().find(holey) {
        return Some(Gap::investigate(
            format!("which labels the pods of {} carry", workload.title()),
            "a label of its template holds a placeholder that something fills in later",
        ));
    }
    // Patroni, operators and leader elections put labels such as `role: master` on running pods: a
    // template that lacks a label, and contradicts none, does not prove that its pods will.
    let may_gain = |labels: &BTreeMap<String, String>| {
        let (shared, other): (Vec<_>, Vec<_>) = selector.iter().partition(|(key, _)| labels.contains_key(*key));
        !shared.is_empty() && !other.is_empty() && shared.iter().all(|(key, value)| labels.get(*key) == Some(*value))
    };
    // One that differs by a slip is not on its way to the other label.
    let may_gain = |labels| may_gain(labels) && meant(selector, labels).is_none();
    let gaining =
        cluster.templates_in(namespace).iter().find(|w| w.template().is_some_and(|t| may_gain(&t.metadata.labels)));
    if let Some(workload) = gaining {
        return Some(Gap::investigate(
            format!(
                "which labels the pods of {} {} carry when they run",
                workload.group_kind(),
                workload.metadata.name
            ),
            "its template has the other labels of the selector, and labels can be added to running pods",
        ));
    }
    if let Some(workload) = meant_by_port(cluster, namespace, service) {
        return Some(Gap::investigate(
            format!("which labels the pods of {} carry when they run", workload.title()),
            "it alone declares the port that the Service names, and a program can label its own pods",
        ));
    }
    // Where all pods are in the input no other is made, by whatever.
    if cluster.snapshot.is_complete(Pod::KIND, Some(namespace)).is_err() {
        for kind in WorkloadKind::ALL.into_iter().filter(|kind| kind.is_built_in()) {
            if let Err(gap) = cluster.snapshot.is_complete(&kind.group_kind(), Some(namespace)) {
                return Some(gap);
            }
        }
    }
    let maker = cluster.snapshot.other_kinds.keys().find(|kind| may_make_pods(kind))?;
    Some(Gap::investigate(
        format!("what {maker} objects make"),
        format!("{} objects are in the input, and an operator may make pods of them", maker.display()),
    ))
}

/// The one workload of the namespace that declares the named ports to which the Service leads, where its template has
/// none of the selector's labels: Longhorn's manager puts such labels on its own pods when they run.
fn meant_by_port<'s>(cluster: &ClusterIndex<'s>, namespace: &str, service: &Service) -> Option<Found<'s, Workload>> {
    let names: Vec<(&String, &String)> = service
        .spec
        .ports
        .iter()
        .filter_map(|port| match &port.target_port {
            Some(PortRef::Name(name)) if !name.is_empty() => Some((name, &port.protocol)),
            _ => None,
        })
        .collect();
    if names.is_empty() || names.len() < service.spec.ports.len() {
        return None;
    }
    let declares = |w: &&Found<'s, Workload>| {
        w.pod_spec().is_some_and(|spec| names.iter().all(|(name, protocol)| spec.named_port(name, protocol).is_some()))
    };
    let mut all = cluster.templates_in(namespace).iter().filter(declares);
    let (only, more) = (all.next()?, all.next());
    let labels = &only.get().value.template()?.metadata.labels;
    let foreign = |(key, value): (&String, &String)| {
        // A key of its own, and no slip of one that the template has.
        !labels.iter().any(|(own, of)| own == key || (of == value && is_slip(own, key)))
    };
    (more.is_none() && service.spec.selector.iter().all(foreign)).then_some(*only)
}

/// Why, after a change, pods with the right labels may come that no template shows: the change brings
/// objects of which an operator may make them.
pub(crate) fn brought_gap(cluster: &ClusterIndex<'_>) -> Option<Gap> {
    let maker = cluster.snapshot.simulation.brought().find(|kind| may_make_pods(kind))?;
    Some(Gap::investigate(
        format!("what {maker} objects make"),
        format!("{} objects are in the change, and an operator may make pods of them", maker.display()),
    ))
}

/// Custom kinds may stand for workloads, except those known to configure something else.
fn may_make_pods(kind: &GroupKind) -> bool {
    const PASSIVE_GROUPS: [&str; 10] = [
        "cert-manager.io",
        "acme.cert-manager.io",
        "external-secrets.io",
        "bitnami.com",
        "kyverno.io",
        "metallb.io",
        "kustomize.config.k8s.io",
        "networking.gke.io",
        "cloud.google.com",
        "security.istio.io",
    ];
    const PASSIVE_KINDS: [&str; 9] = [
        "ServiceMonitor",
        "PodMonitor",
        "PrometheusRule",
        "Probe",
        "Application",
        "AppProject",
        "AnalysisTemplate",
        "VerticalPodAutoscaler",
        "GrafanaDashboard",
    ];
    kind.group.contains('.')
        && !kind.group.ends_with(".k8s.io")
        && !PASSIVE_GROUPS.contains(&kind.group.as_ref())
        && !PASSIVE_KINDS.contains(&kind.kind.as_ref())
}
