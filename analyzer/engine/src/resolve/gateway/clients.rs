//! How an HTTPS listener checks the certificates of clients (API reference: `GatewayTLSConfig.frontend`).

use super::listener::{ListenerState, Owner};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{FrontendValidation, Gateway};

/// The check and who declares it: the port's setting of the Gateway, else the Gateway's default, else the listener's
/// older field.
pub fn validation<'s>(
    gateway: Found<'s, Gateway>,
    listener: &ListenerState<'s>,
) -> Option<(&'s FrontendValidation, Owner<'s>)> {
    if listener.spec.protocol != "HTTPS" {
        return None;
    }
    let frontend = gateway.get().spec.tls.as_ref().and_then(|t| t.frontend.as_ref());
    let port = &listener.spec.port;
    let of_port = frontend.and_then(|f| f.per_port.iter().find(|p| p.port.known().is_some() && p.port == *port));
    let config = match of_port {
        Some(port) => port.tls.as_ref(),
        None => frontend.and_then(|f| f.default.as_ref()),
    };
    let by_gateway = config.and_then(|c| c.validation.as_ref()).map(|v| (v, Owner::Gateway(gateway)));
    by_gateway.or_else(|| {
        let own = listener.spec.tls.as_ref()?.frontend_validation.as_ref()?;
        Some((own, listener.owner))
    })
}

/// Are clients turned away that show no valid certificate? (`AllowValidOnly` is the default.)
pub fn are_demanded(validation: &FrontendValidation) -> bool {
    validation.mode.as_deref() != Some("AllowInsecureFallback")
}
