//! `policy/may-be-opened`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::blame;
use crate::evaluate::policy::{Asked, CallerContext, Context};
use crate::policy::Unread;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/may-be-opened",
    segment: SegmentName::Policy,
    title: "The policies that were read turn callers away, and one that was not read may let them in",
    explanation: "The network policies that were read admit nobody to some of the pods, or turn the front door's \
                  controller away. Policies of a namespace only add up: each may admit whom the others do not, and \
                  policies of Calico, Cilium or Antrea may let through what a NetworkPolicy turns away. Not all of \
                  them were read, so a closed path is no proof. With the missing kind in the input, or declared \
                  complete (--assume-complete=NetworkPolicy), it is decided.",
    example: "A default-deny policy in a dump whose list of NetworkPolicies broke off.",
    sources: &[
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/ (network policies are additive)",
        "https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy",
        "https://docs.cilium.io/en/stable/network/kubernetes/policy/",
    ],
});

/// Where some pods admit nobody, by what was read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let closed = cx.closed();
    if closed == 0 || cx.is_not_enforced() {
        return None;
    }
    let unread = cx.may_be_opened_by()?;
    let (all, port, kind) = (cx.all(), cx.port_words(), named(&unread));
    let message = if closed == all {
        format!("the policies that were read admit nobody on {port}; a {kind} that was not read may")
    } else {
        format!(
            "the policies that were read admit nobody to {closed} of {all} pods on {port}; a {kind} that was not read may"
        )
    };
    let finding = DOC.finding(&gap(&unread, "whom the pods admit"), cx.view.service.object(), message);
    Some(read_it(blame(finding, &cx.policies(), cx.view.namespace()), &unread))
}

/// Where the controller that connects is turned away, by what was read.
pub fn of_caller(cx: &CallerContext<'_, '_>, _: &Segment) -> Option<Finding> {
    let Asked::Pods(pairs) = &cx.asked else { return None };
    let unread = pairs.opened_by.as_deref()?;
    let (name, port, kind) = (cx.name, cx.port_words(), named(unread));
    let message = format!(
        "the policies that were read do not let the pods of {name} connect to {port}; a {kind} that was not read may"
    );
    let gap = gap(unread, &format!("whether the pods of {name} are admitted"));
    let finding = DOC.finding(&gap, cx.view.service.object(), message);
    Some(read_it(blame(finding, &pairs.deciding, cx.view.namespace()), unread))
}

/// `NetworkPolicy`, `GlobalNetworkPolicy of Calico`.
fn named(unread: &Unread) -> String {
    let kind = &unread.kind.kind;
    unread.system.map_or_else(|| kind.to_string(), |system| format!("{kind} of {system}"))
}

fn gap(unread: &Unread, what: &str) -> Gap {
    Gap::investigate(what, unread.gap.sentence()).for_want_of(&unread.kind)
}

/// The missing kind settles it, not the policies that were read.
fn read_it(finding: Finding, unread: &Unread) -> Finding {
    finding.next("Read the missing policies as well and give both files to kubereach.", unread.command())
}
