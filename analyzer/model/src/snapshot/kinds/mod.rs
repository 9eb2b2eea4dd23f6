//! Every kind of object that is known, and all that depends on its kind.
//!
//! A kind is one row of [`table`]: its names, and what sets it apart. Rows stand under the type that holds them, and
//! from the rows come [`AnyObject`], the stores of the [`Snapshot`](super::Snapshot), how an object is decoded, what
//! dumps and live reads are asked about, and what `docs/rbac.yaml` grants. What an API server does with objects of
//! a type (defaults, what it keeps when a manifest is applied) stands beside the type, in its [`ApiRules`].

#[macro_use]
mod generate;
mod apply;
mod object;
mod rules;
mod table;

pub use apply::{Applied, Stays};
pub(super) use apply::{field_or_live, keep, keep_judgement, list_or_live, or_live};
pub use object::{AnyStore, Object};
pub use rules::ApiRules;
use table::KEPT_WHERE_FOUND;
pub(super) use table::Parts;
pub use table::{AnyObject, KINDS, Shape, Snapshot};

use super::GroupKind;
use super::model::{RouteKind, UnmodelledRole, WorkloadKind};

/// A kind with the names that the API, dumps and people use for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_field_names, reason = "Kubernetes calls the field kind, too")]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version to read kind-less items as, and to ask for where the API server serves it.
    pub version: &'static str,
    /// As Kubernetes spells it.
    pub kind: &'static str,
    /// The resource name in URLs.
    pub plural: &'static str,
    /// Short names of kubectl.
    pub short: &'static [&'static str],
    /// Does it live in a namespace?
    pub namespaced: bool,
    /// How the API server comes to serve it.
    pub served: Served,
    /// The group it moved from without a change of meaning.
    pub formerly: Option<&'static str>,
    /// Another group that serves the same objects.
    pub also: Option<&'static str>,
    /// Others refer to it by name, so that a name that is not there may be misspelt.
    pub named_by_others: bool,
    /// `--prune` leaves it alone: controllers and administrators make it.
    pub never_pruned: bool,
    /// Its content is nobody's to show; a live read asks for names only, and for the content of those that
    /// others name.
    pub confidential: bool,
    /// A live read knows its objects from the API server's discovery.
    pub shown_by_discovery: bool,
    /// Its spec names Secrets and `ConfigMaps` that hold certificates.
    pub names_certificates: bool,
    /// The type that holds it.
    pub shape: Shape,
    /// What tells it from other kinds that the same type holds.
    pub variant: Variant,
}

/// How the API server comes to serve a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Always: it is part of Kubernetes.
    BuiltIn,
    /// Only where its `CustomResourceDefinition` was installed.
    Crd,
    /// By another server behind the API server, or by a definition: definitions alone do not tell.
    Aggregated,
}

/// What tells kinds apart that one type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The type holds this kind only.
    Only,
    /// A kind of workload.
    Workload(WorkloadKind),
    /// A kind of route.
    Route(RouteKind),
    /// A kind that no check evaluates, and what it has to do with traffic.
    Unmodelled(UnmodelledRole),
}

/// A namespaced kind that is part of Kubernetes; the methods below say what is different.
const fn kind(group: &'static str, version: &'static str, kind: &'static str, plural: &'static str) -> Kind {
    Kind {
        group,
        version,
        kind,
        plural,
        short: &[],
        namespaced: true,
        served: Served::BuiltIn,
        formerly: None,
        also: None,
        named_by_others: false,
        never_pruned: false,
        confidential: false,
        shown_by_discovery: false,
        names_certificates: false,
        shape: Shape::Unmodelled,
        variant: Variant::Only,
    }
}

impl Kind {
    const fn short(self, short: &'static [&'static str]) -> Self {
        Self { short, ..self }
    }

    const fn in_no_namespace(self) -> Self {
        Self { namespaced: false, ..self }
    }

    const fn custom(self) -> Self {
        Self { served: Served::Crd, ..self }
    }

    const fn aggregated(self) -> Self {
        Self { served: Served::Aggregated, ..self }
    }

    const fn formerly(self, group: &'static str) -> Self {
        Self { formerly: Some(group), ..self }
    }

    const fn also(self, group: &'static str) -> Self {
        Self { also: Some(group), ..self }
    }

    const fn named_by_others(self) -> Self {
        Self { named_by_others: true, ..self }
    }

    const fn never_pruned(self) -> Self {
        Self { never_pruned: true, ..self }
    }

    const fn confidential(self) -> Self {
        Self { confidential: true, ..self }
    }

    const fn shown_by_discovery(self) -> Self {
        Self { shown_by_discovery: true, ..self }
    }

    const fn names_certificates(self) -> Self {
        Self { names_certificates: true, ..self }
    }

    const fn workload(self, kind: WorkloadKind) -> Self {
        Self { variant: Variant::Workload(kind), ..self }
    }

    const fn route(self, kind: RouteKind) -> Self {
        Self { variant: Variant::Route(kind), ..self }
    }

    const fn role(self, role: UnmodelledRole) -> Self {
        Self { variant: Variant::Unmodelled(role), ..self }
    }

    const fn held_by(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    /// Group and kind.
    pub const fn group_kind(&self) -> GroupKind {
        GroupKind::known(self.group, self.kind)
    }

    /// `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods`, `httproutes.gateway.networking.k8s.io`: the name of its definition.
    pub fn full_name(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Is this another group of the same objects, a former one or one of today?
    fn has_other_group(&self, group: &str) -> bool {
        self.formerly == Some(group) || self.also == Some(group)
    }
}

/// The kind of a name as typed to kubectl or written in a file name: plural, singular or short, with or
/// without `.group`; hyphens and case do not matter.
pub fn by_name(name: &str) -> Option<&'static Kind> {
    let lower = name.to_ascii_lowercase();
    match lower.split_once('.') {
        Some((plural, group)) => by_resource(plural, Some(group)),
        None => by_resource(&lower, None),
    }
}

/// The kind of a resource name, in a group if one is known (`core` and empty mean the core group).
pub fn by_resource(resource: &str, group: Option<&str>) -> Option<&'static Kind> {
    let wanted: String = resource.chars().filter(|c| *c != '-' && *c != '_').collect::<String>().to_ascii_lowercase();
    let group = group.map(normal_group);
    KINDS.iter().find(|k| {
        group.is_none_or(|g| g == k.group || k.has_other_group(g))
            && (k.plural == wanted || k.short.contains(&wanted.as_str()) || k.kind.eq_ignore_ascii_case(&wanted))
    })
}

/// How dumps write the core group.
pub fn normal_group(group: &str) -> &str {
    if group == "core" || group == "v1" { "" } else { group }
}

/// The row of a group and kind.
pub fn of(kind: &GroupKind) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.kind == kind.kind && k.group == kind.group)
}

/// All kinds that share a resource name.
pub fn sharing(plural: &str) -> impl Iterator<Item = &'static Kind> {
    let wanted = plural.to_ascii_lowercase();
    KINDS.iter().filter(move |k| k.plural == wanted)
}

/// The group that serves a kind today, where it moved from this one.
pub(super) fn moved_to(group: &str, kind: &str) -> Option<&'static str> {
    KINDS.iter().find(|k| k.kind == kind && k.formerly == Some(group)).map(|k| k.group)
}

/// The type that holds objects of a kind, and as which of its kinds; none for kinds that are only counted.
fn holder(kind: &GroupKind) -> Option<(Shape, Variant)> {
    let row = KINDS.iter().find(|k| k.kind == kind.kind && (k.group == kind.group || k.also == Some(&*kind.group)));
    row.map(|k| (k.shape, k.variant))
        .or_else(|| kept_where_found(kind).map(|role| (Shape::Unmodelled, Variant::Unmodelled(role))))
}

fn kept_where_found(kind: &GroupKind) -> Option<UnmodelledRole> {
    let is_it =
        |(group, name, _): &&(&str, Option<&str>, _)| *group == kind.group && name.is_none_or(|name| name == kind.kind);
    KEPT_WHERE_FOUND.iter().find(is_it).map(|(.., role)| *role)
}

/// Is an object of this kind kept although no check evaluates it, and what for?
pub fn unmodelled_role(kind: &GroupKind) -> Option<UnmodelledRole> {
    match of(kind) {
        Some(Kind { variant: Variant::Unmodelled(role), .. }) => Some(*role),
        _ => kept_where_found(kind),
    }
}

/// The row of each kind of workload, by its number.
pub(super) const WORKLOADS: [&Kind; WorkloadKind::ALL.len()] = {
    let mut rows = [&table::ROWS[0]; WorkloadKind::ALL.len()];
    let mut found = 0;
    let mut n = 0;
    while n < table::ROWS.len() {
        if let Variant::Workload(kind) = table::ROWS[n].variant {
            rows[kind as usize] = &table::ROWS[n];
            found += 1;
        }
        n += 1;
    }
    assert!(found == rows.len(), "each kind of workload has one row");
    rows
};

/// The row of each kind of route, by its number.
pub(super) const ROUTES: [&Kind; RouteKind::ALL.len()] = {
    let mut rows = [&table::ROWS[0]; RouteKind::ALL.len()];
    let mut found = 0;
    let mut n = 0;
    while n < table::ROWS.len() {
        if let Variant::Route(kind) = table::ROWS[n].variant {
            rows[kind as usize] = &table::ROWS[n];
            found += 1;
        }
        n += 1;
    }
    assert!(found == rows.len(), "each kind of route has one row");
    rows
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_sort_are_understood() {
        for (name, kind) in [
            ("svc", "Service"),
            ("Services", "Service"),
            ("ingress", "Ingress"),
            ("network-policies", "NetworkPolicy"),
            ("gateways.gateway.networking.k8s.io", "Gateway"),
            ("ingresses.extensions", "Ingress"),
            ("EndpointSlices", "EndpointSlice"),
        ] {
            assert_eq!(by_name(name).map(|k| k.kind), Some(kind), "{name}");
        }
        assert_eq!(by_name("gateways.networking.istio.io").map(|k| k.group), Some("networking.istio.io"));
        assert_eq!(by_name("widgets"), None);
    }

    #[test]
    fn no_kind_has_two_rows() {
        for (n, k) in KINDS.iter().enumerate() {
            assert!(!KINDS[n + 1..].iter().any(|o| o.group == k.group && o.kind == k.kind), "{}", k.kind);
        }
    }

    #[test]
    fn whether_a_kind_is_evaluated_and_which_type_holds_it_agree() {
        for k in KINDS {
            let unmodelled = matches!(k.variant, Variant::Unmodelled(_));
            assert_eq!(unmodelled, k.shape == Shape::Unmodelled, "{}", k.full_name());
        }
        assert_eq!(WORKLOADS.map(|k| k.kind), WorkloadKind::ALL.map(WorkloadKind::word));
        assert_eq!(ROUTES.map(|k| k.kind), RouteKind::ALL.map(RouteKind::word));
    }

    #[test]
    fn old_and_other_groups_are_read_as_todays() {
        assert_eq!(GroupKind::of("extensions/v1beta1", "Ingress"), GroupKind::known("networking.k8s.io", "Ingress"));
        assert_eq!(GroupKind::of("extensions/v1beta1", "DaemonSet"), GroupKind::known("apps", "DaemonSet"));
        assert_eq!(GroupKind::of("extensions/v1beta1", "Scale").group, "extensions");
        let event = holder(&GroupKind::known("events.k8s.io", "Event"));
        assert_eq!(event, Some((Shape::Event, Variant::Only)));
    }

    #[test]
    fn kinds_that_nobody_lists_are_kept_where_they_are_found() {
        let role = |group, kind| unmodelled_role(&GroupKind::known(group, kind));
        assert_eq!(role("kuma.io", "MeshTimeout"), Some(UnmodelledRole::Policy));
        assert_eq!(role("policy", "PodDisruptionBudget"), Some(UnmodelledRole::Budget));
        assert_eq!(role("policy", "PodSecurityPolicy"), None);
        assert_eq!(role("networking.istio.io", "Gateway"), Some(UnmodelledRole::Door));
        assert_eq!(role("gateway.networking.k8s.io", "Gateway"), None);
    }
}
