//! From a finding to who is to blame: a table of rules, of which the first that knows an answer gives it.

use kubereach_reports::report::{Effect, ObjectRef, SegmentName};

use super::pods::Known;
use super::seen::Sighting;

/// Who is to blame for a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Culprit {
    /// An object.
    Object(ObjectRef),
    /// What was not read: a kind, or the policies of another system, whatever their kinds.
    Missing(Want),
}

/// What was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Want {
    /// Objects of a kind, with its group where that is not one of Kubernetes itself.
    Kind(String, Option<String>),
    /// Policies of this group: each of its kinds may let in whom another turns away.
    PoliciesOf(String),
}

impl Want {
    /// Of a kind for which a segment waits.
    pub(super) fn of(kind: &str, group: Option<&str>, segment: SegmentName) -> Self {
        match group {
            Some(group) if segment == SegmentName::Policy => Self::PoliciesOf(group.to_owned()),
            _ => Self::Kind(kind.to_owned(), group.map(str::to_owned)),
        }
    }
}

/// What a rule answers.
pub(super) enum Traced {
    /// These are to blame.
    To(Vec<Culprit>),
    /// Whoever is to blame for that subject.
    LikeSubject(ObjectRef),
}

type Rule = fn(Option<&Known<'_, '_>>, &Sighting<'_>) -> Option<Traced>;

/// In this order.
const RULES: &[Rule] = &[attached_route, not_read, pods_behind, pod, named_beside];

/// A door that repeats the fault of a route behind it.
const OF_A_ROUTE: &[&str] = &["gateway/attached-route-broken", "gateway/attached-route-unsettled"];

/// What a Service says about its pods: the pods know more.
const OF_PODS: &[&str] = &[
    "service/no-ready-endpoints",
    "service/some-endpoints-not-ready",
    "service/published-not-ready",
    "service/only-terminating-endpoints",
];

/// Findings at the object that suffers, and the kind of the object beside it that is to blame.
const BESIDE: &[(&str, &str)] = &[
    ("ingress/class-missing", "IngressClass"),
    ("gateway/class-missing", "GatewayClass"),
    ("route/parent-missing", "Gateway"),
];

/// Who is to blame; the object of the finding where no rule knows more.
pub(super) fn trace(known: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Traced {
    let traced = RULES.iter().find_map(|rule| rule(known, sighting));
    traced.unwrap_or_else(|| Traced::To(vec![Culprit::Object(sighting.finding.object.clone())]))
}

fn attached_route(_: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Option<Traced> {
    let finding = sighting.finding;
    OF_A_ROUTE.contains(&finding.code.as_str()).then(|| Traced::LikeSubject(finding.object.clone()))
}

/// Something was not read: what is missing is to blame, and no object.
fn not_read(known: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Option<Traced> {
    let finding = sighting.finding;
    if finding.effect != Effect::Inconclusive {
        return None;
    }
    let kind = known?.missing(&finding.id)?;
    let want = Want::of(&kind.kind, kind.other_group().as_deref(), finding.segment);
    Some(Traced::To(vec![Culprit::Missing(want)]))
}

/// A Service without ready pods: nodes, claims and workloads behind it.
fn pods_behind(known: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Option<Traced> {
    let (_, segment) = sighting.on.filter(|(_, segment)| segment.segment == SegmentName::Endpoints)?;
    let service = segment.object.as_ref().filter(|object| object.kind == "Service" && object.group.is_none())?;
    if !OF_PODS.contains(&sighting.finding.code.as_str()) {
        return None;
    }
    let culprits = known?.behind(service);
    let all: Vec<Culprit> = culprits.iter().cloned().map(Culprit::Object).collect();
    (!all.is_empty()).then_some(Traced::To(all))
}

/// A pod, of a controller most often: its node, its claim or its workload.
fn pod(known: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Option<Traced> {
    let object = &sighting.finding.object;
    if object.kind != "Pod" {
        return None;
    }
    Some(Traced::To(vec![Culprit::Object(known?.behind_pod(object)?)]))
}

fn named_beside(_: Option<&Known<'_, '_>>, sighting: &Sighting<'_>) -> Option<Traced> {
    let finding = sighting.finding;
    let (_, kind) = BESIDE.iter().find(|(code, _)| *code == finding.code)?;
    let beside = finding.related.iter().find(|related| related.object.kind == *kind)?;
    Some(Traced::To(vec![Culprit::Object(beside.object.clone())]))
}
