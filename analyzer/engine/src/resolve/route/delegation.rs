//! HTTPRoutes that another HTTPRoute names as a backend: it hands requests on to them, and they need no Gateway of their
//! own and no grant (kgateway and Gloo Gateway: by name, by `*` for all of a namespace, or by a label).
//!
//! Source: kgateway [route delegation](https://kgateway.dev/docs/main/traffic-management/route-delegation/);
//! kgateway-dev/kgateway `pkg/kgateway/query/httproute.go`.

use std::collections::HashMap;

use crate::resolve::ClusterIndex;
use crate::resolve::gateway::GROUP;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{BackendRef, Route, RouteKind};

/// Groups whose kind `label` names routes by a label.
const BY_LABEL: [&str; 2] = ["delegation.kgateway.dev", "delegation.gateway.solo.io"];
/// The label whose value such a reference names.
const LABELS: [&str; 2] = ["delegation.kgateway.dev/label", "delegation.gateway.solo.io/label"];

/// Does a backendRef hand requests on to routes?
pub fn delegates(group: &str, kind: &str) -> bool {
    (group, kind) == (GROUP, "HTTPRoute") || (kind == "label" && BY_LABEL.contains(&group))
}

/// Which routes are handed requests by others.
#[derive(Debug, Default)]
pub struct Delegations<'s> {
    /// By namespace and name; `*` stands for every name.
    named: HashMap<(&'s str, &'s str), Found<'s, Route>>,
    /// By namespace and value of the label.
    labelled: HashMap<(&'s str, &'s str), Found<'s, Route>>,
}

impl<'s> Delegations<'s> {
    /// Reads every backendRef of every HTTPRoute.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let mut this = Self::default();
        for route in cluster.snapshot.routes.iter().filter(|route| route.kind == RouteKind::Http) {
            let refs = route.get().value.spec.rules.iter().flat_map(|rule| &rule.backend_refs);
            for reference in refs {
                this.read(route, reference);
            }
        }
        this
    }

    fn read(&mut self, route: Found<'s, Route>, reference: &'s BackendRef) {
        let (group, kind) =
            (reference.group.as_deref().unwrap_or_default(), reference.kind.as_deref().unwrap_or_default());
        if !delegates(group, kind) {
            return;
        }
        let own = route.get().value.metadata.namespace.as_str();
        let namespace = reference.namespace.as_deref().filter(|n| !n.is_empty()).unwrap_or(own);
        let map = if kind == "label" { &mut self.labelled } else { &mut self.named };
        map.entry((namespace, reference.name.as_str())).or_insert(route);
    }

    /// The route that hands requests on to this one.
    pub fn to(&self, route: &Route) -> Option<Found<'s, Route>> {
        let meta = &route.metadata;
        let namespace = meta.namespace.as_str();
        let named = |name: &str| self.named.get(&(namespace, name)).copied();
        let labels = LABELS.iter().filter_map(|key| meta.label(key));
        let labelled = || labels.clone().find_map(|value| self.labelled.get(&(namespace, value)).copied());
        named(&meta.name).or_else(|| named("*")).or_else(labelled).filter(|_| route.kind == RouteKind::Http)
    }
}
