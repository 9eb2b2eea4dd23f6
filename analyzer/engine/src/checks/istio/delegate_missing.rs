//! `istio/delegate-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::VirtualContext;
use crate::resolve::istio::of_kind;
use kubereach_model::evidence::{Blocks, CheckDoc, FieldPath, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/delegate-missing",
    segment: SegmentName::Reference,
    title: "The delegate of a rule does not exist",
    explanation: "A rule with a delegate gives its requests to the rules of another VirtualService, which has no \
                  hosts. There is none of that name, so the rule is left out. Raised only where the VirtualServices of \
                  the namespace were read completely.",
    example: "http: [{match: [{uri: {prefix: /cart}}], delegate: {name: cart, namespace: shop}}]",
    sources: &["Istio: Delegate", "istio/istio pilot/pkg/model/virtualservice.go"],
});

/// Adds it for one rule.
pub fn check(cx: &VirtualContext<'_, '_>, (namespace, name): (&str, &str), field: &FieldPath, segment: &mut Segment) {
    let what = format!("VirtualService {namespace}/{name}");
    let Ok(absence) = cx.cluster.snapshot.nothing_else_of(&of_kind("VirtualService"), Some(namespace), what) else {
        return;
    };
    let message = format!("the delegate {}/{} does not exist", words::brief(namespace), words::brief(name));
    let finding =
        DOC.finding(&absence.proof(), cx.object(), message).at(cx.service.found.get().origin, field.iter().cloned());
    segment.add(
        finding.next("Create the delegate, or correct its name.", "kubectl get virtualservices.networking.istio.io -A"),
    );
}
