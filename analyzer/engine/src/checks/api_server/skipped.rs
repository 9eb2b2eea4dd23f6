//! `api-server/webhook-skipped`

use kubereach_reports::report::SegmentName;

use super::fails_closed::{look, shut};
use crate::checks::ingress::words;
use crate::evaluate::door::api_server::{Call, Caller};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Path, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "api-server/webhook-skipped",
    segment: SegmentName::Rule,
    title: "A webhook is left out because it does not answer",
    explanation: "The API server cannot reach a webhook whose failurePolicy is Ignore. Requests go on without it: \
                  nothing is refused, and what the webhook adds or checks is not there. Where it injects a sidecar, \
                  new pods come up without one; where it checks policies, anything passes.",
    example: "failurePolicy: Ignore, and the Service has no endpoints",
    sources: &["admissionregistration.k8s.io/v1 MutatingWebhook.failurePolicy (Ignore)"],
});

/// For a configuration with a path that is blocked and may be.
pub fn finding(caller: &Caller<'_>, paths: &[Path]) -> Option<Finding> {
    let shut = shut(caller, paths, false);
    let asked: Vec<String> = shut.iter().map(Call::asked).collect();
    let passes = || {
        DOC.finding(
            caller.object(),
            format!(
                "while the API server cannot reach it, {} passes without it: its failurePolicy is Ignore",
                words::brief(&asked.join("; "))
            ),
        )
        .cause("What the webhook adds or checks is left out.")
        .next("Bring the server behind it back, or remove the configuration of one that is gone.", look(caller))
    };
    (!shut.is_empty()).then(passes)
}
