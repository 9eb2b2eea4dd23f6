//! The `service` segment: the Service itself.

use kubereach_reports::report::SegmentName;

use crate::checks::service::{closest, external_ips, internal_traffic_local, namespace_terminating};
use crate::evaluate::service::context::Context;
use crate::evaluate::service::{Check, run};
use kubereach_model::evidence::Segment;

static CHECKS: &[Check] = &[internal_traffic_local::finding, external_ips::finding, namespace_terminating::finding];

/// The Service exists; what it says about itself.
pub(crate) fn segment(cx: &Context<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Service, Some(cx.object()));
    let spec = &cx.view.service.get().value.spec;
    let kind = if cx.view.service.is_headless() { "headless" } else { spec.kind.as_str() };
    let selects = if cx.is_selectorless() {
        "no selector".to_owned()
    } else {
        format!("selects {}", closest::words(&spec.selector))
    };
    segment.evaluated(format!("{kind}, {selects}"));
    run(CHECKS, cx, &mut segment);
    segment
}
