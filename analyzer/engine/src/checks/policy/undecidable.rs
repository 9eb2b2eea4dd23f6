//! `policy/undecidable`

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::policy::admits_some;
use crate::checks::policy::phrases::blame;
use crate::evaluate::policy::{Asked, CallerContext, Context, Pairs};
use crate::policy::Missing;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/undecidable",
    segment: SegmentName::Policy,
    title: "Whether the policies admit traffic cannot be decided",
    explanation: "A policy selects the pods behind this port and a fact is missing without which nobody can say whether it admits traffic: a pod in its node's network (plugins see the node), a named port that could not be resolved, a masked or malformed address range, policies of equal priority that disagree.",
    example: "A NetworkPolicy whose podSelector matches a pod with hostNetwork: true.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "https://network-policy-api.sigs.k8s.io/"],
});

/// Where it is not known who connects.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let missing = cx.missing().filter(|_| !cx.is_not_enforced())?;
    let what = format!("whether the policies admit traffic to {} of {} pods", cx.unclear(), cx.all());
    let gap = Gap::investigate(what, missing.to_string());
    let message = format!("the network policies leave open whether they admit traffic: {missing}");
    let finding = DOC.finding(&gap, cx.view.service.object(), message);
    Some(settled_by(blame(finding, &cx.policies(), cx.view.namespace()), Some(missing)))
}

/// Where objects are missing and not a rule, there is nothing to correct: they are to be read.
fn settled_by(finding: Finding, missing: Option<Missing<'_>>) -> Finding {
    let (kind, plural) = match missing {
        Some(Missing::PodAddress | Missing::NamedPort(_) | Missing::UnnamedPod | Missing::Caller) => ("pods", "pods"),
        Some(Missing::NamespaceLabels(_)) => ("namespaces with their labels", "namespaces"),
        Some(Missing::NodeLabels(_)) => ("nodes with their labels", "nodes"),
        _ => return finding,
    };
    let scope = if plural == "pods" { " -A" } else { "" };
    let action = format!("Collect the {kind} as well, and give both files to kubereach.");
    finding.next(action, format!("kubectl get {plural}{scope} -o yaml > {plural}.yaml"))
}

/// Where the controller that connects is known. `segment` is what it is without it.
pub fn of_caller(cx: &CallerContext<'_, '_>, segment: &Segment) -> Option<Finding> {
    match &cx.asked {
        Asked::OwnIdentity { restricted } => restricted.then(|| of_identity(cx)),
        Asked::Unseen { .. } | Asked::OutsideOfMesh => None,
        Asked::Pods(pairs) => of_pods(cx, pairs, segment),
    }
}

/// A proxy without labels: a rule that asks who connects cannot be followed.
fn of_identity(cx: &CallerContext<'_, '_>) -> Finding {
    let (name, port) = (cx.name, cx.port_words());
    let gap = Gap::investigate(
        format!("whether the proxy of {name} is admitted"),
        format!("{name} gives it an identity of its own that no NetworkPolicy can name"),
    );
    let message = format!(
        "the proxy of {name} runs on the nodes and has no pod labels, so the policies do not say whether it may \
         connect to {port}"
    );
    DOC.finding(&gap, cx.view.service.object(), message)
        .next("Ask the plugin what it admits.", command::list("ciliumendpoints", cx.view.namespace()))
}

/// Some pairs cannot be decided, or the pods that may be the caller are told different things.
fn of_pods(cx: &CallerContext<'_, '_>, pairs: &Pairs<'_, '_>, segment: &Segment) -> Option<Finding> {
    // Where it is unknown already the reason stands there: another system's policy, or policies not read.
    if pairs.is_denied() || segment.state() == PathState::Unknown {
        return None;
    }
    let why = match pairs.missing {
        Some(missing) => missing.to_string(),
        None if pairs.denied > 0 => {
            "not all of them are admitted, and which of them serves this entry is not known".to_owned()
        }
        None => return None,
    };
    let open = segment.findings().iter().all(|finding| finding.code() != admits_some::DOC.code());
    if pairs.missing == Some(Missing::HostNetwork) && pairs.denied == 0 && open {
        // Nobody is turned away by the rules that were read, a node least of all.
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let gap = Gap::investigate(format!("whether the pods of {name} are admitted"), why.clone());
    let message = format!("the policies leave open whether the pods of {name} may connect to {port}: {why}");
    let finding = DOC.finding(&gap, cx.view.service.object(), message);
    Some(settled_by(blame(finding, &pairs.deciding, cx.view.namespace()), pairs.missing))
}
