//! The client's side of a route's paths: from the parents to the rule, whatever the rules and backends are.

use std::collections::HashSet;
use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use super::context::{AttachmentContext, HostContext, ParentContext, RouteContext};
use super::evaluation::Evaluation;
use super::status::RouteStatus;
use super::table::{ParentCheck, ask};
use super::tls;
use crate::evaluate::service::Consumer;
use crate::resolve::gateway::listener::ListenerState;
use crate::resolve::route::attach::{Attached, Attachment, ParentLink, has_hostnames};
use crate::resolve::route::parent::{self, Parent};
use kubereach_model::evidence::{Segment, fold};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// Listeners times host names of a route beyond which nothing is evaluated any more: what is left stays unknown.
const MOST: usize = 5000;

/// What rules and backends need to know of the parent: who dials, and whether a controller vouches for the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ParentFacts {
    /// How the controller reads the endpoints of Services.
    pub(crate) consumer: Consumer,
    /// A controller resolved every reference of the present spec.
    pub(crate) resolved: bool,
    /// A controller accepted the present spec.
    pub(crate) accepted: bool,
    /// The Gateway (index) whose pods dial, where they are known.
    pub(crate) proxy: Option<usize>,
}

const UNKNOWN: ParentFacts = ParentFacts { consumer: Consumer::Unknown, resolved: false, accepted: false, proxy: None };

/// The client's side of a path: one listener (or a parent that gives none) and one host name.
#[derive(Debug)]
pub(crate) struct Inbound {
    /// The listener, or the parent as the route names it.
    pub(crate) name: Option<String>,
    pub(crate) host: Option<String>,
    /// `address`, `controller`, `listener`.
    pub(crate) before: Vec<Arc<Segment>>,
    pub(crate) rule: Segment,
    /// Encryption towards the client.
    pub(crate) tls: Option<Segment>,
    pub(crate) facts: ParentFacts,
    /// Index of the listener, where the route is attached to one.
    pub(crate) listener: Option<usize>,
    /// Index of the parentRef.
    pub(crate) parent_ref: Option<usize>,
}

impl Inbound {
    /// The state of its own segments.
    pub(crate) fn state(&self) -> PathState {
        fold(self.before.iter().map(AsRef::as_ref).chain([&self.rule]).chain(self.tls.as_ref()))
    }

    /// With a rule segment alone.
    const fn with_rule(rule: Segment) -> Self {
        Self {
            name: None,
            host: None,
            before: Vec::new(),
            rule,
            tls: None,
            facts: UNKNOWN,
            listener: None,
            parent_ref: None,
        }
    }
}

/// Every listener and host name of a route.
pub(super) fn all(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>) -> Vec<Inbound> {
    let route = attached.route;
    let mut inbound = Vec::new();
    if attached.parents.is_empty() {
        let cx = RouteContext { route, unserved: None, delegated_by: evaluation.delegations.to(&route) };
        let mut rule = Segment::new(SegmentName::Rule, Some(route.object()));
        rule.evaluated("parentRef followed");
        ask(evaluation.checks.route, &cx, &mut rule);
        inbound.extend(hosts(route).map(|host| Inbound { host, ..Inbound::with_rule(rule.clone()) }));
    }
    for link in &attached.parents {
        let cx = ParentContext { route, link, gateways: &evaluation.gateways };
        match &link.parent {
            Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => {
                unattached(&cx, SegmentName::Listener, &[], evaluation.checks.parent, &mut inbound);
            }
            Parent::Gateway(_) | Parent::Set(_) if link.refusal.is_none() => {
                at_listeners(evaluation, attached, link, &mut inbound);
            }
            Parent::Gateway(_) | Parent::Set(_) | Parent::Mesh(_) => {
                let before = before(evaluation, link);
                unattached(&cx, SegmentName::Rule, &before, evaluation.checks.unattached, &mut inbound);
            }
        }
    }
    let name = attached.parents.first().map(|link| label(route, link));
    for host in attached.unserved() {
        let mut rule = Segment::new(SegmentName::Rule, Some(route.object()));
        rule.evaluated("no listener of its parents covers the host name");
        ask(evaluation.checks.route, &RouteContext { route, unserved: Some(host), delegated_by: None }, &mut rule);
        inbound.push(Inbound { name: name.clone(), host: Some(host.to_owned()), ..Inbound::with_rule(rule) });
    }
    let mut seen = HashSet::new();
    inbound.retain(|i| seen.insert((i.name.clone(), i.host.clone())));
    if inbound.len() > MOST {
        inbound.truncate(MOST);
        inbound.push(Inbound::with_rule(Segment::new(SegmentName::Rule, Some(route.object()))));
    }
    inbound
}

/// `Gateway/infra/public/https:443`: the parent as the route names it.
fn label(route: Found<'_, Route>, link: &ParentLink<'_>) -> String {
    let section = link.reference.section_name.as_deref().map_or_else(String::new, |s| format!("/{s}"));
    let port = link.reference.port.known().map_or_else(String::new, |p| format!(":{p}"));
    format!("{}{section}{port}", parent::object(&route, link.reference))
}

/// The host names that a route declares; one `None` where it declares none.
fn hosts(route: Found<'_, Route>) -> impl Iterator<Item = Option<String>> + use<'_> {
    let declared: &[String] = if has_hostnames(route.kind) { &route.get().spec.hostnames } else { &[] };
    let none = declared.is_empty().then_some(None);
    declared.iter().map(|host| Some(host.clone())).chain(none)
}

/// A parent that gives the route no listener: `segment` is the one that says so.
fn unattached(
    cx: &ParentContext<'_, '_>,
    segment: SegmentName,
    before: &[Arc<Segment>],
    checks: &[ParentCheck],
    inbound: &mut Vec<Inbound>,
) {
    let mut rule = Segment::new(SegmentName::Rule, Some(cx.route.object()));
    let mut before = before.to_vec();
    if segment == SegmentName::Rule {
        rule.evaluated("parentRef followed");
        ask(checks, cx, &mut rule);
    } else {
        let mut listener = Segment::new(segment, Some(cx.route.object()));
        listener.evaluated("parentRef followed");
        ask(checks, cx, &mut listener);
        before.push(Arc::new(listener));
    }
    let name = label(cx.route, cx.link);
    inbound.extend(hosts(cx.route).map(|host| Inbound {
        name: Some(name.clone()),
        host,
        before: before.clone(),
        parent_ref: Some(cx.link.index),
        ..Inbound::with_rule(rule.clone())
    }));
}

/// The Gateway's own segments, for a parentRef that reaches none of its listeners.
fn before(evaluation: &Evaluation<'_, '_>, link: &ParentLink<'_>) -> Vec<Arc<Segment>> {
    let gateway = match &link.parent {
        Parent::Gateway(g) => evaluation.gateways.index_of(&g.metadata.namespace, &g.metadata.name),
        _ => None,
    };
    evaluation.of_gateway(gateway)
}

/// The listeners that a route attaches to by one parentRef.
fn at_listeners(
    evaluation: &Evaluation<'_, '_>,
    attached: &Attached<'_>,
    link: &ParentLink<'_>,
    inbound: &mut Vec<Inbound>,
) {
    let status = RouteStatus::new(attached.route, link);
    for attachment in &link.attachments {
        let Some(listener) = evaluation.gateways.listeners.get(attachment.listener) else { continue };
        let gateway = listener.gateway.and_then(|id| evaluation.gateway_segments.get(id));
        let facts = ParentFacts {
            consumer: gateway.map_or(Consumer::Unknown, |g| g.consumer),
            resolved: status.is_resolved(),
            accepted: status.accepted_by().is_some(),
            proxy: listener.gateway.filter(|id| evaluation.proxy_pods.get(*id).is_some_and(Option::is_some)),
        };
        let own = evaluation.listener_segments.get(attachment.listener);
        let rule = rule(evaluation, attached.route, link, attachment, listener, facts.accepted);
        for host in &attachment.hosts {
            let mut before = evaluation.of_gateway(listener.gateway);
            before.extend(own.map(|own| Arc::clone(&own.listener)));
            let mut tls = own.and_then(|own| own.tls.as_deref().cloned());
            if let (Some(tls), Some(host)) = (&mut tls, &host.effective) {
                tls::route_host(evaluation.checks, evaluation.cluster, listener, host, tls);
            }
            let mut rule = rule.clone();
            let cx = HostContext { route: attached.route, declared: host.declared.as_deref() };
            ask(evaluation.checks.host, &cx, &mut rule);
            inbound.push(Inbound {
                name: Some(listener.key()),
                host: host.effective.clone(),
                before,
                rule: rule.clone(),
                tls,
                facts,
                listener: Some(attachment.listener),
                parent_ref: Some(link.index),
            });
        }
    }
}

fn rule(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    link: &ParentLink<'_>,
    attachment: &Attachment,
    listener: &ListenerState<'_>,
    accepted: bool,
) -> Segment {
    let mut segment = Segment::new(SegmentName::Rule, Some(route.object()));
    segment.evaluated(format!("attached to {}", listener.describe()));
    if attachment.doubt.is_some() && accepted {
        segment.evaluated("accepted by its controller (status)");
    }
    let gateway = listener.gateway.and_then(|id| evaluation.gateway_segments.get(id));
    let rival = attachment.rival.as_ref().and_then(|rival| evaluation.routes.get(rival.route));
    let cx = AttachmentContext {
        route,
        parent_ref: link.index,
        attachment,
        listener,
        rival: rival.map(|r| r.route),
        shares_hostnames: gateway.is_some_and(|g| g.shares_hostnames),
        accepted,
    };
    ask(evaluation.checks.attachment, &cx, &mut segment);
    segment
}
