//! Hosts and paths that valid `HTTPProxies` have: an Ingress of Contour with the same one is not served there.
//!
//! Source: `cmd/contour/serve.go` (Ingresses are processed before `HTTPProxies`), `internal/dag/dag.go` (`AddRoute`: of
//! equal conditions the later one is kept), `internal/dag/ingress_processor.go`.

use std::collections::HashMap;

use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::MatchCondition;

use super::Proxy;
use super::conditions::{PathMatch, others, path};
use super::tree::Tree;

/// Who has a host and path.
#[derive(Debug, Default)]
pub struct Taken<'s> {
    by: HashMap<(String, PathMatch), Proxy<'s>>,
}

impl<'s> Taken<'s> {
    /// Of all `HTTPProxies` that nothing is wrong with.
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let mut taken = Self::default();
        if snapshot.http_proxies.is_empty() {
            return taken;
        }
        let tree = Tree::of(snapshot, snapshot.http_proxies.iter());
        for node in &tree.proxies {
            for chain in node.chains.iter().filter(|chain| !chain.tcp) {
                let root = tree.node(&chain.root);
                let served = root.is_some_and(|root| root.host.is_empty() && root.rivals.is_empty());
                if !served || !chain.routes.is_empty() || !chain.above.is_empty() {
                    continue;
                }
                let Some(host) = &chain.root.get().value.spec.virtualhost else { continue };
                for route in &node.proxy.get().value.spec.routes {
                    let conditions: Vec<&MatchCondition> =
                        chain.conditions.iter().copied().chain(route.conditions.iter()).collect();
                    if others(&conditions).is_empty() {
                        taken.by.insert((host.fqdn.to_ascii_lowercase(), path(&conditions)), node.proxy);
                    }
                }
            }
        }
        taken
    }

    /// Who has this path of an Ingress.
    pub fn by(&self, host: Option<&str>, kind: &str, path: &str) -> Option<Proxy<'s>> {
        let wanted = match kind {
            "Exact" => PathMatch::Exact(path.to_owned()),
            "ImplementationSpecific" if path.contains(['^', '+', '*', '[', ']', '%']) => {
                PathMatch::Regex(path.to_owned())
            }
            "ImplementationSpecific" if !path.is_empty() => PathMatch::Prefix(path.to_owned()),
            // Any other prefix is one of whole segments, which an HTTPProxy has none of.
            "Prefix" | "ImplementationSpecific" if path.is_empty() || path == "/" => PathMatch::Prefix("/".to_owned()),
            _ => return None,
        };
        self.by.get(&(host?.to_ascii_lowercase(), wanted)).copied()
    }
}
