//! A class that does not exist, and the one that was meant: a near name, or the only class there is.

use std::collections::BTreeSet;

use kubereach_model::snapshot::model::{GatewayClass, IngressClass, Resource};
use kubereach_model::snapshot::{Kept, Snapshot};

use super::{Case, Patch, near};

pub(super) fn of_ingress(case: &Case<'_>) -> Vec<Patch> {
    propose::<IngressClass>(case)
}

pub(super) fn of_gateway(case: &Case<'_>) -> Vec<Patch> {
    propose::<GatewayClass>(case)
}

fn propose<T: Kept + Resource>(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let Some(wanted) = target.at(path).and_then(|value| value.as_str()) else { return Vec::new() };
    let classes = names::<T>(case.snapshot);
    let only = classes.first().filter(|_| classes.len() == 1).copied();
    let meant = near::meant(wanted, classes.iter().copied()).or(only);
    meant.and_then(|class| target.replace(path.iter().cloned(), class)).into_iter().collect()
}

fn names<T: Kept + Resource>(snapshot: &Snapshot) -> BTreeSet<&str> {
    T::store(snapshot).iter().map(|class| class.get().value.meta().name.as_str()).collect()
}
