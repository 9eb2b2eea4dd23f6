//! Facts of routes: parents, listeners they attach to, rules, backends.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::gateway_api::precedence::Fate;
use crate::evaluate::gateway_api::status::RouteStatus;
use crate::resolve::gateway::Gateways;
use crate::resolve::gateway::listener::ListenerState;
use crate::resolve::gateway::trust::Trust;
use crate::resolve::route::attach::{Attachment, ParentLink};
use crate::resolve::route::backend::Target;
use crate::resolve::route::filters;
use crate::resolve::route::parent::{self, Parent};
use crate::resolve::route::policy::{Astray, Chosen};
use kubereach_model::snapshot::model::{BackendRef, BackendTlsPolicy, Filter, Route, RouteKind, RouteRule};
use kubereach_model::snapshot::{Found, Proof};

/// One route as a whole.
pub(crate) struct RouteContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// A host name of it that none of its parents serves.
    pub(crate) unserved: Option<&'c str>,
    /// A route that hands requests on to it.
    pub(crate) delegated_by: Option<Found<'s, Route>>,
}

/// One parentRef of a route.
pub(crate) struct ParentContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// The parentRef, followed.
    pub(crate) link: &'c ParentLink<'s>,
    /// Every Gateway and listener.
    pub(crate) gateways: &'c Gateways<'s>,
}

impl<'c, 's> ParentContext<'c, 's> {
    /// What the parentRef names.
    pub(crate) fn object(&self) -> ObjectRef {
        parent::object(&self.route, self.link.reference)
    }

    /// A fact that the parent shows.
    pub(crate) fn shows(&self, fact: impl Into<String>) -> Proof {
        match &self.link.parent {
            Parent::Gateway(gateway) => gateway.shows(fact),
            Parent::Set(set) => set.shows(fact),
            Parent::Mesh(_) | Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => {
                self.route.shows("the parentRef reaches no listener")
            }
        }
    }

    /// The listeners that section name and port choose.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &'c ListenerState<'s>> {
        self.link.candidates.iter().filter_map(|id| self.gateways.listeners.get(*id))
    }

    /// Every listener that the parent declares.
    pub(crate) fn declared(&self) -> Vec<&'c ListenerState<'s>> {
        let ids = match &self.link.parent {
            Parent::Gateway(gateway) => {
                let index = self.gateways.index_of(&gateway.metadata.namespace, &gateway.metadata.name);
                index.map(|index| self.gateways.own_listeners(index).collect()).unwrap_or_default()
            }
            Parent::Set(set) => self.gateways.set_listeners(&set.metadata.namespace, &set.metadata.name),
            Parent::Mesh(_) | Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => Vec::new(),
        };
        ids.iter().filter_map(|id| self.gateways.listeners.get(*id)).collect()
    }
}

/// A route at one listener.
pub(crate) struct AttachmentContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// Index of the parentRef.
    pub(crate) parent_ref: usize,
    /// How it attaches.
    pub(crate) attachment: &'c Attachment,
    /// The listener.
    pub(crate) listener: &'c ListenerState<'s>,
    /// A route of the other HTTP kind with a common host name that comes first.
    pub(crate) rival: Option<Found<'s, Route>>,
    /// The Gateway's controller serves `HTTPRoutes` and `GRPCRoutes` with one host name side by side.
    pub(crate) shares_hostnames: bool,
    /// A controller accepted the route here.
    pub(crate) accepted: bool,
}

/// One host name of a route at a listener.
pub(crate) struct HostContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// As the route declares it.
    pub(crate) declared: Option<&'c str>,
}

/// What controllers report about a route at one parent.
pub(crate) struct RouteStatusContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// The parent.
    pub(crate) parent: ObjectRef,
    /// What they report.
    pub(crate) status: &'c RouteStatus<'s>,
    /// The configuration shows why the route is not accepted.
    pub(crate) unattached: bool,
    /// The configuration shows a reference that cannot be resolved.
    pub(crate) unresolved: bool,
    /// A controller is at work on the parent.
    pub(crate) reconciled: bool,
}

/// One match of a route at one listener and host name.
pub(crate) struct MatchContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// Index of its rule.
    pub(crate) rule: usize,
    /// The match, for prose.
    pub(crate) text: &'c str,
    /// What becomes of its requests before any backend is asked.
    pub(crate) fate: Fate<'s>,
}

/// One rule of a route.
pub(crate) struct RuleContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// Index of the rule.
    pub(crate) index: usize,
    /// The rule.
    pub(crate) rule: &'c RouteRule,
    /// A controller accepted the route.
    pub(crate) accepted: bool,
}

impl RuleContext<'_, '_> {
    /// Does the rule answer by itself?
    pub(crate) fn redirects(&self) -> bool {
        filters::redirects(&self.rule.filters)
    }

    /// The sum of its backends' weights.
    pub(crate) fn total_weight(&self) -> i64 {
        self.rule.backend_refs.iter().map(weight).fold(0, i64::saturating_add)
    }
}

/// One filter of a rule or of one of its backends.
pub(crate) struct FilterContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// Index of the rule.
    pub(crate) rule: usize,
    /// The filter.
    pub(crate) filter: &'c Filter,
    /// Where a `RequestMirror` sends copies.
    pub(crate) mirror: Option<Target<'s>>,
}

/// One backendRef of a rule.
pub(crate) struct BackendContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// Index of the rule.
    pub(crate) rule: usize,
    /// Index of the backendRef in it.
    pub(crate) index: usize,
    /// The backendRef, followed.
    pub(crate) target: &'c Target<'s>,
    /// Its weight.
    pub(crate) weight: i64,
    /// The sum of the rule's weights.
    pub(crate) total_weight: i64,
    /// A controller says that every reference of the route is resolved.
    pub(crate) resolved: bool,
}

impl BackendContext<'_, '_> {
    /// Is it taken out on purpose while others carry the traffic?
    pub(crate) const fn is_taken_out(&self) -> bool {
        self.weight == 0 && self.total_weight > 0
    }

    /// `30% of the requests of rule 2`, for prose.
    pub(crate) fn share(&self) -> String {
        let what = match self.route.kind {
            RouteKind::Http => "requests",
            RouteKind::Grpc => "calls",
            RouteKind::Tls | RouteKind::Tcp => "connections",
            RouteKind::Udp => "datagrams",
        };
        let (weight, total, rule) = (self.weight, self.total_weight, self.rule + 1);
        if weight == total || total <= 0 || weight == 0 {
            return format!("the {what} of rule {rule}");
        }
        match (i128::from(weight) * 100 + i128::from(total) / 2) / i128::from(total) {
            0 => format!("less than 1% of the {what} of rule {rule}"),
            percent => format!("{percent}% of the {what} of rule {rule}"),
        }
    }
}

/// The weight of a backendRef. A masked one may carry traffic; a negative one cannot.
pub(crate) fn weight(reference: &BackendRef) -> i64 {
    if reference.weight.is_redacted() { 1 } else { reference.weight.known().copied().unwrap_or(1).max(0) }
}

/// Encryption between the gateway and one backend.
pub(crate) struct BackendTlsContext<'c, 's> {
    /// The route.
    pub(crate) route: Found<'s, Route>,
    /// The backend.
    pub(crate) target: &'c Target<'s>,
    /// The `BackendTLSPolicies` that speak of it.
    pub(crate) policies: Option<&'c Chosen<'s>>,
    /// Policies that name a section which the Service does not have and that are probably meant for this port.
    pub(crate) astray: Vec<Astray<'s>>,
    /// Name or number of the Service port suggest HTTPS.
    pub(crate) looks_encrypted: bool,
}

/// One reference of a `BackendTLSPolicy` to certificate authorities.
pub(crate) struct BackendCaContext<'c, 's> {
    /// The policy.
    pub(crate) policy: Found<'s, BackendTlsPolicy>,
    /// Name of the ConfigMap.
    pub(crate) name: &'c str,
    /// What it leads to.
    pub(crate) target: &'c Trust<'s>,
    /// None of the references beside it can serve either.
    pub(crate) all_at_fault: bool,
}
