//! Findings: one file per check, each with its code, effect, prose, example and rule.
//!
//! An area is a folder of the same shape: `mod.rs` lists its checks, for [`catalogue`] in `DOCS` and for evaluation,
//! which asks them in that order, in `TABLE`; every other file is one check.

use std::collections::BTreeMap;

use crate::evaluate::service::Backends;
use crate::evaluate::{self, CheckTable, Cluster};
use kubereach_model::evidence::{CatalogueEntry, SubjectPaths};

pub use docs::catalogue_markdown;

pub mod api_server;
pub mod backend_tls;
pub mod change;
pub mod dns;
mod docs;
pub mod door;
pub mod endpoints;
pub mod entry;
pub mod event;
pub mod gateway;
pub mod httpproxy;
pub mod ingress;
pub mod istio;
pub mod listener_set;
pub mod manifest;
pub mod measurement;
pub mod openshift;
pub mod pod;
pub mod policy;
pub mod route;
pub mod service;
pub mod tls;
pub mod traefik;
pub mod workload;

/// Every check's page, by code.
pub fn catalogue() -> BTreeMap<&'static str, &'static CatalogueEntry> {
    [
        api_server::DOCS,
        dns::DOCS,
        door::DOCS,
        endpoints::DOCS,
        entry::DOCS,
        event::DOCS,
        gateway::DOCS,
        httpproxy::DOCS,
        ingress::DOCS,
        istio::DOCS,
        backend_tls::DOCS,
        listener_set::DOCS,
        manifest::DOCS,
        measurement::DOCS,
        openshift::DOCS,
        pod::DOCS,
        policy::DOCS,
        route::DOCS,
        service::DOCS,
        tls::DOCS,
        traefik::DOCS,
        workload::DOCS,
        change::DOCS,
    ]
    .into_iter()
    .flatten()
    .map(|entry| (entry.text.code, *entry))
    .collect()
}

/// Every check, where evaluation asks it.
pub static TABLE: CheckTable = CheckTable {
    door: door::TABLE,
    gateway_api: gateway::TABLE,
    ingress: ingress::TABLE,
    istio: istio::TABLE,
    policy: policy::TABLE,
    service: service::TABLE,
    traefik: traefik::TABLE,
};

/// Evaluates every subject of the cluster with every check.
pub fn evaluate(cluster: &Cluster<'_>) -> Vec<SubjectPaths> {
    let mut subjects = evaluate::subjects(&Backends::new(cluster, &TABLE));
    dns::follow(cluster, &mut subjects);
    event::quote(cluster, &mut subjects);
    manifest::judge(cluster.snapshot, &mut subjects);
    subjects
}
