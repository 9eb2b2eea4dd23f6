//! Workloads that count more pods than the list holds.
//!
//! `status.replicas` of a `ReplicaSet` is the number of its pods that are neither finished nor being deleted
//! (`calculateStatus` in `pkg/controller/replicaset/replica_set_utils.go`), that of a Deployment the sum over its
//! `ReplicaSets` (`pkg/controller/deployment/sync.go`), and a `DaemonSet` counts its ready pods in `numberReady`. A
//! status speaks for the spec it has observed (`observedGeneration`).

use kubereach_model::snapshot::model::{Pod, Resource as _, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, Index, Snapshot};

use super::{Claims, Signs};

/// Pods without an owner that are compared with selectors, one by one, in one namespace.
const OWNERLESS: usize = 10_000;

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    if !claims.any(Pod::KIND) || claims.snapshot.workloads.is_empty() {
        return;
    }
    let held = Held::of(claims.snapshot);
    let mut last: (&str, bool) = ("", false);
    for workload in claims.snapshot.workloads.iter() {
        let workload = workload.get();
        let namespace = workload.metadata.namespace.as_str();
        if last.0 != namespace || namespace.is_empty() {
            last = (namespace, claims.list(Pod::KIND, Some(namespace)).is_some());
        }
        let Some(counted) = counted(workload).filter(|counted| last.1 && counted.pods > 0) else { continue };
        signs.look(Pod::KIND, namespace);
        let there = held.by(workload);
        if there < counted.pods {
            signs.find(Pod::KIND, namespace, || {
                let (number, word) =
                    if there == 0 && counted.ready > 0 { (counted.ready, "ready ") } else { (counted.pods, "") };
                let pods = if number == 1 { "pod" } else { "pods" };
                let holds = if there == 0 { "none".to_owned() } else { there.to_string() };
                format!("{} counts {number} {word}{pods}, the list holds {holds}", workload.title())
            });
        }
    }
}

/// Does something in the namespace count pods, and nothing more of them than there are?
pub(super) fn vouched(snapshot: &Snapshot, held: &Held<'_>, namespace: &str) -> bool {
    let mut any = false;
    for workload in snapshot.workloads.in_namespace(namespace) {
        if let Some(counted) = counted(workload.get()) {
            any = true;
            if held.by(workload.get()) < counted.pods {
                return false;
            }
        }
    }
    any
}

/// What a workload's current status counts.
struct Counted {
    pods: usize,
    ready: usize,
}

fn counted(workload: &Workload) -> Option<Counted> {
    if matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob) {
        return None;
    }
    let status = workload.status.as_ref()?;
    let seen = status.observed_generation.known().zip(workload.metadata.generation.known());
    if seen.is_some_and(|(observed, now)| observed < now) {
        return None;
    }
    let number = |field: Option<&i64>| field.and_then(|n| usize::try_from(*n).ok()).unwrap_or_default();
    let ready = number(status.ready_replicas.known()).max(number(status.number_ready.known()));
    Some(Counted { pods: number(status.replicas.known()).max(ready), ready })
}

/// Kind, namespace and name of a controller.
type Controller<'s> = (&'s str, &'s str, &'s str);

/// The pods that are there, by what controls them.
pub(super) struct Held<'s> {
    by_controller: Index<Controller<'s>, usize>,
    /// Of the `ReplicaSets` of each Deployment or Rollout, by kind, namespace and name.
    by_maker: Index<Controller<'s>, usize>,
    /// Pods without a controller, by namespace.
    ownerless: Index<&'s str, Vec<Found<'s, Pod>>>,
}

impl<'s> Held<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut by_controller: Index<Controller<'s>, usize> = Index::default();
        let mut ownerless: Index<&'s str, Vec<Found<'s, Pod>>> = Index::default();
        // Pods of one controller stand together, mostly.
        let mut run: Option<(Controller<'s>, usize)> = None;
        for pod in snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            let meta = &pod.get().metadata;
            let Some(owner) = meta.controller() else {
                ownerless.entry(&meta.namespace).or_default().push(pod);
                continue;
            };
            let key = (owner.kind.as_str(), meta.namespace.as_str(), owner.name.as_str());
            match &mut run {
                Some((last, count)) if *last == key => *count += 1,
                _ => {
                    if let Some((last, count)) = run.replace((key, 1)) {
                        *by_controller.entry(last).or_default() += count;
                    }
                }
            }
        }
        if let Some((last, count)) = run {
            *by_controller.entry(last).or_default() += count;
        }
        let mut by_maker: Index<Controller<'s>, usize> = Index::default();
        for (&(kind, namespace, name), count) in &by_controller {
            if kind == WorkloadKind::ReplicaSet.word() {
                let read = snapshot.workloads.named(namespace, name).find(|w| w.kind == WorkloadKind::ReplicaSet);
                let maker = read.and_then(|set| set.get().metadata.controller());
                // A ReplicaSet's name is that of its Deployment and the hash of the template.
                let by_name = || Some((WorkloadKind::Deployment.word(), name.rsplit_once('-')?.0));
                if let Some((kind, name)) = maker.map(|o| (o.kind.as_str(), o.name.as_str())).or_else(by_name) {
                    *by_maker.entry((kind, namespace, name)).or_default() += count;
                }
            }
        }
        Self { by_controller, by_maker, ownerless }
    }

    /// How many pods of a workload there are. One that nobody controls counts for every selector that fits.
    fn by(&self, workload: &Workload) -> usize {
        let meta = &workload.metadata;
        let key = (workload.kind.word(), meta.namespace.as_str(), meta.name.as_str());
        let of = |index: &Index<Controller<'_>, usize>| index.get(&key).copied().unwrap_or_default();
        let ownerless = self.ownerless.get(meta.namespace.as_str()).map(Vec::as_slice).unwrap_or_default();
        let alone = match &workload.spec.selector {
            _ if ownerless.len() > OWNERLESS => ownerless.len(),
            Some(selector) => {
                ownerless.iter().filter(|pod| selector.matches(&pod.metadata.labels) != Some(false)).count()
            }
            None => 0,
        };
        of(&self.by_controller) + of(&self.by_maker) + alone
    }
}
