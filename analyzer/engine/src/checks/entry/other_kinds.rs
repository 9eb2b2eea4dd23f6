//! `entry/other-kinds`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::entries::{UnmodelledEntries, object_of};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_reports::report::ObjectRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "entry/other-kinds",
    segment: SegmentName::Address,
    title: "Other kinds of front doors name this Service",
    explanation: "Objects of kinds that are not evaluated here (VirtualServer of F5 NGINX, Mapping of Emissary, \
                  TrafficSplit, Knative and others) refer to this Service. Traffic may reach it through them as well; \
                  whether it does was not evaluated, and it changes nothing about the paths that were.",
    example: "A VirtualServer with `upstreams: [{name: web, service: web, port: 80}]`",
    sources: &["F5 NGINX Ingress Controller: VirtualServer", "Emissary: Mapping", "SMI: TrafficSplit"],
});

/// For a Service that some of them name.
pub fn finding(entries: &UnmodelledEntries<'_>, service: &ObjectRef) -> Option<Finding> {
    const MOST: usize = 5;
    let naming = entries.naming(service.namespace.as_deref()?, &service.name);
    if naming.is_empty() {
        return None;
    }
    let mut names: Vec<String> =
        naming.iter().take(MOST).map(|object| words::brief(&object_of(object).to_string())).collect();
    if naming.len() > MOST {
        names.push(format!("{} more", naming.len() - MOST));
    }
    let message = format!("also named by {}; these kinds were not evaluated", names.join(", "));
    let finding = DOC.finding(service.clone(), message);
    Some(
        naming
            .iter()
            .take(MOST)
            .fold(finding, |finding, object| finding.relates(object_of(object), "names the Service")),
    )
}
