//! The backend's side of a route's paths: each match of each rule with each of its backends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use kubereach_reports::report::{Backend, PathState, SegmentName};

use super::attachment::ParentFacts;
use super::backend;
use super::context::{BackendContext, FilterContext, RuleContext, weight};
use super::evaluation::Evaluation;
use super::table::ask;
use crate::resolve::route::backend::follow;
use crate::resolve::route::matches;
use kubereach_model::evidence::{Dormant, Segment, fold};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Filter, Route, RouteRule};

/// The backend's side of a path: one match of one rule and one of its backends.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    pub(crate) matches: Option<String>,
    /// Index of the rule.
    pub(crate) rule_index: usize,
    /// Index of its match; `None` where it has none.
    pub(crate) match_index: Option<usize>,
    pub(crate) backend: Option<Backend>,
    /// What was found on the rule itself.
    pub(crate) rule: Segment,
    /// `reference` and what lies behind.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Encryption towards the backend.
    pub(crate) tls: Option<Segment>,
    pub(crate) dormant: Option<Dormant>,
    /// The configuration shows a mirror that no controller can resolve.
    pub(crate) mirror_at_fault: bool,
}

impl Outbound {
    /// Without a backend.
    fn of_rule() -> Self {
        let mut rule = Segment::new(SegmentName::Rule, None);
        rule.evaluated("");
        Self {
            matches: None,
            rule_index: 0,
            match_index: None,
            backend: None,
            rule,
            segments: Vec::new(),
            tls: None,
            dormant: None,
            mirror_at_fault: false,
        }
    }

    /// The state of its own segments.
    pub(crate) fn state(&self) -> PathState {
        let rest = self.segments.iter().map(AsRef::as_ref).chain(self.tls.as_ref());
        // A redirect needs no backend: nothing behind it counts.
        let behind = if self.segments.is_empty() && self.tls.is_none() { PathState::Open } else { fold(rest) };
        self.rule.state().min(behind)
    }

    /// Does the configuration show a reference that no controller can resolve (of mirrors and dormant backends too)?
    pub(crate) fn has_unresolved_reference(&self) -> bool {
        let at_fault = |s: &Arc<Segment>| s.name == SegmentName::Reference && s.state() != PathState::Open;
        self.mirror_at_fault || self.segments.iter().any(at_fault)
    }
}

/// Every match and backend of a route. Equal ones are merged: the first that carries traffic stays.
pub(super) fn all<'s>(evaluation: &Evaluation<'_, 's>, route: Found<'s, Route>, facts: ParentFacts) -> Vec<Outbound> {
    let none_declared = [RouteRule::default()];
    let rules: &[RouteRule] = if route.get().spec.rules.is_empty() { &none_declared } else { &route.get().spec.rules };
    let mut all: Vec<Outbound> = Vec::new();
    let mut seen: HashMap<(Option<String>, Option<Backend>), usize> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        let cx = RuleContext { route, index, rule, accepted: facts.accepted };
        for outbound in of_rule(evaluation, &cx, facts) {
            for matched in matches::of_rule(&route, rule, index) {
                let outbound = Outbound {
                    matches: matched.text,
                    rule_index: index,
                    match_index: matched.index,
                    ..outbound.clone()
                };
                match seen.entry((outbound.matches.clone(), outbound.backend.clone())) {
                    Entry::Vacant(slot) => {
                        slot.insert(all.len());
                        all.push(outbound);
                    }
                    Entry::Occupied(slot) => {
                        if let Some(old) = all.get_mut(*slot.get())
                            && old.dormant.is_some()
                            && outbound.dormant.is_none()
                        {
                            *old = outbound;
                        }
                    }
                }
            }
        }
    }
    all
}

fn of_rule<'s>(evaluation: &Evaluation<'_, 's>, cx: &RuleContext<'_, 's>, facts: ParentFacts) -> Vec<Outbound> {
    let mut base = Outbound::of_rule();
    filters(evaluation, cx, &cx.rule.filters, &mut base);
    ask(evaluation.checks.rule, cx, &mut base.rule);
    if cx.redirects() || cx.rule.backend_refs.is_empty() {
        return vec![base];
    }
    let total_weight = cx.total_weight();
    let refs = cx.rule.backend_refs.iter().enumerate();
    refs.map(|(index, reference)| {
        let mut outbound = base.clone();
        filters(evaluation, cx, &reference.filters, &mut outbound);
        let backend = BackendContext {
            route: cx.route,
            rule: cx.index,
            index,
            target: &follow(evaluation.cluster, &cx.route, reference),
            weight: weight(reference),
            total_weight,
            resolved: facts.resolved,
        };
        backend::behind(evaluation, &backend, facts, &mut outbound);
        outbound
    })
    .collect()
}

fn filters(evaluation: &Evaluation<'_, '_>, cx: &RuleContext<'_, '_>, filters: &[Filter], outbound: &mut Outbound) {
    for filter in filters {
        let mirror = filter.request_mirror.as_ref().filter(|_| filter.kind == "RequestMirror");
        let mirror = mirror.map(|m| follow(evaluation.cluster, &cx.route, &m.backend_ref));
        outbound.mirror_at_fault |= mirror.as_ref().is_some_and(crate::resolve::route::backend::Target::is_unusable);
        let cx = FilterContext { route: cx.route, rule: cx.index, filter, mirror };
        ask(evaluation.checks.filter, &cx, &mut outbound.rule);
    }
}
