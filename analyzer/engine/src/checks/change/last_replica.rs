//! `change/last-replica-to-zero`

use kubereach_reports::report::{ChangeAction, SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::matches_pairs;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "change/last-replica-to-zero",
    segment: SegmentName::Endpoints,
    title: "The change takes the last replica behind an entry to zero",
    explanation: "An Ingress, route or Gateway leads to a Service, and the change scales everything behind that \
         Service to zero: requests from outside that are answered today get no answer afterwards. Scaling to \
         zero is a choice, so the verdict of the Service stays \"scaled to zero on purpose\"; in a change it \
         is worth stopping for. Not raised where nothing was running before, or where no entry leads to it.",
    example: "replicas: 2 becomes replicas: 0 in the Deployment behind the Ingress shop/web.",
    sources: &["apps/v1 Deployment spec.replicas"],
});

/// The edit that scaled it down.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    if subject.kind != "Service" || !Change::has(subject, &["service/scaled-to-zero"]) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for name in cx.services(subject) {
        let entries = cx.entries(&name);
        let Some(entry) = entries.first() else { continue };
        let (_, Some(service)) = cx.service(&name) else { continue };
        for workload in cx.after.workloads.in_namespace(&name.0) {
            let meta = &workload.get().value.metadata;
            let selected =
                workload.template().is_some_and(|t| matches_pairs(&service.spec.selector, &t.metadata.labels));
            if !selected || service.is_selectorless() || workload.desired() != Some(0) {
                continue;
            }
            let Some(old) = cx.before.workload(workload.kind, &meta.namespace, &meta.name).found() else { continue };
            let edited = cx.edits.iter().any(|e| e.action == ChangeAction::Changed && e.object == workload.object());
            let Some(was) = old.desired().filter(|n| *n > 0 && edited) else { continue };
            let ready = cx
                .before
                .pods
                .in_namespace(&meta.namespace)
                .filter(|p| p.is_ready() == Some(true) && matches_pairs(&service.spec.selector, &p.metadata.labels))
                .count();
            let today = if cx.before.is_manifests() { String::new() } else { format!(" ({ready} ready today)") };
            let message = format!(
                "this change scales {} from {was}{today} to 0: nothing answers behind {} any more",
                title(&workload.object()),
                title(&service.object())
            );
            let more = if entries.len() > 1 { format!(" and {} more", entries.len() - 1) } else { String::new() };
            found.push(
                DOC.finding(&workload.shows("replicas: 0 after the change"), workload.object(), message)
                    .cause(format!("replicas: {was} becomes replicas: 0, and {}{more} leads there", title(entry)))
                    .next("Keep a replica, or take the entry away with it.", command::get(&old.object(), ""))
                    .at(workload.origin, field!["spec", "replicas"])
                    .relates(entry.clone(), "leads to it"),
            );
        }
    }
    found
}
