//! From the parents to the rule: everything that does not depend on rules and backends.

use std::collections::HashSet;
use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::route::{
    attached_lag, default_gateway, host_not_served, hostname_conflict, hostname_conflict_unsettled, kind_unsettled,
    mesh_parent, namespace_labels_unseen, no_matching_listener_hostname, no_matching_parent, no_parent,
    not_allowed_by_listeners, parent_missing, parent_unknown_kind, parent_unseen,
};
use crate::evaluate::gateway_api::route::leg::Terms;
use crate::evaluate::gateway_api::route::status::Word;
use crate::evaluate::gateway_api::{Evaluation, names_cover};
use crate::evaluate::service::Consumer;
use crate::resolve::gateway::door::Door;
use crate::resolve::route::attach::{Attached, Doubt, Join, Refusal, Tie, has_hostnames};
use crate::resolve::route::parent::{self, Parent};
use kubereach_model::evidence::{Finding, Segment, fold};
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Proof};

/// Groups per route beyond which nothing is evaluated any more: what is left stays unknown.
const MOST: usize = 5000;

/// One listener (or failing parent) and one host name.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) listener: Option<String>,
    pub(crate) host: Option<String>,
    /// `address`, `controller`, `listener`.
    pub(crate) before: Vec<Arc<Segment>>,
    pub(crate) rule: Segment,
    pub(crate) tls: Option<Segment>,
    pub(crate) terms: Terms,
    pub(crate) door: Option<usize>,
    /// Index of the parentRef.
    pub(crate) tie: Option<usize>,
}

impl Group {
    /// Its own part of the way.
    pub(crate) fn state(&self) -> PathState {
        fold(self.before.iter().map(AsRef::as_ref).chain([&self.rule]).chain(self.tls.as_ref()))
    }
}

const UNKNOWN: Terms = Terms { consumer: Consumer::Unknown, resolved: false, accepted: false, proxy: None };

/// Every group of a route.
pub(crate) fn all(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>) -> Vec<Group> {
    let route = attached.route;
    let mut groups = Vec::new();
    if attached.ties.is_empty() {
        let finding = if route.spec.use_default_gateways.as_deref().is_some_and(|d| d != "None") {
            default_gateway::finding(route)
        } else {
            no_parent::finding(route)
        };
        groups.extend(failing(route, None, None, &[], finding));
    }
    for tie in &attached.ties {
        of_tie(evaluation, attached, tie, &mut groups);
    }
    let label = attached.ties.first().map(|t| label(route, t));
    for host in attached.unserved() {
        let mut rule = Segment::new(SegmentName::Rule, Some(route.object()));
        rule.evaluated("no listener of its parents covers the host name");
        rule.add(host_not_served::finding(route, host));
        groups.push(Group {
            listener: label.clone(),
            host: Some(host.to_owned()),
            before: Vec::new(),
            rule,
            tls: None,
            terms: UNKNOWN,
            door: None,
            tie: None,
        });
    }
    let mut seen = HashSet::new();
    groups.retain(|g| seen.insert((g.listener.clone(), g.host.clone())));
    if groups.len() > MOST {
        groups.truncate(MOST);
        groups.push(Group {
            listener: None,
            host: None,
            before: Vec::new(),
            rule: Segment::new(SegmentName::Rule, Some(route.object())),
            tls: None,
            terms: UNKNOWN,
            door: None,
            tie: None,
        });
    }
    groups
}

/// `Gateway/infra/public/https:443`: the parent as the route names it.
fn label(route: Found<'_, Route>, tie: &Tie<'_>) -> String {
    let section = tie.reference.section_name.as_deref().map_or_else(String::new, |s| format!("/{s}"));
    let port = tie.reference.port.known().map_or_else(String::new, |p| format!(":{p}"));
    format!("{}{section}{port}", parent::object(&route, tie.reference))
}

/// One group per declared host name, for a parent at which the route cannot be served.
fn failing(
    route: Found<'_, Route>,
    tie: Option<usize>,
    listener: Option<&str>,
    before: &[Arc<Segment>],
    finding: Finding,
) -> Vec<Group> {
    let finding = Arc::new(finding);
    let on_listener = finding.segment() == SegmentName::Listener;
    let hosts: Vec<Option<String>> = match &*route.get().spec.hostnames {
        all if has_hostnames(route.kind) && !all.is_empty() => all.iter().map(|h| Some(h.clone())).collect(),
        _ => vec![None],
    };
    let group = |host| {
        let mut before = before.to_vec();
        let mut rule = Segment::new(SegmentName::Rule, Some(route.object()));
        if on_listener {
            let mut segment = Segment::new(SegmentName::Listener, Some(route.object()));
            segment.evaluated("parentRef followed");
            segment.share(Arc::clone(&finding));
            before.push(Arc::new(segment));
        } else {
            rule.evaluated("parentRef followed");
            rule.share(Arc::clone(&finding));
        }
        Group { listener: listener.map(str::to_owned), host, before, rule, tls: None, terms: UNKNOWN, door: None, tie }
    };
    hosts.into_iter().map(group).collect()
}

fn of_tie(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>, tie: &Tie<'_>, groups: &mut Vec<Group>) {
    let route = attached.route;
    let object = parent::object(&route, tie.reference);
    let name = label(route, tie);
    let index = tie.index;
    let fail = |before: &[Arc<Segment>], finding| failing(route, Some(index), Some(&name), before, finding);
    match &tie.parent {
        Parent::Missing(absence) => groups.extend(fail(&[], parent_missing::finding(route, index, &object, absence))),
        Parent::Unseen(gap) => groups.extend(fail(&[], parent_unseen::finding(route, index, &object, gap))),
        Parent::ThirdParty => groups.extend(fail(&[], parent_unknown_kind::finding(route, index, &object))),
        Parent::Mesh(service) => groups.extend(fail(&[], mesh_parent::finding(route, *service))),
        Parent::Gateway(_) | Parent::Set(_) => match tie.refusal {
            Some(refusal) => groups.extend(fail(&before(evaluation, tie), refused(evaluation, route, tie, refusal))),
            None => joined(evaluation, attached, tie, groups),
        },
    }
}

/// The Gateway's own part of the way, for a parentRef that reaches none of its listeners.
fn before(evaluation: &Evaluation<'_, '_>, tie: &Tie<'_>) -> Vec<Arc<Segment>> {
    let front = match &tie.parent {
        Parent::Gateway(g) => evaluation.fronts.front_of(&g.metadata.namespace, &g.metadata.name),
        _ => None,
    };
    let eval = front.and_then(|f| evaluation.front_evals.get(f));
    eval.map(|e| vec![Arc::clone(&e.address), Arc::clone(&e.controller)]).unwrap_or_default()
}

fn shows(tie: &Tie<'_>, fact: String) -> Option<Proof> {
    match &tie.parent {
        Parent::Gateway(g) => Some(g.shows(fact)),
        Parent::Set(s) => Some(s.shows(fact)),
        Parent::Mesh(_) | Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => None,
    }
}

fn refused(evaluation: &Evaluation<'_, '_>, route: Found<'_, Route>, tie: &Tie<'_>, refusal: Refusal) -> Finding {
    let object = parent::object(&route, tie.reference);
    let (fact, why) = words(evaluation, route, tie, refusal);
    let proof = shows(tie, fact).unwrap_or_else(|| route.shows("the parentRef reaches no listener"));
    let names = |list: Vec<&Door<'_>>| -> Vec<String> {
        list.iter().map(|d| format!("{} ({})", d.listener.name, d.serves())).take(8).collect()
    };
    match refusal {
        Refusal::NoMatchingParent => {
            let all = match &tie.parent {
                Parent::Gateway(g) => evaluation
                    .fronts
                    .front_of(&g.metadata.namespace, &g.metadata.name)
                    .map(|f| evaluation.fronts.own_doors(f).collect())
                    .unwrap_or_default(),
                Parent::Set(s) => evaluation.fronts.set_doors(&s.metadata.namespace, &s.metadata.name),
                _ => Vec::new(),
            };
            let doors = all.iter().filter_map(|d| evaluation.fronts.doors.get(*d)).collect();
            no_matching_parent::finding(route, tie.index, &object, &names(doors), &proof)
        }
        Refusal::Kind | Refusal::Namespace => {
            not_allowed_by_listeners::finding(route, tie.index, &object, &why, &proof)
        }
        Refusal::Hostname => {
            let hosts: Vec<String> =
                candidates(evaluation, tie).filter_map(|d| d.listener.hostname.clone()).take(8).collect();
            no_matching_listener_hostname::finding(route, tie.index, &object, &hosts, &proof)
        }
    }
}

fn candidates<'e>(evaluation: &'e Evaluation<'_, '_>, tie: &'e Tie<'_>) -> impl Iterator<Item = &'e Door<'e>> {
    tie.candidates.iter().filter_map(|d| evaluation.fronts.doors.get(*d)).map(|d| -> &Door<'e> { d })
}

fn words(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    tie: &Tie<'_>,
    refusal: Refusal,
) -> (String, String) {
    match refusal {
        Refusal::NoMatchingParent => ("no listener matches sectionName and port".to_owned(), String::new()),
        Refusal::Hostname => ("its listeners are for other host names".to_owned(), String::new()),
        Refusal::Kind => {
            let protocols: Vec<&str> =
                candidates(evaluation, tie).map(|d| d.listener.protocol.as_str()).take(4).collect();
            let fact = format!("its listeners ({}) do not take {}", protocols.join(", "), route.kind.word());
            (fact.clone(), fact)
        }
        Refusal::Namespace => {
            let from = candidates(evaluation, tie)
                .find_map(|d| d.listener.allowed_routes.as_ref()?.namespaces.as_ref()?.from.clone())
                .unwrap_or_else(|| "Same".to_owned());
            let fact = format!("allowedRoutes.namespaces.from is {from}");
            let why = match from.as_str() {
                "Same" => format!(
                    "the listener takes only routes of its own namespace, and the route is in {}",
                    route.metadata.namespace
                ),
                "Selector" => format!(
                    "the listener selects namespaces by label, and {} is not selected",
                    route.metadata.namespace
                ),
                _ => format!("the listener's setting ({from}) does not include namespace {}", route.metadata.namespace),
            };
            (fact, why)
        }
    }
}

fn joined(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>, tie: &Tie<'_>, groups: &mut Vec<Group>) {
    let word = Word::new(attached.route, tie);
    for join in &tie.joins {
        let Some(door) = evaluation.fronts.doors.get(join.door) else { continue };
        let front = door.front.and_then(|f| evaluation.front_evals.get(f));
        let terms = Terms {
            consumer: front.map_or(Consumer::Unknown, |f| f.consumer),
            resolved: word.resolved(),
            accepted: word.accepted(),
            proxy: door.front.filter(|f| evaluation.proxy_pods.get(*f).is_some_and(Option::is_some)),
        };
        let eval = evaluation.door_evals.get(join.door);
        let rule = rule(evaluation, attached, tie, join, door, &word);
        for host in &join.hosts {
            let mut before = Vec::new();
            before.extend(front.iter().flat_map(|f| [Arc::clone(&f.address), Arc::clone(&f.controller)]));
            before.extend(eval.map(|e| Arc::clone(&e.listener)));
            let mut tls = eval.and_then(|e| e.tls.as_deref().cloned());
            if let (Some(tls), Some(host)) = (&mut tls, &host.effective) {
                names_cover(evaluation.cluster, door, host, tls);
            }
            groups.push(Group {
                listener: Some(door.key()),
                host: host.effective.clone(),
                before,
                rule: rule.clone(),
                tls,
                terms,
                door: Some(join.door),
                tie: Some(tie.index),
            });
        }
    }
}

fn rule(
    evaluation: &Evaluation<'_, '_>,
    attached: &Attached<'_>,
    tie: &Tie<'_>,
    join: &Join,
    door: &Door<'_>,
    word: &Word<'_>,
) -> Segment {
    let route = attached.route;
    let mut segment = Segment::new(SegmentName::Rule, Some(route.object()));
    segment.evaluated(format!("attached to {}", door.describe()));
    match &join.doubt {
        Some(_) if word.accepted() => segment.evaluated("accepted by its controller (status)"),
        Some(Doubt::Namespace(gap)) => segment.add(namespace_labels_unseen::finding(route, tie.index, door, gap)),
        Some(Doubt::Protocol) => segment.add(kind_unsettled::finding(route, tie.index, door)),
        None => {}
    }
    let front = door.front.and_then(|f| evaluation.front_evals.get(f));
    if let Some(rival) = &join.rival
        && let Some(winner) = evaluation.routes.get(rival.route)
        && !word.accepted()
    {
        segment.add(if front.is_some_and(|f| f.shares_hostnames) {
            hostname_conflict_unsettled::finding(route, winner.route, door, "its controller is known to serve both")
        } else if rival.certain {
            hostname_conflict::finding(route, winner.route, door)
        } else {
            hostname_conflict_unsettled::finding(route, winner.route, door, "the input shows no creation times")
        });
    }
    let status = door.owner.listener_status(&door.listener.name);
    let counts_none = status.is_some_and(|s| s.attached_routes.known() == Some(&0));
    if counts_none && word.accepted() && join.doubt.is_none() {
        segment.add(attached_lag::finding(route, door));
    }
    segment
}
