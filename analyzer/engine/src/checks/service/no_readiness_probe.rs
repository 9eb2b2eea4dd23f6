//! `service/no-readiness-probe`

use kubereach_reports::report::SegmentName;

use crate::checks::service::target_port_suspect::app_containers;
use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/no-readiness-probe",
    segment: SegmentName::Endpoints,
    title: "The pods have no readiness probe",
    explanation: "Without a readiness probe a pod is ready as soon as its containers run, whether or not the \
         app answers.",
    example: "A container without readinessProbe.",
    sources: &["core/v1 Container readinessProbe"],
});

/// None of the app's containers has one.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.is_selectorless() || cx.situation() == Situation::Empty {
        return None;
    }
    let source = cx.specs().next()?;
    let mut containers = app_containers(source.spec()).peekable();
    containers.peek()?;
    containers.all(|c| c.readiness_probe.is_none()).then(|| {
        DOC.finding(
            cx.object(),
            format!("{} has no readiness probe: ready means only that its containers have started", source.name()),
        )
    })
}
