//! What was read: coverage per kind and namespace, kinds that nobody evaluates.

use std::collections::BTreeMap;

use kubereach_reports::report::{Coverage, NotEvaluated};

use crate::policy::is_evaluated;
use kubereach_model::snapshot::kinds::{self, Shape, Variant};
use kubereach_model::snapshot::model::{Resource as _, UnmodelledRole, WorkloadKind, unmodelled_role};
use kubereach_model::snapshot::{GroupKind, Snapshot};

/// The coverage records of a snapshot, with the number of objects of each.
pub fn coverage(snapshot: &Snapshot) -> Vec<Coverage> {
    let counts = counts(snapshot);
    let mut rows: Vec<Coverage> = snapshot
        .coverage
        .records()
        .map(|(kind, namespace, record)| Coverage {
            // Kinds of other projects, and those that nobody evaluates, share names: `Gateway`, `NetworkPolicy`.
            kind: if is_elsewhere(kind) || unmodelled_role(kind).is_some_and(shares_names) {
                kind.display()
            } else {
                kind.kind.to_string()
            },
            namespace: namespace.map(str::to_owned),
            state: record.state,
            reason: if record.source.is_empty() {
                record.reason.clone()
            } else {
                format!("{} [{}]", record.reason, record.source)
            },
            objects: counts
                .get(kind)
                .map(|of_kind| match namespace {
                    Some(ns) => of_kind.get(ns).copied().unwrap_or_default(),
                    None => of_kind.values().sum(),
                })
                .unwrap_or_default(),
        })
        .collect();
    rows.sort();
    rows
}

/// Is the kind neither of Kubernetes nor of one of its own projects? Workloads are shown by their kind alone, whoever
/// defines them.
fn is_elsewhere(kind: &GroupKind) -> bool {
    let own = !kind.group.contains('.') || kind.group.ends_with("k8s.io");
    !own && kinds::of(kind).is_some_and(|row| row.variant == Variant::Only)
}

type Counts = BTreeMap<GroupKind, BTreeMap<String, usize>>;

fn counts(s: &Snapshot) -> Counts {
    // Objects stand in the order of their namespaces: equal ones are counted together.
    fn add(counts: &mut Counts, objects: &mut dyn Iterator<Item = (&dyn kinds::Object, usize)>) {
        let mut run: Option<(GroupKind, &str, usize)> = None;
        let mut store = |(kind, namespace, number): (GroupKind, &str, usize)| {
            *counts.entry(kind).or_default().entry(namespace.to_owned()).or_default() += number;
        };
        for (object, number) in objects {
            let (kind, namespace) = (object.group_kind(), object.meta().namespace.as_str());
            match &mut run {
                Some((last, of, sum)) if *of == namespace && *last == kind => *sum += number,
                _ => {
                    if let Some(done) = run.replace((kind, namespace, number)) {
                        store(done);
                    }
                }
            }
        }
        run.into_iter().for_each(store);
    }
    let mut counts = Counts::new();
    // Of pods that are alike one is asked.
    let kinds_of_pods = s.pods.siblings();
    add(
        &mut counts,
        &mut kinds_of_pods.filter_map(|all| {
            let first: &dyn kinds::Object = &*all.first()?.get().value;
            Some((first, all.pods().len()))
        }),
    );
    for store in s.stores().filter(|store| store.shape() != Shape::Pod) {
        add(&mut counts, &mut store.objects().map(|object| (object, 1)));
    }
    for kind in WorkloadKind::ALL {
        counts.entry(kind.group_kind()).or_default();
    }
    counts
}

/// Is it a kind whose name kinds of other groups have as well?
const fn shares_names(role: UnmodelledRole) -> bool {
    !matches!(role, UnmodelledRole::Budget | UnmodelledRole::Identity)
}

/// Does it lead traffic or decide about it, and does no check of other objects read it?
const fn is_about_traffic(role: UnmodelledRole) -> bool {
    !matches!(
        role,
        UnmodelledRole::Budget
            | UnmodelledRole::Identity
            | UnmodelledRole::Issuance
            | UnmodelledRole::Announcement
            | UnmodelledRole::Door
    )
}

/// Kinds that were read, lead traffic or decide about it, and that no check evaluates.
pub fn not_evaluated<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Vec<NotEvaluated> {
    let mut counts: BTreeMap<String, (usize, UnmodelledRole)> = BTreeMap::new();
    for object in snapshots.into_iter().flat_map(|s| s.unmodelled.iter()) {
        let kind = object.group_kind();
        if let Some(role) = unmodelled_role(&kind).filter(|role| is_about_traffic(*role) && !is_evaluated(&kind)) {
            counts.entry(kind.display()).or_insert((0, role)).0 += 1;
        }
    }
    counts
        .into_iter()
        .map(|(kind, (objects, role))| NotEvaluated {
            kind,
            objects,
            meaning: match role {
                UnmodelledRole::Entry => "may lead traffic to or around the objects of this report",
                UnmodelledRole::Policy => "may allow or refuse traffic that this report shows as open",
                UnmodelledRole::Scaler => "may start or stop workloads on demand",
                UnmodelledRole::GatewayExtension => "may change how a Gateway treats traffic",
                UnmodelledRole::Announcement => "hands out and announces addresses of load balancers",
                UnmodelledRole::Door => "is a part of what leads traffic in",
                UnmodelledRole::Budget => "decides which pods may be evicted",
                UnmodelledRole::Issuance => "issues certificates",
                UnmodelledRole::Identity => "says who pods are",
            }
            .to_owned(),
        })
        .collect()
}
