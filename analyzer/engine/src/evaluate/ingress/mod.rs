//! Ingresses: who serves them, which rule takes a request, and what it leads to.

pub(crate) mod assemble;
pub(crate) mod certificates;
pub(crate) mod hop;

use rayon::prelude::*;

use crate::evaluate::service::Backends;
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use kubereach_model::evidence::Subject;

/// Every subject of this area.
pub fn subjects(backends: &Backends<'_, '_>) -> Vec<Subject> {
    let cluster = backends.cluster;
    if cluster.snapshot.ingresses.is_empty() {
        return Vec::new();
    }
    let all = Ingresses::of(cluster);
    let entries = UnmodelledEntries::of(cluster);
    all.fronts.par_iter().map(|front| assemble::subject(backends, &all, &entries, front)).collect()
}

/// The checks of Ingresses.
#[derive(Debug)]
pub struct CheckTable {}
