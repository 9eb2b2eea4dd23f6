//! `RequestAuthentication`: whose tokens a workload accepts, and where in a request they come.
//! (docs/semantics/mesh-policy.md#requestauthentication)

use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, LabelSelector};
use serde_json::Value;

use super::config::Config;
use super::{selector, targets};
use crate::policy::answer::Truth;
use crate::policy::ends::PodEnd;
use crate::policy::engine::Asked;
use crate::policy::mesh::items;
use crate::policy::selectors::on_labels;

/// Whose tokens a workload accepts.
#[derive(Debug)]
pub(super) struct Token<'s> {
    namespace: &'s str,
    selector: Option<LabelSelector>,
    /// It is bound to a gateway or a waypoint.
    pub(super) is_bound: bool,
    /// In which headers, in lower case, and parameters a token may come.
    headers: Vec<String>,
    parameters: Vec<&'s str>,
    pub(super) has_rules: bool,
}

impl<'s> Token<'s> {
    pub(super) fn of(found: Found<'s, Unmodelled>) -> Self {
        let stored = found.get();
        let spec = &stored.value.spec;
        let rules = items(spec.get("jwtRules"));
        let named = |rule: &'s Value, key: &str| items(rule.get(key)).iter();
        let headers = rules.iter().flat_map(|rule| named(rule, "fromHeaders"));
        let headers = headers.filter_map(|header| header.get("name").and_then(Value::as_str));
        let parameters = rules.iter().flat_map(|rule| named(rule, "fromParams")).filter_map(Value::as_str);
        let cookies = rules.iter().any(|rule| !items(rule.get("fromCookies")).is_empty());
        Self {
            namespace: &stored.metadata.namespace,
            selector: selector(spec).filter(|selector| !selector.is_empty()),
            is_bound: !targets(spec).is_empty(),
            headers: ["authorization"]
                .into_iter()
                .chain(cookies.then_some("cookie"))
                .chain(headers)
                .map(str::to_ascii_lowercase)
                .collect(),
            parameters: std::iter::once("access_token").chain(parameters).collect(),
            has_rules: !rules.is_empty(),
        }
    }

    /// Does the request carry what may be a token? One that is not known may.
    pub(super) fn may_come(&self, asked: &Asked<'_, 's>) -> bool {
        let Some(request) = asked.request.filter(|request| request.is_http()) else { return true };
        let query = request.path.as_deref().and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
        let named = |pair: &str| self.parameters.iter().any(|name| pair.split('=').next() == Some(name));
        self.headers.iter().any(|name| request.headers.contains_key(name)) || query.split('&').any(named)
    }

    pub(super) fn selects(&self, config: &Config<'s>, pod: &PodEnd<'s>) -> Truth<'s> {
        let here = Truth::of(self.namespace == pod.namespace).or(config.is_root(self.namespace));
        here.and(self.selector.as_ref().map_or(Truth::Yes, |selector| on_labels(selector, pod.labels)))
    }
}
