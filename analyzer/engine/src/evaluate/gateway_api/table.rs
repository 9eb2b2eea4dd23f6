//! Which checks are asked about Gateways and routes, and where.

use super::context::{
    AttachedRoutesContext, AttachmentContext, BackendCaContext, BackendContext, BackendTlsContext,
    CertificateRefContext, CertificatesContext, FilterContext, GatewayContext, GatewayStatusContext, HostContext,
    ListenerContext, ListingContext, MatchContext, ParentContext, PolicyContext, ProxyContext, RouteContext,
    RouteStatusContext, RuleContext,
};
use kubereach_model::evidence::{Finding, Segment};

/// Looks at the pods that carry a Gateway's traffic.
pub(crate) type ProxyCheck = fn(&ProxyContext<'_, '_>, &mut Segment);
/// Looks at a Gateway.
pub(crate) type GatewayCheck = fn(&GatewayContext<'_, '_>, &mut Segment);
/// Looks at what a Gateway's conditions add.
pub(crate) type GatewayStatusCheck = fn(&GatewayStatusContext<'_, '_>, &mut Segment);
/// Looks at a listener.
pub(crate) type ListenerCheck = fn(&ListenerContext<'_, '_>, &mut Segment);
/// Looks at one reference to a certificate or to authorities.
pub(crate) type CertificateRefCheck = fn(&CertificateRefContext<'_, '_>, &mut Segment);
/// Looks at certificates that were read.
pub(crate) type CertificatesCheck = fn(&CertificatesContext<'_, '_>, &mut Segment);
/// Looks at the routes attached to a listener.
pub(crate) type AttachedRoutesCheck = fn(&AttachedRoutesContext<'_, '_>, &mut Segment);
/// Looks at a route as a whole.
pub(crate) type RouteCheck = fn(&RouteContext<'_, '_>, &mut Segment);
/// Looks at one parentRef of a route.
pub(crate) type ParentCheck = fn(&ParentContext<'_, '_>, &mut Segment);
/// Looks at a route at a listener.
pub(crate) type AttachmentCheck = fn(&AttachmentContext<'_, '_>, &mut Segment);
/// Looks at one host name of a route.
pub(crate) type HostCheck = fn(&HostContext<'_, '_>, &mut Segment);
/// Looks at what controllers report about a route.
pub(crate) type RouteStatusCheck = fn(&RouteStatusContext<'_, '_>, &mut Segment);
/// Looks at one match of a route.
pub(crate) type MatchCheck = fn(&MatchContext<'_, '_>, &mut Segment);
/// Looks at one rule.
pub(crate) type RuleCheck = fn(&RuleContext<'_, '_>, &mut Segment);
/// Looks at one filter.
pub(crate) type FilterCheck = fn(&FilterContext<'_, '_>, &mut Segment);
/// Looks at one backendRef.
pub(crate) type BackendCheck = fn(&BackendContext<'_, '_>, &mut Segment);
/// Looks at encryption towards a backend.
pub(crate) type BackendTlsCheck = fn(&BackendTlsContext<'_, '_>, &mut Segment);
/// Looks at one reference of a `BackendTLSPolicy`.
pub(crate) type BackendCaCheck = fn(&BackendCaContext<'_, '_>, &mut Segment);
/// Looks at a policy that its controller refused.
pub(crate) type PolicyCheck = fn(&PolicyContext<'_>, &mut Segment);
/// Looks at what is not listed.
pub(crate) type ListingCheck = fn(&ListingContext) -> Option<Finding>;

/// The checks of Gateways, their listeners and the routes at them: a list for each place where evaluation asks, in
/// the order in which they are asked.
#[derive(Debug)]
pub struct CheckTable {
    /// `controller` of a Gateway: its class.
    pub(crate) controller: &'static [GatewayCheck],
    /// `address` of a Gateway.
    pub(crate) address: &'static [GatewayCheck],
    /// `controller` of a Gateway: the pods that carry its traffic.
    pub(crate) proxy: &'static [ProxyCheck],
    /// `controller` again: what the conditions add.
    pub(crate) controller_status: &'static [GatewayStatusCheck],
    /// `address` again: what the conditions add.
    pub(crate) address_status: &'static [GatewayStatusCheck],
    /// `listener` that a ListenerSet declares.
    pub(crate) listener_set: &'static [ListenerCheck],
    /// `listener`.
    pub(crate) listener: &'static [ListenerCheck],
    /// `listener` again: what the conditions add.
    pub(crate) listener_status: &'static [ListenerCheck],
    /// `listener`: each refused policy that is attached to it or to what declares it.
    pub(crate) listener_policy: &'static [PolicyCheck],
    /// `rule` of a route: each refused policy that is attached to it.
    pub(crate) route_policy: &'static [PolicyCheck],
    /// `listener` of a Gateway that has none.
    pub(crate) no_listener: &'static [GatewayCheck],
    /// `tls` of a listener: each reference to a certificate.
    pub(crate) certificate_ref: &'static [CertificateRefCheck],
    /// `tls`: the names in the certificates and a host name.
    pub(crate) certificate_names: &'static [CertificatesCheck],
    /// `tls`: the validity of the certificates.
    pub(crate) certificate_validity: &'static [CertificatesCheck],
    /// `tls`: the listener's own settings.
    pub(crate) listener_tls: &'static [ListenerCheck],
    /// `tls`: each reference to authorities for clients.
    pub(crate) client_ca: &'static [CertificateRefCheck],
    /// `tls`: the certificate that the Gateway shows to backends.
    pub(crate) client_certificate: &'static [CertificateRefCheck],
    /// `rule` of a Gateway: the routes at one of its listeners.
    pub(crate) attached_routes: &'static [AttachedRoutesCheck],
    /// Notes on a Gateway.
    pub(crate) gateway_notes: &'static [ListingCheck],
    /// `listener` of a route whose parent cannot be followed.
    pub(crate) parent: &'static [ParentCheck],
    /// `rule` of a route at a parent that gives it no listener.
    pub(crate) unattached: &'static [ParentCheck],
    /// `rule` of a route at no parent.
    pub(crate) route: &'static [RouteCheck],
    /// `rule` of a route at a listener.
    pub(crate) attachment: &'static [AttachmentCheck],
    /// `rule` of a route at a listener: each host name.
    pub(crate) host: &'static [HostCheck],
    /// `rule` again: what the conditions add.
    pub(crate) route_status: &'static [RouteStatusCheck],
    /// `rule`: each match.
    pub(crate) matching: &'static [MatchCheck],
    /// `rule`: each filter, of a rule or of a backend.
    pub(crate) filter: &'static [FilterCheck],
    /// `rule`: the rule as a whole.
    pub(crate) rule: &'static [RuleCheck],
    /// `rule`: what one backend means for it.
    pub(crate) backend_in_rule: &'static [BackendCheck],
    /// `reference`.
    pub(crate) reference: &'static [BackendCheck],
    /// `tls` towards a backend that no policy speaks of.
    pub(crate) plain_backend: &'static [BackendTlsCheck],
    /// `tls` towards a backend that policies speak of.
    pub(crate) backend_tls: &'static [BackendTlsCheck],
    /// `tls` towards a backend: each reference to authorities.
    pub(crate) backend_ca: &'static [BackendCaCheck],
    /// `tls` towards a backend: what the policy's conditions add.
    pub(crate) backend_tls_status: &'static [BackendTlsCheck],
    /// Notes on a route.
    pub(crate) route_notes: &'static [ListingCheck],
}

/// Asks every check of a list, in order.
pub(super) fn ask<C>(checks: &[fn(&C, &mut Segment)], cx: &C, segment: &mut Segment) {
    for check in checks {
        check(cx, segment);
    }
}
