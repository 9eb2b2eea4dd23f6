//! From the ends that were asked about to answers.

use rayon::prelude::*;

use super::assumptions::{assumptions, of_namespaces};
use super::data::{Addresses, Because, Considered, Matrix, MatrixRow, PARTLY, Ports, Row};
use super::{Finder, Party, Target};
use crate::policy::reach::{AddressRun, address_words, port_words};
use crate::policy::{
    self, Answer, Connection, Decision, Direction, End, NearMiss, Nodes, PodEnd, PolicyAnswer, PolicyView, Protocol,
    Request, RulePlace, Selection,
};
use kubereach_model::evidence::Locate;
use kubereach_model::evidence::{FieldPath, Step};

/// Makes answers over one cluster.
#[derive(Debug)]
pub struct Answers<'v, 's> {
    pub(super) view: &'v PolicyView<'s>,
    pub(super) finder: Finder<'v, 's>,
    request: Option<Request>,
}

/// A pod and what it is shown by.
type Named<'s> = (String, PodEnd<'s>);

pub(super) struct Side<'s> {
    pub(super) labels: Vec<String>,
    pub(super) ends: Vec<(End<'s>, Option<Target>)>,
    pub(super) selection: Selection<'s>,
    /// As a destination: the Service by whose address it is reached.
    pub(super) by: Option<End<'s>>,
    /// As a source: it dials pods, not addresses of Services.
    pub(super) dials_pods: bool,
}

impl<'s> Side<'s> {
    /// The address by which `to` is reached from here, where it is one of a Service.
    pub(super) fn by<'a>(&self, to: &'a Self) -> Option<&'a End<'s>> {
        // Of one that was not read nothing but its port is known.
        to.by
            .as_ref()
            .filter(|by| !self.dials_pods && matches!(by, End::Service(service) if !service.namespace.is_empty()))
    }
}

/// The Service that leads to a party, as the end that plugins see which look before its address is translated.
pub(super) fn by<'s>(party: &Party<'s>) -> Option<End<'s>> {
    party.service.as_deref().map(|service| End::Service(Box::new(service.clone())))
}

impl<'v, 's> Answers<'v, 's> {
    /// Over one cluster.
    pub const fn new(view: &'v PolicyView<'s>, finder: Finder<'v, 's>) -> Self {
        Self { view, finder, request: None }
    }

    /// Of connections that carry this.
    #[must_use]
    pub fn carrying(self, request: Request) -> Self {
        Self { request: Some(request).filter(|request| !request.is_empty()), ..self }
    }

    /// May these sources reach these destinations? One row per pair of groups.
    pub fn rows(
        &self,
        from: Vec<Party<'s>>,
        to: Vec<Party<'s>>,
        protocol: Option<Protocol>,
        explain: bool,
    ) -> Vec<Row> {
        let (from, to) = (self.grouped(from), self.grouped(to));
        let mut rows = Vec::new();
        for source in &from {
            for target in &to {
                rows.extend(self.row(source, target, protocol, explain));
            }
        }
        rows
    }

    /// Fills in where the policies stand.
    pub fn locate_rows(rows: &mut [Row], positions: &dyn Locate) {
        let mut reasons: Vec<&mut Because> = rows
            .iter_mut()
            .flat_map(|row| row.because.iter_mut().chain(&mut row.near).chain(&mut row.considered))
            .collect();
        Self::locate(&mut reasons, positions);
    }

    /// Fills in where the policies stand.
    pub fn locate(reasons: &mut [&mut Because], positions: &dyn Locate) {
        let requests: Vec<(u32, FieldPath)> = reasons.iter().filter_map(|b| b.place.clone()).collect();
        let places = positions.locate(&requests);
        for (because, place) in reasons.iter_mut().filter(|b| b.place.is_some()).zip(places) {
            because.location = place;
        }
    }

    /// Groups parties that no policy tells apart and that are asked about the same port.
    fn grouped(&self, parties: Vec<Party<'s>>) -> Vec<Side<'s>> {
        let mut sides: Vec<Side<'s>> = Vec::new();
        let mut by_port: Vec<((Option<Target>, Option<End<'s>>, bool), Vec<Named<'s>>)> = Vec::new();
        for party in parties {
            let (by, dials_pods) = (by(&party), party.dials_pods);
            match party.end {
                End::Pod(pod) => match by_port.iter_mut().find(|((port, ..), _)| *port == party.port) {
                    Some((_, pods)) => pods.push((party.label, pod)),
                    None => by_port.push(((party.port, by, dials_pods), vec![(party.label, pod)])),
                },
                end => sides.push(Side {
                    labels: vec![party.label],
                    ends: vec![(end, party.port)],
                    selection: Selection::default(),
                    by,
                    dials_pods,
                }),
            }
        }
        for ((port, by, dials_pods), pods) in by_port {
            let (labels, pods): (Vec<String>, Vec<PodEnd<'s>>) = pods.into_iter().unzip();
            for group in self.view.sight.group(&pods) {
                let member = |index: &usize| Some((labels.get(*index)?.clone(), pods.get(*index)?.clone()));
                let mut members: Vec<(String, PodEnd<'s>)> = group.members.iter().filter_map(member).collect();
                let Some((_, first)) = members.first() else { continue };
                let node = first.node;
                if self.view.policies.options.nodes != Nodes::Undecidable && members.iter().any(|(_, p)| p.node != node)
                {
                    // One speaks for all: what holds only on its own node must not.
                    for (_, pod) in &mut members {
                        pod.node = None;
                    }
                }
                let Some((_, first)) = members.first() else { continue };
                let selection = self.view.policies.select(first);
                let (labels, ends) = members.into_iter().map(|(label, pod)| (label, (End::Pod(pod), port))).unzip();
                sides.push(Side { labels, ends, selection, by: by.clone(), dials_pods });
            }
        }
        sides
    }

    fn row(&self, from: &Side<'s>, to: &Side<'s>, protocol: Option<Protocol>, explain: bool) -> Option<Row> {
        let (source, target, port) = pair(from, to)?;
        let (asked, ports) = if let Some(port) = port {
            ((port.protocol, port.port), Vec::new())
        } else {
            let protocols = protocol.map_or_else(|| Protocol::ALL.to_vec(), |p| vec![p]);
            let ports = protocols.into_iter().map(|p| self.ports(from, to, source, target, p)).collect();
            ((protocol.unwrap_or(Protocol::Tcp), None), ports)
        };
        let connection =
            Connection { from: source, to: target, protocol: asked.0, port: asked.1, request: self.request.as_ref() };
        let decision = self.view.decide_by(&connection, from.by(to), &from.selection, &to.selection);
        let considered = if explain { self.considered(&connection, from, to) } else { Vec::new() };
        Some(Row {
            from: from.labels.first()?.clone(),
            from_all: from.labels.clone(),
            to: to.labels.first()?.clone(),
            to_all: to.labels.clone(),
            protocol: port.map(|p| p.protocol.word()),
            port: port.and_then(|p| p.port),
            answer: whole(&decision, &ports),
            ingress: decision.ingress.word(),
            egress: decision.egress.word(),
            // Where every port is answered for, the policies that draw the lines are the reason.
            because: if ports.is_empty() { self.because(&decision) } else { self.applying(from, to) },
            assumptions: assumptions(std::slice::from_ref(&decision)),
            addresses: self.addresses(from, to, source, target, asked),
            ports,
            considered,
            near: self.near(&connection, &decision, from, to),
            portable: Vec::new(),
        })
    }

    fn ports(&self, from: &Side<'s>, to: &Side<'s>, source: &End<'s>, target: &End<'s>, protocol: Protocol) -> Ports {
        let runs =
            self.view.ports((source, &from.selection), (target, &to.selection), (protocol, self.request.as_ref()));
        Ports {
            protocol: protocol.word(),
            allowed: port_words(&runs, Answer::Allowed),
            denied: port_words(&runs, Answer::Denied),
            unknown: port_words(&runs, Answer::Unknown),
        }
    }

    /// Where one end is anywhere outside: which addresses are let through, if it depends on the address.
    fn addresses(
        &self,
        from: &Side<'s>,
        to: &Side<'s>,
        source: &End<'s>,
        target: &End<'s>,
        asked: (Protocol, Option<u16>),
    ) -> Vec<Addresses> {
        let (pod, selection, direction) = match (source, target) {
            (End::Outside, End::Pod(_)) => (target, &to.selection, Direction::Ingress),
            (End::Pod(_), End::Outside) => (source, &from.selection, Direction::Egress),
            _ => return Vec::new(),
        };
        if asked.1.is_none() {
            return Vec::new();
        }
        let asked = (asked.0, asked.1, self.request.as_ref());
        let families = [true, false].map(|ipv4| self.view.addresses((pod, selection), direction, asked, ipv4));
        if families.iter().all(|runs| runs.len() < 2) {
            return Vec::new();
        }
        let words = |(family, runs): (&'static str, &Vec<AddressRun>)| Addresses {
            family,
            allowed: address_words(runs, Answer::Allowed),
            denied: address_words(runs, Answer::Denied),
            unknown: address_words(runs, Answer::Unknown),
        };
        ["IPv4", "IPv6"].into_iter().zip(&families).map(words).collect()
    }

    /// Rules that nearly let through what is denied.
    fn near(
        &self,
        connection: &Connection<'_, 's>,
        decision: &Decision<'_, 's>,
        from: &Side<'s>,
        to: &Side<'s>,
    ) -> Vec<Because> {
        if decision.answer != Answer::Denied || connection.port.is_none() {
            return Vec::new();
        }
        let service = match &to.by {
            Some(End::Service(service)) => Some(&**service),
            _ => None,
        };
        let near = self.view.near_misses(connection, decision, (&from.selection, &to.selection), service);
        near.into_iter().filter_map(|near| self.nearly(near)).collect()
    }

    fn nearly(&self, near: NearMiss) -> Option<Because> {
        let policy = self.view.policies.get(near.policy)?;
        let RulePlace { list, number, .. } = policy.rule_place(near.direction, near.rule);
        let text = format!("{} rule {list}[{number}] {}", policy.object, near.text);
        let mut because = plain(near.direction.word(), "nearly-admits", text);
        because.policy = Some(policy.object.to_string());
        because.rule = Some(near.rule);
        because.place = Some((policy.origin, vec![Step::from("spec"), Step::from(list), Step::from(number)]));
        Some(because)
    }

    fn considered(&self, connection: &Connection<'_, 's>, from: &Side<'s>, to: &Side<'s>) -> Vec<Considered> {
        let policies = &self.view.policies;
        let egress = policies.explain(connection, Direction::Egress, &from.selection);
        let ingress = policies.explain(connection, Direction::Ingress, &to.selection);
        egress.iter().chain(&ingress).filter_map(|because| self.reason(because)).collect()
    }

    pub(super) fn because(&self, decision: &Decision<'_, 's>) -> Vec<Because> {
        let mut all = Vec::new();
        if decision.verdict.same_pod {
            all.push(plain("egress", "admits", "a pod reaches itself whatever policies say".to_owned()));
            return all;
        }
        for (direction, side, answer) in [
            (Direction::Egress, &decision.verdict.egress, decision.egress),
            (Direction::Ingress, &decision.verdict.ingress, decision.ingress),
        ] {
            // Once one end denies, the other changes nothing.
            if decision.answer == Answer::Denied && answer != Answer::Denied {
                continue;
            }
            all.extend(side.reasons.iter().filter_map(|because| self.reason(because)));
            for missing in &side.missing {
                // A policy that cannot be decided says what it lacks.
                let said = |b: &policy::Reason<'_>| matches!(b.answer, PolicyAnswer::Undecidable { missing: lacks, .. } if lacks == *missing);
                if side.reasons.iter().any(said) {
                    continue;
                }
                let mut because = plain(direction.word(), "undecidable", missing.to_string());
                because.missing = Some(missing.key());
                all.push(because);
            }
        }
        if decision.answer == Answer::Unknown {
            for (third_party, direction) in &decision.third_party {
                let text = format!("{} of {} is not evaluated and may decide", third_party.object, third_party.system);
                let mut because = plain(direction.word(), "not-evaluated", text);
                because.policy = Some(third_party.object.to_string());
                because.missing = Some("foreign-policy");
                because.place = Some((third_party.found.get().origin, Vec::new()));
                all.push(because);
            }
            for unread in &decision.unread {
                let mut because = plain("ingress", "not-read", unread.gap.sentence());
                because.missing = Some("policies-not-read");
                all.push(because);
            }
        }
        all
    }

    fn applying(&self, from: &Side<'s>, to: &Side<'s>) -> Vec<Because> {
        let mut all = Vec::new();
        for (side, direction) in [(from, Direction::Egress), (to, Direction::Ingress)] {
            for (index, _) in side.selection.of(direction) {
                let Some(policy) = self.view.policies.get(*index) else { continue };
                let mut because = plain(direction.word(), "applies", format!("{} applies", policy.object));
                because.policy = Some(policy.object.to_string());
                because.place = Some((policy.origin, vec![Step::from("spec")]));
                all.push(because);
            }
        }
        all
    }

    fn reason(&self, because: &policy::Reason<'s>) -> Option<Because> {
        let policy = self.view.policies.get(because.policy)?;
        let direction = because.direction.word();
        let named = |rule: usize| {
            let RulePlace { spec, list, number } = policy.rule_place(because.direction, rule);
            let of = spec.map(|spec| format!("specs[{spec}].")).unwrap_or_default();
            let name = policy.rule_name(because.direction, rule);
            if name.is_empty() {
                format!("rule {of}{list}[{number}]")
            } else {
                format!("rule {of}{list}[{number}] ({name})")
            }
        };
        let (says, rule, missing, text) = match because.answer {
            PolicyAnswer::NotApplicable => ("not-applicable", None, None, "has no rule that matches".to_owned()),
            PolicyAnswer::Admits { rule } => ("admits", Some(rule), None, format!("admits it by {}", named(rule))),
            PolicyAnswer::DoesNotAdmit => (
                "does-not-admit",
                None,
                None,
                match policy.rule_count(because.direction) {
                    Some(0) => format!("isolates the pod and has no {direction} rule"),
                    Some(1) => format!("isolates the pod and its one {direction} rule does not match"),
                    Some(n) => format!("isolates the pod and none of its {n} {direction} rules matches"),
                    None => "isolates the pod".to_owned(),
                },
            ),
            PolicyAnswer::Denies { rule } => ("denies", Some(rule), None, format!("denies it by {}", named(rule))),
            PolicyAnswer::Passes { rule } => {
                ("passes", Some(rule), None, format!("leaves it to the next tier by {}", named(rule)))
            }
            PolicyAnswer::Undecidable { missing, .. } => {
                ("undecidable", None, Some(missing.key()), format!("cannot be decided: {missing}"))
            }
        };
        let (text, field): (String, FieldPath) = match (policy.says(because.answer), rule) {
            (Some(own), _) => own,
            (None, Some(rule)) => {
                let RulePlace { spec, list, number } = policy.rule_place(because.direction, rule);
                let mut field = match spec {
                    Some(spec) => vec![Step::from("specs"), Step::from(spec)],
                    None => vec![Step::from("spec")],
                };
                field.extend([Step::from(list), Step::from(number)]);
                (text, field)
            }
            (None, None) => (text, vec![Step::from("spec")]),
        };
        let tier = policy.tier_name().map(|name| format!(" (tier {name})")).unwrap_or_default();
        let text = kubereach_reports::secrets::mask(&text).unwrap_or(text);
        Some(Because {
            direction,
            policy: Some(policy.object.to_string()),
            says,
            rule,
            missing,
            text: format!("{}{tier} {text}", policy.object),
            location: None,
            place: Some((policy.origin, field)),
        })
    }

    /// Every pair of groups; the sources and destinations are all pods unless given.
    pub fn matrix(
        &self,
        from: Option<Vec<Party<'s>>>,
        to: Option<Vec<Party<'s>>>,
        port: Option<Target>,
        protocol: Option<Protocol>,
        explain: bool,
    ) -> Matrix {
        let everyone = || -> Vec<Party<'s>> { self.finder.everyone().into_iter().map(Party::of_pod).collect() };
        let from = self.grouped(from.unwrap_or_else(everyone));
        let mut to = to.unwrap_or_else(everyone);
        for party in to.iter_mut().filter(|party| party.port.is_none()) {
            party.port = port;
        }
        let to = self.grouped(to);
        let protocols = protocol.map_or_else(|| Protocol::ALL.to_vec(), |p| vec![p]);
        let rows: Vec<MatrixRow> = from
            .par_iter()
            .flat_map_iter(|source| {
                let protocols = &protocols;
                to.iter().filter_map(move |target| {
                    let (a, b, port) = pair(source, target)?;
                    let (answer, ports, because) = if let Some(port) = port {
                        let (protocol, request) = (port.protocol, self.request.as_ref());
                        let connection = Connection { from: a, to: b, protocol, port: port.port, request };
                        let (selections, by) = ((&source.selection, &target.selection), source.by(target));
                        let decision = self.view.decide_by(&connection, by, selections.0, selections.1);
                        let because = if explain { self.because(&decision) } else { Vec::new() };
                        (Some(decision.answer.word()), Vec::new(), because)
                    } else {
                        let ports = protocols.iter().map(|p| self.ports(source, target, a, b, *p)).collect();
                        (None, ports, if explain { self.applying(source, target) } else { Vec::new() })
                    };
                    Some(MatrixRow {
                        from: source.labels.first()?.clone(),
                        from_count: source.labels.len(),
                        to: target.labels.first()?.clone(),
                        to_count: target.labels.len(),
                        port: port.map(|p| match p.port {
                            Some(number) => format!("{number}/{}", p.protocol),
                            None => format!("?/{}", p.protocol),
                        }),
                        answer,
                        ports,
                        because,
                    })
                })
            })
            .collect();
        let mut groups: Vec<Vec<String>> = from.iter().chain(&to).map(|side| side.labels.clone()).collect();
        groups.sort();
        groups.dedup();
        let ends = from.iter().chain(&to).flat_map(|side| &side.ends);
        let namespaces = ends.filter_map(|(end, _)| Some(end.pod()?.namespace));
        Matrix { groups, rows, assumptions: of_namespaces(self.view, namespaces) }
    }
}

pub(super) fn plain(direction: &'static str, says: &'static str, text: String) -> Because {
    let text = kubereach_reports::secrets::mask(&text).unwrap_or(text);
    Because { direction, policy: None, says, rule: None, missing: None, text, location: None, place: None }
}

/// One connection that speaks for two groups: between different pods where there are any.
fn pair<'a, 's>(from: &'a Side<'s>, to: &'a Side<'s>) -> Option<(&'a End<'s>, &'a End<'s>, Option<Target>)> {
    let (source, _) = from.ends.first()?;
    let other = to.ends.iter().find(|(end, _)| match (source.pod(), end.pod()) {
        (Some(a), Some(b)) => !a.is_same_pod(b),
        _ => true,
    });
    let (target, port) = other.or_else(|| to.ends.first())?;
    Some((source, target, *port))
}

/// Where no port was asked for, the word speaks for all ports.
fn whole(decision: &Decision<'_, '_>, ports: &[Ports]) -> &'static str {
    if ports.is_empty() {
        return decision.answer.word();
    }
    let all = |of: fn(&Ports) -> &str| ports.iter().all(|p| of(p) == "all");
    if all(|p| &p.allowed) {
        Answer::Allowed.word()
    } else if all(|p| &p.denied) {
        Answer::Denied.word()
    } else if ports.iter().all(|p| p.unknown == "none") {
        PARTLY
    } else {
        Answer::Unknown.word()
    }
}
