//! The `service` segment: the Service itself.

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::CheckTable;
use crate::evaluate::service::context::Context;
use crate::evaluate::service::table::run;
use crate::resolve::service::closest_match;
use kubereach_model::evidence::Segment;

/// The Service exists; what it says about itself.
pub(crate) fn segment(checks: &CheckTable, cx: &Context<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Service, Some(cx.object()));
    let spec = &cx.view.service.get().value.spec;
    let kind = if cx.view.service.is_headless() { "headless" } else { spec.kind.as_str() };
    let selects = if cx.is_selectorless() {
        "no selector".to_owned()
    } else {
        format!("selects {}", closest_match::words(&spec.selector))
    };
    segment.evaluated(format!("{kind}, {selects}"));
    run(checks.service, cx, &mut segment);
    for assumption in checks.service_unseen.iter().filter_map(|check| check(cx)) {
        segment.assume(assumption, cx.cluster.snapshot.strict);
    }
    segment
}
