//! `httpproxy/status-invalid`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::conditions::ConditionState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, said};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/status-invalid",
    segment: SegmentName::Rule,
    title: "Contour says that the HTTPProxy is not valid",
    explanation: "The controller's own words: the condition Valid of the present spec is False, or Contour has not \
                  looked at it, and what was read does not explain it (root namespaces, a class, Secrets that were not \
                  read).",
    example: "status.conditions: [{type: Valid, status: \"False\", reason: ErrorPresent}]",
    sources: &["projectcontour.io/v1 HTTPProxyStatus"],
});

/// Where nothing else explains it.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let explained = cx.problems().iter().any(|(_, problem)| problem.is_certain()) || !cx.node.rivals.is_empty();
    // A Service, port or include that is not found is said where it stands.
    if explained || cx.chain.is_none() {
        return;
    }
    let said = match cx.said() {
        ConditionState::False(condition) if !super::is_partial(condition.message()) => said::told(condition),
        ConditionState::Missing => {
            let status = cx.value().status.as_ref();
            let Some(status) = status.filter(|status| status.current_status == "NotReconciled") else { return };
            said::quote(&status.description)
        }
        _ => return,
    };
    let gap = Gap::investigate("what Contour found is not in the input", said.clone());
    let finding = DOC.finding(&gap, cx.proxy.object(), format!("Contour does not serve all of it ({said})"));
    segment.add(finding.next("Look at its status.", words::kubectl("describe httpproxy", &cx.proxy.object())));
}
