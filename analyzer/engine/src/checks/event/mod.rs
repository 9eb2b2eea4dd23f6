//! Warning events about doors and Services: what their controllers say.

mod reasons;
pub mod warning;

use std::sync::Arc;

use kubereach_reports::report::Effect;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CatalogueEntry, Finding, SubjectPaths};
use reasons::Said;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[warning::DOC.entry()];

/// Findings that say that a controller has not done something and cannot know why: what it says itself is the cause.
const UNEXPLAINED: [&str; 9] = [
    "ingress/cloud-not-provisioned",
    "ingress/controller-unknown",
    "ingress/controller-not-seen",
    "service/load-balancer-pending",
    "service/load-balancer-class-unseen",
    "gateway/no-address",
    "gateway/pending",
    "gateway/condition-false",
    "route/not-reconciled",
];

/// Quotes what controllers say in events: as the cause of what could not be explained, else beside the paths.
pub fn quote(cluster: &Cluster<'_>, subjects: &mut [SubjectPaths]) {
    if cluster.snapshot.events.is_empty() {
        return;
    }
    for subject in subjects {
        let Some(said) = reasons::newest(cluster, &subject.object) else { continue };
        let mut explained = false;
        for path in &mut subject.paths {
            for segment in &mut path.segments {
                let own = |finding: &Finding| {
                    UNEXPLAINED.contains(&finding.code())
                        && finding.effect() != Effect::Notes
                        && (finding.object == subject.object
                            || finding.related.iter().any(|r| r.object == subject.object))
                };
                if segment.findings().iter().any(|finding| own(finding)) {
                    Arc::make_mut(segment).amend(|finding| own(finding).then(|| explain(finding, &said)));
                    explained = true;
                }
            }
        }
        if !explained {
            subject.notes.push(Arc::new(warning::finding(&subject.object, &said)));
        }
    }
}

fn explain(finding: &Finding, said: &Said) -> Finding {
    let mut finding = finding.clone();
    finding.cause = said.sentence();
    "Do what the controller asks for.".clone_into(&mut finding.action);
    finding
}
