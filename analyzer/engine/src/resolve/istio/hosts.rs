//! Host names of the mesh.
//!
//! Sources: istio/istio `pkg/config/host/name.go` (`Matches`, `SubsetOf`), `pilot/pkg/model/virtualservice.go`
//! (`resolveGatewayName`), `pkg/config/model` (`ResolveShortnameToFQDN`).

/// A host as Istio completes it: a name without a dot is a Service of the object's own namespace.
pub fn completed(host: &str, namespace: &str) -> String {
    let host = host.to_ascii_lowercase();
    if host.contains('.') || host == "*" { host } else { format!("{host}.{namespace}.svc.cluster.local") }
}

/// The Service that a completed host stands for: its namespace and name.
pub fn service(host: &str) -> Option<(&str, &str)> {
    let (name, rest) = host.split_once('.')?;
    let (namespace, rest) = rest.split_once('.')?;
    (rest == "svc" || rest.starts_with("svc.")).then_some((namespace, name))
}

/// Is a host that one takes also one that the other takes? Either may be a wildcard.
pub fn meet(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    match (one.strip_prefix('*'), other.strip_prefix('*')) {
        (Some(a), Some(b)) => a.ends_with(b) || b.ends_with(a),
        (Some(end), None) => other.ends_with(end),
        (None, Some(end)) => one.ends_with(end),
        (None, None) => one == other,
    }
}

/// Does a pattern take everything that the host takes?
pub fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    match (pattern.strip_prefix('*'), host.strip_prefix('*')) {
        (Some(end), Some(rest)) => rest.ends_with(end),
        (Some(end), None) => host.ends_with(end),
        (None, Some(_)) => false,
        (None, None) => pattern == host,
    }
}

/// Namespace and name of a gateway that an object of a namespace names; none for the mesh.
pub fn gateway(named: &str, namespace: &str) -> Option<(String, String)> {
    if named == "mesh" {
        return None;
    }
    if let Some((of, name)) = named.split_once('/') {
        let of = if of == "." { namespace } else { of };
        return Some((of.to_owned(), name.to_owned()));
    }
    let mut labels = named.split('.');
    let name = labels.next().unwrap_or_default();
    Some((labels.next().unwrap_or(namespace).to_owned(), name.to_owned()))
}

/// The host of a Gateway's server without its namespace, and whether an object of this namespace may use it.
pub fn of_server<'h>(host: &'h str, gateway: &str, namespace: &str) -> (&'h str, bool) {
    match host.split_once('/') {
        None => (host, true),
        Some((of, host)) => (host, of == "*" || of == namespace || (of == "." && gateway == namespace)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_meet_where_one_request_fits_both() {
        for (one, other, expected) in [
            ("shop.example", "Shop.Example", true),
            ("*", "shop.example", true),
            ("*.example", "shop.example", true),
            ("*.example", "example", false),
            ("*.example", "*.shop.example", true),
            ("*.example", "*.test", false),
            ("a.example", "b.example", false),
        ] {
            assert_eq!(meet(one, other), expected, "{one} {other}");
            assert_eq!(meet(other, one), expected, "{other} {one}");
        }
        assert!(covers("*.example", "*.shop.example") && !covers("*.shop.example", "*.example"));
    }

    #[test]
    fn names_are_completed_as_istio_does() {
        assert_eq!(completed("reviews", "shop"), "reviews.shop.svc.cluster.local");
        assert_eq!(completed("reviews.shop", "x"), "reviews.shop");
        assert_eq!(service("reviews.shop.svc.cluster.local"), Some(("shop", "reviews")));
        assert_eq!(service("www.example.com"), None);
        let pair = |ns: &str, name: &str| Some((ns.to_owned(), name.to_owned()));
        assert_eq!(gateway("edge", "shop"), pair("shop", "edge"));
        assert_eq!(gateway("infra/edge", "shop"), pair("infra", "edge"));
        assert_eq!(gateway("./edge", "shop"), pair("shop", "edge"));
        assert_eq!(gateway("edge.infra.svc.cluster.local", "shop"), pair("infra", "edge"));
        assert_eq!(gateway("mesh", "shop"), None);
        assert_eq!(of_server("./shop.example", "infra", "shop"), ("shop.example", false));
        assert_eq!(of_server("shop/shop.example", "infra", "shop"), ("shop.example", true));
    }
}
