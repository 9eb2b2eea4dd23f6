//! F5 NGINX gives a host to one object: the oldest of the Ingresses, VirtualServers and passthrough TransportServers
//! that ask for it. Mergeable Ingresses share one: a master holds it, and its minions bring the paths.
//!
//! Source: nginx/kubernetes-ingress `internal/k8s/configuration.go` (`buildHostsAndResources`, `buildMinionConfigs`),
//! `internal/k8s/validation.go` (`validateMasterSpec`, `validateMinionSpec`), its documentation "Handling host and
//! listener collisions" and "Cross-namespace configuration".

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::state::IngressState;
use crate::resolve::ClusterIndex;
use crate::resolve::controllers::Product;
use kubereach_model::snapshot::Proof;
use kubereach_reports::report::ObjectRef;

const TYPE: &str = "nginx.org/mergeable-ingress-type";

/// What part an Ingress has in a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It stands by itself.
    Whole,
    /// It holds the host for its minions.
    Master,
    /// It brings paths to the host of its master.
    Minion,
}

/// How an Ingress stands to a host that it names.
#[derive(Debug)]
pub enum Standing<'o> {
    /// It holds it, or brings paths to a master that does.
    Holds,
    /// Another, older one holds it.
    Taken(&'o Claim),
    /// Another one asks for it, and which is older is not shown.
    Unsettled(&'o Claim),
    /// It is a minion, and no master holds the host.
    NoMaster,
}

/// Who asks for a host.
#[derive(Debug)]
pub struct Claim {
    /// Who.
    pub object: ObjectRef,
    /// That it asks for the host.
    pub proof: Proof,
    since: Option<Timestamp>,
    master: bool,
}

/// Who asks for which host, the oldest first; by class and host.
#[derive(Debug, Default)]
pub struct Owners {
    claims: HashMap<(String, String), Vec<Claim>>,
    minions: HashMap<(String, String), usize>,
}

/// Which part an Ingress has.
pub fn part(state: &IngressState<'_>) -> Part {
    match state.annotation(TYPE).filter(|_| state.is(Product::F5Nginx)) {
        Some("master") => Part::Master,
        Some("minion") => Part::Minion,
        _ => Part::Whole,
    }
}

fn hosts<'s>(state: &IngressState<'s>) -> impl Iterator<Item = &'s str> + use<'s> {
    let rules = state.ingress.ingress.into_iter().flat_map(|ingress| &ingress.spec.rules);
    rules.filter_map(|rule| rule.host.as_deref()).filter(|host| !host.is_empty())
}

fn key(class: &str, host: &str) -> (String, String) {
    (class.to_owned(), host.to_ascii_lowercase())
}

impl Owners {
    /// Of every Ingress that F5 NGINX serves, and of its own kinds.
    pub(super) fn of(cluster: &ClusterIndex<'_>, states: &[IngressState<'_>]) -> Self {
        let mut this = Self::default();
        for state in states.iter().filter(|state| state.is(Product::F5Nginx)) {
            let (class, part) = (state.class.identity(), part(state));
            for host in hosts(state) {
                if part == Part::Minion {
                    *this.minions.entry(key(class, host)).or_default() += 1;
                    continue;
                }
                // A master that brings paths of its own is not valid, and holds nothing.
                if part == Part::Master && !state.ingress.declared.is_empty() {
                    continue;
                }
                let claim = Claim {
                    object: state.ingress.object(),
                    proof: state.ingress.shows(format!("asks for the host {host}")),
                    since: state.ingress.metadata.creation_timestamp.0,
                    master: part == Part::Master,
                };
                this.claims.entry(key(class, host)).or_default().push(claim);
            }
        }
        if !this.claims.is_empty() {
            this.add_own_kinds(cluster);
        }
        for all in this.claims.values_mut() {
            all.sort_by_key(|claim| claim.since);
        }
        this
    }

    fn add_own_kinds(&mut self, cluster: &ClusterIndex<'_>) {
        for object in cluster.snapshot.unmodelled.iter() {
            let value = &object.get().value;
            let Some(kind) = value.group_kind.as_ref().filter(|kind| kind.group == "k8s.nginx.org") else { continue };
            let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
            let passes =
                || value.spec.get("listener").and_then(|l| text(l, "name")).as_deref() == Some("tls-passthrough");
            let asks = kind.kind == "VirtualServer" || (kind.kind == "TransportServer" && passes());
            let Some(host) = text(&value.spec, "host").filter(|_| asks) else { continue };
            let class = text(&value.spec, "ingressClassName").unwrap_or_default();
            let host = host.to_ascii_lowercase();
            let asked = self
                .claims
                .iter_mut()
                .filter(|((own, asked), _)| *asked == host && (class.is_empty() || *own == class));
            for (_, claims) in asked {
                claims.push(Claim {
                    object: object.object(),
                    proof: object.shows(format!("asks for the host {host}")),
                    since: value.metadata.creation_timestamp.0,
                    master: false,
                });
            }
        }
    }

    /// How an Ingress stands to one of its hosts; `None` where this does not matter.
    pub fn standing(&self, state: &IngressState<'_>, host: &str) -> Option<Standing<'_>> {
        if !state.is(Product::F5Nginx) {
            return None;
        }
        let claims = self.claims.get(&key(state.class.identity(), host)).map(Vec::as_slice).unwrap_or_default();
        let holder = claims.first();
        if part(state) == Part::Minion {
            let master = holder.is_some_and(|holder| holder.master);
            return Some(if master { Standing::Holds } else { Standing::NoMaster });
        }
        let own = state.ingress.object();
        let other = claims.iter().find(|claim| claim.object != own);
        let (Some(holder), Some(other)) = (holder, other) else { return Some(Standing::Holds) };
        let mine = claims.iter().find(|claim| claim.object == own).and_then(|claim| claim.since);
        Some(match (mine, other.since) {
            (Some(mine), Some(since)) if mine != since => {
                if holder.object == own {
                    Standing::Holds
                } else {
                    Standing::Taken(holder)
                }
            }
            _ => Standing::Unsettled(other),
        })
    }

    /// How many minions bring paths to a host.
    pub fn minions(&self, state: &IngressState<'_>, host: &str) -> usize {
        self.minions.get(&key(state.class.identity(), host)).copied().unwrap_or_default()
    }

    /// The hosts that a master holds for its minions.
    pub fn held_for_minions<'s>(&self, state: &IngressState<'s>) -> Vec<(&'s str, usize)> {
        if part(state) != Part::Master || !state.ingress.declared.is_empty() {
            return Vec::new();
        }
        hosts(state).map(|host| (host, self.minions(state, host))).filter(|(_, n)| *n > 0).collect()
    }
}
