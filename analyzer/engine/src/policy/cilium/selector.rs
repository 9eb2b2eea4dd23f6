//! Selectors of endpoints: labels with a source (`k8s:app`, `reserved:host`, `any:app` or plain `app`).

use serde_json::Value;

use super::answer::{Missing, Truth};
use super::identity::Identity;

/// The label by which endpoints bear their namespace.
pub(super) const NAMESPACE: &str = "io.kubernetes.pod.namespace";

/// Before each label of the namespace.
pub(super) const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels";

/// Where a label comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Wherever.
    Any,
    /// Kubernetes: of the pod, or made by Cilium about it.
    K8s,
    /// Cilium's own identities.
    Reserved,
    /// `cidr`, `node`, `container`, …
    Other,
}

/// A selector; every term has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector<'s> {
    terms: Vec<Term<'s>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term<'s> {
    source: Source,
    key: &'s str,
    test: Test<'s>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test<'s> {
    In(Vec<&'s str>),
    NotIn(Vec<&'s str>),
    Exists,
    DoesNotExist,
    /// An operator that this version does not know.
    Unknown,
}

impl<'s> Selector<'s> {
    /// As it is written; `None` where it cannot be read.
    pub(super) fn of(value: &'s Value) -> Option<Self> {
        let mut terms = Vec::new();
        let object = value.as_object()?;
        if let Some(pairs) = object.get("matchLabels").filter(|v| !v.is_null()) {
            for (key, value) in pairs.as_object()? {
                let value = if value.is_null() { "" } else { value.as_str()? };
                terms.push(Term::of(key, Test::In(vec![value])));
            }
        }
        if let Some(list) = object.get("matchExpressions").filter(|v| !v.is_null()) {
            for expression in list.as_array()? {
                let values = match expression.get("values") {
                    None | Some(Value::Null) => Vec::new(),
                    Some(values) => values.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?,
                };
                let test = match expression.get("operator")?.as_str()? {
                    "In" => Test::In(values),
                    "NotIn" => Test::NotIn(values),
                    "Exists" => Test::Exists,
                    "DoesNotExist" => Test::DoesNotExist,
                    _ => Test::Unknown,
                };
                terms.push(Term::of(expression.get("key")?.as_str()?, test));
            }
        }
        Some(Self { terms })
    }

    /// As a peer: without a namespace it means the policy's own, in a cluster-wide policy every endpoint that has one
    /// (cilium/cilium `pkg/k8s/apis/cilium.io/utils/utils.go`, `getEndpointSelector`).
    pub(super) fn peer(value: &'s Value, namespace: Option<&'s str>, subject_may_start: bool) -> Option<Self> {
        let mut selector = Self::of(value)?;
        let names = |test: &dyn Fn(&str) -> bool| {
            selector.terms.iter().any(|t| matches!(t.source, Source::Any | Source::K8s) && test(t.key))
        };
        let of_reserved = selector.terms.iter().any(|term| term.source == Source::Reserved);
        if of_reserved || names(&|key| key == NAMESPACE) {
            return Some(selector);
        }
        let test = match namespace {
            Some(_) if names(&|key| key.starts_with(NAMESPACE_LABELS)) => None,
            Some(namespace) => Some(Test::In(vec![namespace])),
            None if subject_may_start => None,
            None => Some(Test::Exists),
        };
        selector.terms.extend(test.map(|test| Term { source: Source::K8s, key: NAMESPACE, test }));
        Some(selector)
    }

    /// Does it speak of endpoints that have no labels yet?
    pub(super) fn may_start(&self) -> bool {
        self.terms.iter().any(|term| term.source == Source::Reserved && term.key == "init")
    }

    /// Does it select this identity?
    pub(super) fn selects(&self, identity: &Identity<'_, 's>) -> Truth<'s> {
        let mut all = Truth::Yes;
        for term in &self.terms {
            all = all.and(term.holds(identity));
            if all == Truth::No {
                break;
            }
        }
        all
    }

    /// Plain labels of nodes.
    pub(super) fn selects_labels(&self, labels: &std::collections::BTreeMap<String, String>) -> Truth<'s> {
        let mut all = Truth::Yes;
        for term in &self.terms {
            all = all.and(match term.source {
                Source::Reserved => Truth::Unknown(Missing::Form),
                Source::Any | Source::K8s | Source::Other => term.test.on(labels.get(term.key).map(String::as_str)),
            });
        }
        all
    }

    /// The keys of pod labels that it asks for.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'s str> {
        self.terms.iter().filter(|term| term.source != Source::Reserved).map(|term| term.key)
    }

    /// For a person.
    pub(super) fn words(&self) -> String {
        if self.terms.is_empty() {
            return "every endpoint".to_owned();
        }
        let terms: Vec<String> = self.terms.iter().map(Term::words).collect();
        format!("endpoints with {}", terms.join(", "))
    }
}

impl<'s> Term<'s> {
    const fn new(source: Source, key: &'s str, test: Test<'s>) -> Self {
        Self { source, key, test }
    }

    fn of(key: &'s str, test: Test<'s>) -> Self {
        match key.split_once(':') {
            None => Self::new(Source::Any, key, test),
            Some(("any", key)) => Self::new(Source::Any, key, test),
            Some(("k8s", key)) => Self::new(Source::K8s, key, test),
            Some(("reserved", key)) => Self::new(Source::Reserved, key, test),
            Some((_, key)) => Self::new(Source::Other, key, test),
        }
    }

    fn holds(&self, identity: &Identity<'_, 's>) -> Truth<'s> {
        match identity.label(self.source, self.key) {
            Ok(value) => self.test.on(value),
            Err(missing) => Truth::Unknown(missing),
        }
    }

    fn words(&self) -> String {
        let source = match self.source {
            Source::Reserved => "reserved:",
            Source::Any | Source::K8s | Source::Other => "",
        };
        let key = self.key;
        match &self.test {
            Test::In(values) => match values.as_slice() {
                [""] => format!("{source}{key}"),
                [one] => format!("{source}{key}={one}"),
                all => format!("{source}{key} in ({})", all.join(", ")),
            },
            Test::NotIn(values) => format!("{source}{key} not in ({})", values.join(", ")),
            Test::Exists => format!("{source}{key}"),
            Test::DoesNotExist => format!("no {source}{key}"),
            Test::Unknown => format!("{source}{key} in a way this version does not know"),
        }
    }
}

impl Test<'_> {
    fn on<'t>(&self, value: Option<&str>) -> Truth<'t> {
        match self {
            Self::In(values) => Truth::of(value.is_some_and(|value| values.contains(&value))),
            Self::NotIn(values) => Truth::of(!value.is_some_and(|value| values.contains(&value))),
            Self::Exists => Truth::of(value.is_some()),
            Self::DoesNotExist => Truth::of(value.is_none()),
            Self::Unknown => Truth::Unknown(Missing::Form),
        }
    }
}
