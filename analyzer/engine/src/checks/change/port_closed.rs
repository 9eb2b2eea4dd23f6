//! `change/port-closed`

use std::collections::BTreeMap;

use kubereach_reports::report::{ChangeAction, ObjectRef, SegmentName};

use crate::evaluate::change::{Change, title};
use crate::policy::{Answer, Connection, End, PolicyView, Protocol};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{
    NetworkPolicy, Pod, Resource as _, Service, ServicePort, Workload, WorkloadKind,
};
use kubereach_model::snapshot::{Found, Snapshot, matches_pairs};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "change/port-closed",
    segment: SegmentName::Policy,
    title: "The change closes a port to a caller that may connect today",
    explanation: "The network policies of today let a workload connect to a port of a Service; with the change they \
         do not, for certain. The finding names the callers and the policy that the change adds or changes. \
         Whether a caller uses the port is not known from the configuration, so the verdict of the Service \
         does not change by this alone. Not raised where either answer is in doubt: policies that were not \
         read, policies of other systems, a network plugin that enforces none.",
    example: "A new NetworkPolicy on app: db admits only app: api; app: web could connect until now.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Pairs that are asked about at most: one question costs microseconds, and nobody reads thousands.
const MOST: usize = 200_000;
/// Callers named in one finding.
const NAMED: usize = 4;

/// Every port that the change closes to somebody.
pub fn find(cx: &Change<'_>) -> Vec<Finding> {
    let policies: Vec<&ObjectRef> = cx
        .edits
        .iter()
        .filter(|e| e.action != ChangeAction::Same && &e.kind == NetworkPolicy::KIND)
        .map(|e| &e.object)
        .collect();
    if policies.is_empty() {
        return Vec::new();
    }
    let (before, after) = (PolicyView::new(cx.before), PolicyView::new(cx.after));
    let callers = callers(cx.before);
    let mut found = Vec::new();
    let mut asked = 0;
    for service in cx.after.services.iter().filter(|s| !s.is_selectorless() && !s.is_external_name()) {
        let meta = &service.get().value.metadata;
        let in_reach = |p: &&&ObjectRef| concerns(cx, p, service);
        let Some(policy) = policies.iter().find(in_reach) else { continue };
        if cx.before.lookup::<Service>(&meta.namespace, &meta.name).found().is_none() {
            continue;
        }
        for (index, port) in service.get().value.spec.ports.iter().enumerate() {
            asked += callers.len();
            if asked > MOST {
                return found;
            }
            let closed: Vec<&ObjectRef> = callers
                .iter()
                .filter(|(_, caller)| {
                    let was = answer(cx.before, &before, **caller, service, port);
                    was == Some(Answer::Allowed)
                        && answer(cx.after, &after, **caller, service, port) == Some(Answer::Denied)
                })
                .map(|(name, _)| name)
                .collect();
            if !closed.is_empty() {
                found.push(finding(cx, policy, service, (index, port), &closed, callers.len()));
            }
        }
    }
    found
}

/// Who may call: one pod, or one template, of every workload.
#[derive(Clone, Copy)]
enum Caller<'s> {
    Pod(Found<'s, Pod>),
    Template(Found<'s, Workload>),
}

fn callers(snapshot: &Snapshot) -> BTreeMap<ObjectRef, Caller<'_>> {
    let mut all = BTreeMap::new();
    for workload in snapshot.workloads.iter() {
        let owned = workload.metadata.controller().is_some();
        if !owned && workload.template().is_some() && workload.kind != WorkloadKind::CronJob {
            all.insert(workload.object(), Caller::Template(workload));
        }
    }
    for pod in snapshot.pods.iter().filter(|p| p.metadata.controller().is_none() && !p.is_finished()) {
        all.insert(pod.object(), Caller::Pod(pod));
    }
    all
}

/// May this policy be about a pod behind the Service?
fn concerns(cx: &Change<'_>, policy: &ObjectRef, service: Found<'_, Service>) -> bool {
    let namespace = policy.namespace.as_deref().unwrap_or_default();
    let egress_of_others = |p: &NetworkPolicy| p.spec.policy_types.iter().any(|t| t == "Egress");
    let sides = [cx.before, cx.after];
    let mut known = sides.iter().filter_map(|s| s.lookup::<NetworkPolicy>(namespace, &policy.name).found());
    known.any(|p| namespace == service.metadata.namespace || egress_of_others(&p.get().value))
}

/// What the policies of one side say; `None` where nothing is behind the Service there.
fn answer(
    snapshot: &Snapshot,
    view: &PolicyView<'_>,
    caller: Caller<'_>,
    service: Found<'_, Service>,
    port: &ServicePort,
) -> Option<Answer> {
    let namespace = service.metadata.namespace.as_str();
    // Both sides hold the caller; its pods may have rolled.
    let from = match caller {
        Caller::Pod(pod) => {
            let meta = &pod.get().value.metadata;
            End::Pod(view.ends.pod(snapshot.pods.named(&meta.namespace, &meta.name).next()?))
        }
        Caller::Template(workload) => {
            let meta = &workload.get().value.metadata;
            let own = snapshot.workload(workload.kind, &meta.namespace, &meta.name).found()?;
            End::Pod(view.ends.template(own)?)
        }
    };
    let protocol = Protocol::of(&port.protocol)?;
    let selector = &service.get().value.spec.selector;
    let mut answers = Vec::new();
    for workload in snapshot.workloads.in_namespace(namespace) {
        let Some(template) = workload.get().value.template() else { continue };
        if workload.metadata.controller().is_some() || !matches_pairs(selector, &template.metadata.labels) {
            continue;
        }
        let number = match port.target_port.as_ref()? {
            PortRef::Number(number) => Some(*number),
            PortRef::Name(name) => template.spec.named_port(name, &port.protocol),
            PortRef::Redacted => None,
        };
        let to = End::Pod(view.ends.template(workload)?);
        let connection = Connection { from: &from, to: &to, protocol, port: Some(number?), request: None };
        answers.push(view.decide(&connection).answer);
    }
    let first = *answers.first()?;
    answers.iter().all(|a| *a == first).then_some(first)
}

fn finding(
    cx: &Change<'_>,
    policy: &ObjectRef,
    service: Found<'_, Service>,
    (index, port): (usize, &ServicePort),
    closed: &[&ObjectRef],
    all: usize,
) -> Finding {
    let _ = index;
    let mut names: Vec<String> = closed.iter().take(NAMED).map(|c| title(c)).collect();
    if closed.len() > NAMED {
        names.push(format!("{} more", closed.len() - NAMED));
    }
    let who = if closed.len() == all && all > NAMED {
        format!("all {all} workloads that may connect today")
    } else {
        names.join(", ")
    };
    let namespace = policy.namespace.as_deref().unwrap_or_default();
    let now = cx.after.lookup::<NetworkPolicy>(namespace, &policy.name).found();
    let verb = match (cx.before.lookup::<NetworkPolicy>(namespace, &policy.name).found(), now) {
        (None, _) => "adds",
        (_, None) => "removes",
        _ => "changes",
    };
    let message = format!(
        "this change {verb} {}: port {} of {} closes to {who}",
        title(policy),
        port.describe(),
        title(&service.object())
    );
    let proof = service
        .shows(format!("allowed before the change and denied after it, for {} of {all} workloads", closed.len()));
    let finding = DOC
        .finding(&proof, policy.clone(), message)
        .cause("before the change the policies admit them; after it, none does")
        .next("Admit the callers that need the port.", command::list("networkpolicies", namespace))
        .relates(service.object(), "the Service whose port closes");
    match now {
        Some(now) => finding.at(now.origin, field!["spec"]),
        None => finding,
    }
}
