//! What controllers say of a route at a parent (API reference: `RouteParentStatus`).

use kubereach_model::snapshot::model::{ParentRef, ParentStatus, Route};

/// The entries of a route's status that speak of a parentRef; several controllers may.
pub fn entries<'s>(route: &'s Route, reference: &ParentRef) -> Vec<&'s ParentStatus> {
    let parents = route.status.as_ref().map(|s| &*s.parents).unwrap_or_default();
    parents.iter().filter(|p| same(route, &p.parent_ref, reference)).collect()
}

fn same(route: &Route, a: &ParentRef, b: &ParentRef) -> bool {
    let group = |p: &ParentRef| p.group.clone().unwrap_or_else(|| super::super::gateway::GROUP.to_owned());
    let section = |p: &ParentRef| p.section_name.clone().filter(|s| !s.is_empty());
    super::parent::object(route, a) == super::parent::object(route, b)
        && group(a) == group(b)
        && section(a) == section(b)
        && a.port.known() == b.port.known()
}
