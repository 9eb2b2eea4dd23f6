//! What to measure: from judged paths to the dials that would settle them. A pure function; nothing is
//! sent here, and the order of the input makes no difference.
//!
//! Every dial speaks for one **span** of one or more paths (`id` and `also`), and only from the
//! **vantages** it names. What a dial is called tells what it is:
//!
//! | `dial` | span | vantage | what it asks |
//! |---|---|---|---|
//! | `front-door/SCHEME/PLACE` | the whole path; up to `rule` where one request cannot choose among several backends, up to `listener` or `address` where the answer comes from there | any; only from outside where the cluster short-circuits the address | the published address, as a client would |
//! | `front-door-inside/…` | the same without `address` | in the cluster | the published address that nodes take for themselves |
//! | `service` | `service` to `port` | in the cluster | the Service by name, through the pod's resolver |
//! | `cluster-ip/ADDRESS` | `service` to `port` | in the cluster | its cluster address |
//! | `endpoint/ADDRESS` | `port` to `policy` | in the cluster | one address behind it, of a bounded sample |
//! | `dns` | `service` (`endpoints` too for a headless Service) | in the cluster | its name alone |
//! | `node-port/ADDRESS`, `load-balancer/PLACE` | `address` to `port` | in the cluster; outside | the doors of a Service |
//!
//! A path of an Ingress or route also stands in `also` of the dials of the Service behind it: those come
//! from the prober's pod, not from the controller, so a failure of theirs is one of *that source*.
//!
//! **Controls** speak for no path and have ids of their own: `control/cluster-dns`, `control/dns-server`,
//! `control/unknown-host/…` (what an entry says to a host nobody declared), `control/host/…` (does a
//! host name resolve), `control/name/…` (an alias, of which only the name can be asked), and
//! `control/idle/…` (an address that carries no traffic because it is not ready
//! or terminating: whatever it answers, it neither proves nor breaks a path).
//!
//! A request that had to be guessed (a pattern instead of a path, a wildcard host) is `guessed` and
//! never proves a path. What is not dialled stands in `left_out`, with the reason.

mod controls;
mod digest;
mod doors;
mod draft;
mod endpoints;
mod facts;
mod limit;
mod service;
mod settles;

use std::collections::BTreeSet;

use kubereach_prober::Plan;
use kubereach_prober::plan::Limits;
use kubereach_reports::report::PathState;

use crate::evaluate::Cluster;
use crate::evaluate::door::SERVICE;
use kubereach_model::evidence::{Path, SubjectPaths};

pub use digest::snapshot_digest;
use draft::Drafts;
use facts::Facts;

/// Targets of a plan unless another number is asked for; as many as the prober takes.
pub const MOST: usize = 2_000;

/// The digests by which measurements of this snapshot are recognized: of its plans for everything, and of the
/// snapshot itself, which the plan of a part names too.
pub fn digests(cluster: &Cluster<'_>, subjects: &[SubjectPaths]) -> BTreeSet<String> {
    let plans = [Some(MOST), None].map(|most| derive(cluster, subjects, &|_| true, most));
    let own = plans.iter().map(|plan| plan.snapshot.clone());
    plans.iter().filter_map(|plan| plan.digest().ok()).chain(own).collect()
}

/// A path that is to be measured.
struct PlannedPath<'a> {
    /// Its immutable id.
    id: String,
    /// The path.
    path: &'a Path,
    /// How its configuration stands: what is unknown is measured first.
    state: PathState,
    /// It is open only as far as was read.
    assumed: bool,
}

/// The plan for every path of the wanted subjects that carries traffic. `most` bounds the targets; what
/// does not fit is named in the plan.
pub fn derive(
    cluster: &Cluster<'_>,
    subjects: &[SubjectPaths],
    wanted: &dyn Fn(&SubjectPaths) -> bool,
    most: Option<usize>,
) -> Plan {
    let facts = Facts::new(cluster, subjects);
    let mut drafts = Drafts::default();
    for subject in subjects.iter().filter(|s| wanted(s)) {
        for path in &subject.paths {
            let planned = PlannedPath {
                id: path.key.id(),
                path,
                state: path.state(),
                assumed: path.assumptions().next().is_some(),
            };
            if let Some(dormant) = &path.dormant {
                drafts.leave_out(&planned, "", format!("carries nothing on purpose: {}", dormant.reason()));
                continue;
            }
            if subject.object.kind == SERVICE.name {
                service::own(&facts, &planned, &mut drafts);
            } else {
                doors::front(&facts, &planned, &mut drafts);
                service::behind(&facts, &planned, &mut drafts);
            }
        }
    }
    let mut plan = Plan::new(snapshot_digest(cluster.snapshot));
    let controls = controls::all(&facts, &drafts);
    (plan.targets, plan.left_out) = limit::choose(drafts, controls, most);
    plan.limits = Limits::for_targets(plan.targets.len());
    plan
}
