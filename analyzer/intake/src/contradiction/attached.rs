//! Listeners to which more routes are attached than any list holds.
//!
//! `attachedRoutes` is the number of routes that were successfully attached to a listener (Gateway API,
//! `ListenerStatus`); each of them names the Gateway in its `parentRefs`.

use kubereach_model::snapshot::Index;
use kubereach_model::snapshot::model::{ListenerStatus, RouteKind};
use kubereach_reports::report::CoverageState;

use super::{Claims, Signs};

pub(super) fn sign(claims: &Claims<'_>, signs: &mut Signs) {
    let claims_all = |kind: &RouteKind| claims.list(&kind.group_kind(), None).is_some();
    let claiming: Vec<RouteKind> = RouteKind::ALL.into_iter().filter(claims_all).collect();
    let routes = &claims.snapshot.routes;
    // Without a parentRef of theirs, default Gateways take routes too.
    let by_default = || routes.iter().any(|route| route.get().spec.use_default_gateways.is_some());
    if claiming.is_empty() || claims.snapshot.gateways.is_empty() || by_default() {
        return;
    }
    let mut naming: Index<(&str, &str), i64> = Index::default();
    for route in routes.iter() {
        let route = route.get();
        let mut parents: Vec<(&str, &str)> = route
            .spec
            .parent_refs
            .iter()
            .map(|parent| (parent.namespace.as_deref().unwrap_or(&route.metadata.namespace), parent.name.as_str()))
            .collect();
        parents.sort_unstable();
        parents.dedup();
        for parent in parents {
            *naming.entry(parent).or_default() += 1;
        }
    }
    for gateway in claims.snapshot.gateways.iter() {
        let gateway = gateway.get();
        let named = naming.get(&(gateway.metadata.namespace.as_str(), gateway.metadata.name.as_str()));
        let named = named.copied().unwrap_or_default();
        let listeners = gateway.status.iter().flat_map(|status| status.listeners.iter());
        let read = |listener: &&ListenerStatus| {
            let may = |kind: &RouteKind| {
                listener.supported_kinds.is_empty() || listener.supported_kinds.iter().any(|k| k.kind == kind.word())
            };
            RouteKind::ALL.iter().filter(|kind| may(kind)).all(|kind| is_read(claims, *kind))
        };
        let most = listeners
            .filter(read)
            .filter_map(|listener| listener.attached_routes.known().copied())
            .max()
            .unwrap_or_default();
        if most > named {
            let routes = if most == 1 { "route" } else { "routes" };
            let title = format!("Gateway {}/{}", gateway.metadata.namespace, gateway.metadata.name);
            for kind in &claiming {
                signs.list(
                    &kind.group_kind(),
                    None,
                    format!("{title} has {most} {routes} attached, {named} were read"),
                );
            }
        }
    }
}

/// Could routes of this kind be attached only if they were read?
fn is_read(claims: &Claims<'_>, kind: RouteKind) -> bool {
    let state = claims.snapshot.coverage.state(&kind.group_kind(), None);
    matches!(state, CoverageState::Complete | CoverageState::NotServed)
}
