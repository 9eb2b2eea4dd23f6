//! What controllers report about a route at one parent. It settles what could not be read and casts doubt on what the
//! configuration does not explain; it never decides what the configuration decides.

use crate::resolve::conditions::{ConditionState, state};
use crate::resolve::route::attach::ParentLink;
use crate::resolve::route::status;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Condition, ParentStatus, Route};

/// Conditions of single implementations that are True where all is well: Kong's and Envoy Gateway's `Programmed`
/// (Kong/kubernetes-ingress-controller `internal/controllers/gateway/route_utils.go`; GEP-1364), Google's `Reconciled`
/// (GKE, Gateway status), Istio's `ResolvedWaypoints`.
const OF_IMPLEMENTATIONS: [&str; 3] = ["Programmed", "Reconciled", "ResolvedWaypoints"];

/// The reports of every controller about one parent.
#[derive(Debug)]
pub(crate) struct RouteStatus<'s> {
    route: Found<'s, Route>,
    entries: Vec<&'s ParentStatus>,
}

impl<'s> RouteStatus<'s> {
    pub(crate) fn new(route: Found<'s, Route>, link: &ParentLink<'_>) -> Self {
        Self { route, entries: status::entries(route.get(), link.reference) }
    }

    /// A condition, by the controller that reports it.
    fn condition(&self, kind: &str) -> impl Iterator<Item = (&'s str, ConditionState<'s>)> {
        let generation = &self.route.get().metadata.generation;
        self.entries.iter().map(move |e| (e.controller_name.as_str(), state(&e.conditions, kind, generation)))
    }

    fn is_false(&self, kind: &str) -> Option<(&'s str, &'s Condition)> {
        self.condition(kind).find_map(|(name, state)| match state {
            ConditionState::False(condition) => Some((name, condition)),
            _ => None,
        })
    }

    /// A controller that accepted the present spec.
    pub(crate) fn accepted_by(&self) -> Option<&'s str> {
        self.condition("Accepted").find(|(_, state)| state.is_true()).map(|(name, _)| name)
    }

    /// A controller that refused the present spec.
    pub(crate) fn refused_by(&self) -> Option<(&'s str, &'s Condition)> {
        self.is_false("Accepted")
    }

    /// A condition that a controller wrote for an older spec.
    pub(crate) fn stale(&self) -> Option<&'s Condition> {
        self.condition("Accepted").find_map(|(_, state)| match state {
            ConditionState::Stale(condition) => Some(condition),
            _ => None,
        })
    }

    /// Did a controller resolve every reference of the present spec?
    pub(crate) fn is_resolved(&self) -> bool {
        self.condition("ResolvedRefs").any(|(_, state)| state.is_true())
    }

    /// A controller that could not resolve every reference of the present spec.
    pub(crate) fn unresolved_by(&self) -> Option<(&'s str, &'s Condition)> {
        self.is_false("ResolvedRefs")
    }

    /// A condition beyond those of the specification by which the controller that accepted the route says that it does
    /// not serve it, or not yet.
    pub(crate) fn not_served(&self) -> Option<(&'s str, &'s Condition)> {
        OF_IMPLEMENTATIONS.into_iter().find_map(|kind| {
            self.condition(kind).find_map(|(name, state)| match state {
                ConditionState::False(condition) | ConditionState::Unknown(condition) => Some((name, condition)),
                ConditionState::Missing | ConditionState::True(_) | ConditionState::Stale(_) => None,
            })
        })
    }

    /// A controller serves only a part of the route, or an earlier version of it.
    pub(crate) fn partially_invalid(&self) -> Option<&'s Condition> {
        self.condition("PartiallyInvalid").find_map(|(_, state)| match state {
            ConditionState::True(condition) => Some(condition),
            _ => None,
        })
    }
}
