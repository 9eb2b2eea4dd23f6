//! `event/warning`

use kubereach_reports::report::{ObjectRef, SegmentName};

use super::reasons::Said;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "event/warning",
    segment: SegmentName::Controller,
    title: "A controller has complained about the object",
    explanation: "A Warning event about the object says that its controller refused it, could not translate it, or \
                  could not make what it asks for. The newest is quoted with its age. An event is history: the \
                  trouble may be over, so that it changes no verdict by itself. Where a load balancer or an address is \
                  missing that nothing else explains, it is quoted there as the cause.",
    example: "Warning  FailedBuildModel  couldn't auto-discover subnets: unable to resolve at least one subnet",
    sources: &["core/v1 Event", "the sources of the reasons stand beside each in checks/event/reasons.rs"],
});

/// Beside the paths.
pub(super) fn finding(object: &ObjectRef, said: &Said) -> Finding {
    let message = format!("its controller complained ({}): {}", said.reason, said.message);
    DOC.finding(object.clone(), message)
        .cause(said.sentence())
        .next("See whether it still does.", command::describe(object))
}
