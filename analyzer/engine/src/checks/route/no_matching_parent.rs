//! `route/no-matching-parent`: the parent has no such listener.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::attach::Refusal;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-matching-parent",
    segment: SegmentName::Rule,
    title: "The parent has no such listener",
    explanation: "sectionName and port of a parentRef choose listeners by name and port; where both are set, both must \
                  match. The parent exists and has no listener that matches. A reference to a Gateway does not reach \
                  the listeners of its ListenerSets.",
    example: "parentRefs: [{name: public, sectionName: htps}]",
    sources: &["Gateway API reference: ParentReference.sectionName, ParentReference.port"],
});

/// For a parentRef that chooses no listener.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    if cx.link.refusal != Some(Refusal::NoMatchingParent) {
        return;
    }
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    let declared = cx.declared();
    let listeners: Vec<String> = declared.iter().map(|l| format!("{} ({})", l.spec.name, l.serves())).take(8).collect();
    let proof = cx.shows("no listener matches sectionName and port");
    let wanted = route.spec.parent_refs.get(index);
    let section = wanted.and_then(|p| p.section_name.clone());
    let port = wanted.and_then(|p| p.port.known().copied());
    let asked = match (section, port) {
        (Some(name), Some(port)) => format!("named {name} on port {port}"),
        (Some(name), None) => format!("named {name}"),
        (None, Some(port)) => format!("on port {port}"),
        (None, None) => "at all".to_owned(),
    };
    let has = if listeners.is_empty() { "none".to_owned() } else { listeners.join(", ") };
    let field = if wanted.is_some_and(|p| p.section_name.is_some()) { "sectionName" } else { "port" };
    segment.add(
        DOC.finding(&proof, route.object(), format!("{} {} has no listener {asked}", parent.kind, parent.name))
            .cause(format!("its listeners are: {}", command::cut(&has)))
            .next("Correct sectionName or port of the parentRef.", command::get(&parent, "-o yaml"))
            .at(route.origin, field!["spec", "parentRefs", index, field]),
    );
}
