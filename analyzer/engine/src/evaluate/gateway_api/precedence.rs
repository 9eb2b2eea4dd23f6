//! What becomes of the requests of a match before any backend is asked: another match takes them first, another
//! listener takes their host, or the rule sends them in a circle.

use kubereach_reports::report::ObjectRef;

use super::evaluation::Evaluation;
use super::rule::Outbound;
use crate::resolve::controllers;
use crate::resolve::gateway::hostname;
use crate::resolve::gateway::listener::ListenerState;
use crate::resolve::route::loops::{Around, Member};
use crate::resolve::route::redirect;
use crate::resolve::route::shape::Shape;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Route, RouteKind};

/// What becomes of the requests of a match at a listener.
#[derive(Debug, Clone)]
pub(crate) enum Fate<'s> {
    /// They come to its rule.
    Comes,
    /// Another match takes every one of them first.
    Shadowed {
        /// Whose it is.
        by: Found<'s, Route>,
        /// Index of its rule.
        rule: usize,
        /// It is of the same route.
        own: bool,
    },
    /// A listener with a more specific host name takes the host.
    Isolated {
        /// For prose.
        listener: String,
        /// Who declares it.
        owner: ObjectRef,
        /// The route stands there too.
        there_too: bool,
    },
    /// Every one is sent around in a circle.
    Circle {
        /// The rules on the way, in words.
        members: Vec<String>,
        /// The implementation is known to break such a circle in some versions.
        unsettled: bool,
    },
    /// A redirect would take them that some versions of the implementation do not apply here.
    Spared {
        /// Whose it is.
        by: Found<'s, Route>,
    },
}

impl Fate<'_> {
    /// Why the path carries nothing, if it does not.
    pub(crate) fn carries_nothing(&self) -> Option<String> {
        match self {
            Self::Shadowed { by, rule, own: true } => {
                Some(format!("rule {} of {} takes the same requests first", rule + 1, by.metadata.name))
            }
            Self::Shadowed { by, .. } => Some(format!(
                "{} {}/{} takes the same requests first",
                by.kind.word(),
                by.metadata.namespace,
                by.metadata.name
            )),
            Self::Isolated { listener, there_too: true, .. } => Some(format!("{listener} takes the host")),
            Self::Comes | Self::Isolated { .. } | Self::Circle { .. } | Self::Spared { .. } => None,
        }
    }
}

/// Of one match of route `id`.
pub(super) fn fate<'s>(
    evaluation: &Evaluation<'_, 's>,
    id: usize,
    listener: usize,
    host: Option<&str>,
    exit: &Outbound,
) -> Fate<'s> {
    let Some(attached) = evaluation.routes.get(id) else { return Fate::Comes };
    let route = attached.route.get();
    if !matches!(route.kind, RouteKind::Http | RouteKind::Grpc) {
        return Fate::Comes;
    }
    if let Some(fate) = isolated(evaluation, id, listener, host) {
        return fate;
    }
    let rule = route.spec.rules.get(exit.rule_index);
    let matched = exit.match_index.and_then(|index| rule.and_then(|rule| rule.matches.get(index)));
    let shape = Shape::of(route.kind, matched);
    let own = (id, exit.rule_index);
    if let Some(first) = evaluation.rules.first(listener, host, own, &shape).filter(|first| first.certain)
        && let Some(by) = evaluation.routes.get(first.route).map(|r| r.route)
    {
        return if spares(evaluation, listener, by, first.rule) {
            Fate::Spared { by }
        } else {
            Fate::Shadowed { by, rule: first.rule, own: first.route == id }
        };
    }
    if rule.is_none_or(|rule| redirect::of_rule(&rule.filters).is_none()) {
        return Fate::Comes;
    }
    let around = Around { gateways: &evaluation.gateways, routes: &evaluation.routes, rules: &evaluation.rules };
    let start = Member { listener, host: host.map(str::to_owned), route: id, rule: exit.rule_index };
    match around.circle(start, &shape) {
        Some(members) => Fate::Circle {
            unsettled: members.iter().any(|member| {
                let by = evaluation.routes.get(member.route).map(|r| r.route);
                by.is_some_and(|by| spares(evaluation, member.listener, by, member.rule))
            }),
            members: members.iter().filter_map(|member| words(evaluation, member)).collect(),
        },
        None => Fate::Comes,
    }
}

/// `rule 1 of HTTPRoute shop/web at listener https`.
fn words(evaluation: &Evaluation<'_, '_>, member: &Member) -> Option<String> {
    let route = evaluation.routes.get(member.route)?.route;
    let listener = evaluation.gateways.listeners.get(member.listener)?;
    let (meta, rule) = (&route.get().metadata, member.rule + 1);
    Some(format!("rule {rule} of {} {}/{} at {}", route.kind.word(), meta.namespace, meta.name, listener.describe()))
}

/// A listener of the same port and protocol with a more specific host name that takes all of this host.
fn isolated<'s>(evaluation: &Evaluation<'_, 's>, id: usize, listener: usize, host: Option<&str>) -> Option<Fate<'s>> {
    let gateways = &evaluation.gateways;
    let own = gateways.listeners.get(listener)?;
    let gateway = gateways.all.get(own.gateway?)?;
    let own_name = hostname::normal(own.spec.hostname.as_deref());
    let rivals = |other: &ListenerState<'_>| {
        other.spec.protocol == own.spec.protocol
            && other.spec.port.known().is_some()
            && other.spec.port.known() == own.spec.port.known()
            && other.conflict.is_none()
            && matches!(other.admission, crate::resolve::gateway::listener::Admission::Admitted)
    };
    let all: Vec<usize> = gateway
        .listeners
        .iter()
        .copied()
        .filter(|other| *other == listener || gateways.listeners.get(*other).is_some_and(rivals))
        .collect();
    let chosen = gateways.for_name(&all, Some(host?)).filter(|chosen| *chosen != listener)?;
    let other = gateways.listeners.get(chosen)?;
    if hostname::normal(other.spec.hostname.as_deref()) == own_name {
        return None;
    }
    let attachments = evaluation.routes.get(id)?.parents.iter().flat_map(|p| &p.attachments);
    let there_too = attachments
        .filter(|a| a.listener == chosen && a.doubt.is_none())
        .flat_map(|a| &a.hosts)
        .any(|h| h.effective.as_deref() == host);
    Some(Fate::Isolated { listener: other.describe(), owner: other.owner.object(), there_too })
}

/// Does the implementation apply a redirect to https, in some versions, only to requests that are not https yet?
///
/// Source: cilium/cilium pull requests 39480 and 48540.
fn spares(evaluation: &Evaluation<'_, '_>, listener: usize, route: Found<'_, Route>, rule: usize) -> bool {
    let gateways = &evaluation.gateways;
    let Some(listener) = gateways.listeners.get(listener) else { return false };
    let gateway = listener.gateway.and_then(|id| gateways.all.get(id));
    let known = gateway.and_then(|gateway| controllers::of_gateway_class(gateway.controller()));
    let filters = route.get().spec.rules.get(rule).map(|rule| &*rule.filters).unwrap_or_default();
    let to_https = redirect::of_rule(filters).is_some_and(|filter| filter.scheme.as_deref() == Some("https"));
    to_https && listener.spec.protocol == "HTTPS" && known.is_some_and(|(controller, _)| controller.name == "Cilium")
}
