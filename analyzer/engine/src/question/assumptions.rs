//! On what answers rest beside what was read, in the words of the report.

use std::collections::BTreeSet;

use kubereach_reports::report::{Assumption, ObjectRef, SegmentName};

use crate::checks::policy::not_collected;
use crate::policy::{Answer, Assumed, Decision, PolicyView};
use kubereach_model::evidence::Assumptions;

/// Of all these decisions, each once. An answer that cannot be told rests on nothing.
pub(super) fn assumptions(decisions: &[Decision<'_, '_>]) -> Vec<Assumption> {
    let settled = || decisions.iter().filter(|decision| decision.answer != Answer::Unknown);
    let mut unread = Assumptions::default();
    // What was not read may turn away, not let through: a connection that is denied stays so.
    for of_one in settled().filter(|decision| decision.answer == Answer::Allowed) {
        let objects = of_one.unread.iter().map(|unread| (unread, nowhere(unread.namespace.as_deref())));
        objects.for_each(|(one, object)| unread.add(&not_collected::assumption(one, &object)));
    }
    let mut assumed: Vec<Assumed> = settled().flat_map(|decision| &decision.assumptions).copied().collect();
    assumed.sort_unstable();
    assumed.dedup();
    unread.rows().into_iter().chain(assumed.into_iter().map(of_evaluator)).collect()
}

/// Of all that may be asked about pods of these namespaces.
pub(super) fn of_namespaces<'a>(view: &PolicyView<'_>, namespaces: impl Iterator<Item = &'a str>) -> Vec<Assumption> {
    let namespaces: BTreeSet<&str> = if view.is_strict() { BTreeSet::new() } else { namespaces.collect() };
    let mut unread = Assumptions::default();
    for one in namespaces.into_iter().flat_map(|namespace| view.unread(namespace).into_owned()) {
        unread.add(&not_collected::assumption(&one, &nowhere(one.namespace.as_deref())));
    }
    unread.rows()
}

/// Answers are about ends of connections: no one object stands for them.
fn nowhere(namespace: Option<&str>) -> ObjectRef {
    ObjectRef { kind: String::new(), namespace: namespace.map(str::to_owned), name: String::new(), group: None }
}

/// What the evaluator assumes where plugins differ.
fn of_evaluator(assumed: Assumed) -> Assumption {
    Assumption {
        id: assumed.key().to_owned(),
        code: String::new(),
        segment: SegmentName::Policy,
        kind: "NetworkPolicy".to_owned(),
        group: None,
        namespaces: Vec::new(),
        text: assumed.sentence().to_owned(),
        reason: assumed.why().to_owned(),
        command: String::new(),
        could: "decide otherwise".to_owned(),
        subjects: 0,
    }
}
