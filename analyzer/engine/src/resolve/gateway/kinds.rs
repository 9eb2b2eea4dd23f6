//! Which kinds of route a listener takes (API reference: `ProtocolType`, `AllowedRoutes.kinds`).

use kubereach_model::snapshot::model::{AllowedKind, Listener, RouteKind};

const GROUP: &str = "gateway.networking.k8s.io";

/// The kinds of route that may attach to a listener.
#[derive(Debug, Clone)]
pub enum Kinds<'s> {
    /// The protocol is one the API defines.
    Known {
        /// What may attach.
        allowed: Vec<RouteKind>,
        /// Listed in `allowedRoutes.kinds`, but not a kind that this protocol can carry.
        invalid: Vec<&'s AllowedKind>,
    },
    /// A protocol of some implementation: which kinds it takes is not known.
    ThirdParty,
}

/// What a protocol can carry; `None` for protocols the API does not define.
fn of_protocol(listener: &Listener, ends_tls_for_tcp: bool) -> Option<&'static [RouteKind]> {
    let passthrough = listener.tls.as_ref().is_some_and(|tls| tls.mode.as_deref() == Some("Passthrough"));
    Some(match listener.protocol.as_str() {
        "HTTP" | "HTTPS" => &[RouteKind::Http, RouteKind::Grpc],
        "TLS" if passthrough || !ends_tls_for_tcp => &[RouteKind::Tls],
        "TLS" => &[RouteKind::Tls, RouteKind::Tcp],
        "TCP" => &[RouteKind::Tcp],
        "UDP" => &[RouteKind::Udp],
        _ => return None,
    })
}

/// What may attach to a listener. Whether one that ends TLS takes `TCPRoutes` is the implementation's affair.
pub fn of(listener: &Listener, ends_tls_for_tcp: bool) -> Kinds<'_> {
    let Some(carried) = of_protocol(listener, ends_tls_for_tcp) else { return Kinds::ThirdParty };
    let listed = listener.allowed_routes.as_ref().map(|a| &*a.kinds).unwrap_or_default();
    if listed.is_empty() {
        return Kinds::Known { allowed: carried.to_vec(), invalid: Vec::new() };
    }
    let (mut allowed, mut invalid) = (Vec::new(), Vec::new());
    for kind in listed {
        let own = kind.group.as_deref().is_none_or(|group| group == GROUP);
        match carried.iter().find(|k| own && k.word() == kind.kind) {
            Some(known) if !allowed.contains(known) => allowed.push(*known),
            Some(_) => {}
            None => invalid.push(kind),
        }
    }
    Kinds::Known { allowed, invalid }
}
