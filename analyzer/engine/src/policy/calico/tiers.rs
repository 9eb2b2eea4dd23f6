//! The tiers of Calico in their order, with those of Kubernetes' own policies among them.
//! (Calico documentation, Tier; `felix/calc/policy_sorter.go`; `api/pkg/apis/projectcalico/v3/tier.go`)

use std::cmp::Ordering;

use serde_json::Value;

use super::decode::objects;
use crate::policy::engine::{Order, Tier};
use crate::policy::ladder::Rung;
use kubereach_model::snapshot::Snapshot;

/// That of policies that name none; policies of namespaces stand in it too.
pub(super) const DEFAULT: &str = "default";
/// Those of cluster-wide policies of Kubernetes, by today's name and by the one before.
const ADMIN: [&str; 2] = ["kube-admin", "adminnetworkpolicy"];
const BASELINE: [&str; 2] = ["kube-baseline", "baselineadminnetworkpolicy"];

/// Tiers that Calico makes itself: their names, their order, and whether they deny at their end.
const BUILT_IN: [([&str; 2], f64, bool); 3] =
    [([DEFAULT; 2], 1_000_000.0, true), (ADMIN, 1_000.0, false), (BASELINE, 10_000_000.0, false)];

/// The order in which policies and tiers without a number come last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place(f64);

impl Place {
    /// From a field `order`; `None` where something stands there that is no number.
    pub(super) fn of(spec: &Value) -> Option<Self> {
        match spec.get("order") {
            None | Some(Value::Null) => Some(Self(f64::INFINITY)),
            Some(order) => order.as_f64().map(Self),
        }
    }

    pub(super) fn against(self, other: Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }

    /// As a whole number, as which the priority of an admin policy stands there. (`clusternetworkpolicy.go`)
    pub(super) fn whole(self) -> Option<i64> {
        if self.0.is_infinite() {
            return Some(i64::MAX);
        }
        format!("{}", self.0).parse().ok()
    }

    /// Where policies of namespaces stand. (`conversion.go`)
    pub(super) fn cmp_to_core(self) -> Ordering {
        self.0.total_cmp(&1000.0)
    }
}

/// A tier.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TierOf<'s> {
    pub(super) name: &'s str,
    place: Option<Place>,
    denies: bool,
}

/// All that are known, in their order: those that Calico makes itself are always there.
#[derive(Debug)]
pub(super) struct Tiers<'s>(Vec<TierOf<'s>>);

impl<'s> Tiers<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut tiers: Vec<TierOf<'s>> = objects(snapshot, "Tier")
            .into_iter()
            .map(|found| {
                let stored = found.get();
                let spec = &stored.value.spec;
                // Whatever is not Pass is Deny. (`updateprocessors/tierprocessor.go`)
                let denies = spec.get("defaultAction").and_then(Value::as_str) != Some("Pass");
                TierOf { name: &stored.metadata.name, place: Place::of(spec), denies }
            })
            .collect();
        for (names, order, denies) in BUILT_IN {
            let known = tiers.iter_mut().filter(|tier| names.contains(&tier.name));
            let mut any = false;
            for tier in known {
                any = true;
                // Without a readable order it has the one that Calico gives it.
                tier.place = tier.place.or(Some(Place(order)));
            }
            if let Some(name) = names.first().filter(|_| !any) {
                tiers.push(TierOf { name, place: Some(Place(order)), denies });
            }
        }
        // Another one whose order cannot be read is as good as not read.
        tiers.retain(|tier| tier.place.is_some());
        tiers.sort_by(|a, b| {
            let places = a.place.zip(b.place).map_or(Ordering::Equal, |(a, b)| a.against(b));
            places.then_with(|| a.name.cmp(b.name))
        });
        Self(tiers)
    }

    /// As which tier one of this name counts: policies of Kubernetes stand in some. One that was not read comes last.
    pub(super) fn tier(&self, name: &str) -> Tier {
        if name == DEFAULT {
            return Tier::Namespace;
        }
        if ADMIN.contains(&name) {
            return Tier::Admin;
        }
        if BASELINE.contains(&name) {
            return Tier::Baseline;
        }
        let position = self.0.iter().position(|tier| tier.name == name).unwrap_or(self.0.len());
        Tier::Own(u16::try_from(position).unwrap_or(u16::MAX))
    }

    /// Was it read?
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|tier| tier.name == name)
    }

    /// The whole order. What stands in tiers that were not read is asked first: it may do whatever it says, or nothing.
    /// `shared`: does a policy of Calico stand in this tier of Kubernetes?
    pub(super) fn rungs(&self, shared: impl Fn(Tier) -> bool) -> Vec<Rung> {
        let unread = Tier::Own(u16::try_from(self.0.len()).unwrap_or(u16::MAX));
        let mut rungs = vec![Rung::PERIMETER, Rung { tier: unread, order: Order::InTurn { denies: false } }];
        for of in &self.0 {
            let in_turn = Rung { tier: self.tier(of.name), order: Order::InTurn { denies: of.denies } };
            let rung = match in_turn.tier {
                Tier::Admin if !shared(Tier::Admin) => Rung::ADMIN,
                Tier::Baseline if !shared(Tier::Baseline) => Rung::BASELINE,
                _ => in_turn,
            };
            // The former name and today's are one tier.
            if !rungs.iter().any(|known| known.tier == rung.tier) {
                rungs.push(rung);
            }
        }
        rungs
    }
}
