//! Actions of the AWS Load Balancer Controller: a backend whose port is `use-annotation` names no Service
//! but an annotation that says what to do.
//!
//! Source: AWS Load Balancer Controller, Ingress annotations, `alb.ingress.kubernetes.io/actions.NAME`.

use serde::Deserialize;

use super::state::IngressState;
use crate::resolve::controllers::annotations::ALB_ACTION;
use kubereach_model::snapshot::model::lenient::{Field, List, PortRef};

/// What an action does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The load balancer answers or redirects by itself.
    Answered(&'static str),
    /// It forwards to these Services, or to target groups outside the cluster.
    Forwards {
        /// Services of the Ingress's namespace.
        services: Vec<Forward>,
        /// Target groups that are named by their ARN.
        outside: usize,
    },
    /// The annotation cannot be read.
    Unreadable,
}

/// One Service of a forwarding action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Its name.
    pub service: String,
    /// Its port.
    pub port: Option<PortRef>,
    /// Its weight is zero beside one that is not.
    pub drained: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Raw {
    #[serde(alias = "Type", rename = "type")]
    kind: String,
    #[serde(alias = "ForwardConfig", rename = "forwardConfig")]
    forward: Option<RawForward>,
    #[serde(alias = "TargetGroupARN", rename = "targetGroupARN")]
    target_group: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawForward {
    #[serde(alias = "TargetGroups", rename = "targetGroups")]
    groups: List<RawGroup>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawGroup {
    #[serde(alias = "ServiceName", rename = "serviceName")]
    service: Option<String>,
    #[serde(alias = "ServicePort", rename = "servicePort")]
    port: Option<PortRef>,
    #[serde(alias = "Weight", rename = "weight")]
    weight: Field<i64>,
}

/// The annotation that defines the action of this name.
pub fn annotation_of(name: &str) -> String {
    format!("{ALB_ACTION}{name}")
}

/// The action of a name, as its annotation says; `None` without the annotation.
pub fn of(state: &IngressState<'_>, name: &str) -> Option<Action> {
    state.annotation(&annotation_of(name)).map(parse)
}

/// Reads the annotation.
pub fn parse(annotation: &str) -> Action {
    let Ok(raw) = serde_json::from_str::<Raw>(annotation) else { return Action::Unreadable };
    match raw.kind.as_str() {
        "redirect" => Action::Answered("redirects"),
        "fixed-response" => Action::Answered("answers with a fixed response"),
        "forward" => {
            let groups = raw.forward.unwrap_or_default().groups;
            let zero = |group: &RawGroup| group.weight.known() == Some(&0);
            let some_carry = groups.iter().any(|group| !zero(group));
            let services: Vec<Forward> = groups
                .iter()
                .filter_map(|group| {
                    let service = group.service.clone().filter(|name| !name.is_empty())?;
                    Some(Forward { service, port: group.port.clone(), drained: some_carry && zero(group) })
                })
                .collect();
            let outside = groups.len() - services.len() + usize::from(raw.target_group.is_some());
            Action::Forwards { services, outside }
        }
        _ => Action::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_read_in_both_spellings() {
        assert_eq!(parse(r#"{"Type":"redirect","RedirectConfig":{"Port":"443"}}"#), Action::Answered("redirects"));
        let weighted = r#"{"type":"forward","forwardConfig":{"targetGroups":[
            {"serviceName":"blue","servicePort":"80","weight":0},{"serviceName":"green","servicePort":80,"weight":100},
            {"targetGroupARN":"arn:aws:x"}]}}"#;
        let forward =
            |service: &str, drained| Forward { service: service.into(), port: Some(PortRef::Number(80)), drained };
        let services = vec![forward("blue", true), forward("green", false)];
        assert_eq!(parse(weighted), Action::Forwards { services, outside: 1 });
        assert_eq!(parse("not json"), Action::Unreadable);
        assert_eq!(parse("{}"), Action::Unreadable);
    }
}
