//! Includes: which of an object's includes are followed, and to what.
//!
//! Source: `computeRoutes` and `processHTTPProxyTCPProxy` of `internal/dag/httpproxy_processor.go`.

use std::collections::HashSet;

use kubereach_model::field;
use kubereach_model::snapshot::model::{HttpProxy, MatchCondition, ProxyInclude};
use kubereach_model::snapshot::{Lookup, Snapshot};

use super::conditions::{self, PathMatch};
use super::{Basis, Problem, Proxy};

/// What became of an include.
#[derive(Debug, Clone)]
pub enum Followed<'s> {
    /// It leads to this object.
    To(Proxy<'s>),
    /// It leads nowhere.
    Nowhere(Problem),
}

/// The namespace and name that an include means.
pub fn names<'p>(include: &'p ProxyInclude, own: &'p str) -> (&'p str, &'p str) {
    (if include.namespace.is_empty() { own } else { &include.namespace }, &include.name)
}

/// Every include of an object, in order.
pub(super) fn all<'s>(snapshot: &'s Snapshot, proxy: Proxy<'s>) -> Vec<Followed<'s>> {
    let value = &proxy.get().value;
    let mut seen = HashSet::new();
    let followed = value.spec.includes.iter().enumerate().map(|(index, include)| {
        let conditions = &include.conditions;
        let refs: Vec<&MatchCondition> = conditions.iter().collect();
        let at = || field!["spec", "includes", index];
        let fault = conditions::include_fault(conditions)
            .or_else(|| conditions::path_fault(conditions))
            .map(|what| ("IncludeError/PathMatchConditionsNotValid", what))
            .or_else(|| conditions::header_fault(&refs).map(|what| ("RouteError/HeaderMatchConditionsNotValid", what)))
            .or_else(|| {
                conditions::query_fault(&refs).map(|what| ("RouteError/QueryParameterMatchConditionsNotValid", what))
            });
        if let Some((reason, what)) = fault {
            return Followed::Nowhere(Problem::shown(reason, at(), format!("include {}: {what}", index + 1)));
        }
        let key = (conditions::path(&refs), conditions::others(&refs));
        let everything = key.0 == PathMatch::Prefix("/".to_owned()) && key.1.is_empty();
        if !seen.insert(key) && !everything {
            let what = format!("include {} has the conditions of an earlier one", index + 1);
            return Followed::Nowhere(Problem::shown("IncludeError/DuplicateMatchConditions", at(), what));
        }
        let reasons = ("IncludeError/IncludeNotFound", "IncludeError/RootIncludesRoot");
        follow(snapshot, proxy, include, reasons, &at().into_iter().collect::<Vec<_>>())
    });
    followed.collect()
}

/// The include of a `tcpproxy`, where it has one.
pub(super) fn of_tcp<'s>(snapshot: &'s Snapshot, proxy: Proxy<'s>) -> Option<Followed<'s>> {
    let tcp = proxy.get().value.spec.tcpproxy.as_ref()?;
    let include = tcp.include.as_ref().or(tcp.includes.as_ref());
    let at = || field!["spec", "tcpproxy"];
    match (include, tcp.services.is_empty()) {
        (Some(_), false) => {
            let what = "its tcpproxy has both services and an include";
            Some(Followed::Nowhere(Problem::shown("TCPProxyError/NoServicesAndInclude", at(), what)))
        }
        (None, true) => {
            let what = "its tcpproxy has neither services nor an include";
            Some(Followed::Nowhere(Problem::shown("TCPProxyError/NothingDefined", at(), what)))
        }
        (None, false) => None,
        (Some(include), true) => {
            let reasons = ("TCPProxyIncludeError/IncludeNotFound", "TCPProxyIncludeError/RootIncludesRoot");
            Some(follow(snapshot, proxy, include, reasons, &at().into_iter().collect::<Vec<_>>()))
        }
    }
}

fn follow<'s>(
    snapshot: &'s Snapshot,
    proxy: Proxy<'s>,
    include: &ProxyInclude,
    (missing, root): (&'static str, &'static str),
    at: &[kubereach_model::evidence::Step],
) -> Followed<'s> {
    let (namespace, name) = names(include, &proxy.get().value.metadata.namespace);
    let nowhere = |reason, what: String, basis| Followed::Nowhere(Problem { reason, what, field: at.to_vec(), basis });
    match snapshot.lookup::<HttpProxy>(namespace, name) {
        Lookup::Found(found) if found.get().value.spec.virtualhost.is_some() => {
            nowhere(root, format!("it includes {namespace}/{name}, which has a virtualhost of its own"), Basis::Shown)
        }
        Lookup::Found(found) => Followed::To(found),
        Lookup::Absent(absence) => {
            nowhere(missing, format!("it includes {namespace}/{name}, which does not exist"), Basis::Missing(absence))
        }
        Lookup::Unknown(gap) => {
            nowhere(missing, format!("it includes {namespace}/{name}, which was not read"), Basis::Unknown(gap))
        }
    }
}
