//! Contour's `HTTPProxy` as a door: a root has a host, and includes others
//! (`docs/semantics/httpproxy.md`).

mod answer;
mod open;
mod subject;
mod tls;

use rayon::prelude::*;

use super::{Door, Kind, OpenDoor};
use crate::evaluate::Cluster;
use crate::evaluate::ingress::{CertificateAssumption, CertificateCheck, StateCheck};
use crate::evaluate::service::Backends;
use crate::resolve::conditions::{ConditionState, state as condition};
use crate::resolve::contour::tree::{Chain, Node, Tree};
use crate::resolve::contour::{Problem, Proxy};
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::entry::{ClassField, Entry};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Segment, SubjectPaths};
use kubereach_model::snapshot::model::{HttpProxy, Resource as _};
use kubereach_model::snapshot::{Absence, Gap, Provenance};

/// projectcontour.io `HTTPProxy`.
#[derive(Debug)]
pub(super) struct Contour;

impl Door for Contour {
    fn kinds(&self) -> &'static [Kind] {
        const KIND: Kind = Kind::leading("projectcontour.io", "HTTPProxy");
        &[Kind { speaks_http: true, ..KIND }]
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        if backends.cluster.snapshot.http_proxies.is_empty() {
            return Vec::new();
        }
        let all = Proxies::of(backends.cluster);
        let nodes: Vec<_> = all.tree.proxies.iter().zip(&all.states.states).collect();
        nodes.into_par_iter().map(|(node, state)| subject::subject(backends, &all, node, state)).collect()
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        Box::new(open::Open::new(cluster))
    }
}

/// Every `HTTPProxy` of a cluster.
struct Proxies<'s> {
    tree: Tree<'s>,
    /// In the same order.
    states: Ingresses<'s>,
    /// Could one that was not read include an orphan?
    complete: Result<Absence, Gap>,
    /// A Gateway that Contour may serve, with other than one listener of a protocol.
    gateway: Option<Gap>,
}

impl<'s> Proxies<'s> {
    fn of(cluster: &Cluster<'s>) -> Self {
        let snapshot = cluster.snapshot;
        let proxies: Vec<Proxy<'s>> = snapshot.http_proxies.iter().collect();
        Self {
            states: Ingresses::new(cluster, proxies.iter().map(|proxy| entry(*proxy)), HttpProxy::KIND),
            tree: Tree::of(snapshot, proxies.into_iter()),
            complete: snapshot.nothing_else::<HttpProxy>(None, "an HTTPProxy that includes it"),
            gateway: gateway(cluster),
        }
    }
}

fn entry(proxy: Proxy<'_>) -> Entry<'_> {
    let published = match &proxy.get().value.status {
        Some(status) => Some(&*status.load_balancer.ingress),
        None => (proxy.provenance == Provenance::Live).then_some(&[][..]),
    };
    Entry {
        found: proxy.any(),
        declared: Vec::new(),
        tls: &[],
        published,
        class: ClassField::Kind("contour"),
        ingress: None,
    }
}

/// Contour with a Gateway puts its `HTTPProxies` on the one HTTP and the one HTTPS listener of it, and on none where
/// there are several (`GetSingleListener`). Whether a Gateway is Contour's, its class says.
fn gateway(cluster: &Cluster<'_>) -> Option<Gap> {
    let snapshot = cluster.snapshot;
    let several = snapshot.gateways.iter().find(|gateway| {
        let spec = &gateway.value.spec;
        let class = snapshot.gateway_classes.named("", &spec.gateway_class_name).next();
        let foreign = class.is_some_and(|class| {
            !class.value.spec.controller_name.as_deref().is_some_and(|name| name.starts_with("projectcontour.io/"))
        });
        let plain = spec.listeners.iter().filter(|listener| listener.protocol == "HTTP").count();
        !foreign && plain != 1
    })?;
    let name = several.object();
    let what = format!("whether Contour serves {name} is not shown, which has other than one HTTP listener");
    Some(Gap::investigate(what, "with such a Gateway it serves no HTTPProxy"))
}

/// What the checks of an `HTTPProxy` look at: one way from a root to it.
pub struct ProxyContext<'a, 's> {
    /// The object.
    pub proxy: Proxy<'s>,
    /// Contour, and its pods.
    pub state: &'a IngressState<'s>,
    /// The object among the others.
    pub node: &'a Node<'s>,
    /// The way; none where nobody includes it.
    pub chain: Option<&'a Chain<'s>>,
    /// What keeps the root from being served.
    pub host: &'a [Problem],
    /// No other `HTTPProxy` can include it.
    pub complete: &'a Result<Absence, Gap>,
    /// What is not known of Contour's Gateway.
    pub gateway: Option<&'a Gap>,
    /// What was not read and may be in the way counts as unknown.
    pub strict: bool,
}

impl<'s> ProxyContext<'_, 's> {
    /// The object itself.
    pub fn value(&self) -> &'s HttpProxy {
        &self.proxy.get().value
    }

    /// What Contour says of the present spec.
    pub fn said(&self) -> ConditionState<'s> {
        let value = self.value();
        let conditions = value.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
        condition(conditions, "Valid", &value.metadata.generation)
    }

    /// Is the way to it that of another object?
    pub fn is_included(&self) -> bool {
        self.value().spec.virtualhost.is_none()
    }

    /// Every problem with whom it is of.
    pub fn problems(&self) -> Vec<(Proxy<'s>, &Problem)> {
        let Some(chain) = self.chain else { return Vec::new() };
        let host = self.host.iter().map(|problem| (chain.root, problem));
        let above = chain.above.iter().map(|(proxy, problem)| (*proxy, problem));
        let own = chain.routes.iter().map(|problem| (self.proxy, problem));
        host.chain(above).chain(own).collect()
    }
}

/// A check that looks at an `HTTPProxy`.
pub type ProxyCheck = fn(&ProxyContext<'_, '_>, &mut Segment);
/// A check that looks at an include that leads nowhere.
pub type IncludeCheck = fn(&ProxyContext<'_, '_>, &Problem, &mut Segment);

/// The checks of `HTTPProxies`.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `controller` segment: Contour's pods.
    pub controller: &'static [StateCheck],
    /// Of the `controller` segment.
    pub own: &'static [ProxyCheck],
    /// Of the `rule` segment.
    pub rule: &'static [ProxyCheck],
    /// Of the `rule` segment of a route that another of the object replaces.
    pub replaced: &'static [ProxyCheck],
    /// Of the `reference` segment: an include that leads nowhere.
    pub include: &'static [IncludeCheck],
    /// Of the `tls` segment: the Secret.
    pub certificate: &'static [CertificateCheck],
    /// Of the `tls` segment: what was not read of it.
    pub certificate_unseen: &'static [CertificateAssumption],
}
