//! OpenShift's Route as a door: hosts at the routers of `openshift-ingress`
//! (`docs/semantics/openshift-route.md`).

mod answer;
mod open;
mod subject;
mod tls;

use rayon::prelude::*;

use super::{Door, Kind, OpenDoor};
use crate::evaluate::Cluster;
use crate::evaluate::ingress::{CertificateAssumption, CertificateCheck, StateCheck};
use crate::evaluate::service::Backends;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::entry::{ClassField, Entry};
use crate::resolve::ingress::state::IngressState;
use crate::resolve::openshift::claims::{Claim, Claims};
use crate::resolve::openshift::policy::Routers;
use crate::resolve::openshift::refusal::Refusal;
use crate::resolve::openshift::{Route, made_from};
use jiff::Timestamp;
use kubereach_model::evidence::{Finding, Segment, SubjectPaths};
use kubereach_model::snapshot::model::{Certificate, Ingress, OpenShiftRoute, Resource as _, RouteIngress, Service};
use kubereach_model::snapshot::{Found, Provenance};

/// route.openshift.io `Route`.
#[derive(Debug)]
pub(super) struct OpenShift;

impl Door for OpenShift {
    fn kinds(&self) -> &'static [Kind] {
        const KIND: Kind = Kind::leading("route.openshift.io", "Route");
        &[Kind { speaks_http: true, ..KIND }]
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        let all = Routes::of(backends.cluster);
        all.doors().par_bridge().map(|door| subject::subject(backends, &all, door)).collect()
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        Box::new(open::Open::new(cluster))
    }
}

/// Every Route of a cluster.
struct Routes<'s> {
    routes: Vec<(Route<'s>, bool)>,
    states: Ingresses<'s>,
    routers: Routers,
    claims: Claims<'s>,
}

/// One Route with what stands before it.
#[derive(Clone, Copy)]
struct OneRoute<'a, 's> {
    route: Route<'s>,
    state: &'a IngressState<'s>,
}

impl<'s> Routes<'s> {
    fn of(cluster: &Cluster<'s>) -> Self {
        let snapshot = cluster.snapshot;
        let is_door = |route: &Route<'s>| {
            let value = &route.get().value;
            // An Ingress and the Route that was made from it are one door: the Ingress.
            let ingress = made_from(value);
            ingress.is_none_or(|name| snapshot.lookup::<Ingress>(&value.metadata.namespace, name).found().is_none())
        };
        let routes: Vec<_> = snapshot.openshift_routes.iter().map(|route| (route, is_door(&route))).collect();
        let routers = Routers::of(snapshot);
        Self {
            states: Ingresses::new(cluster, routes.iter().map(|(route, _)| entry(*route)), OpenShiftRoute::KIND),
            claims: Claims::of(snapshot, &routers),
            routes,
            routers,
        }
    }

    /// The same, each with its place.
    fn doors_at(&self) -> impl Iterator<Item = (usize, OneRoute<'_, 's>)> {
        (0..self.routes.len()).filter_map(|at| Some((at, self.door(at)?)))
    }

    fn door(&self, at: usize) -> Option<OneRoute<'_, 's>> {
        let (route, is_door) = self.routes.get(at)?;
        let state = self.states.states.get(at)?;
        is_door.then_some(OneRoute { route: *route, state })
    }

    fn doors(&self) -> impl Iterator<Item = OneRoute<'_, 's>> + Send {
        let all = self.routes.iter().zip(&self.states.states);
        all.filter(|((_, is_door), _)| *is_door).map(|((route, _), state)| OneRoute { route: *route, state })
    }
}

fn entry(route: Route<'_>) -> Entry<'_> {
    let published = match &route.get().value.status {
        Some(status) => Some(&*status.published),
        None => (route.provenance == Provenance::Live).then_some(&[][..]),
    };
    Entry {
        found: route.any(),
        declared: Vec::new(),
        tls: &[],
        published,
        class: ClassField::Kind("openshift-default"),
        ingress: None,
    }
}

/// What the checks of a Route look at.
pub struct RouteContext<'a, 's> {
    /// The Route.
    pub route: Route<'s>,
    /// Its router's pods.
    pub state: &'a IngressState<'s>,
    /// How the routers admit.
    pub routers: &'a Routers,
    /// What becomes of its host.
    pub claim: &'a Claim<'s>,
    /// What is wrong with it.
    pub refusals: &'a [Refusal],
    /// The router that this path goes through, where its status names one that admitted it.
    pub router: Option<&'s RouteIngress>,
    /// The Services behind it that were read.
    pub backends: &'a [Found<'s, Service>],
    /// The time at which certificates are judged.
    pub now: Option<Timestamp>,
}

impl<'s> RouteContext<'_, 's> {
    /// The Route itself.
    pub fn value(&self) -> &'s OpenShiftRoute {
        &self.route.get().value
    }

    /// Has a router said that it serves it?
    pub fn is_admitted(&self) -> bool {
        self.value().is_admitted()
    }

    /// Do the specs alone show that no router serves it?
    pub fn is_explained(&self) -> bool {
        matches!(self.claim, Claim::Lost(_)) || self.refusals.iter().any(|refusal| !refusal.unless_expired)
    }
}

/// An inline certificate of a Route.
pub struct InlineCertificate<'a, 's> {
    /// The Route.
    pub route: Route<'s>,
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// What is so about it.
    pub facts: &'a [crate::resolve::certificate::Fact],
}

/// A check that looks at a Route.
pub type RouteCheck = fn(&RouteContext<'_, '_>, &mut Segment);
/// A check of a certificate that stands in a Route.
pub type InlineCheck = fn(&InlineCertificate<'_, '_>) -> Option<Finding>;

/// The checks of Routes.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `controller` segment: the router's pods.
    pub controller: &'static [StateCheck],
    /// Of the `controller` segment: the router of one path.
    pub router: &'static [RouteCheck],
    /// Of the `rule` segment.
    pub rule: &'static [RouteCheck],
    /// Of the `rule` segment, where no router has admitted the Route: what routers say.
    pub status: &'static [RouteCheck],
    /// Of the `reference` segment, where every weight is 0.
    pub weightless: &'static [RouteCheck],
    /// Of the `tls` segment: a certificate in the Route.
    pub inline: &'static [InlineCheck],
    /// Of the `tls` segment: the Secret of `externalCertificate`.
    pub certificate: &'static [CertificateCheck],
    /// Of the `tls` segment: what was not read of it.
    pub certificate_unseen: &'static [CertificateAssumption],
    /// Beside the paths.
    pub notes: &'static [fn(&RouteContext<'_, '_>) -> Option<Finding>],
}
