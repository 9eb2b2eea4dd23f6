//! `change/selector-orphaned`

use std::collections::BTreeMap;

use kubereach_reports::report::{SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use kubereach_model::snapshot::matches_pairs;
use kubereach_model::snapshot::model::{Service, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, Stored};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "change/selector-orphaned",
    segment: SegmentName::Endpoints,
    title: "The change leaves a Service without pods",
    explanation: "Before the change the Service selected pods; after it, nothing that the change leaves carries all \
         labels of its selector: the change wrote other labels into a pod template, another selector into \
         the Service, or removed the workload. What that does to traffic is said by the finding it \
         explains; this one names the edit, with the values before and after. Not raised where the Service \
         selected nothing before.",
    example: "The template's label app: web becomes app: webshop, and the Service still selects app: web.",
    sources: &["core/v1 Service spec.selector", "apps/v1 Deployment spec.template.metadata.labels"],
});

const CODES: [&str; 2] = ["service/selects-no-pod", "service/selects-nothing-seen"];

/// The edit that took the pods away.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    if !Change::has(subject, &CODES) {
        return Vec::new();
    }
    let services = cx.services(subject);
    services.iter().flat_map(|name| of_service(cx, name)).collect()
}

fn of_service(cx: &Change<'_>, name: &(String, String)) -> Vec<Finding> {
    let (Some(old), Some(new)) = cx.service(name) else { return Vec::new() };
    if old.is_selectorless() || new.is_selectorless() {
        return Vec::new();
    }
    let selects_still = |labels: &BTreeMap<String, String>| matches_pairs(&new.spec.selector, labels);
    let mut found = Vec::new();
    for workload in cx.before.workloads.in_namespace(&name.0) {
        let Some(template) = workload.get().value.template() else { continue };
        let made = matches!(
            workload.kind,
            WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController | WorkloadKind::VirtualMachineInstance
        );
        if made && workload.metadata.controller().is_some() {
            continue;
        }
        if !matches_pairs(&old.spec.selector, &template.metadata.labels) {
            continue;
        }
        let after = cx.after.workload(workload.kind, &name.0, &workload.metadata.name).found();
        match after.and_then(|w| Some((w, w.get().value.template()?))) {
            None => found.push(removed(new, workload)),
            Some((_, template)) if selects_still(&template.metadata.labels) => {}
            Some((w, now)) if now.metadata.labels != template.metadata.labels => {
                found.push(relabelled(new, &w, &template.metadata.labels, &now.metadata.labels));
            }
            Some(_) => {}
        }
    }
    if found.is_empty() && old.spec.selector != new.spec.selector {
        found.push(reselected(old, new));
    }
    found
}

fn words(labels: &BTreeMap<String, String>) -> String {
    labels.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(", ")
}

fn relabelled(
    service: Found<'_, Service>,
    workload: &Stored<Workload>,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> Finding {
    let asked = &service.spec.selector;
    let differing = asked.iter().find(|(key, value)| new.get(*key) != Some(*value));
    let (key, was, now) = match differing {
        Some((key, _)) => {
            let value = |labels: &BTreeMap<String, String>| {
                labels.get(key).map_or("absent".to_owned(), |v| format!("{key}={v}"))
            };
            (key.as_str(), value(old), value(new))
        }
        None => ("", words(old), words(new)),
    };
    let object = kubereach_model::snapshot::model::Resource::object_ref(&*workload.value);
    let message = format!(
        "this change takes the pods of {} away from {}: label {was} becomes {now}",
        title(&object),
        title(&service.object())
    );
    let mut path = field!["spec", "template", "metadata", "labels"].to_vec();
    if new.contains_key(key) {
        path.push(key.into());
    }
    DOC.finding(object, message)
        .cause(format!("the Service still selects {}", words(asked)))
        .next(
            "Change the selector of the Service together with the labels.",
            command::get(&service.object(), "-o yaml"),
        )
        .at(workload.origin, path)
        .relates(service.object(), "selects the labels that go")
}

fn reselected(old: Found<'_, Service>, new: Found<'_, Service>) -> Finding {
    let message = format!(
        "this change makes {} select {} instead of {}, and nothing carries that",
        title(&new.object()),
        words(&new.spec.selector),
        words(&old.spec.selector)
    );
    DOC.finding(new.object(), message)
        .cause("the pods behind it carry the labels it selected before")
        .next(
            "Make the selector and the labels agree.",
            command::labelled("pods", &new.metadata.namespace, &old.spec.selector),
        )
        .at(new.origin, field!["spec", "selector"])
}

fn removed(service: Found<'_, Service>, workload: Found<'_, Workload>) -> Finding {
    let message =
        format!("this change removes {}, whose pods {} selects", title(&workload.object()), title(&service.object()));
    DOC.finding(workload.object(), message)
        .cause("nothing else carries the labels of its selector")
        .next("Remove the Service as well, or keep the workload.", command::get(&service.object(), "-o yaml"))
        .at(workload.origin, [])
        .relates(service.object(), "selects the pods that go")
}
