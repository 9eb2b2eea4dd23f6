//! What the control plane would make of a change: pods that roll, pods that go, Services whose addresses
//! change with them.
//!
//! A pod whose workload gets another template stands for the pod that replaces it: its labels and
//! containers become the template's, labels that something else put on it while it ran stay, and whether
//! it was ready is context, not a promise. A Service in front of such pods gets its addresses worked out
//! anew; every other Service keeps what the snapshot shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubereach_reports::report::ChangeAction;

use super::apply::{Entry, Key};
use super::templates::Template;
use crate::evaluate::change::Edit;
use crate::resolve::owners::{self, WorkloadKey};
use kubereach_model::snapshot::model::{
    EndpointSlice, Endpoints, Labels, Pod, PodTemplate, Resource as _, Service, Workload, WorkloadKind,
};
use kubereach_model::snapshot::{AnyObject, Found, GroupKind, Simulation, Snapshot, matches_pairs};

/// Labels that a controller computes from the template; the next pods have others.
const COMPUTED: [&str; 4] =
    ["pod-template-hash", "controller-revision-hash", "pod-template-generation", "rollouts-pod-template-hash"];

/// Works out the change's consequences in `objects`, and marks them.
pub(super) fn simulate(
    before: &Snapshot,
    objects: &mut BTreeMap<Key, Entry>,
    edits: &mut BTreeMap<Key, Edit>,
    templates: &BTreeMap<Key, Template>,
) -> Simulation {
    let mut simulation = Simulation::default();
    // Among manifests no pod runs: templates stand for pods as they are.
    if before.is_manifests() {
        return simulation;
    }
    let mut rolling = Rolling { pods: owners::pods_by_workload(before), touched: Vec::new() };
    let edited: Vec<Key> =
        edits.iter().filter(|(_, e)| e.action != ChangeAction::Same).map(|(key, _)| key.clone()).collect();
    for key in &edited {
        let note = match objects.get(key).map(|(object, ..)| object) {
            Some(AnyObject::Workload(new)) => {
                let new = new.clone();
                let old = before.workload(new.kind, &key.1, &key.2).found();
                rolling.workload(old, Some(&new), templates.get(key), objects, &mut simulation)
            }
            Some(AnyObject::Pod(pod)) => {
                rolling.touched.push((key.1.clone(), pod.metadata.labels.clone()));
                if pod.status.is_none() {
                    simulation.replaced_pod(&key.1, &key.2);
                }
                String::new()
            }
            Some(_) => continue,
            None => rolling.gone(before, key, objects, &mut simulation),
        };
        if let Some(edit) = edits.get_mut(key)
            && edit.note.is_empty()
        {
            edit.note = note;
        }
    }
    services(before, objects, edits, &rolling.touched, &mut simulation);
    simulation
}

struct Rolling<'s> {
    pods: HashMap<WorkloadKey, Vec<Found<'s, Pod>>>,
    /// Labels of pods that come or go, with their namespace.
    touched: Vec<(String, Labels)>,
}

impl Rolling<'_> {
    fn workload(
        &mut self,
        old: Option<Found<'_, Workload>>,
        new: Option<&Workload>,
        seen: Option<&Template>,
        objects: &mut BTreeMap<Key, Entry>,
        simulation: &mut Simulation,
    ) -> String {
        let Some(reference) = new.or(old.as_ref().map(|o| &*o.get().value)) else { return String::new() };
        let key = owners::key(reference);
        let pods = self.pods.get(&key).cloned().unwrap_or_default();
        let template = new.and_then(Workload::template);
        let old_template = old.and_then(|o| o.get().value.template());
        let at_zero = new.is_none_or(|w| w.desired() == Some(0));
        let rolls = match (old_template, template) {
            (Some(old), Some(new)) if replaces_pods(reference.kind) => {
                if differs(old, new) || seen.is_some_and(|t| t.differs) {
                    Rolls::Surely
                } else {
                    seen.filter(|t| !t.open.is_empty()).map_or(Rolls::No, |t| Rolls::Perhaps(listed(&t.open)))
                }
            }
            (None, Some(_)) => Rolls::Surely,
            _ => Rolls::No,
        };
        // What is not known of the pods that may come is not known either way.
        let may_roll = !matches!(rolls, Rolls::No);
        let was_at_zero = old.is_some_and(|o| o.desired() == Some(0));
        if !may_roll && !at_zero && !was_at_zero {
            return match seen {
                Some(seen) if !seen.open.is_empty() => format!(
                    "the manifest does not name {}, and it is not known whether applying it takes that away",
                    listed(&seen.open)
                ),
                _ => String::new(),
            };
        }
        for labels in [old_template, template].into_iter().flatten().map(|t| &t.metadata.labels) {
            self.touched.push((key.1.clone(), labels.clone()));
        }
        for pod in &pods {
            self.touched.push((key.1.clone(), pod.metadata.labels.clone()));
        }
        let running: Vec<_> = pods.iter().filter(|p| !p.is_finished() && !p.is_terminating()).collect();
        let ready = running.iter().filter(|p| p.is_ready() == Some(true)).count();
        if may_roll || at_zero {
            let staying = if at_zero { None } else { template };
            for pod in &pods {
                replace_pod(*pod, old_template, staying, objects, simulation);
            }
            retire_replica_sets(&key, objects);
            forget_conditions(&key, objects);
        }
        if at_zero {
            return format!("its {} go", plural(running.len()));
        }
        if running.is_empty() && key.0 != WorkloadKind::CronJob {
            simulation.stand_in(key.0, &key.1, &key.2);
        }
        let were = if running.is_empty() {
            String::new()
        } else {
            format!("; before, {ready} of {} ready", plural(running.len()))
        };
        match rolls {
            Rolls::Surely if !running.is_empty() => format!("its pods are replaced{were}"),
            Rolls::Perhaps(open) => format!(
                "perhaps — the manifest does not name {open}; if applying it takes that away, the pods are replaced, \
                 which is not known; judged as if it stayed{were}"
            ),
            Rolls::Surely | Rolls::No => String::new(),
        }
    }

    /// What a removed object takes with it.
    fn gone(
        &mut self,
        before: &Snapshot,
        key: &Key,
        objects: &mut BTreeMap<Key, Entry>,
        simulation: &mut Simulation,
    ) -> String {
        if let Some(kind) = WorkloadKind::of(&key.0) {
            let old = before.workload(kind, &key.1, &key.2).found();
            return self.workload(old, None, None, objects, simulation);
        }
        if key.0 == *Service::KIND {
            let own = |k: &Key, object: &AnyObject| {
                k.1 == key.1
                    && ((k.0 == *Endpoints::KIND && k.2 == key.2)
                        || (k.0 == *EndpointSlice::KIND
                            && object.meta().label("kubernetes.io/service-name") == Some(key.2.as_str())))
            };
            objects.retain(|k, (object, ..)| !own(k, object));
        }
        if key.0 == *Pod::KIND
            && let Some(pod) = before.lookup::<Pod>(&key.1, &key.2).found()
        {
            self.touched.push((key.1.clone(), pod.metadata.labels.clone()));
        }
        String::new()
    }
}

/// Are the pods of a workload replaced?
enum Rolls {
    No,
    /// It hangs on this.
    Perhaps(String),
    Surely,
}

fn listed(open: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = open.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if open.len() > SHOWN { format!("{shown} and {} more", open.len() - SHOWN) } else { shown }
}

fn plural(pods: usize) -> String {
    if pods == 1 { "1 pod".to_owned() } else { format!("{pods} pods") }
}

/// Does its controller replace running pods when the template changes? A ReplicaSet, a `ReplicationController`
/// what makes Jobs, and a virtual machine keep theirs and use the template for the next (apps/v1, batch/v1,
/// kubevirt.io/v1).
const fn replaces_pods(kind: WorkloadKind) -> bool {
    match kind {
        WorkloadKind::Deployment
        | WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::Rollout
        | WorkloadKind::DeploymentConfig
        | WorkloadKind::CloneSet
        | WorkloadKind::AdvancedStatefulSet
        | WorkloadKind::AdvancedDaemonSet => true,
        WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Job
        | WorkloadKind::CronJob
        | WorkloadKind::VirtualMachine
        | WorkloadKind::VirtualMachineInstance => false,
    }
}

/// Is this another template, for everything the model keeps?
fn differs(old: &PodTemplate, new: &PodTemplate) -> bool {
    old.metadata.labels != new.metadata.labels
        || old.metadata.annotations != new.metadata.annotations
        || old.spec != new.spec
}

/// The pod after its workload rolled, or its removal where none follows.
fn replace_pod(
    pod: Found<'_, Pod>,
    old: Option<&PodTemplate>,
    new: Option<&PodTemplate>,
    objects: &mut BTreeMap<Key, Entry>,
    simulation: &mut Simulation,
) {
    let meta = &pod.get().value.metadata;
    let key = (Pod::KIND.clone(), meta.namespace.clone(), meta.name.clone());
    let leaving = pod.is_finished() || pod.is_terminating();
    let (Some(template), false) = (new, leaving) else {
        objects.remove(&key);
        return;
    };
    let Some((AnyObject::Pod(successor), ..)) = objects.get_mut(&key) else { return };
    let mut labels: Labels = template.metadata.labels.clone();
    for (name, value) in &pod.metadata.labels {
        let from_template = old.is_some_and(|t| t.metadata.labels.contains_key(name));
        if !from_template && !COMPUTED.contains(&name.as_str()) {
            labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    successor.metadata.labels = labels;
    let node = successor.spec.node_name.take();
    successor.spec = template.spec.clone();
    successor.spec.node_name = node;
    // That it was ready says that it can be; that it was not says nothing about its successor.
    if pod.is_ready() != Some(true) {
        successor.status = None;
    }
    simulation.replaced_pod(&key.1, &key.2);
}

/// Replica sets of the old template go to zero.
fn retire_replica_sets(owner: &WorkloadKey, objects: &mut BTreeMap<Key, Entry>) {
    let sets = [WorkloadKind::ReplicaSet.group_kind(), WorkloadKind::ReplicationController.group_kind()];
    objects.retain(|key, (object, ..)| {
        let owned = sets.contains(&key.0)
            && key.1 == owner.1
            && object
                .meta()
                .controller()
                .is_some_and(|o| o.name == owner.2 && GroupKind::of(&o.api_version, &o.kind) == owner.0.group_kind());
        !owned
    });
}

/// Conditions of a workload speak of the template that is gone.
fn forget_conditions(key: &WorkloadKey, objects: &mut BTreeMap<Key, Entry>) {
    let key = (key.0.group_kind(), key.1.clone(), key.2.clone());
    if let Some((AnyObject::Workload(workload), ..)) = objects.get_mut(&key)
        && let Some(status) = &mut workload.status
    {
        status.conditions = Vec::new().into();
    }
}

/// Which Services get other addresses; what the snapshot shows of theirs is taken out.
fn services(
    before: &Snapshot,
    objects: &mut BTreeMap<Key, Entry>,
    edits: &BTreeMap<Key, Edit>,
    touched: &[(String, Labels)],
    simulation: &mut Simulation,
) {
    let mut by_namespace: HashMap<&str, Vec<&Labels>> = HashMap::new();
    for (namespace, labels) in touched {
        by_namespace.entry(namespace).or_default().push(labels);
    }
    let mut affected: BTreeSet<(String, String)> = BTreeSet::new();
    for (key, (object, ..)) in objects.iter() {
        let AnyObject::Service(service) = object else { continue };
        if service.is_selectorless() || service.is_external_name() {
            continue;
        }
        let old = before.lookup::<Service>(&key.1, &key.2).found();
        let edited = edits.get(key).is_some_and(|e| matches!(e.action, ChangeAction::Created | ChangeAction::Changed));
        let other = edited && old.is_none_or(|old| leads_elsewhere(&old.get().value, service));
        let selects = |labels: &&Labels| {
            matches_pairs(&service.spec.selector, labels)
                || old.is_some_and(|o| !o.is_selectorless() && matches_pairs(&o.spec.selector, labels))
        };
        let rolled = by_namespace.get(key.1.as_str()).is_some_and(|all| all.iter().any(selects));
        if other || rolled {
            simulation.service(&key.1, &key.2, context(before, old));
            affected.insert((key.1.clone(), key.2.clone()));
        }
    }
    objects.retain(|key, (object, ..)| {
        let service = match object {
            AnyObject::EndpointSlice(slice)
                if slice.metadata.label("endpointslice.kubernetes.io/managed-by")
                    == Some("endpointslice-controller.k8s.io") =>
            {
                slice.metadata.label("kubernetes.io/service-name")
            }
            AnyObject::Endpoints(_) => Some(key.2.as_str()),
            _ => None,
        };
        service.is_none_or(|name| !affected.contains(&(key.1.clone(), name.to_owned())))
    });
}

/// Does the Service select or number its addresses in another way?
fn leads_elsewhere(old: &Service, new: &Service) -> bool {
    let ports = |service: &Service| -> Vec<_> {
        let all = service.spec.ports.iter();
        all.map(|p| (p.name.clone(), p.protocol.clone(), p.port.clone(), p.target_port.clone())).collect()
    };
    old.spec.selector != new.spec.selector
        || old.spec.kind != new.spec.kind
        || ports(old) != ports(new)
        || old.publishes_not_ready() != new.publishes_not_ready()
}

/// How the Service stood before: context for the reader, no promise.
fn context(before: &Snapshot, old: Option<Found<'_, Service>>) -> String {
    let Some(old) = old else { return String::new() };
    let selector = &old.spec.selector;
    let pods: Vec<_> = before
        .pods
        .in_namespace(&old.metadata.namespace)
        .filter(|p| !p.is_finished() && !p.is_terminating() && matches_pairs(selector, &p.metadata.labels))
        .collect();
    if pods.is_empty() || selector.is_empty() {
        return String::new();
    }
    let ready = pods.iter().filter(|p| p.is_ready() == Some(true)).count();
    format!("before it {ready} of {} ready", plural(pods.len()))
}
