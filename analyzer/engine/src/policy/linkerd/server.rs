//! `Server`: a port of some pods, with what authorizes its clients.
//! (docs/semantics/mesh-policy.md#servers)

use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{ParentRef, Unmodelled};
use kubereach_model::snapshot::{Found, LabelSelector, Snapshot};
use serde::Deserialize as _;
use serde_json::Value;

use super::GROUP;
use super::config::{Config, Inbound};
use super::grants::{self, Grant};
use super::routes::{self, Route};
use crate::policy::answer::{Missing, Outcomes, PolicyAnswer, Truth};
use crate::policy::ends::PodEnd;
use crate::policy::engine::Asked;
use crate::policy::mesh::{Identity, items};
use crate::policy::selectors::on_labels;

/// A port of some pods, and who may come in.
#[derive(Debug)]
pub(super) struct Server<'s> {
    pub(super) found: Found<'s, Unmodelled>,
    pub(super) namespace: &'s str,
    /// `None` where it is for workloads outside of the cluster.
    pods: Option<LabelSelector>,
    pub(super) port: Option<PortRef>,
    speaks: Speaks,
    grants: Vec<Grant<'s>>,
    routes: Vec<Route<'s>>,
    /// Routes of the Gateway API are bound to it, which are not evaluated.
    has_other_routes: bool,
}

/// What the proxy looks for in a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Http,
    Opaque,
    /// It looks at what comes.
    Detects,
}

/// What was read, while `Server`s are put together.
pub(super) struct Read<'a, 's> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) config: &'a Config<'s>,
    pub(super) authorizations: Vec<Found<'s, Unmodelled>>,
    pub(super) policies: Vec<Found<'s, Unmodelled>>,
    pub(super) routes: Vec<Found<'s, Unmodelled>>,
}

impl<'s> Read<'_, 's> {
    pub(super) fn server(&self, found: Found<'s, Unmodelled>) -> Server<'s> {
        let stored = found.get();
        let (spec, meta) = (&stored.value.spec, &stored.value.metadata);
        let namespace = meta.namespace.as_str();
        let here = |of: &&Found<'s, Unmodelled>| of.get().value.metadata.namespace == namespace;
        let mut grants: Vec<Grant<'s>> = Vec::new();
        for authorization in self.authorizations.iter().filter(here) {
            if grants::names_server(*authorization, &meta.name, &meta.labels) {
                grants.extend(grants::of_server_authorization(*authorization, self.config));
            }
        }
        grants.extend(self.granted(namespace, |kind, group, name| match kind {
            "Server" => group == GROUP && name == meta.name,
            "Namespace" => name == namespace,
            _ => false,
        }));
        let access = spec.get("accessPolicy").and_then(Value::as_str).and_then(Inbound::of);
        grants.extend(access.and_then(|access| Grant::of_default(access, "its accessPolicy")));
        let speaks = match spec.get("proxyProtocol").and_then(Value::as_str) {
            Some("opaque" | "TLS") => Speaks::Opaque,
            Some("HTTP/1" | "HTTP/2" | "gRPC") => Speaks::Http,
            _ => Speaks::Detects,
        };
        let pods = spec.get("podSelector").filter(|selector| !selector.is_null());
        Server {
            found,
            namespace,
            pods: pods.and_then(|selector| LabelSelector::deserialize(selector).ok()),
            port: spec.get("port").and_then(|port| PortRef::deserialize(port).ok()),
            speaks,
            grants,
            routes: self.routes_of(namespace, &meta.name),
            has_other_routes: self.snapshot.routes.iter().any(|route| {
                let parents = &route.get().value.spec.parent_refs;
                let is_it = |parent: &ParentRef| {
                    parent.group.as_deref() == Some(GROUP)
                        && parent.kind.as_deref() == Some("Server")
                        && parent.name == meta.name
                };
                route.get().value.metadata.namespace == namespace && parents.iter().any(is_it)
            }),
        }
    }

    /// What the policies of a namespace open that are bound to such a target.
    fn granted(&self, namespace: &str, is_target: impl Fn(&str, &str, &str) -> bool) -> Vec<Grant<'s>> {
        let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let bound = |found: &&Found<'s, Unmodelled>| {
            let stored = found.get();
            let target = stored.value.spec.get("targetRef");
            stored.metadata.namespace == namespace
                && target.is_some_and(|t| is_target(&text(t, "kind"), &text(t, "group"), &text(t, "name")))
        };
        let policies = self.policies.iter().filter(bound);
        policies.filter_map(|found| grants::of_policy(*found, self.snapshot, self.config)).collect()
    }

    /// The routes that are bound to a `Server`, the oldest first.
    fn routes_of(&self, namespace: &str, server: &str) -> Vec<Route<'s>> {
        let is_parent = |parent: &Value| {
            let of = |key: &str| parent.get(key).and_then(Value::as_str);
            of("kind") == Some("Server") && of("group") == Some(GROUP) && of("name") == Some(server)
        };
        let mut bound: Vec<Found<'s, Unmodelled>> = self
            .routes
            .iter()
            .copied()
            .filter(|found| found.get().value.metadata.namespace == namespace)
            .filter(|found| items(found.get().value.spec.get("parentRefs")).iter().any(is_parent))
            .collect();
        bound.sort_by_key(|found| {
            let meta = &found.get().value.metadata;
            (meta.creation_timestamp.0.is_none(), meta.creation_timestamp.0, meta.name.clone())
        });
        let of = |found: Found<'s, Unmodelled>| {
            let own = found.get().value.metadata.name.as_str();
            let grants =
                self.granted(namespace, |kind, group, name| kind == "HTTPRoute" && group == GROUP && name == own);
            Route::of(found, grants)
        };
        bound.into_iter().map(of).collect()
    }
}

impl<'s> Server<'s> {
    pub(super) fn selects(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        match &self.pods {
            Some(pods) if self.namespace == pod.namespace => on_labels(pods, pod.labels),
            _ => Truth::No,
        }
    }

    /// Is it about this port of the pod?
    pub(super) fn is_at(&self, pod: &PodEnd<'s>, port: Option<u16>) -> Truth<'s> {
        let mut named = pod.spec.containers.iter().chain(pod.spec.init_containers.iter()).flat_map(|c| c.ports.iter());
        match (&self.port, port) {
            (None | Some(PortRef::Redacted), _) => Truth::Unknown(Missing::Form),
            (_, None) => Truth::Unknown(Missing::Port),
            (Some(PortRef::Number(own)), Some(port)) => Truth::of(*own == port),
            (Some(PortRef::Name(name)), Some(port)) => Truth::of(
                named
                    .any(|own| own.name == *name && own.protocol == "TCP" && own.container_port.known() == Some(&port)),
            ),
        }
    }

    /// All ways in, in the order in which answers count them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Grant<'s>> {
        self.grants.iter().chain(self.routes.iter().flat_map(|route| &route.grants))
    }

    /// Who lets the client in: the first in that order.
    pub(super) fn answer(&self, config: &Config<'s>, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let either = Outcomes::ALLOW.or(Outcomes::DENY);
        let request = asked.request.filter(|request| request.is_http());
        let by_server: Vec<(usize, &Grant<'s>)> = self.grants.iter().enumerate().collect();
        if self.speaks == Speaks::Opaque {
            return admits(by_server, config, asked);
        }
        if self.has_other_routes {
            return PolicyAnswer::Undecidable { missing: Missing::Form, possible: either };
        }
        if self.routes.is_empty() {
            let probed = routes::is_probe(&probe_paths(asked.pod, asked.port), asked.request);
            return or_probes(admits(by_server, config, asked), probed, config, asked);
        }
        let Some(request) = request else {
            return PolicyAnswer::Undecidable { missing: Missing::Request, possible: either };
        };
        match routes::taken(&self.routes, request) {
            // The proxy answers 404.
            Ok(None) => PolicyAnswer::DoesNotAdmit,
            Err(missing) => PolicyAnswer::Undecidable { missing, possible: either },
            Ok(Some(route)) => {
                let mut first = self.grants.len();
                for other in self.routes.iter().take_while(|other| other.name != route.name) {
                    first += other.grants.len();
                }
                let by_route = route.grants.iter().enumerate().map(|(index, grant)| (first + index, grant));
                admits(by_server.into_iter().chain(by_route).collect(), config, asked)
            }
        }
    }
}

/// Any of them lets it in.
pub(super) fn admits<'s>(
    grants: Vec<(usize, &Grant<'s>)>,
    config: &Config<'s>,
    asked: &Asked<'_, 's>,
) -> PolicyAnswer<'s> {
    let identity: Identity<'s> = config.client(asked);
    let mut doubt = None;
    for (index, grant) in grants {
        match grant.admits(config, &identity, asked) {
            Truth::Yes => return PolicyAnswer::Admits { rule: index },
            Truth::No => {}
            Truth::Unknown(missing) => doubt = Some(Missing::rather(doubt, missing)),
        }
    }
    doubt.map_or(PolicyAnswer::DoesNotAdmit, |missing| PolicyAnswer::Undecidable {
        missing,
        possible: Outcomes::ALLOW.or(Outcomes::DENY),
    })
}

/// The paths of probes stay open to the networks of probes.
pub(super) fn or_probes<'s>(
    answer: PolicyAnswer<'s>,
    probed: Truth<'s>,
    config: &Config<'s>,
    asked: &Asked<'_, 's>,
) -> PolicyAnswer<'s> {
    let open = Grant::of_probes().admits(config, &Identity::Nobody, asked);
    match (answer, probed.and(open)) {
        (PolicyAnswer::Admits { .. }, _) | (_, Truth::No) => answer,
        (_, Truth::Yes) => PolicyAnswer::NotApplicable,
        (_, Truth::Unknown(missing)) => {
            PolicyAnswer::Undecidable { missing, possible: answer.outcomes().or(Outcomes::ALLOW) }
        }
    }
}

/// The paths at which the kubelet probes a port over HTTP.
pub(super) fn probe_paths<'s>(pod: &PodEnd<'s>, port: Option<u16>) -> Vec<&'s str> {
    let Some(port) = port else { return Vec::new() };
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter());
    let probes = containers.flat_map(|container| {
        let all = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
        all.into_iter().flatten().map(move |probe| (container, probe))
    });
    let paths = probes.filter_map(|(container, probe)| {
        let get = probe.http_get.as_ref()?;
        let own = match get.port.as_ref()? {
            PortRef::Number(number) => Some(*number),
            PortRef::Name(name) => {
                let named = container.ports.iter().find(|own| own.name.eq_ignore_ascii_case(name));
                named.and_then(|own| own.container_port.known().copied())
            }
            PortRef::Redacted => None,
        };
        (own == Some(port)).then(|| get.path.as_deref().map_or("/", |path| path.split('?').next().unwrap_or_default()))
    });
    paths.collect()
}
