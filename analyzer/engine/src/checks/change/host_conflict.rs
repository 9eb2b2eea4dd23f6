//! `change/host-conflict`

use kubereach_reports::report::{ChangeAction, SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Ingress;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "change/host-conflict",
    segment: SegmentName::Rule,
    title: "The change claims a host and path that another entry has",
    explanation: "Two Ingresses of one controller, or two routes of one listener, claim the same host and path for \
         different backends; one of them gets no request. The change brought one of the two claims. What \
         that does to traffic is said by the finding it explains; this one names the edit and the other side.",
    example: "A new Ingress claims shop.example /cart, which the Ingress shop/web serves.",
    sources: &["networking.k8s.io/v1 Ingress spec.rules", "gateway.networking.k8s.io/v1 HTTPRoute precedence"],
});

const CODES: [&str; 5] = [
    "ingress/shadowed-path",
    "ingress/duplicate-path",
    "route/hostname-conflict",
    "route/hostname-conflict-unsettled",
    "gateway/listener-hostname-conflict",
];

/// The edit that brought the second claim.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    if !Change::has(subject, &CODES) {
        return Vec::new();
    }
    if subject.kind != "Ingress" {
        return of_route(cx, subject).into_iter().collect();
    }
    let Some(own) = cx.after.lookup::<Ingress>(&subject.namespace, &subject.name).found() else { return Vec::new() };
    let mut found = Vec::new();
    for other in cx.after.ingresses.iter() {
        if other.object() == own.object() {
            continue;
        }
        for (host, path, ..) in claims(other) {
            let Some((.., rule, index)) = claims(own).into_iter().find(|(h, p, ..)| *h == host && *p == path) else {
                continue;
            };
            // The claim that is new is the one to name.
            let new_here = !had(cx, own, &host, &path);
            let (mine, theirs) = if new_here { (own, other) } else { (other, own) };
            if !new_here && had(cx, other, &host, &path) {
                continue;
            }
            let shown = if host.is_empty() { "any host".to_owned() } else { host.clone() };
            let message = format!(
                "this change makes {} claim {shown} {path}, which {} claims as well",
                title(&mine.object()),
                title(&theirs.object())
            );
            let at = if new_here {
                field!["spec", "rules", rule, "http", "paths", index].to_vec()
            } else {
                field!["spec", "rules"].to_vec()
            };
            found.push(
                DOC.finding(mine.object(), message)
                    .cause("one host and path has one backend; the other claim gets no request")
                    .next("Give one of the two another host or path.", command::get(&theirs.object(), "-o yaml"))
                    .at(mine.origin, at)
                    .relates(theirs.object(), "claims the same host and path"),
            );
        }
    }
    found
}

/// Host, path, and their place.
fn claims(ingress: Found<'_, Ingress>) -> Vec<(String, String, usize, usize)> {
    let mut all = Vec::new();
    for (rule, r) in ingress.spec.rules.iter().enumerate() {
        let host = r.host.clone().unwrap_or_default();
        for (index, p) in r.http.iter().flat_map(|h| h.paths.iter()).enumerate() {
            all.push((host.clone(), p.path.clone().unwrap_or_else(|| "/".to_owned()), rule, index));
        }
    }
    all
}

/// Did it claim this before the change?
fn had(cx: &Change<'_>, ingress: Found<'_, Ingress>, host: &str, path: &str) -> bool {
    let old = cx.before.lookup::<Ingress>(&ingress.metadata.namespace, &ingress.metadata.name).found();
    old.is_some_and(|old| claims(old).iter().any(|(h, p, ..)| h == host && p == path))
}

fn of_route(cx: &Change<'_>, subject: &SubjectChange) -> Option<Finding> {
    let edit = cx.edits.iter().find(|e| {
        matches!(e.action, ChangeAction::Created | ChangeAction::Changed)
            && e.object.kind == subject.kind
            && e.object.namespace.as_deref() == Some(subject.namespace.as_str())
            && e.object.name == subject.name
    })?;
    let verb = if edit.action == ChangeAction::Created { "adds" } else { "changes" };
    let message = format!("this change {verb} {}, which claims what another one has", title(&edit.object));
    let key = if subject.kind == "Gateway" { "listeners" } else { "hostnames" };
    Some(
        DOC.finding(edit.object.clone(), message)
            .cause("one of the two gets no request")
            .next("Give one of the two another host.", command::get(&edit.object, "-o yaml"))
            .at(cx.after.origin_of(&edit.object)?, field!["spec", key]),
    )
}
