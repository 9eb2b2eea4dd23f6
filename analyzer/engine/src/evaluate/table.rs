//! Which checks are asked about what.

use super::{door, gateway_api, ingress, istio, policy, service, traefik};

/// Every check, by the segment that it speaks of, in the order in which they are asked. Evaluation knows contexts and
/// segments; what is said about them is the business of `checks`, which fills the table.
#[derive(Debug)]
pub struct CheckTable {
    /// Of doors with references of their own.
    pub door: door::CheckTable,
    /// Of Gateways, their listeners and the routes at them.
    pub gateway_api: gateway_api::CheckTable,
    /// Of Ingresses.
    pub ingress: ingress::CheckTable,
    /// Of Istio's Gateways and VirtualServices.
    pub istio: istio::CheckTable,
    /// Of the `policy` segment.
    pub policy: policy::CheckTable,
    /// Of what lies behind a Service port.
    pub service: service::CheckTable,
    /// Of Traefik's IngressRoutes.
    pub traefik: traefik::CheckTable,
}
