//! `httpproxy/other-class`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/other-class",
    segment: SegmentName::Controller,
    title: "The HTTPProxy names a class that is not Contour's own",
    explanation: "Contour serves HTTPProxies of the class it was given (--ingress-class-name), or else those of the \
                  class contour and those without one. Which class a Contour was given was not read.",
    example: "spec: {ingressClassName: internal}",
    sources: &["Contour: internal/ingressclass/ingressclass.go"],
});

/// For a class of another name.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let meta = &cx.value().metadata;
    let annotated = ["projectcontour.io/ingress.class", "kubernetes.io/ingress.class"];
    let annotated = annotated.into_iter().find_map(|key| meta.annotation(key));
    let class = annotated.or(cx.value().spec.ingress_class_name.as_deref()).unwrap_or_default();
    if matches!(class, "" | "contour") || cx.said().is_true() {
        return;
    }
    let class = words::brief(class);
    let gap = Gap::investigate(format!("whether a Contour serves the class {class} is not shown"), "a flag says it");
    let finding = DOC
        .finding(&gap, cx.proxy.object(), format!("it is of the class {class}"))
        .at(cx.proxy.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("Look at the flags of Contour.", words::controller_pods(cx.state)));
}
