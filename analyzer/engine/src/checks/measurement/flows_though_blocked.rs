//! `measurement/flows-though-blocked`

use kubereach_reports::report::{Effect, ObjectRef, SegmentName};

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Path, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/flows-though-blocked",
    segment: SegmentName::Address,
    title: "Traffic gets through where the configuration says it cannot",
    explanation: "The snapshot shows this path as blocked, and a real request went through it. Traffic outranks \
                  prediction, so the verdict does not say broken; the two still contradict each other, and one of \
                  them is out of date: the snapshot was taken before something was repaired, a network policy is \
                  stored and not enforced, or kubereach reads the configuration wrongly. Both times are shown. \
                  Traffic through another path never raises it.",
    example: "An Ingress whose backend Service is missing in the dump of 10:00; at 10:20 a request to its \
              host is answered with 200.",
    sources: &[
        "docs/semantics/measurement.md#traffic-outranks-prediction",
        "Kubernetes documentation: network policies need a plugin that enforces them",
    ],
});

/// The configuration says blocked, and traffic got through.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::FlowsThoughBlocked(told) = cx.remark else { return None };
    let (object, says) = blocked_by(cx.path);
    let message = format!("the configuration says that nothing passes {}, and traffic got through", on_path(cx.path));
    let finding = DOC
        .finding(object.clone(), message)
        .cause(format!("{}. The configuration: {says}.", measured(told, cx.taken_at)))
        .next(
            "Take a new snapshot and compare; if the fault stays, something does not do what is declared.",
            command::get(&object, "-o yaml"),
        );
    Some(finding)
}

/// What the configuration says blocks the path.
fn blocked_by(path: &Path) -> (ObjectRef, String) {
    let finding = path
        .segments
        .iter()
        .filter(|s| s.is_counted())
        .flat_map(|s| s.findings())
        .find(|f| f.effect() == Effect::Blocks);
    finding.map_or_else(
        || (path.key.entry.clone(), "it is blocked".to_owned()),
        |f| (f.object.clone(), f.message.trim_end_matches('.').to_owned()),
    )
}
