//! Every declared path with its segments: what a check looks at, and the subjects that are made of them.

mod cluster;
pub mod gateway_api;
pub mod ingress;
pub mod policy;
pub mod service;
mod table;

use rayon::prelude::*;

pub use cluster::Cluster;
pub use table::CheckTable;

use crate::checks::entry;
use kubereach_model::evidence::Subject;

/// Evaluates every subject behind these backends, in parallel; the order is that of kind, namespace and name.
pub fn subjects(backends: &service::Backends<'_, '_>) -> Vec<Subject> {
    type Area = fn(&service::Backends<'_, '_>) -> Vec<Subject>;
    let areas: [Area; 3] = [gateway_api::subjects, ingress::subjects, service::subjects];
    let mut subjects: Vec<Subject> = areas.par_iter().flat_map(|area| area(backends)).collect();
    entry::note_other_kinds(backends.cluster, &mut subjects);
    subjects.par_sort_by(|a, b| a.object.cmp(&b.object));
    subjects
}
