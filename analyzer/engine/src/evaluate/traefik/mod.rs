//! Traefik's IngressRoutes as doors (`docs/semantics/traefik.md`).

mod answer;
mod assemble;
pub mod context;
pub(crate) mod door;
mod effect;

use std::sync::Arc;

use crate::evaluate::service::BackendSegments;
use kubereach_model::evidence::{Finding, Segment};

pub use context::{EntryContext, LeafContext, RouteContext, at};

/// The door of this area.
pub(crate) static DOOR: door::TraefikDoor = door::TraefikDoor;

/// A check that looks at an IngressRoute and what stands before its routes.
pub type EntryCheck = fn(&EntryContext<'_, '_>, &mut Segment);
/// A check that looks at a route.
pub type RouteCheck = fn(&RouteContext<'_, '_>, &mut Segment);
/// A check that looks at a Service behind a route.
pub type LeafCheck = fn(&LeafContext<'_, '_>, &mut Segment);
/// A check that looks at a Service with what lies behind it.
pub type FollowedCheck = fn(&LeafContext<'_, '_>, &BackendSegments, &mut Segment);
/// A check of what another Service of the route does to this one: the finding that blocks the other, if one does, and
/// whether it is only that nothing answers there.
pub type SiblingCheck = fn(&LeafContext<'_, '_>, &Leafless<'_>, &mut Segment);

/// A Service of a route that cannot be made.
#[derive(Debug)]
pub struct Leafless<'f> {
    /// What shows it.
    pub finding: &'f Arc<Finding>,
    /// Nothing answers behind it; that it is there is not in doubt.
    pub is_empty: bool,
}

/// The checks of IngressRoutes.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `controller` segment.
    pub controller: &'static [EntryCheck],
    /// Of the `listener` segment.
    pub listener: &'static [EntryCheck],
    /// Of the `rule` segment.
    pub rule: &'static [RouteCheck],
    /// Of the `reference` segment.
    pub reference: &'static [LeafCheck],
    /// Of the `reference` segment, once the Service was followed.
    pub followed: &'static [FollowedCheck],
    /// Of the `reference` segment: what the other Services of the route do to it.
    pub sibling: &'static [SiblingCheck],
    /// Of the `tls` segment.
    pub tls: &'static [EntryCheck],
}
