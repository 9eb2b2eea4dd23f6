//! `endpoints/not-collected`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::Truth;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/not-collected",
    segment: SegmentName::Endpoints,
    title: "What stands behind the Service was not read",
    explanation: "Neither EndpointSlices nor Endpoints nor pods were read completely enough to tell whether \
         anything is ready behind the Service. That is not the same as nothing being there.",
    example: "A dump made by kubectl get all by an account that may not list pods.",
    sources: &["discovery.k8s.io/v1 EndpointSlice"],
});

/// Nothing ready was read, and not everything was read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Empty || cx.is_selectorless() {
        return None;
    }
    let gap = match &cx.view.truth {
        Truth::Templates => return None,
        _ => cx.nothing_else("a ready address").err()?,
    };
    Some(DOC.finding(&gap, cx.object(), "whether anything is ready behind it was not read").cause(gap.sentence()).next(
        "Read its EndpointSlices.",
        format!(
            "{} -l kubernetes.io/service-name={}",
            command::list("endpointslices", cx.view.namespace()),
            command::arg(cx.view.name())
        ),
    ))
}

/// Addresses were read, none lists the port, and others may exist that were not read.
pub fn unlisted(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let gap = cx.nothing_else("an address for the port").err()?;
    Some(
        DOC.finding(&gap, cx.object(), format!("whether any address serves port {} was not read", port.describe()))
            .cause(gap.sentence()),
    )
}
