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
        let built_in = [(DEFAULT, 1_000_000.0, true), (ADMIN[0], 1_000.0, false), (BASELINE[0], 10_000_000.0, false)];
        for (name, order, denies) in built_in {
            let names = [ADMIN, BASELINE].into_iter().find(|names| names[0] == name).unwrap_or([name; 2]);
            if !tiers.iter().any(|tier| names.contains(&tier.name)) {
                tiers.push(TierOf { name, place: Some(Place(order)), denies });
            }
        }
        // One whose order cannot be read is as good as not read.
        tiers.retain(|tier| tier.place.is_some());
        tiers.sort_by(|a, b| {
            let places = a.place.zip(b.place).map_or(Ordering::Equal, |(a, b)| a.against(b));
            places.then_with(|| a.name.cmp(b.name))
        });
        Self(tiers)
    }

    /// The number of a tier; that of those which were not read where it is not among them.
    pub(super) fn number(&self, name: &str) -> u16 {
        let position = self.0.iter().position(|tier| tier.name == name).unwrap_or(self.0.len());
        u16::try_from(position).unwrap_or(u16::MAX)
    }

    /// Was it read?
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|tier| tier.name == name)
    }

    /// The whole order. What stands in tiers that were not read is asked first: it may do whatever it says, or nothing.
    pub(super) fn rungs(&self) -> Vec<Rung> {
        let unread = Tier::Own(u16::try_from(self.0.len()).unwrap_or(u16::MAX));
        let mut rungs = vec![Rung::PERIMETER, Rung { tier: unread, order: Order::InTurn { denies: false } }];
        let once = |rungs: &mut Vec<Rung>, rung: Rung| {
            if !rungs.contains(&rung) {
                rungs.push(rung);
            }
        };
        for tier in &self.0 {
            let order = Order::InTurn { denies: tier.denies };
            // Policies of namespaces stand among Calico's own.
            let own = if tier.name == DEFAULT { Tier::Namespace } else { Tier::Own(self.number(tier.name)) };
            rungs.push(Rung { tier: own, order });
            if ADMIN.contains(&tier.name) {
                once(&mut rungs, Rung::ADMIN);
            } else if BASELINE.contains(&tier.name) {
                once(&mut rungs, Rung::BASELINE);
            }
        }
        rungs
    }
}
