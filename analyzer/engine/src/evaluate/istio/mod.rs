//! Istio's Gateways and VirtualServices as doors (`docs/semantics/istio.md`).

mod answer;
pub mod context;
pub(crate) mod door;
mod effect;
mod gateway;
mod matching;
mod routed;
mod rules;
mod virtual_service;

use kubereach_model::evidence::{FieldPath, Segment};

pub use context::{Binding, BoundContext, DestinationContext, GatewayContext, Port, ServerContext, VirtualContext};

/// The door of this area.
pub(crate) static DOOR: door::IstioDoor = door::IstioDoor;

/// A check that looks at a Gateway.
pub type GatewayCheck = fn(&GatewayContext<'_, '_>, &mut Segment);
/// A check that looks at a server of a Gateway.
pub type ServerCheck = fn(&ServerContext<'_, '_>, &mut Segment);
/// A check that looks at a VirtualService.
pub type VirtualCheck = fn(&VirtualContext<'_, '_>, &mut Segment);
/// A check that looks at a host of a VirtualService where it is served.
pub type BoundCheck = fn(&BoundContext<'_, '_>, &mut Segment);
/// A check of a rule that is for a gateway where the VirtualService is not served; the field is that of the rule.
pub type UnboundCheck = fn(&VirtualContext<'_, '_>, &str, &FieldPath, &mut Segment);
/// A check of a delegate that was not found, by namespace and name.
pub type DelegateCheck = fn(&VirtualContext<'_, '_>, (&str, &str), &FieldPath, &mut Segment);
/// A check that looks at a destination.
pub type DestinationCheck = fn(&DestinationContext<'_, '_>, &mut Segment);

/// The checks of Istio's doors.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `controller` segment of a Gateway and of what is served at it.
    pub controller: &'static [GatewayCheck],
    /// Of the `listener` segment: the Gateway as a whole.
    pub gateway: &'static [GatewayCheck],
    /// Of the `listener` segment of a server.
    pub server: &'static [ServerCheck],
    /// Of the `tls` segment of a server.
    pub tls: &'static [ServerCheck],
    /// Of the `listener` segment of a VirtualService.
    pub bound: &'static [BoundCheck],
    /// Of the `listener` segment where no rule applies.
    pub ruleless: &'static [BoundCheck],
    /// Of the `rule` segment.
    pub rule: &'static [VirtualCheck],
    /// Of the `rule` segment of a rule for a gateway where it is not served.
    pub unbound: &'static [UnboundCheck],
    /// Of the `reference` segment of a rule whose delegate was not found.
    pub delegate: &'static [DelegateCheck],
    /// Of the `reference` segment.
    pub reference: &'static [DestinationCheck],
}
