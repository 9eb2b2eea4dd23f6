//! The facts that checks look at: one plain struct for each thing a segment speaks of.

mod gateway;
mod route;

pub(crate) use gateway::{
    AttachedRoutesContext, CertificateRefContext, CertificatesContext, GatewayContext, GatewayStatusContext,
    ListenerContext, ProxyContext,
};
pub(crate) use route::weight;
pub(crate) use route::{
    AttachmentContext, BackendCaContext, BackendContext, BackendTlsContext, FilterContext, HostContext, MatchContext,
    ParentContext, RouteContext, RouteStatusContext, RuleContext,
};

use kubereach_reports::report::ObjectRef;

use crate::resolve::route::refused::Refused;

/// A policy that its controller refused, and what it is attached to.
pub(crate) struct PolicyContext<'s> {
    /// The policy.
    pub(crate) refused: Refused<'s>,
    /// What it is attached to.
    pub(crate) target: ObjectRef,
}

/// An object with more paths than are listed.
#[derive(Debug)]
pub(crate) struct ListingContext {
    /// The object.
    pub(crate) object: ObjectRef,
    /// Paths that were evaluated and are not listed.
    pub(crate) left_out: usize,
}
