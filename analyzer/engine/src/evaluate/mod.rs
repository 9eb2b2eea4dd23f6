//! Every declared path with its segments: what a check looks at, and the subjects that are made of them.

pub mod gateway_api;
pub mod ingress;
pub mod policy;
pub mod service;

use rayon::prelude::*;

use crate::checks::entry;
use crate::resolve::ClusterIndex;
use kubereach_model::evidence::Subject;

/// Evaluates every subject of the snapshot, in parallel; the order is that of kind, namespace and name.
pub fn evaluate(cluster: &ClusterIndex<'_>) -> Vec<Subject> {
    evaluate_with(&service::Backends::new(cluster))
}

pub(crate) fn evaluate_with(backends: &service::Backends<'_, '_>) -> Vec<Subject> {
    type Area = fn(&service::Backends<'_, '_>) -> Vec<Subject>;
    let areas: [Area; 3] = [gateway_api::subjects, ingress::subjects, service::subjects];
    let mut subjects: Vec<Subject> = areas.par_iter().flat_map(|area| area(backends)).collect();
    entry::note_other_kinds(backends.cluster, &mut subjects);
    subjects.par_sort_by(|a, b| a.object.cmp(&b.object));
    subjects
}
