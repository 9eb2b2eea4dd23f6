//! `policy/pods-unread`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/pods-unread",
    segment: SegmentName::Policy,
    title: "A policy may select pods that were not read",
    explanation: "Pods behind this port were not read, and a network policy of their namespace may select them: of such \
                  a pod only the labels are known that the Service's selector asks for. Where no policy could select a \
                  pod with these labels the port is open to anyone; here one could, so whom it admits cannot be told.",
    example: "A default-deny policy in a namespace whose pods the reader may not list.",
    sources: &["networking.k8s.io/v1 NetworkPolicy spec.podSelector", "core/v1 Service spec.selector"],
});

/// Where pods were not read and a policy may be about them.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let gap = cx.unread_pods.as_ref().filter(|_| !cx.is_not_enforced())?;
    let (service, namespace) = (&cx.view.service, cx.view.namespace());
    let policy = cx.cluster.policies().may_close(namespace, &service.spec.selector)?;
    let message = format!("the pods behind it were not all read, and {policy} may turn their callers away");
    let finding = DOC.finding(gap, service.object(), message).relates(policy.clone(), "may select the pods");
    Some(finding.next("Read the labels of the pods.", command::labelled("pods", namespace, &service.spec.selector)))
}
