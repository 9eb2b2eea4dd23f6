//! `service/ip-family-mismatch`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::Family;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/ip-family-mismatch",
    segment: SegmentName::Endpoints,
    title: "No pod has an address of the Service's family",
    explanation: "A Service gets addresses of its own IP families only. Its pods are ready and all their \
         addresses are of another family, so the Service has none.",
    example: "An IPv6-only Service in front of pods that have IPv4 addresses only.",
    sources: &["core/v1 Service spec.ipFamilies", "KEP-563"],
});

/// Ready pods, none of the right family.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let view = cx.view;
    if cx.situation() != Situation::Empty || view.families.is_empty() {
        return None;
    }
    let wanted = families(&view.families);
    let fits = |address: &str| Family::of_address(address).is_none_or(|f| view.families.contains(&f));
    let ready: Vec<_> = view.selected.ready().collect();
    let proof = if cx.behind.wrong_family > 0 && cx.behind.endpoints.is_empty() {
        cx.nothing_else(format!("an {wanted} address behind {}", view.title())).ok()?.proof()
    } else {
        let pod = ready.first()?;
        let addressed = ready.iter().all(|p| p.ips().next().is_some() && !p.ips().any(fits));
        if !addressed || view.selected.gap.is_some() {
            return None;
        }
        pod.shows(format!("has only {}", pod.ips().collect::<Vec<_>>().join(", ")))
    };
    Some(
        DOC.finding(&proof, cx.object(), format!("it asks for {wanted}, and nothing behind it has such an address"))
            .cause("an address of another IP family is never used")
            .next("Make the IP families of Service and pods agree.", command::get(&cx.object(), "-o yaml"))
            .at(view.service.origin, field!["spec", "ipFamilies"]),
    )
}

/// `IPv4`, or `IPv4 or IPv6`.
fn families(families: &[Family]) -> String {
    families.iter().map(|f| f.word()).collect::<Vec<_>>().join(" or ")
}
