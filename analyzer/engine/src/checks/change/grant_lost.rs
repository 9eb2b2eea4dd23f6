//! `change/grant-lost`

use kubereach_reports::report::{ChangeAction, SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::ReferenceGrant;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "change/grant-lost",
    segment: SegmentName::Reference,
    title: "The change takes a reference out of its ReferenceGrant",
    explanation: "A route or Gateway refers to an object of another namespace, which only a ReferenceGrant there can \
         permit. Before the change the reference was permitted; the change narrowed or removed the grant, or \
         points the reference to a namespace without one. What that does to traffic is said by the finding \
         it explains; this one names the edit.",
    example: "The grant's to gets name: cart, and the route still sends to the Service shop/web.",
    sources: &["gateway.networking.k8s.io/v1beta1 ReferenceGrant"],
});

const CODES: [&str; 4] = [
    "route/ref-not-permitted",
    "route/ref-permission-unseen",
    "gateway/certificate-not-permitted",
    "gateway/ca-certificate-not-permitted",
];

/// The edit that took the permission away.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    if !Change::has(subject, &CODES) {
        return Vec::new();
    }
    let from_here = |grant: &ReferenceGrant| {
        grant.spec.from.iter().any(|f| f.kind == subject.kind && f.namespace == subject.namespace)
    };
    let mut found = Vec::new();
    for old in cx.before.grants.iter().filter(|g| from_here(&g.get().value)) {
        let meta = &old.get().value.metadata;
        let new = cx.after.lookup::<ReferenceGrant>(&meta.namespace, &meta.name).found();
        let finding = match new {
            None => {
                let message = format!("this change removes {}, which permitted the reference", title(&old.object()));
                DOC.finding(old.object(), message).at(old.origin, [])
            }
            Some(new) if new.spec != old.spec => {
                let message = format!(
                    "this change makes {} permit {} instead of {}",
                    title(&new.object()),
                    permits(&new.get().value),
                    permits(&old.get().value)
                );
                DOC.finding(new.object(), message).at(new.origin, field!["spec"])
            }
            Some(_) => continue,
        };
        let command = command::list("referencegrants", &meta.namespace);
        found.push(
            finding
                .cause(format!("{} {}/{} relied on it", subject.kind, subject.namespace, subject.name))
                .next("Keep the grant, or change the reference with it.", command),
        );
    }
    if found.is_empty() {
        found.extend(moved(cx, subject));
    }
    found
}

fn permits(grant: &ReferenceGrant) -> String {
    let all: Vec<String> = grant
        .spec
        .from
        .iter()
        .flat_map(|f| {
            grant.spec.to.iter().map(move |t| {
                let name = t.name.as_deref().map_or_else(|| "any".to_owned(), str::to_owned);
                format!("{} of {} to {} {name}", f.kind, f.namespace, t.kind)
            })
        })
        .collect();
    command::cut(&all.join(", "))
}

/// The route itself was pointed elsewhere.
fn moved(cx: &Change<'_>, subject: &SubjectChange) -> Option<Finding> {
    let edit = cx.edits.iter().find(|e| {
        matches!(e.action, ChangeAction::Changed | ChangeAction::Created)
            && e.object.kind == subject.kind
            && e.object.name == subject.name
            && e.object.namespace.as_deref() == Some(subject.namespace.as_str())
    })?;
    let origin = cx.after.origin_of(&edit.object)?;
    let elsewhere: Vec<String> = cx
        .services(subject)
        .into_iter()
        .filter(|(namespace, _)| *namespace != subject.namespace)
        .map(|(namespace, name)| format!("Service {namespace}/{name}"))
        .collect();
    let to = if elsewhere.is_empty() { "another namespace".to_owned() } else { elsewhere.join(", ") };
    let message = format!("this change points {} to {to}, and no ReferenceGrant there permits it", title(&edit.object));
    Some(
        DOC.finding(edit.object.clone(), message)
            .cause("a reference into another namespace needs a grant in that namespace")
            .next("Add a ReferenceGrant in the namespace of the target.", command::get(&edit.object, "-o yaml"))
            .at(origin, field!["spec", "rules"]),
    )
}
